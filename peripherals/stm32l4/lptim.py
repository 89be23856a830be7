"""Low-power timer (RM0351 section 34), clocked by the kernel clock that the RCC selects."""

from __future__ import annotations

from typing import Any

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import Register

CMPM, ARRM, EXTTRIG, CMPOK, ARROK, UP, DOWN = (1 << bit for bit in range(7))
FLAGS = 0x7F
CFGR_CKSEL = 1 << 0
CFGR_PRESC_SHIFT = 9
CFGR_COUNTMODE = 1 << 23
CR_ENABLE, CR_SNGSTRT, CR_CNTSTRT = 1 << 0, 1 << 1, 1 << 2


class STM32L0_LpTimer(Block):
    """frequency: kernel clock in Hz where no RCC named "rcc" tells it.

    Counts internal clocks from a software start; triggers, encoder and external clock only keep
    their settings. ARROK and CMPOK come at once.
    """

    REGISTERS = (
        Register("ISR", 0x00, writable=0, on_read="_read_status"),
        Register("ICR", 0x04, writable=0, on_write="_clear_flags"),
        Register("IER", 0x08, writable=FLAGS, on_write="_changed"),
        Register("CFGR", 0x0C, writable=0x01FEEEDF),
        Register("CR", 0x10, writable=CR_ENABLE, on_write="_control"),
        Register("CMP", 0x14, writable=0xFFFF, on_write="_compare_written"),
        Register("ARR", 0x18, reset=1, writable=0xFFFF, on_write="_limit_written"),
        Register("CNT", 0x1C, writable=0, on_read="_read_count"),
        Register("OR", 0x20, writable=0x3),
    )
    GATED = True

    def __init__(self, machine: Machine, name: str, frequency: int = 32_768) -> None:
        super().__init__(machine, name)
        self.frequency = frequency
        self._event: Event | None = None
        self._clear()

    def reset(self) -> None:
        self._cancel()
        super().reset()
        self._clear()

    def _clear(self) -> None:
        self._running = False
        self._single = False
        self._started_at = 0
        self._seen = 0

    def _cancel(self) -> None:
        if self._event is not None:
            self._event.cancel()
            self._event = None

    def _kernel_hz(self) -> int:
        try:
            rcc: Any = self.machine.peripheral("rcc")
            return int(rcc.kernel_hz(self.name)) or self.frequency
        except (KeyError, AttributeError):
            return self.frequency

    def _prescaler(self) -> int:
        return 1 << (self.registers["CFGR"] >> CFGR_PRESC_SHIFT & 7)

    def _time_of(self, count: int) -> int:
        """ns from the start to the `count`th count."""
        return -(-count * self._prescaler() * SECOND // self._kernel_hz())

    def _counts(self) -> int:
        """Counts since the start."""
        elapsed: int = self.machine.clock.now - self._started_at
        return elapsed * self._kernel_hz() // (self._prescaler() * SECOND)

    def _sync(self) -> None:
        """Raise the flags of everything that happened since the last look."""
        if not self._running:
            return
        counts, period = self._counts(), self.registers["ARR"] + 1
        flags = 0
        for flag, position in ((ARRM, self.registers["ARR"]), (CMPM, self.registers["CMP"])):
            if position < period and (counts - position) // period > (
                (self._seen - position) // period
            ):
                flags |= flag
        self._seen = counts
        self.registers["ISR"] |= flags
        if self._single and counts >= period:
            self._running = False

    def _update(self) -> None:
        self._cancel()
        missing = self.registers["IER"] & ~self.registers["ISR"]
        if self._running and missing & (ARRM | CMPM):
            counts, period = self._counts(), self.registers["ARR"] + 1
            ahead = [
                (position - counts - 1) % period + 1
                for flag, position in (
                    (ARRM, self.registers["ARR"]),
                    (CMPM, self.registers["CMP"]),
                )
                if missing & flag and position < period
            ]
            if ahead:
                due = self._started_at + self._time_of(counts + min(ahead))
                self._event = self.machine.clock.schedule(due - self.machine.clock.now, self._due)
        # Last, for a receiver may answer with accesses of its own.
        self.lines["IRQ"].set(self.registers["ISR"] & self.registers["IER"] != 0)

    def _due(self) -> None:
        self._event = None
        self._sync()
        self._update()

    def write(self, offset: int, value: int, width: int) -> None:
        self._sync()
        super().write(offset, value, width)
        self._update()

    def _changed(self, value: int, old: int) -> None:
        """IER can be written only while the timer is off."""
        if self.registers["CR"] & CR_ENABLE:
            self.registers["IER"] = old

    def _clear_flags(self, value: int, old: int) -> None:
        self.registers["ISR"] &= ~(value & FLAGS)

    def _control(self, value: int, old: int) -> None:
        if not value & CR_ENABLE:
            self._running = False
            self.registers["ISR"] = 0
            return
        start = value & (CR_SNGSTRT | CR_CNTSTRT)
        if not start or not old & CR_ENABLE:
            return
        if self.registers["CFGR"] & (CFGR_CKSEL | CFGR_COUNTMODE):
            self.machine.log.warning("%s: only the internal clock is modelled", self.name)
            return
        self._single = not value & CR_CNTSTRT
        if not self._running:
            self._running = True
            self._started_at = self.machine.clock.now
            self._seen = 0

    def _limit_written(self, value: int, old: int) -> None:
        self.registers["ISR"] |= ARROK

    def _compare_written(self, value: int, old: int) -> None:
        self.registers["ISR"] |= CMPOK

    def _read_status(self) -> int:
        self._sync()
        return self.registers["ISR"]

    def _read_count(self) -> int:
        self._sync()
        if not self._running:
            return 0
        return self._counts() % (self.registers["ARR"] + 1)
