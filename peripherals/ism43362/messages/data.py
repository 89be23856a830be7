"""The `R` and `S` commands: a socket's traffic."""

from __future__ import annotations

from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.ism43362.messages.argument import (
    Number,
    number,
    optional,
    required,
    taken,
)

NOT_SENT = b"-1"
"""Data of S3's reply when nothing of it was sent."""


class PacketSize(Number):
    """`R1`, `S1`: bytes. The largest depends on the module."""


@late_dataclass(frozen=True)
class Write:
    """`S3=<length>`, carriage return, data. ST's driver writes the length with four digits."""

    data: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        argument, payload = required(data)
        return cls(taken(payload, number(argument)))

    def emit(self) -> bytes:
        return b"=%04d\r" % len(self.data) + self.data


@late_dataclass(frozen=True)
class WriteFixed:
    """`S0`, carriage return, data: of it, as many bytes count as `S1` has set."""

    payload: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(optional(data)[1])

    def emit(self) -> bytes:
        return b"\r" + self.payload


@late_dataclass(frozen=True)
class ReadSettings:
    """Data of R?."""

    size: int
    timeout: int
    mode: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(*map(int, data.split(b",")))

    def emit(self) -> bytes:
        return b"%d,%d,%d" % (self.size, self.timeout, self.mode)


@late_dataclass(frozen=True)
class WriteSettings:
    """Data of S?."""

    size: int
    timeout: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        return cls(*map(int, data.split(b",")))

    def emit(self) -> bytes:
        return b"%d,%d" % (self.size, self.timeout)
