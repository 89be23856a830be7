"""Packets on their way to a station, for a radio that looks at them before its stack does."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Protocol

from renode_wifi.peripherals.base.late import late_dataclass

ICMP, TCP, UDP = 1, 6, 17


@late_dataclass(frozen=True)
class IpPacket:
    """protocol: number of IP. Ports are 0 where the protocol has none."""

    protocol: int
    source: tuple[IPv4Address, int]
    destination: tuple[IPv4Address, int]
    payload: bytes = b""


class PacketFilter(Protocol):
    def passes(self, packet: IpPacket) -> bool:
        """False: the station's stack is not to see the packet."""
