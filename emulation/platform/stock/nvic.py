"""`IRQControllers.NVIC`: the interrupt controller, which lives in the core."""

from __future__ import annotations

from renode_wifi.emulation.platform.stock.model import StockMachine, StockModel
from renode_wifi.peripherals.base.line import Line, Receiver


class Nvic(StockModel):
    """The core's interrupt controller. priorityMask: implemented bits of a priority byte."""

    def __init__(
        self,
        machine: StockMachine,
        name: str,
        systickFrequency: int = 72_000_000,
        priorityMask: int = 0xFF,
    ) -> None:
        super().__init__(machine, name)
        self.lines = {"IRQ": Line()}
        self.systick_frequency = systickFrequency
        self.priority_mask = priorityMask
        machine.core.set_priority_mask(priorityMask)
        self._inputs = machine.core.nvic
        self._count = machine.core.irq_count

    def on_gpio(self, number: int, level: bool) -> None:
        self.input(number).on_gpio(number, level)

    def input(self, number: int) -> Receiver:
        """The receiver of input `number`: wired directly, it costs an interrupt one call less."""
        if number >= self._count:
            raise IndexError(number)
        return self._inputs

    def pend(self, number: int) -> None:
        """Make interrupt `number` pending, as software can."""
        self._inputs.pend(number)
