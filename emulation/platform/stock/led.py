"""`Miscellaneous.LED`: a lamp on a pin."""

from __future__ import annotations

from renode_wifi.emulation.platform.stock.model import StockMachine, StockModel


class Led(StockModel):
    """State follows input 0, the other way round with `invert`."""

    def __init__(self, machine: StockMachine, name: str, invert: bool = False) -> None:
        super().__init__(machine, name)
        self.inverted = invert
        self.state = invert

    def on_gpio(self, number: int, level: bool) -> None:
        state = level != self.inverted
        if number == 0 and state != self.state:
            self.state = state
            self.machine.trace(self.name, "led", state=state)

    def follows(self, number: int) -> bool | None:
        """Whether `state` may be set from input `number` in place of a call, inverted or not."""
        return None if number or self.machine.is_observed("led") else self.inverted

    def reset(self) -> None:
        """A lamp has no memory: its pin is set when it changes."""
