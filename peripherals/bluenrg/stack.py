"""The processor with everything that it can do."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.bluenrg.codes import AciOpcode, AciStatus
from renode_wifi.peripherals.bluenrg.controller import Controller
from renode_wifi.peripherals.bluenrg.gap import Gap
from renode_wifi.peripherals.bluenrg.gap_advertising import GapAdvertising
from renode_wifi.peripherals.bluenrg.gatt_client import GattClient
from renode_wifi.peripherals.bluenrg.gatt_server import GattServer
from renode_wifi.peripherals.bluenrg.hal import Hal
from renode_wifi.peripherals.bluenrg.initiating import Initiating
from renode_wifi.peripherals.bluenrg.messages.hci import NoParameters
from renode_wifi.peripherals.bluenrg.processor import AciHandler, BlueNrgProcessor


class BlueNrgStack(BlueNrgProcessor):
    """All but security."""

    def __init__(
        self,
        machine: Machine,
        name: str,
        emit: Callable[[bytes], None],
        booted: Callable[[], None],
    ) -> None:
        super().__init__(machine, name, emit, booted)
        hal, server, client = Hal(self), GattServer(self), GattClient(self)
        advertising = GapAdvertising(self, hal)
        initiating = Initiating(self, hal)
        controller = Controller(self, hal, initiating)
        gap = Gap(self, server, client, advertising, initiating, controller)
        for part in (hal, server, client, advertising, controller, gap):
            self.handlers.update(part.handlers)
            self.resets.append(part.reset)
        self.resets.append(initiating.stop)
        self.pin_resets.append(hal.forget)
        self.take = controller.take
        self.handlers[AciOpcode.RESET] = AciHandler(NoParameters, self._reset_command)

    def _reset_command(self, message: NoParameters) -> AciStatus:
        self.reset_stack()
        return AciStatus.SUCCESS
