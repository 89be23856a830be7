"""Bluetooth devices of the world at the board."""

from __future__ import annotations

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.robot.decorator import Replay, keyword
from renode_wifi.emulation.frontends.robot.keywords.base import Keywords


class BluetoothKeywords(Keywords):
    """Values are bytes in hexadecimal; characteristics are named by UUIDs such as 2A37."""

    @keyword(Replay.NEVER)
    def read_bluetooth_characteristic(self, central: str, uuid: str, timeout: float = 10.0) -> str:
        """Let a central of the world read; waits until it is connected and has found it."""
        return self.session.read_characteristic(central, uuid, timeout).hex()

    @keyword(Replay.NEVER)
    def write_bluetooth_characteristic(
        self, central: str, uuid: str, value: str, timeout: float = 10.0
    ) -> None:
        """Let a central of the world write."""
        self.session.write_characteristic(central, uuid, _bytes(value), timeout)

    @keyword(Replay.NEVER)
    def subscribe_bluetooth_characteristic(
        self, central: str, uuid: str, timeout: float = 10.0
    ) -> None:
        """Let a central of the world ask for notifications, or indications."""
        self.session.subscribe_characteristic(central, uuid, timeout)

    @keyword(Replay.NEVER)
    def wait_for_bluetooth_value(
        self, peer: str, uuid: str, value: str | None = None, timeout: float = 10.0
    ) -> str:
        """Run until a device of the world has been sent a value: notified, or written to."""
        wanted = None if value is None else _bytes(value)
        return self.session.wait_for_characteristic(peer, uuid, wanted, timeout).hex()


def _bytes(written: str) -> bytes:
    try:
        return bytes.fromhex(written)
    except ValueError:
        raise RenodeWifiError(
            f"{written!r} is no value", cure="write bytes in hexadecimal, such as 01 ff"
        ) from None
