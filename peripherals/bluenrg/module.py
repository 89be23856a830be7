"""The module as a board wires it: its link, its processor, and what that can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.bluenrg.codes import AciOpcode, AciStatus
from renode_wifi.peripherals.bluenrg.gap import Gap
from renode_wifi.peripherals.bluenrg.gap_advertising import GapAdvertising
from renode_wifi.peripherals.bluenrg.gatt_client import GattClient
from renode_wifi.peripherals.bluenrg.gatt_server import GattServer
from renode_wifi.peripherals.bluenrg.hal import Hal
from renode_wifi.peripherals.bluenrg.link import RESET, BlueNrgLink
from renode_wifi.peripherals.bluenrg.messages.hci import NoParameters
from renode_wifi.peripherals.bluenrg.processor import AciHandler, BlueNrgProcessor

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World


class SPBTLE_RF(BlueNrgLink):
    """SPBTLE-RF, a module with BlueNRG-MS, on a shared SPI bus: all but security and L2CAP.

    Inputs: 0 CSN, 1 RESET (active low). Output 0: IRQ.
    """

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        processor = BlueNrgProcessor(machine, name, self.offer, self.booted)
        self.hal = Hal(processor)
        self.server = GattServer(processor)
        self.client = GattClient(processor)
        self.advertising = GapAdvertising(processor, self.hal)
        self.gap = Gap(processor, self.hal, self.server, self.client, self.advertising)
        for part in (self.hal, self.server, self.client, self.advertising, self.gap):
            processor.handlers.update(part.handlers)
            processor.resets.append(part.reset)
        processor.handlers[AciOpcode.RESET] = AciHandler(NoParameters, self._reset_stack)
        self._processor = self.processor = processor

    def connect_world(self, world: World) -> None:
        self._processor.connect_air(world.bluetooth.air)

    def power_cycle(self) -> None:
        """Its supply fails and comes back, together with the board's."""
        if not self._in_reset:
            for level in (False, True):
                self.on_gpio(RESET, level)

    def _reset_stack(self, message: NoParameters) -> AciStatus:
        self._processor.reset_stack()
        return AciStatus.SUCCESS
