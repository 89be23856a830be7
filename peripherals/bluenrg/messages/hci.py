"""Packets of the host controller interface (Bluetooth Core 4.1, Vol 2, Part E, section 5.4)."""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.bluetooth.packed import Packed

COMMAND, ACL, EVENT = 0x01, 0x02, 0x04
"""Types of packets on a serial interface (Vol 4, Part A)."""
CONTINUES, FLUSHABLE = 1, 2
"""Kinds of ACL data: the rest of a frame, and the first of one (section 5.4.2)."""
ACL_HEADER = struct.Struct("<BHH")


@late_dataclass(frozen=True)
class CommandPacket:
    opcode: int
    parameters: bytes = b""

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Raises ValueError for what is no whole command."""
        if len(raw) < 4 or raw[0] != COMMAND or len(raw) != 4 + raw[3]:
            raise ValueError(f"no command is {raw.hex()}")
        return cls(int.from_bytes(raw[1:3], "little"), raw[4:])

    def emit(self) -> bytes:
        head = bytes([COMMAND]) + self.opcode.to_bytes(2, "little")
        return head + bytes([len(self.parameters)]) + self.parameters


@late_dataclass(frozen=True)
class EventPacket:
    code: int
    parameters: bytes = b""

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Raises ValueError for what is no whole event."""
        if len(raw) < 3 or raw[0] != EVENT or len(raw) != 3 + raw[2]:
            raise ValueError(f"no event is {raw.hex()}")
        return cls(raw[1], raw[3:])

    def emit(self) -> bytes:
        return bytes([EVENT, self.code, len(self.parameters)]) + self.parameters


@late_dataclass(frozen=True)
class AclPacket:
    """kind: CONTINUES or the beginning of a frame."""

    connection: int
    kind: int
    data: bytes = b""

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Raises ValueError for what is no whole packet."""
        if raw[:1] != bytes([ACL]) or len(raw) != ACL_HEADER.size + int.from_bytes(
            raw[3:5], "little"
        ):
            raise ValueError(f"no data is {raw.hex()}")
        head = int.from_bytes(raw[1:3], "little")
        return cls(head & 0xFFF, head >> 12 & 3, raw[5:])

    def emit(self) -> bytes:
        head = ACL_HEADER.pack(ACL, self.connection | self.kind << 12, len(self.data))
        return head + self.data


@late_dataclass(frozen=True)
class NoParameters(Packed):
    """A command that says all by its opcode."""


@late_dataclass(frozen=True)
class StatusOnly(Packed):
    LAYOUT = struct.Struct("<B")

    status: int = 0


@late_dataclass(frozen=True)
class Unread(Packed):
    """Parameters that have no effect here."""

    TAIL = True

    parameters: bytes


@late_dataclass(frozen=True)
class Disconnect(Packed):
    LAYOUT = struct.Struct("<HB")

    connection: int
    reason: int


@late_dataclass(frozen=True)
class LocalVersion(Packed):
    LAYOUT = struct.Struct("<BBHBHH")

    status: int
    hci_version: int
    hci_revision: int
    lmp_version: int
    manufacturer: int
    lmp_subversion: int


@late_dataclass(frozen=True)
class OwnAddress(Packed):
    LAYOUT = struct.Struct("<B6s")

    status: int
    address: bytes


@late_dataclass(frozen=True)
class ConnectionHandle(Packed):
    """A command about a connection."""

    LAYOUT = struct.Struct("<H")

    connection: int


@late_dataclass(frozen=True)
class Rssi(Packed):
    LAYOUT = struct.Struct("<BHb")

    status: int
    connection: int
    rssi: int


@late_dataclass(frozen=True)
class BufferSize(Packed):
    LAYOUT = struct.Struct("<BHB")

    status: int
    length: int
    packets: int


@late_dataclass(frozen=True)
class EightBytes(Packed):
    """Features, states, or a random number."""

    LAYOUT = struct.Struct("<B8s")

    status: int
    value: bytes


@late_dataclass(frozen=True)
class SupportedCommands(Packed):
    """bits: 64 octets, one bit a command."""

    LAYOUT = struct.Struct("<B64s")

    status: int
    bits: bytes


@late_dataclass(frozen=True)
class Encrypt(Packed):
    """A block for AES-128; both with the lowest byte first."""

    LAYOUT = struct.Struct("<16s16s")

    key: bytes
    plaintext: bytes


@late_dataclass(frozen=True)
class Encrypted(Packed):
    LAYOUT = struct.Struct("<B16s")

    status: int
    data: bytes


@late_dataclass(frozen=True)
class Byte(Packed):
    """A size, or a power in dBm."""

    LAYOUT = struct.Struct("<Bb")

    status: int
    value: int


@late_dataclass(frozen=True)
class SetRandomAddress(Packed):
    LAYOUT = struct.Struct("<6s")

    address: bytes


@late_dataclass(frozen=True)
class AdvertisingParameters(Packed):
    """Intervals in units of 0.625 ms."""

    LAYOUT = struct.Struct("<HHBBB6sBB")

    shortest: int
    longest: int
    kind: int
    own_type: int
    peer_type: int
    peer: bytes
    channels: int
    filter_policy: int


@late_dataclass(frozen=True)
class AdvertisingData(Packed):
    """length: of what of the 31 bytes in `data` counts."""

    LAYOUT, TAIL = struct.Struct("<B"), True

    length: int
    data: bytes

    @property
    def significant(self) -> bytes:
        return self.data[: self.length]


@late_dataclass(frozen=True)
class AdvertiseEnable(Packed):
    LAYOUT = struct.Struct("<B")

    enable: int


@late_dataclass(frozen=True)
class LeScanParameters(Packed):
    """Interval and window in units of 0.625 ms."""

    LAYOUT = struct.Struct("<BHHBB")

    kind: int
    interval: int
    window: int
    own_type: int
    filter_policy: int


@late_dataclass(frozen=True)
class LeScanEnable(Packed):
    LAYOUT = struct.Struct("<BB")

    enable: int
    filter_duplicates: int


@late_dataclass(frozen=True)
class LeCreateConnection(Packed):
    """Connection intervals in units of 1.25 ms, the timeout in units of 10 ms."""

    LAYOUT = struct.Struct("<HHBB6sBHHHHHH")

    scan_interval: int
    scan_window: int
    filter_policy: int
    peer_type: int
    peer: bytes
    own_type: int
    shortest: int
    longest: int
    latency: int
    timeout: int
    shortest_event: int
    longest_event: int
