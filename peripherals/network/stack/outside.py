"""What the network inside the world asks of the way out of it."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Protocol

from renode_wifi.peripherals.network.contract.stream import Failure, Stream, StreamEvents
from renode_wifi.peripherals.network.stack.tcp import Address

Target = tuple[str, int]
"""A host (a name or an address) and a port on the host computer's side."""
Resolved = Callable[[IPv4Address | Failure], None]


class Attached(Protocol):
    """A connection of a host whose other end is outside."""

    local: Address

    def go_silent(self) -> None:
        """The host left the network."""


class Inside(Protocol):
    """A host in the world that has something to do with the outside."""

    address: IPv4Address
    bridged: list[Attached]

    def arrive_datagram(self, source: Address, port: int, data: bytes) -> None: ...


class Outside(Protocol):
    """The bridge, as the network sees it."""

    def target(self, remote: Address, protocol: str) -> Target | None:
        """Where `remote` leads outside the world; None where the world file leads it nowhere."""

    def refusal(self, remote: Address, protocol: str) -> tuple[str, str]:
        """Why it leads nowhere, and what the user can do about it."""

    def connect(
        self,
        host: Inside,
        local_port: int,
        remote: Address,
        events: StreamEvents,
        flow: int,
        target: Target,
    ) -> Stream: ...

    def send_datagram(
        self, host: Inside, port: int, remote: Address, data: bytes, target: Target
    ) -> None: ...

    def resolve(self, name: str, done: Resolved) -> None:
        """Ask the host's resolver."""
