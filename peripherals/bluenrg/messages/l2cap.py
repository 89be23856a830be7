"""Frames of L2CAP and what its signalling channel says (Core 4.1, Vol 3, Part A, sections 3, 4)."""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.bluetooth.packed import Packed

ATTRIBUTES, SIGNALLING, SECURITY = 4, 5, 6
"""Fixed channels of LE."""
PARAMETER_REQUEST, PARAMETER_RESPONSE = 0x12, 0x13
PAIRING_REQUEST = b"\x01"
PAIRING_NOT_SUPPORTED = b"\x05\x05"
"""Pairing Failed, with its reason (Vol 3, Part H, section 3.5.5)."""
HEADER = struct.Struct("<HH")


def is_whole(raw: bytes) -> bool:
    return len(raw) >= HEADER.size and len(raw) >= HEADER.size + HEADER.unpack_from(raw)[0]


@late_dataclass(frozen=True)
class L2capFrame:
    channel: int
    payload: bytes = b""

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Raises ValueError for less than a frame."""
        if not is_whole(raw):
            raise ValueError(f"no frame is {raw.hex()}")
        length, channel = HEADER.unpack_from(raw)
        return cls(channel, raw[HEADER.size : HEADER.size + length])

    def emit(self) -> bytes:
        return HEADER.pack(len(self.payload), self.channel) + self.payload


@late_dataclass(frozen=True)
class ParameterRequest(Packed):
    """Intervals in units of 1.25 ms, the timeout in units of 10 ms."""

    LAYOUT = struct.Struct("<BBHHHHH")

    code: int
    identifier: int
    length: int
    shortest: int
    longest: int
    latency: int
    timeout: int


@late_dataclass(frozen=True)
class ParameterResponse(Packed):
    """result: 0, accepted."""

    LAYOUT = struct.Struct("<BBHH")

    code: int
    identifier: int
    length: int = 2
    result: int = 0
