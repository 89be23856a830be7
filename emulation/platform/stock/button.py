"""`Miscellaneous.Button`: a push button on a pin."""

from __future__ import annotations

from renode_wifi.emulation.platform.stock.model import StockMachine, StockModel
from renode_wifi.peripherals.base.line import Line


class Button(StockModel):
    """Drives its line high while pressed, low with `invert`."""

    def __init__(self, machine: StockMachine, name: str, invert: bool = False) -> None:
        super().__init__(machine, name)
        self.inverted = invert
        self.pressed = False
        self.lines = {"IRQ": Line(invert)}

    def press(self) -> None:
        self._set(True)

    def release(self) -> None:
        self._set(False)

    def press_and_release(self) -> None:
        self.press()
        self.release()

    def toggle(self) -> None:
        self._set(not self.pressed)

    def _set(self, pressed: bool) -> None:
        self.pressed = pressed
        self.machine.trace(self.name, "button", pressed=pressed)
        self.lines["IRQ"].set(pressed != self.inverted)
