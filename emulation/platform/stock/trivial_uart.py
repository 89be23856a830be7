"""`UART.TrivialUart`: one register, and what is stored there is sent."""

from __future__ import annotations

from renode_wifi.emulation.platform.stock.model import StockMachine, StockModel


class TrivialUart(StockModel):
    """A port for tests of scripts. It receives nothing."""

    def __init__(self, machine: StockMachine, name: str) -> None:
        super().__init__(machine, name)
        self.size = 4

    def reset(self) -> None:
        """Nothing is kept."""

    def read(self, offset: int, width: int) -> int:
        return 0

    def write(self, offset: int, value: int, width: int) -> None:
        self.machine.trace(self.name, "uart", byte=value & 0xFF)

    def receive(self, byte: int) -> None:
        """The port only sends."""
