"""The sensors of the LaunchPad on I2CA0 (SWRU463): TMP006 and BMA222E.

They always have a fresh sample of what their attributes say, so that a test can set a temperature
or a position. Filters, interrupts and the FIFO of the parts only keep their settings.
"""

from __future__ import annotations

from typing import ClassVar

from renode_wifi.peripherals.base.machine import Machine


def clamped(value: float, bits: int) -> int:
    """The nearest integer that a signed field has room for."""
    limit = 1 << bits - 1
    return max(-limit, min(limit - 1, round(value)))


class TMP006:
    """Infrared thermopile and die temperature (SBOS518), at 0x41; registers of 16 bits.

    temperature: of the die, degrees Celsius. object_voltage: of the thermopile, V.
    """

    VOBJECT, TAMBIENT, CONFIG = 0x00, 0x01, 0x02
    MANUFACTURER_ID, DEVICE_ID = 0xFE, 0xFF
    IDENTITIES: ClassVar = {MANUFACTURER_ID: 0x5449, DEVICE_ID: 0x0067}
    CONFIG_RESET = 0x7400
    CONFIG_WRITABLE = 0x7F00
    RST, CONVERTING, DRDY = 0x8000, 0x7000, 0x0080
    VOLTS_PER_COUNT = 156.25e-9
    COUNTS_PER_DEGREE = 32
    """Of the 14 bits above two that read 0."""

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine = machine
        self.name = name
        self.temperature = 25.0
        self.object_voltage = 0.0
        self._sample = {self.VOBJECT: 0, self.TAMBIENT: 0}
        self.reset()

    def reset(self) -> None:
        self._config = self.CONFIG_RESET
        self._pointer = 0
        self._bytes = bytearray()
        self._position = 0

    def start(self, reading: bool) -> None:
        self._bytes.clear()
        if reading:
            self._measure()
            self._bytes += self._value(self._pointer).to_bytes(2)
        self._position = 0

    def write(self, byte: int) -> None:
        self._bytes.append(byte)
        if len(self._bytes) == 1:
            self._pointer = byte
        elif len(self._bytes) == 3 and self._pointer == self.CONFIG:
            self._configure(int.from_bytes(self._bytes[1:]))

    def read(self) -> int:
        byte = self._bytes[self._position % 2]
        self._position += 1
        return byte

    def stop(self) -> None:
        """The register number stays until the next one is written."""

    def _configure(self, value: int) -> None:
        if value & self.RST:
            self._config = self.CONFIG_RESET
        else:
            self._config = value & self.CONFIG_WRITABLE

    def _measure(self) -> None:
        """While it is powered down, the results are those of the last conversion."""
        if self._config & self.CONVERTING:
            volts = clamped(self.object_voltage / self.VOLTS_PER_COUNT, 16)
            degrees = clamped(self.temperature * self.COUNTS_PER_DEGREE, 14) << 2
            self._sample = {self.VOBJECT: volts & 0xFFFF, self.TAMBIENT: degrees & 0xFFFF}

    def _value(self, register: int) -> int:
        if register == self.CONFIG:
            return self._config | (self.DRDY if self._config & self.CONVERTING else 0)
        return self._sample.get(register, self.IDENTITIES.get(register, 0))


class BMA222E:
    """Accelerometer of 8 bits (BST-BMA222E-DS004), at 0x18.

    acceleration: g by axis. temperature: degrees Celsius.
    """

    CHIP_ID, X_LSB, TEMPERATURE = 0x00, 0x02, 0x08
    PMU_RANGE, SOFT_RESET = 0x0F, 0x14
    IDENTITY = 0xF8
    RESET_COMMAND = 0xB6
    NEW_DATA = 1
    READ_ONLY = 0x0F
    """Registers below are results and states."""
    SIZE = 0x40
    RANGES: ClassVar = {0x3: 2, 0x5: 4, 0x8: 8, 0xC: 16}
    """g that the eight bits span, by PMU_RANGE; all other values are 2 g."""
    RESETS: ClassVar = {
        0x0F: 0x03,
        0x10: 0x0F,
        0x20: 0x05,
        0x22: 0x09,
        0x23: 0x30,
        0x24: 0x81,
        0x25: 0x0F,
        0x26: 0xC0,
        0x28: 0x14,
        0x2A: 0x04,
        0x2B: 0x0A,
        0x2C: 0x18,
        0x2D: 0x08,
        0x33: 0xF0,
    }

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine = machine
        self.name = name
        self.acceleration = (0.0, 0.0, 1.0)
        self.temperature = 25.0
        self.reset()

    def reset(self) -> None:
        self._registers = bytearray(self.SIZE)
        self._registers[self.CHIP_ID] = self.IDENTITY
        for register, value in self.RESETS.items():
            self._registers[register] = value
        self._pointer: int | None = None

    def start(self, reading: bool) -> None:
        if not reading:
            self._pointer = None
            return
        counts = 128 / self.RANGES.get(self._registers[self.PMU_RANGE] & 0xF, 2)
        for axis, value in enumerate(self.acceleration):
            low = self.X_LSB + 2 * axis
            self._registers[low] = self.NEW_DATA
            self._registers[low + 1] = clamped(value * counts, 8) & 0xFF
        # Half a degree per count, 0 at 23 degrees.
        self._registers[self.TEMPERATURE] = clamped(2 * (self.temperature - 23), 8) & 0xFF

    def write(self, byte: int) -> None:
        if self._pointer is None:
            self._pointer = byte % self.SIZE
            return
        if self._pointer == self.SOFT_RESET:
            if byte == self.RESET_COMMAND:
                self.reset()
            return
        if self._pointer >= self.READ_ONLY:
            self._registers[self._pointer] = byte
        self._advance()

    def read(self) -> int:
        byte = self._registers[self._pointer or 0]
        self._advance()
        return byte

    def stop(self) -> None:
        """The register number stays until the next one is written."""

    def _advance(self) -> None:
        self._pointer = ((self._pointer or 0) + 1) % self.SIZE
