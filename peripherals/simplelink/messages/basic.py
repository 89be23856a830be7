"""Messages that several silos have."""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import Fixed, fields, take


@late_dataclass(frozen=True)
class Empty:
    """A command that says all by its opcode."""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls()

    def emit(self) -> bytes:
        return b""


@late_dataclass(frozen=True)
class BasicResponse(Fixed):
    """_BasicResponse_t."""

    LAYOUT = struct.Struct("<hH")

    status: int = 0
    sender: int = 0


OK = BasicResponse()
SET_GET = struct.Struct("<HHHH")
RESPONSE = struct.Struct("<hHHH")


@late_dataclass(frozen=True)
class GetSetting(Fixed):
    """SlDeviceSetGet_t, SlWlanCfgSetGet_t, SlNetCfgSetGet_t, SlNetAppSetGet_t of a get command.

    length: of the value, at most; 0: no limit.
    """

    LAYOUT = struct.Struct("<2xHHH")

    identity: int
    option: int
    length: int = 0


@late_dataclass(frozen=True)
class SetSetting:
    """The same of a set command, and the value."""

    identity: int
    option: int
    value: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        _, identity, option, length = fields(SET_GET, body)
        return cls(identity, option, take(body, SET_GET.size, length))

    def emit(self) -> bytes:
        return SET_GET.pack(0, self.identity, self.option, len(self.value)) + self.value


@late_dataclass(frozen=True)
class Setting:
    """The same in the response to a get command."""

    status: int
    identity: int
    option: int
    value: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        status, identity, option, length = fields(RESPONSE, body)
        return cls(status, identity, option, take(body, RESPONSE.size, length))

    def emit(self) -> bytes:
        head = RESPONSE.pack(self.status, self.identity, self.option, len(self.value))
        return head + self.value

    def cut(self, length: int) -> Setting:
        """With at most `length` bytes of the value, unless that is 0."""
        if not length or len(self.value) <= length:
            return self
        return Setting(self.status, self.identity, self.option, self.value[:length])
