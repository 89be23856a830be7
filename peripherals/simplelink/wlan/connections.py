"""What depends on the processor having an address."""

from __future__ import annotations

from typing import Protocol


class Connections(Protocol):
    """The sockets, as the WLAN silo sees them."""

    def joined(self) -> None:
        """There is an address."""

    def lost(self) -> None:
        """The network is gone, with all connections."""
