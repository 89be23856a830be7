"""A microphone of the board, MP34DT01-M (data sheet DocID025268): a bit each clock."""

from __future__ import annotations

from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.parts.part import Measured, Part


class MP34DT01(Part):
    """Attached to an input of a filter, by number.

    falling: the edge of the clock at which its bit is there, by its L/R pin.
    """

    sound = Measured()

    def __init__(self, machine: Machine, name: str, falling: bool = False) -> None:
        super().__init__(machine, name)
        self.falling = falling

    def reset(self) -> None:
        """A reset of the chip doesn't reach it."""

    def density(self) -> float:
        return self.sound
