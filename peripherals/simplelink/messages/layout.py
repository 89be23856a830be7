"""What layouts of messages are made of: fixed fields, announced lengths, strings."""

from __future__ import annotations

import struct
from typing import ClassVar, Self


class WireError(ValueError):
    """Bytes that are no message."""


class Fixed:
    """Base of messages of fixed layout: dataclasses whose fields are those of `LAYOUT`.

    What follows the last field is padding.
    """

    __match_args__: ClassVar[tuple[str, ...]] = ()
    """The fields' names, which `dataclass` writes here."""
    LAYOUT: ClassVar[struct.Struct]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls(*cls.LAYOUT.unpack(start(cls.LAYOUT, body)))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(*[getattr(self, name) for name in self.__match_args__])


def fields(layout: struct.Struct, body: bytes) -> tuple[int, ...]:
    """The numbers at the start of a message. Raises WireError where there are fewer."""
    return layout.unpack(start(layout, body))


def start(layout: struct.Struct, body: bytes) -> bytes:
    """What a message begins with, as long as `layout`. Raises WireError where there is less."""
    if len(body) < layout.size:
        raise WireError(f"{layout.size} bytes are needed, {len(body)} are there")
    return body[: layout.size]


def pad(data: bytes) -> bytes:
    """`data` with zeros up to a multiple of 4."""
    return data + bytes(-len(data) % 4)


def take(data: bytes, offset: int, length: int) -> bytes:
    """`length` bytes of a message from `offset` on. Raises WireError where there are fewer."""
    part = data[offset : offset + length]
    if length < 0 or len(part) < length:
        raise WireError(f"{length} bytes are announced at {offset}, {len(part)} are there")
    return part


def string(data: bytes, offset: int = 0) -> bytes:
    """A string up to its zero byte, or to the end."""
    return data[offset:].partition(b"\0")[0]
