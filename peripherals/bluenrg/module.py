"""The module as a board wires it: its link, and a processor once it is out of reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.bluenrg.link import RESET, BlueNrgLink

if TYPE_CHECKING:
    from renode_wifi.peripherals.bluenrg.stack import BlueNrgStack
    from renode_wifi.peripherals.network.bluetooth.air import BluetoothAir
    from renode_wifi.peripherals.network.world import World


class SPBTLE_RF(BlueNrgLink):
    """SPBTLE-RF, a module with BlueNRG-MS, on a shared SPI bus: all but security.

    Inputs: 0 CSN, 1 RESET (active low). Output 0: IRQ.
    """

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self._stack: BlueNrgStack | None = None
        self._air: BluetoothAir | None = None

    @property
    def stack(self) -> BlueNrgStack:
        """Made when it is first needed: most firmware leaves the module in reset, and importing
        all its messages takes a tenth of a board's start."""
        if self._stack is None:
            from renode_wifi.peripherals.bluenrg.stack import BlueNrgStack

            stack = BlueNrgStack(self.machine, self.name, self.offer, self.booted)
            if self._air is not None:
                stack.connect_air(self._air)
            self._stack = self.processor = stack
        return self._stack

    def connect_world(self, world: World) -> None:
        self.connect_air(world.bluetooth.air)

    def connect_air(self, air: BluetoothAir) -> None:
        self._air = air
        if self._stack is not None:
            self._stack.connect_air(air)

    def power_cycle(self) -> None:
        """Its supply fails and comes back, together with the board's."""
        if not self._in_reset:
            for level in (False, True):
                self.on_gpio(RESET, level)

    def on_gpio(self, number: int, level: bool) -> None:
        if number == RESET and level:
            _ = self.stack
        super().on_gpio(number, level)
