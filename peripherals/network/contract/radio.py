"""A radio as boards and scripts see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from renode_wifi.peripherals.network.contract.station import World


@runtime_checkable
class InWorld(Protocol):
    """A model that depends on the world: a radio, or a part that measures something of it."""

    def connect_world(self, world: World) -> None:
        """Put it into a world."""


@runtime_checkable
class Radio(Protocol):
    name: str

    def connect_world(self, world: World) -> None:
        """Put the radio into a world."""

    def power_cycle(self) -> None:
        """Its supply fails and comes back, together with the board's."""

    def provision(
        self, programmed: Sequence[tuple[int, bytes]], files: Mapping[str, bytes]
    ) -> None:
        """Put files in place as a programming image does. RenodeWifiError: it keeps none.

        programmed: addresses and bytes of what the chip's memories were given with them.
        """
