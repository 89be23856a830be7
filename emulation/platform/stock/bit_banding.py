"""`Miscellaneous.BitBanding`: the bit-band regions of the ARMv7-M memory map."""

from __future__ import annotations

from renode_wifi.emulation.platform.stock.model import StockMachine, StockModel


class BitBanding(StockModel):
    """The core has the bit-band regions of the ARMv7-M memory map built in."""

    def __init__(self, machine: StockMachine, name: str, peripheralBase: int) -> None:
        super().__init__(machine, name)
        self.peripheral_base = peripheralBase
