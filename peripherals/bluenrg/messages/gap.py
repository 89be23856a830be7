"""Commands of the ACI about discovery and connections (UM1865 section 4.1).

Intervals of advertising and scanning are in units of 0.625 ms, those of connections of 1.25 ms.
"""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.bluetooth.packed import Packed

DISCOVERABLE = struct.Struct("<BHHBB")
CONNECTION_RANGE = struct.Struct("<HH")


@late_dataclass(frozen=True)
class GapInit(Packed):
    """role: bits, 1 peripheral, 2 broadcaster, 4 central, 8 observer."""

    LAYOUT = struct.Struct("<BBB")

    role: int
    privacy: int
    name_length: int


@late_dataclass(frozen=True)
class GapHandles(Packed):
    LAYOUT = struct.Struct("<BHHH")

    status: int
    service: int
    device_name: int
    appearance: int


@late_dataclass(frozen=True)
class SetDiscoverable:
    """name, services: structures of advertising data without their length, or nothing."""

    kind: int
    shortest: int
    longest: int
    own_type: int
    filter_policy: int
    name: bytes
    services: bytes
    connection_shortest: int = 0
    connection_longest: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Raises ValueError."""
        try:
            kind, shortest, longest, own_type, policy = DISCOVERABLE.unpack_from(body)
            at = DISCOVERABLE.size
            name = body[at + 1 : at + 1 + body[at]]
            at += 1 + body[at]
            services = body[at + 1 : at + 1 + body[at]]
            at += 1 + body[at]
            ends = CONNECTION_RANGE.unpack(body[at:])
            return cls(kind, shortest, longest, own_type, policy, name, services, *ends)
        except (struct.error, IndexError):
            raise ValueError(f"{cls.__name__} has {len(body)} bytes") from None

    def emit(self) -> bytes:
        head = DISCOVERABLE.pack(
            self.kind, self.shortest, self.longest, self.own_type, self.filter_policy
        )
        texts = bytes([len(self.name)]) + self.name + bytes([len(self.services)]) + self.services
        return (
            head + texts + CONNECTION_RANGE.pack(self.connection_shortest, self.connection_longest)
        )


@late_dataclass(frozen=True)
class SetDirectConnectable(Packed):
    LAYOUT = struct.Struct("<BBB6sHH")

    own_type: int
    kind: int
    peer_type: int
    peer: bytes
    shortest: int
    longest: int


@late_dataclass(frozen=True)
class SetUndirectedConnectable(Packed):
    LAYOUT = struct.Struct("<BB")

    filter_policy: int
    own_type: int


@late_dataclass(frozen=True)
class SetNonConnectable(Packed):
    """kind: of advertising; own_type follows."""

    LAYOUT = struct.Struct("<BB")

    kind: int
    own_type: int


@late_dataclass(frozen=True)
class UpdateAdvData(Packed):
    """data: structures."""

    LAYOUT, TAIL = struct.Struct("<B"), True

    length: int
    data: bytes


@late_dataclass(frozen=True)
class DeleteAdType(Packed):
    LAYOUT = struct.Struct("<B")

    kind: int


@late_dataclass(frozen=True)
class StartDiscovery(Packed):
    LAYOUT = struct.Struct("<HHBB")

    interval: int
    window: int
    own_type: int
    filter_duplicates: int


@late_dataclass(frozen=True)
class CreateConnection(Packed):
    """timeout: in units of 10 ms."""

    LAYOUT = struct.Struct("<HHB6sBHHHHHH")

    scan_interval: int
    scan_window: int
    peer_type: int
    peer: bytes
    own_type: int
    shortest: int
    longest: int
    latency: int
    timeout: int
    shortest_event: int
    longest_event: int


@late_dataclass(frozen=True)
class TerminateProcedure(Packed):
    LAYOUT = struct.Struct("<B")

    procedure: int


@late_dataclass(frozen=True)
class ConnectionUpdate(Packed):
    LAYOUT = struct.Struct("<HHHHHHH")

    connection: int
    shortest: int
    longest: int
    latency: int
    timeout: int
    shortest_event: int
    longest_event: int


@late_dataclass(frozen=True)
class ParameterUpdateRequest(Packed):
    """L2CAP's: a peripheral asks for other intervals."""

    LAYOUT = struct.Struct("<HHHHH")

    connection: int
    shortest: int
    longest: int
    latency: int
    timeout: int
