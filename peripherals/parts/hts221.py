"""ST HTS221, humidity and temperature (data sheet DocID026333: registers in section 7)."""

from __future__ import annotations

from typing import ClassVar

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.parts.part import Measured, signed16
from renode_wifi.peripherals.parts.registers import ByteRegister, I2CPart
from renode_wifi.peripherals.parts.sampler import Sampler

IDENTITY = 0xBC
AUTO_INCREMENT = 0x80
CTRL1_PD, CTRL1_ODR = 1 << 7, 3
CTRL2_HEATER, CTRL2_ONE_SHOT = 1 << 1, 1 << 0
CTRL3_DRDY_H_L, CTRL3_DRDY_EN = 1 << 7, 1 << 2
STATUS_H_DA, STATUS_T_DA = 1 << 1, 1 << 0
RATES = (0, 1_000, 7_000, 12_500)
"""In mHz by ODR; 0: one-shot."""
CONVERSION = 5 * MILLISECOND
"""From power-up, or from ONE_SHOT, to the sample. The data sheet has no figure."""

# The factory's calibration: 200 counts per % and 100 counts per degree, both from 0.
HUMIDITY_COUNTS, TEMPERATURE_COUNTS = 200, 100
H0_RH_X2, H1_RH_X2 = 0, 2 * 100
T0_DEGC_X8, T1_DEGC_X8 = 0, 8 * 100
DRDY = 0
"""Output."""


class HTS221(I2CPart):
    """At 0x5F. Output 0: DRDY, pin 3."""

    OUTPUTS = (DRDY,)
    NUMBER_MASK = 0x7F
    REGISTERS: ClassVar = (
        ByteRegister("WHO_AM_I", 0x0F, IDENTITY, 0),
        ByteRegister("AV_CONF", 0x10, 0x1B, 0x3F),
        ByteRegister("CTRL_REG1", 0x20, 0, 0x87, on_write="_control"),
        ByteRegister("CTRL_REG2", 0x21, 0, CTRL2_HEATER, on_write="_command"),
        ByteRegister("CTRL_REG3", 0x22, 0, 0xC4, on_write="_wire"),
        ByteRegister("STATUS_REG", 0x27, 0, 0),
        ByteRegister("HUMIDITY_OUT", 0x28, 0, 0, count=2, on_read="_read_humidity"),
        ByteRegister("TEMP_OUT", 0x2A, 0, 0, count=2, on_read="_read_temperature"),
        ByteRegister("H0_rH_x2", 0x30, H0_RH_X2, 0),
        ByteRegister("H1_rH_x2", 0x31, H1_RH_X2, 0),
        ByteRegister("T0_degC_x8", 0x32, T0_DEGC_X8 & 0xFF, 0),
        ByteRegister("T1_degC_x8", 0x33, T1_DEGC_X8 & 0xFF, 0),
        ByteRegister("T1/T0 msb", 0x35, T0_DEGC_X8 >> 8 | T1_DEGC_X8 >> 8 << 2, 0),
        ByteRegister("H0_T0_OUT", 0x36, 0, 0, count=2),
        ByteRegister("H1_T0_OUT_L", 0x3A, 100 * HUMIDITY_COUNTS & 0xFF, 0),
        ByteRegister("H1_T0_OUT_H", 0x3B, 100 * HUMIDITY_COUNTS >> 8, 0),
        ByteRegister("T0_OUT", 0x3C, 0, 0, count=2),
        ByteRegister("T1_OUT_L", 0x3E, 100 * TEMPERATURE_COUNTS & 0xFF, 0),
        ByteRegister("T1_OUT_H", 0x3F, 100 * TEMPERATURE_COUNTS >> 8, 0),
    )

    humidity = Measured(45.0)
    temperature = Measured(25.0)

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self._increments = False
        self._sampler = Sampler(machine.clock, self._sample)
        self._one_shot = Sampler(machine.clock, self._sample_once)

    def power_on(self) -> None:
        super().power_on()
        self._control(0)
        self._wire(0)

    def number_written(self, byte: int) -> None:
        self._increments = bool(byte & AUTO_INCREMENT)

    def next_address(self, address: int) -> int:
        return super().next_address(address) if self._increments else address

    def before_access(self) -> None:
        self._sampler.catch_up()
        self._one_shot.catch_up()

    # Conversions.

    def _control(self, value: int) -> None:
        control = self.registers["CTRL_REG1"]
        rate = RATES[control & CTRL1_ODR] if control & CTRL1_PD else 0
        self._sampler.follow(rate, CONVERSION)

    def _command(self, value: int) -> None:
        # BOOT is done at once: the trimming values are the factory's anyway.
        if value & CTRL2_ONE_SHOT and self.registers["CTRL_REG1"] & CTRL1_PD:
            self.registers["CTRL_REG2"] |= CTRL2_ONE_SHOT
            self._one_shot.start(1000, CONVERSION)

    def _sample_once(self, time: int, missed: int) -> None:
        self._one_shot.stop()
        self.registers["CTRL_REG2"] &= ~CTRL2_ONE_SHOT
        self._sample(time, missed)

    def _sample(self, time: int, missed: int) -> None:
        humidity = HUMIDITY_COUNTS * self.value("humidity", time)
        temperature = TEMPERATURE_COUNTS * self.value("temperature", time)
        self.registers.put("HUMIDITY_OUT", signed16(humidity))
        self.registers.put("TEMP_OUT", signed16(temperature))
        self._show(STATUS_H_DA | STATUS_T_DA)

    # Data ready.

    def _read_humidity(self, index: int) -> int:
        if index:
            self._show(self.registers["STATUS_REG"] & ~STATUS_H_DA)
        return self.registers.values[0x28 + index]

    def _read_temperature(self, index: int) -> int:
        if index:
            self._show(self.registers["STATUS_REG"] & ~STATUS_T_DA)
        return self.registers.values[0x2A + index]

    def _show(self, status: int) -> None:
        self.registers["STATUS_REG"] = status
        control = self.registers["CTRL_REG3"]
        ready = bool(status and control & CTRL3_DRDY_EN)
        self.lines[DRDY].set(ready != bool(control & CTRL3_DRDY_H_L))

    def _wire(self, value: int) -> None:
        self._watch()
        self._show(self.registers["STATUS_REG"])

    def _watch(self) -> None:
        """Samples are taken in their own time while DRDY shows them."""
        wired = bool(self.registers["CTRL_REG3"] & CTRL3_DRDY_EN)
        self._sampler.watch(wired)
        self._one_shot.watch(wired)
