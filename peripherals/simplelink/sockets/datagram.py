"""A UDP socket."""

from __future__ import annotations

from collections import deque
from ipaddress import IPv4Address

from renode_wifi.peripherals.network.contract.datagrams import DatagramPort as Port
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.simplelink.messages.sockets import Address
from renode_wifi.peripherals.simplelink.opcodes import Error
from renode_wifi.peripherals.simplelink.sockets.options import NO_BOUNDARY, SocketKind
from renode_wifi.peripherals.simplelink.sockets.socket import LOOPBACK, Owner, Socket

MAX_DATAGRAMS = 32
"""Datagrams kept for a host that doesn't receive them."""


class DatagramSocket(Socket):
    """peer: the only one it receives from, and the one that a send without address goes to."""

    kind = SocketKind.DATAGRAM

    def __init__(self, owner: Owner, number: int) -> None:
        super().__init__(owner, number)
        self.peer: Address | None = None
        self.groups: set[IPv4Address] = set()
        """Multicast groups that it is a member of."""
        self.waiting: deque[tuple[Address, bytes]] = deque()
        self._outside: Port | None = None

    @property
    def readable(self) -> bool:
        return bool(self.waiting)

    @property
    def writable(self) -> bool:
        return True

    def attach(self) -> bool:
        """Open the port in the network, as far as there is one; False: it is taken."""
        station = self.owner.station
        if self._outside is None and station is not None:
            outside = station.datagrams(self.port, self)
            if outside is Failure.ADDRESS_IN_USE:
                return False
            if not isinstance(outside, Failure):
                self._outside = outside
                outside.groups = self.groups
                self.port = outside.port
        return True

    def joined(self) -> None:
        if self.port:
            self.attach()

    def lost(self) -> None:
        self._outside = None

    def send_to(self, remote: Address, data: bytes) -> Error | None:
        if remote[0] == LOOPBACK:
            if not self.port:
                self.port = self.owner.free_port()
            self.owner.loop_back((LOOPBACK, self.port), remote[1], data)
            return None
        self.attach()
        if self._outside is None:
            return Error.UNREACHABLE
        if not remote[0].is_multicast or self.options.multicast_ttl:
            self._outside.send_to(remote, data)
        return None

    def on_datagram(self, sender: Address, data: bytes) -> None:
        if self.peer is not None and self.peer != sender:
            return
        if len(self.waiting) < MAX_DATAGRAMS:
            self.waiting.append((sender, data))
            self.owner.changed(self)

    def take(self, limit: int) -> tuple[Address, bytes] | None:
        """The oldest datagram, cut to `limit` bytes; None where there is none.

        What is beyond is lost, unless SL_SO_RX_NO_IP_BOUNDARY keeps it for the next time.
        """
        if not self.waiting:
            return None
        sender, data = self.waiting.popleft()
        if len(data) > limit and self.options.number(NO_BOUNDARY):
            self.waiting.appendleft((sender, data[limit:]))
        return sender, data[:limit]

    def release(self) -> None:
        if self._outside is not None:
            self._outside.close()
            self._outside = None
        self.waiting.clear()
