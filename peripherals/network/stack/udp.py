"""Datagrams inside the world."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Protocol

from renode_wifi.peripherals.network.contract.datagrams import DatagramEvents

MAX_DATAGRAM = 65_507
"""65,535 bytes less the headers of IPv4 and UDP."""


class PortOwner(Protocol):
    """The host that a socket belongs to."""

    def send_datagram(self, port: int, remote: tuple[IPv4Address, int], data: bytes) -> None: ...

    def close_datagrams(self, socket: PortSocket) -> None: ...


class PortSocket:
    """A `DatagramSocket`."""

    def __init__(self, host: PortOwner, port: int, events: DatagramEvents) -> None:
        self.host = host
        self.port = port
        self.events = events
        self.groups: set[IPv4Address] | None = None
        self.open = True

    def takes(self, destination: IPv4Address) -> bool:
        """Whether a datagram to `destination` is for this socket."""
        return not destination.is_multicast or self.groups is None or destination in self.groups

    def send_to(self, remote: tuple[IPv4Address, int], data: bytes) -> None:
        if self.open and len(data) <= MAX_DATAGRAM:
            self.host.send_datagram(self.port, remote, bytes(data))

    def close(self) -> None:
        if self.open:
            self.open = False
            self.host.close_datagrams(self)
