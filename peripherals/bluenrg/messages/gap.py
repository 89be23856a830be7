"""Commands of the ACI about discovery and connections (UM1865 section 4.1).

Intervals of advertising and scanning are in units of 0.625 ms, those of connections of 1.25 ms.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Self

from renode_wifi.peripherals.network.bluetooth.packed import Packed

DISCOVERABLE = struct.Struct("<BHHBB")
CONNECTION_RANGE = struct.Struct("<HH")


@dataclass(frozen=True, slots=True)
class GapInit(Packed):
    """role: bits, 1 peripheral, 2 broadcaster, 4 central, 8 observer."""

    LAYOUT = struct.Struct("<BBB")

    role: int
    privacy: int
    name_length: int


@dataclass(frozen=True, slots=True)
class GapHandles(Packed):
    LAYOUT = struct.Struct("<BHHH")

    status: int
    service: int
    device_name: int
    appearance: int


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class SetDirectConnectable(Packed):
    LAYOUT = struct.Struct("<BBB6sHH")

    own_type: int
    kind: int
    peer_type: int
    peer: bytes
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class SetUndirectedConnectable(Packed):
    LAYOUT = struct.Struct("<BB")

    filter_policy: int
    own_type: int


@dataclass(frozen=True, slots=True)
class SetNonConnectable(Packed):
    """kind: of advertising; own_type follows."""

    LAYOUT = struct.Struct("<BB")

    kind: int
    own_type: int


@dataclass(frozen=True, slots=True)
class UpdateAdvData(Packed):
    """data: structures."""

    LAYOUT, TAIL = struct.Struct("<B"), True

    length: int
    data: bytes


@dataclass(frozen=True, slots=True)
class DeleteAdType(Packed):
    LAYOUT = struct.Struct("<B")

    kind: int


@dataclass(frozen=True, slots=True)
class StartDiscovery(Packed):
    LAYOUT = struct.Struct("<HHBB")

    interval: int
    window: int
    own_type: int
    filter_duplicates: int


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class TerminateProcedure(Packed):
    LAYOUT = struct.Struct("<B")

    procedure: int


@dataclass(frozen=True, slots=True)
class ConnectionUpdate(Packed):
    LAYOUT = struct.Struct("<HHHHHHH")

    connection: int
    shortest: int
    longest: int
    latency: int
    timeout: int
    shortest_event: int
    longest_event: int


@dataclass(frozen=True, slots=True)
class ParameterUpdateRequest(Packed):
    """L2CAP's: a peripheral asks for other intervals."""

    LAYOUT = struct.Struct("<HHHHH")

    connection: int
    shortest: int
    longest: int
    latency: int
    timeout: int
