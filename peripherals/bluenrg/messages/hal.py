"""Commands of the ACI about the device (UM1865 section 4.6)."""

from __future__ import annotations

import struct

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.bluetooth.packed import Packed


@late_dataclass(frozen=True)
class BuildNumber(Packed):
    LAYOUT = struct.Struct("<BH")

    status: int
    number: int


@late_dataclass(frozen=True)
class WriteConfigData(Packed):
    LAYOUT, TAIL = struct.Struct("<BB"), True

    offset: int
    length: int
    data: bytes


@late_dataclass(frozen=True)
class ReadConfigData(Packed):
    LAYOUT = struct.Struct("<B")

    offset: int


@late_dataclass(frozen=True)
class ConfigData(Packed):
    LAYOUT, TAIL = struct.Struct("<B"), True

    status: int
    data: bytes


@late_dataclass(frozen=True)
class LinkStatus(Packed):
    """states: of eight links, 0 idle, 1 advertising, 2 peripheral, 5 central. handles: theirs."""

    LAYOUT, TAIL = struct.Struct("<B8s"), True

    status: int
    states: bytes
    handles: bytes


@late_dataclass(frozen=True)
class AnchorPeriod(Packed):
    """In units of 0.625 ms."""

    LAYOUT = struct.Struct("<BII")

    status: int
    period: int
    free: int
