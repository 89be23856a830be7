"""I2C as the devices on it and the masters that drive it see it, byte by byte."""

from __future__ import annotations

from typing import Protocol


class I2CDevice(Protocol):
    """What answers to an address. An answer of False means "not acknowledged", None "it is"."""

    def start(self, reading: bool) -> bool | None:
        """It is addressed, after START or repeated START."""

    def write(self, byte: int) -> bool | None:
        """The master sends a byte."""

    def read(self) -> int:
        """The master clocks a byte in."""

    def stop(self) -> None:
        """STOP, or another device is addressed."""


class I2CBus:
    """SCL and SDA with the devices on them. One transfer at a time.

    An address that nobody has is not acknowledged. Two devices at one address are driven both, and
    read as a wired AND.
    """

    def __init__(self) -> None:
        self._devices: list[tuple[I2CDevice, int]] = []
        self._addressed: list[I2CDevice] = []

    def attach(self, device: I2CDevice, address: int) -> None:
        """Put `device` on the bus. address: seven bits; a device with an attribute `address` of
        its own is found at that one instead, which may change.
        """
        if not 0 <= address <= 0x7F:
            raise ValueError(f"0x{address:X} is no address of seven bits")
        self._devices.append((device, address))
        if hasattr(device, "address"):
            device.address = address

    @property
    def busy(self) -> bool:
        """A device is addressed."""
        return bool(self._addressed)

    def start(self, address: int, reading: bool) -> bool:
        """START or repeated START with an address; whether it is acknowledged."""
        before, self._addressed = self._addressed, []
        for device, place in self._devices:
            if getattr(device, "address", place) != address:
                continue
            if device in before:
                before.remove(device)
            if device.start(reading) is not False:
                self._addressed.append(device)
        for device in before:
            device.stop()
        return self.busy

    def write(self, byte: int) -> bool:
        """A byte to the device; whether it is acknowledged."""
        answers = [device.write(byte) is not False for device in self._addressed]
        return any(answers)

    def read(self) -> int:
        byte = 0xFF
        for device in self._addressed:
            byte &= device.read()
        return byte

    def stop(self) -> None:
        devices, self._addressed = self._addressed, []
        for device in devices:
            device.stop()
