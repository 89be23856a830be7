"""Messages whose fields stand one after another."""

from __future__ import annotations

import struct
from dataclasses import fields
from typing import ClassVar, Self


class Packed:
    """Base of frozen dataclasses: fields by LAYOUT, then, with TAIL, all the rest as the last."""

    LAYOUT: ClassVar[struct.Struct] = struct.Struct("")
    TAIL: ClassVar[bool] = False

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Raises ValueError where the bytes are too few or too many."""
        size = cls.LAYOUT.size
        if len(body) < size or (len(body) > size and not cls.TAIL):
            raise ValueError(f"{cls.__name__} has {len(body)} bytes")
        return cls(*cls.LAYOUT.unpack_from(body), *([body[size:]] if cls.TAIL else []))

    def emit(self) -> bytes:
        values = [getattr(self, field.name) for field in fields(self)]  # type: ignore[arg-type]
        tail = values.pop() if self.TAIL else b""
        return self.LAYOUT.pack(*values) + tail
