"""UDP as a radio sees it."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Protocol


class DatagramEvents(Protocol):
    def on_datagram(self, sender: tuple[IPv4Address, int], data: bytes) -> None: ...


class DatagramPort(Protocol):
    """groups: multicast groups whose datagrams it takes; None: of all."""

    port: int
    groups: set[IPv4Address] | None

    def send_to(self, remote: tuple[IPv4Address, int], data: bytes) -> None:
        """May be lost, as datagrams are."""

    def close(self) -> None: ...
