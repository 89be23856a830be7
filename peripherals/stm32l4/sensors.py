"""The sensors of the board on I2C2 (UM2153): registers, identity, and one measurement each.

They always have a fresh sample of what their attributes say, so that a world can set a temperature
or a position. Filters, FIFOs and interrupts of the parts only keep their settings.
"""

from __future__ import annotations

from typing import ClassVar

from renode_wifi.peripherals.base.machine import Machine

WHO_AM_I = 0x0F
AUTO_INCREMENT = 0x80
"""ST's sensors take this bit of the register number as "and go on from there"."""


def signed16(value: float) -> bytes:
    """As the parts deliver a sample: little-endian, limited to what sixteen bits hold."""
    return max(-0x8000, min(0x7FFF, round(value))).to_bytes(2, "little", signed=True)


class Sensor:
    """An I2C device of 128 registers. Subclasses say who they are and what they measure."""

    IDENTITY = 0
    RESETS: ClassVar[dict[int, int]] = {}
    # Register -> bits that the part clears by itself when it has done what they ask for.
    COMMANDS: ClassVar[dict[int, int]] = {}

    MEASURES: ClassVar[dict[str, object]] = {}
    """What it measures until somebody says otherwise, by attribute."""

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine = machine
        self.name = name
        self.__dict__.update(self.MEASURES)
        self.reset()

    def reset(self) -> None:
        """As after power-on; what is measured stays."""
        self._registers = bytearray(128)
        self._registers[WHO_AM_I] = self.IDENTITY
        for register, value in self.RESETS.items():
            self._registers[register] = value
        self._pointer: int | None = None

    def sample(self) -> dict[int, bytes]:
        """First output register -> bytes from there on."""
        return {}

    # I2C.

    def start(self, reading: bool) -> None:
        if not reading:
            self._pointer = None
            return
        for register, data in self.sample().items():
            self._registers[register : register + len(data)] = data

    def write(self, byte: int) -> None:
        if self._pointer is None:
            self._pointer = byte & ~AUTO_INCREMENT
        elif self._pointer != WHO_AM_I:
            self._registers[self._pointer] = byte & ~self.COMMANDS.get(self._pointer, 0)
            self._advance()

    def read(self) -> int:
        if self._pointer is None:
            return 0xFF
        byte = self._registers[self._pointer]
        self._advance()
        return byte

    def stop(self) -> None:
        """A part keeps its register number until the next one is written."""

    def _advance(self) -> None:
        assert self._pointer is not None
        self._pointer = (self._pointer + 1) & 0x7F


class HTS221(Sensor):
    """Humidity (% r.h.) and temperature (degrees Celsius), at 0x5F.

    Its factory calibration makes a sample 200 counts per % and 100 counts per degree.
    """

    IDENTITY = 0xBC
    RESETS: ClassVar = {
        0x10: 0x1B,
        0x27: 0x03,
        # H0 0 %, H1 100 % (doubled), T0 0 degrees, T1 100 degrees (times eight, ten bits).
        0x31: 200,
        0x33: 800 & 0xFF,
        0x35: 800 >> 8 << 2,
        0x3A: 20_000 & 0xFF,
        0x3B: 20_000 >> 8,
        0x3E: 10_000 & 0xFF,
        0x3F: 10_000 >> 8,
    }
    COMMANDS: ClassVar = {0x21: 0x81}

    MEASURES: ClassVar = {"humidity": 45.0, "temperature": 25.0}
    humidity: float
    temperature: float

    def sample(self) -> dict[int, bytes]:
        return {0x28: signed16(200 * self.humidity) + signed16(100 * self.temperature)}


class LPS22HB(Sensor):
    """Pressure (hPa) and temperature (degrees Celsius), at 0x5D."""

    IDENTITY = 0xB1
    RESETS: ClassVar = {0x11: 0x10, 0x27: 0x03}
    COMMANDS: ClassVar = {0x11: 0x85}

    MEASURES: ClassVar = {"pressure": 1013.25, "temperature": 25.0}
    pressure: float
    temperature: float

    def sample(self) -> dict[int, bytes]:
        pressure = max(0, min(0xFFFFFF, round(4096 * self.pressure)))
        return {0x28: pressure.to_bytes(3, "little") + signed16(100 * self.temperature)}


class LSM6DSL(Sensor):
    """Acceleration (g) and rotation (degrees per second) by axis, at 0x6A."""

    IDENTITY = 0x6A
    RESETS: ClassVar = {0x12: 0x04, 0x1E: 0x07}
    COMMANDS: ClassVar = {0x12: 0x81}
    # mg and mdps per count by the full-scale bits of CTRL1_XL and CTRL2_G.
    ACCELERATION_SCALE = (0.061, 0.488, 0.122, 0.244)
    ROTATION_SCALE = (8.75, 17.5, 35.0, 70.0)

    MEASURES: ClassVar = {"acceleration": (0.0, 0.0, 1.0), "rotation": (0.0, 0.0, 0.0)}
    acceleration: tuple[float, float, float]
    rotation: tuple[float, float, float]

    def sample(self) -> dict[int, bytes]:
        scale = self.ACCELERATION_SCALE[self._registers[0x10] >> 2 & 3]
        turn = self.ROTATION_SCALE[self._registers[0x11] >> 2 & 3]
        rotation = b"".join(signed16(1000 * axis / turn) for axis in self.rotation)
        return {
            0x22: rotation + b"".join(signed16(1000 * axis / scale) for axis in self.acceleration)
        }


class LIS3MDL(Sensor):
    """Magnetic field (gauss) by axis, at 0x1E."""

    IDENTITY = 0x3D
    RESETS: ClassVar = {0x20: 0x10, 0x22: 0x03, 0x27: 0x0F}
    COMMANDS: ClassVar = {0x21: 0x0C}
    # Counts per gauss by the full-scale bits of CTRL_REG2.
    SCALE = (6842, 3421, 2281, 1711)

    MEASURES: ClassVar = {"field": (0.2, 0.0, -0.4)}
    field: tuple[float, float, float]

    def sample(self) -> dict[int, bytes]:
        scale = self.SCALE[self._registers[0x21] >> 5 & 3]
        return {0x28: b"".join(signed16(scale * axis) for axis in self.field)}
