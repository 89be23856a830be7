"""The utility silo: get, set, and run of its options (netutil.h)."""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import Fixed, fields, take


@late_dataclass(frozen=True)
class UtilGet(Fixed):
    """SlNetUtilSetGet_t of a get or set command."""

    LAYOUT = struct.Struct("<I2xHH")

    object_id: int
    option: int
    length: int


@late_dataclass(frozen=True)
class UtilValue:
    """The same in a response, with the value."""

    LAYOUT = struct.Struct("<IhHH2x")

    object_id: int
    status: int
    option: int
    value: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        object_id, status, option, length = fields(cls.LAYOUT, body)
        return cls(object_id, status, option, take(body, cls.LAYOUT.size, length))

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(self.object_id, self.status, self.option, len(self.value))
        return head + self.value
