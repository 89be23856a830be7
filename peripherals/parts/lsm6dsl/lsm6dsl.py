"""ST LSM6DSL, acceleration, angular rate and temperature (data sheet DocID028475; AN5040).

Filters have no effect. Double tap, activity, tilt, steps, significant motion and the sensor hub
keep their settings only.
"""

from __future__ import annotations

from typing import ClassVar

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.parts.lsm6dsl import registers as names
from renode_wifi.peripherals.parts.lsm6dsl.events import (
    ANGLES,
    FREE_FALL_THRESHOLDS,
    Events,
    Recogniser,
    Settings,
)
from renode_wifi.peripherals.parts.lsm6dsl.fifo import DECIMATION, Fifo
from renode_wifi.peripherals.parts.part import Measured, MeasuredVector, signed16
from renode_wifi.peripherals.parts.registers import ByteRegisters, I2CPart
from renode_wifi.peripherals.parts.sampler import PICO, Sampler

RATES = (
    *(0, 12_500, 26_000, 52_000, 104_000, 208_000, 416_000),
    *(833_000, 1_660_000, 3_330_000, 6_660_000, 1_600, 0, 0, 0, 0),
)
"""In mHz by ODR."""
ACCELERATION = (0.061, 0.488, 0.122, 0.244)
"""mg per count by FS_XL."""
FULL_SCALE = (2, 16, 4, 8)
"""g by FS_XL."""
ROTATION, ROTATION_125 = (8.75, 17.5, 35.0, 70.0), 4.375
"""mdps per count by FS_G; with FS_125."""
FS_125 = 1 << 1
TEMPERATURE_RATE = 52_000
"""mHz at most."""
TIMESTAMP_STEP, TIMESTAMP_STEP_HR = 6400 * MICROSECOND, 25 * MICROSECOND
INT1, INT2 = 0, 1
"""Outputs."""


class LSM6DSL(I2CPart):
    """At 0x6A. Outputs: 0 INT1, 1 INT2."""

    OUTPUTS = (INT1, INT2)
    NUMBER_MASK = 0x7F
    REGISTERS: ClassVar = names.REGISTERS

    acceleration_x = Measured(0.0)
    acceleration_y = Measured(0.0)
    acceleration_z = Measured(1.0)
    acceleration = MeasuredVector()
    angular_rate_x = Measured(0.0)
    angular_rate_y = Measured(0.0)
    angular_rate_z = Measured(0.0)
    angular_rate = MeasuredVector()
    rotation = MeasuredVector("angular_rate")
    temperature = Measured(25.0)

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self._bank_a = ByteRegisters(names.REGISTERS_A)
        self._bank_b = ByteRegisters(names.REGISTERS_B)
        self._fifo = Fifo()
        self._recogniser = Recogniser()
        self._linear = Sampler(machine.clock, self._sample_linear)
        self._angular = Sampler(machine.clock, self._sample_angular)
        self._thermal = Sampler(machine.clock, self._sample_temperature)
        self._filler = Sampler(machine.clock, self._sample_fifo)
        self._events = Events()
        self._timestamp_start = 0

    def power_on(self) -> None:
        super().power_on()
        self._reset()

    def _reset(self) -> None:
        for bank in (self.registers, self._bank_a, self._bank_b):
            bank.reset()
        self._fifo.configure(0, 0, False)
        self._recogniser = Recogniser()
        self._events = Events()
        self._configure(0)
        self._wire(0)

    def bank(self) -> ByteRegisters:
        chosen = self.registers[names.ACCESS]
        if chosen == names.BANK_B:
            return self._bank_b
        return self._bank_a if chosen & names.BANK_A else self.registers

    def _choose_bank(self, value: int) -> None:
        for bank in (self.registers, self._bank_a, self._bank_b):
            bank[names.ACCESS] = value & names.BANK_B

    def next_address(self, address: int) -> int:
        if not self.registers["CTRL3_C"] & names.CTRL3_IF_INC:
            return address
        if address == names.FIFO_DATA_OUT_H:
            return names.FIFO_DATA_OUT_L
        return super().next_address(address)

    def before_access(self) -> None:
        for sampler in (self._linear, self._angular, self._thermal, self._filler):
            sampler.catch_up()

    # Conversions.

    def _configure(self, value: int) -> None:
        linear = RATES[self.registers["CTRL1_XL"] >> 4]
        angular = RATES[self.registers["CTRL2_G"] >> 4]
        if self.registers["CTRL4_C"] & names.CTRL4_SLEEP:
            angular = 0
        for sampler, rate in (
            (self._linear, linear),
            (self._angular, angular),
            (self._thermal, min(TEMPERATURE_RATE, max(linear, angular))),
        ):
            sampler.follow(rate, PICO // rate if rate else 0)
        self._configure_fifo(0)

    def _command(self, value: int) -> None:
        if value & (names.CTRL3_SW_RESET | names.CTRL3_BOOT):
            self._reset()
        self._update()

    def _bytes(self, values: tuple[float, ...]) -> bytes:
        words = [signed16(value) for value in values]
        if self.registers["CTRL3_C"] & names.CTRL3_BLE:
            words = [word[::-1] for word in words]
        return b"".join(words)

    def _linear_at(self, time: int) -> bytes:
        scale = ACCELERATION[self.registers["CTRL1_XL"] >> 2 & 3] / 1000
        return self._bytes(tuple(axis / scale for axis in self.vector("acceleration", time)))

    def _angular_at(self, time: int) -> bytes:
        control = self.registers["CTRL2_G"]
        scale = (ROTATION_125 if control & FS_125 else ROTATION[control >> 2 & 3]) / 1000
        return self._bytes(tuple(axis / scale for axis in self.vector("angular_rate", time)))

    def _sample_linear(self, time: int, missed: int) -> None:
        self.registers.put("OUT_XL", self._linear_at(time))
        self.registers["STATUS_REG"] |= names.STATUS_XLDA
        if self.registers["TAP_CFG"] & names.TAP_CFG_ENABLE:
            self._recognise(time)
        self._update()

    def _sample_angular(self, time: int, missed: int) -> None:
        self.registers.put("OUT_G", self._angular_at(time))
        self.registers["STATUS_REG"] |= names.STATUS_GDA
        self._update()

    def _sample_temperature(self, time: int, missed: int) -> None:
        counts = 256 * (self.value("temperature", time) - 25)
        self.registers.put("OUT_TEMP", self._bytes((counts,)))
        self.registers["STATUS_REG"] |= names.STATUS_TDA
        self._update()

    def _read_temperature(self, index: int) -> int:
        return self._taken(names.OUT_TEMP, index, 1, names.STATUS_TDA)

    def _read_rotation(self, index: int) -> int:
        return self._taken(names.OUT_G, index, 5, names.STATUS_GDA)

    def _read_acceleration(self, index: int) -> int:
        return self._taken(names.OUT_XL, index, 5, names.STATUS_XLDA)

    def _taken(self, first: int, index: int, last: int, flag: int) -> int:
        """An output's byte. Its flag goes once the high byte of any axis was read."""
        if index % 2 and self.registers["STATUS_REG"] & flag and index <= last:
            self.registers["STATUS_REG"] &= ~flag
            self._update()
        return self.registers.values[first + index]

    # The FIFO.

    def _configure_fifo(self, value: int) -> None:
        low, high = self.registers["FIFO_CTRL1"], self.registers["FIFO_CTRL2"]
        control = self.registers["FIFO_CTRL5"]
        self._fifo.configure(
            control & 7,
            low | (high & 7) << 8,
            bool(self.registers["FIFO_CTRL4"] & names.FIFO4_STOP_ON_FTH),
        )
        fastest = max(RATES[self.registers["CTRL1_XL"] >> 4], RATES[self.registers["CTRL2_G"] >> 4])
        rate = min(RATES[control >> 3 & 0xF], fastest) if self._fifo.running else 0
        self._filler.follow(rate, PICO // rate if rate else 0)
        self._filler.watch(self._fifo.running)
        self._update()

    def _sample_fifo(self, time: int, missed: int) -> None:
        control = self.registers["FIFO_CTRL3"]
        self._fifo.tick(
            (
                (DECIMATION[control >> 3 & 7], self._angular_at(time)),
                (DECIMATION[control & 7], self._linear_at(time)),
            )
        )
        self._update()

    def _read_fifo_status(self, index: int) -> int:
        return self._fifo.status()[index]

    def _read_fifo(self, index: int) -> int:
        byte = self._fifo.word >> 8 * index & 0xFF
        if index:
            self._fifo.pop()
            self._update()
        return byte

    # The time stamp.

    def _read_timestamp(self, index: int) -> int:
        return self._timestamp_count() >> 8 * index & 0xFF

    def _read_timestamp2(self) -> int:
        return self._timestamp_count() >> 16

    def _timestamp_count(self) -> int:
        if not self.registers["CTRL10_C"] & names.CTRL10_TIMER_EN:
            return 0
        fine = self.registers["WAKE_UP_DUR"] & names.WAKE_DUR_TIMER_HR
        step = TIMESTAMP_STEP_HR if fine else TIMESTAMP_STEP
        return min(0xFFFFFF, (self.machine.clock.now - self._timestamp_start) // step)

    def _timestamp(self, value: int) -> None:
        """TIMESTAMP2 and WAKE_UP_DUR start it anew."""
        self._timestamp_start = self.machine.clock.now

    # Events.

    def _configure_functions(self, value: int) -> None:
        if not self.registers["TAP_CFG"] & names.TAP_CFG_ENABLE:
            self._recogniser = Recogniser()
            self._forget_events()
        if not self.registers["CTRL10_C"] & names.CTRL10_TIMER_EN:
            self._timestamp_start = self.machine.clock.now
        self._wire(0)

    def _forget_events(self) -> None:
        for source in ("WAKE_UP_SRC", "TAP_SRC", "D6D_SRC"):
            self.registers[source] = 0

    def _settings(self) -> Settings:
        get = self.registers
        scale = FULL_SCALE[get["CTRL1_XL"] >> 2 & 3]
        duration, fall = get["WAKE_UP_DUR"], get["FREE_FALL"]
        position = get["TAP_THS_6D"]
        return Settings(
            wake_up=(get["WAKE_UP_THS"] & 0x3F) * scale / 64,
            wake_up_samples=duration >> 5 & 3,
            free_fall=FREE_FALL_THRESHOLDS[fall & 7],
            free_fall_samples=fall >> 3 | duration >> 7 << 5,
            angle=ANGLES[position >> 5 & 3],
            four_directions=bool(position & names.THS_6D_D4D),
            tap=(position & 0x1F) * scale / 32,
            tap_axes=get["TAP_CFG"] >> 1 & 7,
            shock_samples=8 * (get["INT_DUR2"] & 3) or 4,
        )

    def _recognise(self, time: int) -> None:
        events = self._events = self._recogniser.sample(
            self.vector("acceleration", time), self._settings()
        )
        latched = self.registers["TAP_CFG"] & names.TAP_CFG_LIR
        if not latched:
            self._forget_events()
        if events.wake_up:
            self.registers["WAKE_UP_SRC"] |= names.WAKE_WU_IA | events.wake_up
        if events.free_fall:
            self.registers["WAKE_UP_SRC"] |= names.WAKE_FF_IA
        turned = names.D6D_IA if events.turned else self.registers["D6D_SRC"] & names.D6D_IA
        self.registers["D6D_SRC"] = turned | events.orientation
        if events.tap:
            sign = names.TAP_SIGN if events.tap_negative else 0
            self.registers["TAP_SRC"] |= names.TAP_IA | names.TAP_SINGLE | sign | events.tap

    def _read_wake_up(self) -> int:
        return self._acknowledged("WAKE_UP_SRC", 0)

    def _read_tap(self) -> int:
        return self._acknowledged("TAP_SRC", 0)

    def _read_6d(self) -> int:
        return self._acknowledged("D6D_SRC", 0x3F)

    def _acknowledged(self, source: str, kept: int) -> int:
        """Reading a source ends a latched event."""
        value = self.registers[source]
        if self.registers["TAP_CFG"] & names.TAP_CFG_LIR:
            self.registers[source] = value & kept
            self._update()
        return value

    def _read_functions(self) -> int:
        return 0

    # The pins.

    def _wire(self, value: int) -> None:
        """Samples are taken in their own time while a pin or an event may show them."""
        first, second = self.registers["INT1_CTRL"], self.registers["INT2_CTRL"]
        either = first | second
        recognises = bool(self.registers["TAP_CFG"] & names.TAP_CFG_ENABLE)
        self._linear.watch(bool(either & names.INT1_DRDY_XL) or recognises)
        self._angular.watch(bool(either & names.INT1_DRDY_G))
        self._thermal.watch(bool(second & names.INT2_DRDY_TEMP))
        self._configure(0)

    def _update(self) -> None:
        status = self.registers["STATUS_REG"]
        wanted = (
            (names.INT1_FTH, self._fifo.at_watermark),
            (names.INT1_FIFO_OVR, self._fifo.overrun),
            (names.INT1_FULL, self._fifo.full),
            (names.INT1_DRDY_XL, status & names.STATUS_XLDA),
            (names.INT1_DRDY_G, status & names.STATUS_GDA),
        )
        first, second = self.registers["INT1_CTRL"], self.registers["INT2_CTRL"]
        one = any(first & bit and state for bit, state in wanted)
        two = any(second & bit and state for bit, state in wanted)
        two = two or bool(second & names.INT2_DRDY_TEMP and status & names.STATUS_TDA)
        one = one or self._event(self.registers["MD1_CFG"])
        two = two or self._event(self.registers["MD2_CFG"])
        if self.registers["CTRL4_C"] & names.CTRL4_INT2_ON_INT1:
            one, two = one or two, False
        low = bool(self.registers["CTRL3_C"] & names.CTRL3_H_LACTIVE)
        self.lines[INT1].set(one != low)
        self.lines[INT2].set(two != low)

    def _event(self, routed: int) -> bool:
        wake_up, turn = self.registers["WAKE_UP_SRC"], self.registers["D6D_SRC"]
        return bool(
            (routed & names.MD_WU and wake_up & names.WAKE_WU_IA)
            or (routed & names.MD_FF and wake_up & names.WAKE_FF_IA)
            or (routed & names.MD_6D and turn & names.D6D_IA)
            or (routed & names.MD_SINGLE_TAP and self.registers["TAP_SRC"] & names.TAP_SINGLE)
        )
