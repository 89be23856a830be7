"""`Miscellaneous.CombinedInput`: a wired OR in front of one input."""

from __future__ import annotations

from array import array

from renode_wifi.emulation.platform.stock.model import StockMachine, StockModel
from renode_wifi.peripherals.base.line import Line


class CombinedInput(StockModel):
    """Wired OR of `numberOfInputs` lines."""

    def __init__(self, machine: StockMachine, name: str, numberOfInputs: int) -> None:
        super().__init__(machine, name)
        self.levels = array("B", [0] * numberOfInputs)
        self.lines = {"OutputLine": Line()}

    def on_gpio(self, number: int, level: bool) -> None:
        self.levels[number] = level
        self.lines["OutputLine"].set(any(self.levels))

    def combines(self, number: int) -> tuple[array[int], Line]:
        """The levels of all inputs, and the output that is high while any is."""
        return self.levels, self.lines["OutputLine"]

    def reset(self) -> None:
        """Its inputs are set when they change."""
