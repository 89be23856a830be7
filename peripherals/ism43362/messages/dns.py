"""The `D0` command: a name to an address."""

from __future__ import annotations

from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.ism43362.messages.argument import required
from renode_wifi.peripherals.ism43362.messages.request import BadRequest

MAX_NAME = 255
HOST_NOT_FOUND = b"Host not found "
"""Data of the error."""


@late_dataclass(frozen=True)
class HostName:
    """A name, or an address in dotted form."""

    value: str

    @classmethod
    def parse(cls, data: bytes) -> Self:
        name, _ = required(data)
        if not 0 < len(name) <= MAX_NAME or not name.isascii():
            raise BadRequest("D0=<name>")
        return cls(name.decode("ascii").strip())

    def emit(self) -> bytes:
        return b"=" + self.value.encode("ascii") + b"\r"
