"""Datagrams inside the world."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from renode_wifi.peripherals.network.contract.datagrams import DatagramEvents

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.stack.host import Host

LARGEST = 65_507
"""65,535 bytes less the headers of IPv4 and UDP."""


class PortSocket:
    """A `DatagramSocket`."""

    def __init__(self, host: Host, port: int, events: DatagramEvents) -> None:
        self.host = host
        self.port = port
        self.events = events
        self.open = True

    def send_to(self, remote: tuple[IPv4Address, int], data: bytes) -> None:
        if not self.open or len(data) > LARGEST:
            return
        internet = self.host.internet
        source = (self.host.address, self.port)
        internet.trace(
            "datagram",
            origin=f"{source[0]}:{source[1]}",
            destination=f"{remote[0]}:{remote[1]}",
            data=data,
        )
        if internet.link.lost():
            return
        if internet.bridge_datagram(self.host, self.port, remote, bytes(data)):
            return
        for receiver in internet.datagram_receivers(self.host, remote):
            internet.clock.schedule(
                internet.link.delay(),
                partial(receiver.arrive_datagram, source, remote[1], bytes(data)),
            )

    def close(self) -> None:
        if self.open:
            self.open = False
            self.host.close_datagrams(self)
