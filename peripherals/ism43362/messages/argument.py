"""Shapes that arguments of AT commands have: none, text, a number, an address.

A message is parsed from what follows the command's name: `=argument`, a carriage return, and the
data that some commands carry.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address
from typing import ClassVar, Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.ism43362.messages.request import BadRequest

ANY = IPv4Address("0.0.0.0")
MAX_NUMBER = 9_999_999_999
"""The largest that ten digits give."""

_NUMBER = re.compile(rb" *(\d{1,10}) *")


def optional(data: bytes) -> tuple[bytes | None, bytes]:
    """Argument and payload; None where there is no `=`."""
    text, _, payload = data.partition(b"\r")
    return (text[1:] if text else None), payload


def required(data: bytes) -> tuple[bytes, bytes]:
    """Argument and payload of a command that makes no sense without an argument."""
    argument, payload = optional(data)
    if argument is None:
        raise BadRequest("{name}=<value>")
    return argument, payload


def fields(data: bytes, count: int) -> tuple[list[bytes], bytes]:
    """The argument split at commas, which must give `count` fields, and the payload."""
    argument, payload = required(data)
    values = argument.split(b",")
    if len(values) != count:
        raise BadRequest(f"{{name}} takes {count} values")
    return values, payload


def number(text: bytes, maximum: int = MAX_NUMBER, minimum: int = 0) -> int:
    """A decimal number within limits."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise BadRequest("not a number")
    return within(int(match.group(1)), maximum, minimum)


def within(value: int, maximum: int, minimum: int = 0) -> int:
    """`value`, if it is within limits."""
    if not minimum <= value <= maximum:
        raise BadRequest(f"not within {minimum} and {maximum}")
    return value


def taken(payload: bytes, length: int) -> bytes:
    """The `length` bytes of data that a command announced."""
    if len(payload) < length:
        raise BadRequest(f"{length} bytes announced, {len(payload)} sent")
    return payload[:length]


def line(*values: object) -> bytes:
    """`=` and values with commas between, up to the carriage return."""
    return b"=" + ",".join(map(str, values)).encode("latin-1") + b"\r"


@late_dataclass(frozen=True)
class Bare:
    """A command without argument; one that is there means nothing."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls()

    def emit(self) -> bytes:
        return b"\r"


@late_dataclass(frozen=True)
class Text:
    """Any bytes but a carriage return."""

    value: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(required(data)[0])

    def emit(self) -> bytes:
        return b"=" + self.value + b"\r"


@late_dataclass(frozen=True)
class OptionalText:
    """Text, or no argument at all (None)."""

    value: bytes | None = None

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(optional(data)[0])

    def emit(self) -> bytes:
        return b"\r" if self.value is None else b"=" + self.value + b"\r"


@late_dataclass(frozen=True)
class Number:
    """A decimal number. Subclasses set the limits."""

    MAXIMUM: ClassVar[int] = MAX_NUMBER
    MINIMUM: ClassVar[int] = 0

    value: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(number(required(data)[0], cls.MAXIMUM, cls.MINIMUM))

    def emit(self) -> bytes:
        return line(self.value)


class Switch(Number):
    """0 off, 1 on."""

    MAXIMUM = 1


class Port(Number):
    """A TCP or UDP port."""

    MAXIMUM = 0xFFFF


class Milliseconds(Number):
    """A time-out; ST's driver prints a 32-bit number."""

    MAXIMUM = 0xFFFF_FFFF


@late_dataclass(frozen=True)
class Address:
    """An IPv4 address in dotted form."""

    value: IPv4Address

    @classmethod
    def parse(cls, data: bytes) -> Self:
        argument, _ = required(data)
        try:
            return cls(IPv4Address(argument.decode("ascii").strip()))
        except (AddressValueError, UnicodeDecodeError):
            raise BadRequest("{name}=<a.b.c.d>") from None

    def emit(self) -> bytes:
        return line(self.value)
