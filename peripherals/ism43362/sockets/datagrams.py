"""A UDP socket of the module."""

from __future__ import annotations

from collections import deque
from ipaddress import IPv4Address
from typing import Protocol

from renode_wifi.peripherals.ism43362.sockets.connection import Remote
from renode_wifi.peripherals.network.contract.datagrams import DatagramPort

MAX_DATAGRAMS = 8
"""Beyond it the oldest is lost."""


class DatagramReceiver(Protocol):
    """The socket that the datagrams are for."""

    remote_address: IPv4Address
    remote_port: int

    @property
    def takes_datagrams(self) -> bool: ...

    def on_datagram(self, sender: Remote) -> None: ...


class Datagrams:
    """What was received, one datagram to a read."""

    def __init__(self, receiver: DatagramReceiver) -> None:
        self.receiver = receiver
        self.port: DatagramPort | None = None
        self.received: deque[tuple[Remote, bytes]] = deque(maxlen=MAX_DATAGRAMS)

    def on_datagram(self, sender: Remote, data: bytes) -> None:
        if self.receiver.takes_datagrams:
            self.received.append((sender, data))
            self.receiver.on_datagram(sender)

    def take(self, limit: int) -> bytes:
        """Up to `limit` bytes of the oldest datagram; the rest stays for the next read."""
        if not self.received:
            return b""
        sender, data = self.received.popleft()
        if len(data) > limit:
            self.received.appendleft((sender, data[limit:]))
        self.receiver.remote_address, self.receiver.remote_port = sender
        return data[:limit]
