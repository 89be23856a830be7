"""The time-of-flight sensor of the board, VL53L0X, at 0x29 on I2C2.

ST documents the part by its driver only (VL53L0X API, vl53l0x_api*.c): registers by pages that 0xFF
selects, a window to its calibration memory, single and continuous ranging. Of GPIO1's functions it
has "new sample ready".
"""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.clock import MICROSECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.parts.part import Measured, Part

PAGE = 0xFF
NVM_PAGE, NVM_STROBE, NVM_DATA, NVM_ADDRESS = 7, 0x83, 0x90, 0x94

SYSRANGE_START = 0x00
SYSTEM_SEQUENCE_CONFIG = 0x01
SYSTEM_INTERRUPT_CONFIG_GPIO = 0x0A
SYSTEM_INTERRUPT_CLEAR = 0x0B
RESULT_INTERRUPT_STATUS = 0x13
RESULT_RANGE_STATUS = 0x14
FINAL_RANGE_CONFIG_VCSEL_PERIOD = 0x70
FINAL_RANGE_CONFIG_TIMEOUT_MACROP = 0x71
REF_SPAD_ENABLES = 0xB0
GPIO_HV_MUX_ACTIVE_HIGH, ACTIVE_HIGH = 0x84, 0x10
SLAVE_DEVICE_ADDRESS = 0x8A
PEAK_SIGNAL_RATE_REF_PAGE, PEAK_SIGNAL_RATE_REF = 1, 0xB6

START_STOP, BACK_TO_BACK, TIMED = 0x01, 0x02, 0x04
FINAL_RANGE = 0x80
RANGE_COMPLETE, PHASE_CHECK = 11, 6
OUT_OF_RANGE = 8190
"""What the part reports in mm where it sees nothing."""

RESETS = {
    (0, SYSTEM_SEQUENCE_CONFIG): 0xFF,
    (0, SYSTEM_INTERRUPT_CONFIG_GPIO): 0x04,
    (0, 0x29): 0x16,
    (0, 0x50): 0x06,
    (0, 0x51): 0x00,
    (0, 0x52): 0x96,
    (0, FINAL_RANGE_CONFIG_VCSEL_PERIOD): 0x04,
    (0, FINAL_RANGE_CONFIG_TIMEOUT_MACROP): 0x01,
    (0, FINAL_RANGE_CONFIG_TIMEOUT_MACROP + 1): 0xFE,
    (0, 0x8A): 0x29,
    (0, 0xC0): 0xEE,
    (0, 0xC1): 0xAA,
    (0, 0xC2): 0x10,
    (0, 0xCB): 0x14,
    (0, 0xEE): 0x01,
    (1, 0x91): 0x3C,
}
NVM = {
    0x02: 0x01000000,
    0x24: 0xFFFFFFFF,
    0x25: 0xFFFF0000,
    0x6B: 0x00000500,
    0x7B: 0x10000000,
}
"""Calibration memory by address: module, maps of good reference SPADs, their number, revision."""

OVERHEAD = 3_420 * MICROSECOND
"""Start, end and final-range overhead of a measurement (vl53l0x_api_core.c)."""
REFERENCE_CALIBRATION = 1_000 * MICROSECOND
MACRO_PERIOD_CLOCKS, CLOCK_PICOSECONDS = 2304, 1655

# Rates are in MCPS, as unsigned fixed-point numbers with seven bits behind the point.
RATE_OF_REFERENCE_SPAD = 2.5
MAX_RATE = 60.0
RATE_AT_ONE_METRE = 0.4
AMBIENT_RATE = 0.1


def fixed_point(value: float, fraction_bits: int) -> bytes:
    return min(0xFFFF, round(value * (1 << fraction_bits))).to_bytes(2)


GPIO1 = 0
"""Output."""


class ChipPort(Protocol):
    """A port of the chip, as far as a wire with a pull-up is concerned."""

    def drives_low(self, pin: int) -> bool: ...


class VL53L0X(Part):
    """Time-of-flight sensor, at 0x29 until it is given another address.

    `distance` in mm; farther than 2 m it sees nothing. Output 0: GPIO1. Input 0: XSHUT, which
    shuts it down while it is low. port, pin: where XSHUT is connected and has a pull-up, so that it
    is low only while that pin drives it.
    """

    OUTPUTS = (GPIO1,)
    FARTHEST = 2000.0

    distance = Measured(250.0)

    def __init__(
        self, machine: Machine, name: str, port: ChipPort | None = None, pin: int = 0
    ) -> None:
        super().__init__(machine, name)
        self._port = port
        self._pin = pin
        self._event: Event | None = None
        self._is_shut = False
        self.address: int | None = None
        self.power_on()

    def power_on(self) -> None:
        """As after the supply came up; what is measured stays."""
        if self._event is not None:
            self._event.cancel()
            self._event = None
        self._registers = dict(RESETS)
        if self.address is not None:
            self.address = RESETS[0, SLAVE_DEVICE_ADDRESS]
        self._pointer: int | None = None
        self._mode = 0
        # Virtual time (ns) at which the running measurement ends.
        self._ends: int | None = None
        self._show()

    def on_gpio(self, number: int, level: bool) -> None:
        """XSHUT; high where nothing is wired to it."""
        self._see_shutdown(level)

    def _see_shutdown(self, level: bool) -> None:
        # A pin in analog mode reads low, but leaves the wire to the pull-up.
        if self._port is not None:
            level = not self._port.drives_low(self._pin)
        if self._is_shut == (not level):
            return
        self._is_shut = not level
        self.power_on()

    # I2C.

    def start(self, reading: bool) -> bool:
        self._see_shutdown(not self._is_shut)
        if self._is_shut:
            return False
        if reading:
            self._finish()
        else:
            self._pointer = None
        return True

    def write(self, byte: int) -> None:
        if self._pointer is None:
            self._pointer = byte
            return
        self._store(self._pointer, byte)
        self._pointer = self._pointer + 1 & 0xFF

    def read(self) -> int:
        if self._pointer is None:
            return 0xFF
        byte = self._load(self._pointer)
        self._pointer = self._pointer + 1 & 0xFF
        return byte

    def stop(self) -> None:
        """The part keeps its register number until the next one is written."""

    # Registers.

    @property
    def _page(self) -> int:
        return self._registers.get((0, PAGE), 0)

    def _load(self, register: int) -> int:
        page = self._page
        place = register - PEAK_SIGNAL_RATE_REF
        if page == PEAK_SIGNAL_RATE_REF_PAGE and place in (0, 1):
            return self._reference_rate()[place]
        return self._registers.get((page, register), 0)

    def _store(self, register: int, byte: int) -> None:
        if register == PAGE:
            self._registers[0, PAGE] = byte
            return
        page = self._page
        self._registers[page, register] = byte
        if page == 0 and register == SYSRANGE_START:
            self._begin(byte)
        elif page == 0 and register == SLAVE_DEVICE_ADDRESS:
            self.address = byte & 0x7F
        elif page == 0 and register == GPIO_HV_MUX_ACTIVE_HIGH:
            self._show()
        elif page == 0 and register == SYSTEM_INTERRUPT_CLEAR and byte & 1:
            self._finish()
            self._registers[0, RESULT_INTERRUPT_STATUS] = 0
            self._show()
        elif page == NVM_PAGE and register == NVM_STROBE and byte == 0:
            self._read_nvm()

    def _read_nvm(self) -> None:
        word = NVM.get(self._registers.get((NVM_PAGE, NVM_ADDRESS), 0), 0)
        for index, byte in enumerate(word.to_bytes(4)):
            self._registers[NVM_PAGE, NVM_DATA + index] = byte
        self._registers[NVM_PAGE, NVM_STROBE] = 1

    # Measurements.

    def _begin(self, command: int) -> None:
        self._registers[0, SYSRANGE_START] = command & ~START_STOP
        self._mode = command & (BACK_TO_BACK | TIMED)
        runs = self._mode or command & START_STOP
        self._ends = self.machine.clock.now + self._duration() if runs else None
        self._schedule()

    def _duration(self) -> int:
        """ns of one measurement by the registers of the sequence."""
        if not self._registers[0, SYSTEM_SEQUENCE_CONFIG] & FINAL_RANGE:
            return REFERENCE_CALIBRATION
        exponent = self._registers[0, FINAL_RANGE_CONFIG_TIMEOUT_MACROP] & 0xF
        mantissa = self._registers[0, FINAL_RANGE_CONFIG_TIMEOUT_MACROP + 1]
        period = self._registers[0, FINAL_RANGE_CONFIG_VCSEL_PERIOD] + 1 << 1
        periods = (mantissa << exponent) + 1
        picoseconds = periods * period * MACRO_PERIOD_CLOCKS * CLOCK_PICOSECONDS
        return OVERHEAD + picoseconds // 1000

    def _finish(self) -> None:
        now = self.machine.clock.now
        if self._ends is None or now < self._ends:
            return
        if self._mode:
            duration = self._duration()
            self._ends += duration * (1 + (now - self._ends) // duration)
        else:
            self._ends = None
        sees = 0 <= self.distance <= self.FARTHEST
        status = RANGE_COMPLETE if sees else PHASE_CHECK
        millimetres = round(self.distance) if sees else OUT_OF_RANGE
        metres = max(self.distance, 10.0) / 1000
        rate = min(MAX_RATE, RATE_AT_ONE_METRE / metres**2) if sees else 0.0
        result = (
            bytes([status << 3 | 1, 0])
            + fixed_point(16, 8)
            + bytes(2)
            + fixed_point(rate, 7)
            + fixed_point(AMBIENT_RATE, 7)
            + millimetres.to_bytes(2)
        )
        for index, byte in enumerate(result):
            self._registers[0, RESULT_RANGE_STATUS + index] = byte
        configured = self._registers[0, SYSTEM_INTERRUPT_CONFIG_GPIO] & 7
        self._registers[0, RESULT_INTERRUPT_STATUS] = configured
        self._show()

    # GPIO1.

    def _schedule(self) -> None:
        """A measurement ends in its own time where somebody waits for the pin."""
        if self._event is not None:
            self._event.cancel()
            self._event = None
        configured = self._registers[0, SYSTEM_INTERRUPT_CONFIG_GPIO] & 7
        if self._ends is not None and configured and self.lines[GPIO1].is_connected:
            delay = max(0, self._ends - self.machine.clock.now)
            self._event = self.machine.clock.schedule(delay, self._on_time)

    def _on_time(self) -> None:
        self._event = None
        self._finish()
        self._schedule()

    def _show(self) -> None:
        ready = bool(self._registers.get((0, RESULT_INTERRUPT_STATUS), 0) & 7)
        high = bool(self._registers.get((0, GPIO_HV_MUX_ACTIVE_HIGH), 0) & ACTIVE_HIGH)
        self.lines[GPIO1].set(ready == high)

    def _reference_rate(self) -> bytes:
        enables = (self._registers.get((0, REF_SPAD_ENABLES + index), 0) for index in range(6))
        count = sum(byte.bit_count() for byte in enables)
        return fixed_point(RATE_OF_REFERENCE_SPAD * count, 7)
