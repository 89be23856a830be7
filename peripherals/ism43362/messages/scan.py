"""The `F` commands: what is on the air."""

from __future__ import annotations

import re
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.ism43362.messages.access_point import colons, from_colons
from renode_wifi.peripherals.ism43362.messages.argument import Number, line, number, optional

ONE_BY_ONE = 2
_LINE = re.compile(
    rb'#(\d+),"(.*)",([0-9A-F:]+),(-?\d+),54\.0,Infrastructure,(.*),2\.4GHz,(\d+)', re.S
)


@late_dataclass(frozen=True)
class ScanMode:
    """`F0`: all in one reply; `F0=2`: one access point, and the next with each `MR`."""

    value: int = 0

    @classmethod
    def parse(cls, data: bytes) -> Self:
        argument, _ = optional(data)
        return cls(number(argument, 3) if argument else 0)

    def emit(self) -> bytes:
        return line(self.value)


class ScanOption(Number):
    """`F1` to `F5`."""

    MAXIMUM = 0xFFFF


@late_dataclass(frozen=True)
class ScanLine:
    """One access point. security: in words, of which ST's driver looks for some."""

    index: int
    ssid: bytes
    bssid: bytes
    rssi: int
    security: bytes
    channel: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        match = _LINE.fullmatch(data)
        if match is None:
            raise ValueError(f"{data!r} is no line of a scan")
        index, ssid, bssid, rssi, security, channel = match.groups()
        return cls(int(index), ssid, from_colons(bssid), int(rssi), security, int(channel))

    def emit(self) -> bytes:
        return b'#%03d,"%s",%s,%d,54.0,Infrastructure,%s,2.4GHz,%d' % (
            self.index,
            self.ssid,
            colons(self.bssid),
            self.rssi,
            self.security,
            self.channel,
        )
