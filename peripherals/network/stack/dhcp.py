"""Addresses for stations: one pool per access point's network."""

from __future__ import annotations

from collections.abc import Container
from ipaddress import IPv4Address

from renode_wifi.peripherals.network.contract.station import Lease
from renode_wifi.peripherals.network.worldfile.network import NetworkSettings


class DhcpServer:
    """Gives the same station the same address as long as the world lasts."""

    def __init__(self, network: NetworkSettings) -> None:
        self.network = network
        self.answering = network.dhcp is not None
        self._given: dict[bytes, IPv4Address] = {}

    @property
    def latency(self) -> int:
        return 0 if self.network.dhcp is None else self.network.dhcp.latency

    def lease(self, mac: bytes, in_use: Container[IPv4Address]) -> Lease | None:
        """The station's address; None when the pool is empty or nobody answers.

        in_use: addresses that somebody has without having asked for them; servers look for such
        before they give one away (RFC 2131 section 2.2).
        """
        dhcp = self.network.dhcp
        if dhcp is None or not self.answering:
            return None
        address = self._given.get(mac)
        if address is None:
            taken = {*self._given.values(), self.network.gateway, *self.network.name_servers}
            number = int(dhcp.first)
            while number <= int(dhcp.last) and (
                IPv4Address(number) in taken or IPv4Address(number) in in_use
            ):
                number += 1
            if number <= int(dhcp.last):
                address = IPv4Address(number)
            else:
                address = self._unused(in_use)
            if address is None:
                return None
            self._given[mac] = address
        return Lease(
            address,
            self.network.subnet.netmask,
            self.network.gateway,
            self.network.dns,
            dhcp.lease,
            self.network.second_dns,
        )

    def knows(self, mac: bytes) -> bool:
        """Whether the station has an address already."""
        return mac in self._given

    def release(self, mac: bytes) -> None:
        """The station needs its address no more (RFC 2131 section 4.4.6)."""
        self._given.pop(mac, None)

    def _unused(self, in_use: Container[IPv4Address]) -> IPv4Address | None:
        """The address that was given longest ago to a station which has left (section 4.3.1)."""
        for mac, address in self._given.items():
            if address not in in_use:
                del self._given[mac]
                return address
        return None
