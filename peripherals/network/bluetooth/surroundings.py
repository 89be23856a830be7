"""All Bluetooth devices of a world, and the air between them and the boards."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import Clock
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.bluetooth.air import BluetoothAir
from renode_wifi.peripherals.network.bluetooth.peer import Central, Peer, Peripheral, Trace
from renode_wifi.peripherals.network.worldfile.devices.bluetooth import BluetoothSettings


class BluetoothSurroundings:
    """centrals, peripherals: those of the world file, by name."""

    def __init__(self, clock: Clock, trace: Trace, settings: BluetoothSettings) -> None:
        self.air = BluetoothAir(clock)
        self.centrals = {each.name: Central(self.air, trace, each) for each in settings.centrals}
        self.peripherals = {
            each.name: Peripheral(self.air, trace, each) for each in settings.peripherals
        }

    def peer(self, name: str) -> Peer:
        """Raises RenodeWifiError."""
        found = self.centrals.get(name) or self.peripherals.get(name)
        if found is None:
            known = ", ".join((*self.centrals, *self.peripherals)) or "none"
            raise RenodeWifiError(
                f"the world has no Bluetooth device {name}", cure=f"its file has {known}"
            )
        return found

    def central(self, name: str) -> Central:
        """One that connects. Raises RenodeWifiError."""
        found = self.peer(name)
        if not isinstance(found, Central):
            raise RenodeWifiError(f"{name} does not connect", cure="name one of `centrals`")
        return found

    def peripheral(self, name: str) -> Peripheral:
        """One that others connect to. Raises RenodeWifiError."""
        found = self.peer(name)
        if not isinstance(found, Peripheral):
            raise RenodeWifiError(f"{name} does not advertise", cure="name one of `peripherals`")
        return found
