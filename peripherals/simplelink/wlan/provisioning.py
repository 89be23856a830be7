"""Provisioning (wlan.h, sl_WlanProvisioning): it starts, and nobody comes."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.device import Device
from renode_wifi.peripherals.simplelink.messages.basic import BasicResponse
from renode_wifi.peripherals.simplelink.messages.wlan import Provisioning, ProvisioningStatus
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from renode_wifi.peripherals.simplelink.transaction import Host, Transaction
from renode_wifi.peripherals.simplelink.wlan.station import StationRole

STOP = 4
STOPPED = 12
"""Of SlWlanProvisioningCommand_e and of the status event."""


class ProvisioningService:
    """Accepted; nobody with a telephone is there, so that it ends by its time-out."""

    def __init__(self, host: Host, device: Device, station: StationRole) -> None:
        self.host = host
        self.device = device
        self.station = station
        self._end: Event | None = None

    def reset(self) -> None:
        self._end = None

    def run(self, transaction: Transaction, message: Provisioning) -> BasicResponse | None:
        transaction.status(0)
        if self._end is not None:
            self._end.cancel()
            self._end = None
            if message.action == STOP:
                self._over()
                return None
        if message.action != STOP:
            self._end = self.host.after(message.timeout * SECOND, self._over)
        return None

    def _over(self) -> None:
        self._end = None
        station = self.station
        ssid = station.associated.ssid if station.associated is not None else b""
        self.host.event(
            Opcode.WLAN_PROVISIONING_STATUS,
            ProvisioningStatus(STOPPED, self.device.active_role, station.status, ssid),
        )

    HANDLERS = (Handler(Opcode.WLAN_PROVISIONING, Provisioning, run),)
