"""`PWMTester`: measures how long a pin is high and low."""

from __future__ import annotations

from renode_wifi.emulation.platform.stock.model import StockMachine, StockModel
from renode_wifi.peripherals.base.clock import MICROSECOND


class PwmTester(StockModel):
    """Times count between edges: what came before the first and comes after the last does not."""

    def __init__(self, machine: StockMachine, name: str) -> None:
        super().__init__(machine, name)
        self._last: int | None = None
        self._high = self._low = 0

    def on_gpio(self, number: int, level: bool) -> None:
        if number:
            return
        now = self.machine.clock.now
        if self._last is not None:
            if level:
                self._low += now - self._last
            else:
                self._high += now - self._last
        self._last = now

    def reset(self) -> None:
        self._last = None
        self._high = self._low = 0

    @property
    def high_ticks(self) -> int:
        """Microseconds."""
        return self._high // MICROSECOND

    @property
    def low_ticks(self) -> int:
        """Microseconds."""
        return self._low // MICROSECOND

    @property
    def high_percentage(self) -> float:
        """Not a number before two edges."""
        total = self._high + self._low
        return self._high / total * 100 if total else float("nan")

    @property
    def low_percentage(self) -> float:
        return 100 - self.high_percentage
