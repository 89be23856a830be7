"""ST LIS3MDL, magnetic field and temperature (data sheet DocID024204: registers in section 7)."""

from __future__ import annotations

from typing import ClassVar

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.parts.part import Measured, MeasuredVector, signed16
from renode_wifi.peripherals.parts.registers import ByteRegister, I2CPart
from renode_wifi.peripherals.parts.sampler import PICO, Sampler

IDENTITY = 0x3D
AUTO_INCREMENT = 0x80
CTRL1_TEMP_EN, CTRL1_FAST_ODR = 1 << 7, 1 << 1
CTRL2_REBOOT, CTRL2_SOFT_RST = 1 << 3, 1 << 2
CTRL3_LP, CTRL3_MD = 1 << 5, 3
CTRL4_BLE = 1 << 1
CONTINUOUS, SINGLE, POWER_DOWN = 0, 1, 3
"""Values of MD."""
STATUS_ZYXOR, STATUS_ZYXDA = 1 << 7, 1 << 3
AXES_NEW = 0x0F
INT_IEA, INT_LIR, INT_IEN = 1 << 2, 1 << 1, 1 << 0
SOURCE_INT, SOURCE_MROI = 1 << 0, 1 << 1
RATES = (625, 1_250, 2_500, 5_000, 10_000, 20_000, 40_000, 80_000)
FAST_RATES = (1_000_000, 560_000, 300_000, 155_000)
"""In mHz, by DO and, with FAST_ODR, by OM."""
FIRST_SAMPLE = 7 * MILLISECOND
"""Turn-on time; a faster rate has its first sample after one period."""
SCALE = (6842, 3421, 2281, 1711)
"""Counts per gauss by FS."""
OUT = 0x28
DRDY, INT = 0, 1
"""Outputs."""


class LIS3MDL(I2CPart):
    """At 0x1E. Outputs: 0 DRDY, pin 8; 1 INT, pin 7."""

    OUTPUTS = (DRDY, INT)
    NUMBER_MASK = 0x7F
    REGISTERS: ClassVar = (
        ByteRegister("WHO_AM_I", 0x0F, IDENTITY, 0),
        ByteRegister("CTRL_REG1", 0x20, 0x10, on_write="_control"),
        ByteRegister("CTRL_REG2", 0x21, 0, 0x60, on_write="_command"),
        ByteRegister("CTRL_REG3", 0x22, 0x03, 0x27, on_write="_control"),
        ByteRegister("CTRL_REG4", 0x23, 0, 0x0E),
        ByteRegister("CTRL_REG5", 0x24, 0, 0xC0),
        ByteRegister("STATUS_REG", 0x27, 0, 0),
        ByteRegister("OUT", OUT, 0, 0, count=6, on_read="_read_output"),
        ByteRegister("TEMP_OUT", 0x2E, 0, 0, count=2),
        ByteRegister("INT_CFG", 0x30, 0xE8, 0xE7, on_write="_wire"),
        ByteRegister("INT_SRC", 0x31, 0, 0, on_read="_read_source"),
        ByteRegister("INT_THS_L", 0x32),
        ByteRegister("INT_THS_H", 0x33, 0, 0x7F),
    )

    magnetic_x = Measured(0.2)
    magnetic_y = Measured(0.0)
    magnetic_z = Measured(-0.4)
    magnetic = MeasuredVector()
    field = MeasuredVector("magnetic")
    temperature = Measured(25.0)

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self._increments = False
        self._sampler = Sampler(machine.clock, self._sample)
        self._watch()
        self._update()

    def power_on(self) -> None:
        super().power_on()
        self._control(0)
        self._update()

    def number_written(self, byte: int) -> None:
        self._increments = bool(byte & AUTO_INCREMENT)

    def next_address(self, address: int) -> int:
        return super().next_address(address) if self._increments else address

    def before_access(self) -> None:
        self._sampler.catch_up()

    # Conversions.

    def _control(self, value: int) -> None:
        control, mode = self.registers["CTRL_REG1"], self.registers["CTRL_REG3"]
        rate = 0
        if mode & CTRL3_MD in (CONTINUOUS, SINGLE):
            if mode & CTRL3_LP:
                rate = RATES[0]
            elif control & CTRL1_FAST_ODR:
                rate = FAST_RATES[control >> 5 & 3]
            else:
                rate = RATES[control >> 2 & 7]
        self._sampler.follow(rate, min(FIRST_SAMPLE, PICO // rate) if rate else 0)

    def _command(self, value: int) -> None:
        if value & CTRL2_SOFT_RST:
            self.registers.reset()
            self._control(0)
        self._watch()
        self._update()

    def _sample(self, time: int, missed: int) -> None:
        scale = SCALE[self.registers["CTRL_REG2"] >> 5 & 3]
        axes = [scale * axis for axis in self.vector("magnetic", time)]
        temperature = 8 * (self.value("temperature", time) - 25)
        data = [signed16(axis) for axis in axes]
        if self.registers["CTRL_REG4"] & CTRL4_BLE:
            data = [word[::-1] for word in data]
        self.registers.put("OUT", b"".join(data))
        if self.registers["CTRL_REG1"] & CTRL1_TEMP_EN:
            self.registers.put("TEMP_OUT", signed16(temperature))
        status = self.registers["STATUS_REG"]
        overrun = AXES_NEW if missed else status & AXES_NEW
        self.registers["STATUS_REG"] = status | AXES_NEW | overrun << 4
        self._compare(axes)
        if self.registers["CTRL_REG3"] & CTRL3_MD == SINGLE:
            self.registers["CTRL_REG3"] |= POWER_DOWN
            self._sampler.stop()
        self._update()

    # The thresholds, which are counts of either sign.

    def _compare(self, axes: list[float]) -> None:
        configuration = self.registers["INT_CFG"]
        if not configuration & INT_IEN:
            return
        threshold = self.registers["INT_THS_H"] << 8 | self.registers["INT_THS_L"]
        source = 0
        for index, axis in enumerate(axes):
            if abs(axis) > 0x7FFF:
                source |= SOURCE_MROI
            if not configuration >> (7 - index) & 1:
                continue
            if axis > threshold:
                source |= 1 << (7 - index) | SOURCE_INT
            elif axis < -threshold:
                source |= 1 << (4 - index) | SOURCE_INT
        if not configuration & INT_LIR:
            # LIR of 0 latches.
            source |= self.registers["INT_SRC"]
        self.registers["INT_SRC"] = source

    def _read_source(self) -> int:
        source = self.registers["INT_SRC"]
        if not self.registers["INT_CFG"] & INT_LIR:
            self.registers["INT_SRC"] = 0
            self._update()
        return source

    # Data ready, and the pins.

    def _read_output(self, index: int) -> int:
        if index & 1:
            axis = 1 << (index >> 1)
            status = self.registers["STATUS_REG"] & ~(axis | axis << 4)
            if not status & AXES_NEW & ~STATUS_ZYXDA:
                status &= ~(STATUS_ZYXDA | STATUS_ZYXOR)
            self.registers["STATUS_REG"] = status
            self._update()
        return self.registers.values[OUT + index]

    def _wire(self, value: int) -> None:
        if not value & INT_IEN:
            self.registers["INT_SRC"] = 0
        self._update()

    def _watch(self) -> None:
        """DRDY cannot be switched off, so that every sample is taken in its own time."""
        self._sampler.watch(True)

    def _update(self) -> None:
        self.lines[DRDY].set(self.registers["STATUS_REG"] & STATUS_ZYXDA != 0)
        active = self.registers["INT_SRC"] & SOURCE_INT != 0
        high = self.registers["INT_CFG"] & INT_IEA != 0
        self.lines[INT].set(active == high)
