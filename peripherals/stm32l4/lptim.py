"""Low-power timer (RM0351 section 34), clocked by the kernel clock that the RCC selects."""

from __future__ import annotations

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.line import Receiver
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.register_file import SERVE_READS
from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    SELF_CLEARING,
    WRITE_ONLY,
    Field,
    Register,
)
from renode_wifi.peripherals.stm32l4.clocks import BusClock, kernel_hz
from renode_wifi.peripherals.stm32l4.gpio import InputLine, chosen_pins
from renode_wifi.peripherals.stm32l4.tim_outputs import SHORTEST_PERIOD, ObservedLine

ISR = Register(
    "ISR",
    0x00,
    access=READ_ONLY,
    on_read="_read_status",
    fields=(
        Field("CMPM", 0),
        Field("ARRM", 1),
        Field("EXTTRIG", 2),
        Field("CMPOK", 3),
        Field("ARROK", 4),
        Field("UP", 5),
        Field("DOWN", 6),
    ),
)
ICR = Register(
    "ICR",
    0x04,
    access=WRITE_ONLY,
    clears="ISR",
    fields=(
        Field("CMPMCF", 0),
        Field("ARRMCF", 1),
        Field("EXTTRIGCF", 2),
        Field("CMPOKCF", 3),
        Field("ARROKCF", 4),
        Field("UPCF", 5),
        Field("DOWNCF", 6),
    ),
)
IER = Register(
    "IER",
    0x08,
    on_write="_changed",
    fields=(
        Field("CMPMIE", 0),
        Field("ARRMIE", 1),
        Field("EXTTRIGIE", 2),
        Field("CMPOKIE", 3),
        Field("ARROKIE", 4),
        Field("UPIE", 5),
        Field("DOWNIE", 6),
    ),
)
CFGR = Register(
    "CFGR",
    0x0C,
    fields=(
        Field("CKSEL", 0),
        Field("CKPOL", 1, 2),
        Field("CKFLT", 3, 2),
        Field("TRGFLT", 6, 2),
        Field("PRESC", 9, 3),
        Field("TRIGSEL", 13, 3),
        Field("TRIGEN", 17, 2),
        Field("TIMOUT", 19),
        Field("WAVE", 20),
        Field("WAVPOL", 21),
        Field("PRELOAD", 22),
        Field("COUNTMODE", 23),
        Field("ENC", 24),
    ),
)
CR = Register(
    "CR",
    0x10,
    on_write="_control",
    fields=(
        Field("ENABLE", 0),
        Field("SNGSTRT", 1, access=SELF_CLEARING),
        Field("CNTSTRT", 2, access=SELF_CLEARING),
    ),
)
CMP = Register("CMP", 0x14, on_write="_compare_written", fields=(Field("CMP", 0, 16),))
ARR = Register("ARR", 0x18, reset=0x1, on_write="_limit_written", fields=(Field("ARR", 0, 16),))
CNT = Register("CNT", 0x1C, access=READ_ONLY, on_read="_read_count", fields=(Field("CNT", 0, 16),))
OR = Register("OR", 0x20, fields=(Field("OR", 0, 2),))

CMPM, ARRM = ISR.CMPM, ISR.ARRM
INPUTS = ("IN1", "ETR", "IN2")
BY_ETR = 0
"""Code of TRIGSEL."""


def _rising(level: bool) -> bool:
    return level


def _falling(level: bool) -> bool:
    return not level


def _both(level: bool) -> bool:
    return True


EDGES = (_rising, _falling, _both, _rising)
"""By CKPOL."""
TRIGGERS = (_both, _rising, _falling, _both)
"""By TRIGEN; 0 is a start by software."""


class STM32L0_LpTimer(Block, Receiver):
    """frequency: kernel clock in Hz where no RCC named "rcc" gives it.

    Counts clocks, edges of IN1, or as an encoder those of IN1 and IN2, from a start by software or
    by an edge of ETR. ARROK and CMPOK come at once. Inputs 0 to 2 are IN1, ETR and IN2; their pins
    are looked up when a register is written.
    """

    STATUS = PARTLY
    MISSING = "triggers but ETR, filters"

    REGISTERS = (ISR, ICR, IER, CFGR, CR, CMP, ARR, CNT, OR)
    SERVED = SERVE_READS

    def __init__(self, machine: Machine, name: str, frequency: int = 32_768) -> None:
        super().__init__(machine, name)
        self.frequency = frequency
        self._event: Event | None = None
        self._bus_clock = BusClock(machine, self.name, self._gate_changed)
        self._held: int | None = None
        """ns since the start when RCC closed the gate of its clock in Sleep."""
        for each in INPUTS:
            self.lines[each] = InputLine()
        self.lines["OUT"] = ObservedLine(self)
        self._levels: dict[int, bool] = {}
        self._clear()

    def reset(self) -> None:
        self._cancel()
        super().reset()
        self._clear()

    def _clear(self) -> None:
        self._held = None
        self._running = False
        self._waits = False
        self._edges = 0
        # As an encoder: where it is, and whether it went up last.
        self._position = 0
        self._is_up = True
        self._single = False
        self._started_at = 0
        self._seen = 0

    def _cancel(self) -> None:
        if self._event is not None:
            self._event.cancel()
            self._event = None

    def _kernel_hz(self) -> int:
        return kernel_hz(self.machine, self.name, self.frequency) or self.frequency

    def _prescaler(self) -> int:
        return 1 << (CFGR["PRESC"].get(self.registers["CFGR"]))

    def _time_of(self, count: int) -> int:
        """ns from the start to the `count`th count."""
        return -(-count * self._prescaler() * SECOND // self._kernel_hz())

    def _is_external(self) -> bool:
        return bool(self.registers["CFGR"] & (CFGR.CKSEL | CFGR.COUNTMODE | CFGR.ENC))

    def _counts(self) -> int:
        """Counts since the start."""
        if self._is_external():
            return self._edges // self._prescaler()
        elapsed: int = self.machine.clock.now - self._started_at
        if self._held is not None:
            elapsed = self._held
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

    def observed(self) -> None:
        """The output leads somewhere from now on."""

    def _is_active(self, counts: int) -> bool:
        """The output's level before WAVPOL: high behind CMP up to ARR, or for good (34.4.8)."""
        if not self._running or not self.lines["OUT"].is_connected:
            return False
        limit, compare = self.registers["ARR"], self.registers["CMP"]
        if self.registers["CFGR"] & CFGR.WAVE:
            return limit > compare and counts > compare
        return counts % (limit + 1) > compare

    def _show(self) -> None:
        line = self.lines["OUT"]
        is_enabled = bool(self.registers["CR"] & CR.ENABLE)
        level = self._is_active(self._counts()) != bool(self.registers["CFGR"] & CFGR.WAVPOL)
        if isinstance(line, ObservedLine) and line.drives != is_enabled:
            line.level = is_enabled and level
            line.drive(is_enabled)
        if is_enabled:
            line.set(level)

    def _edges_ahead(self, counts: int, period: int) -> list[int]:
        """Counts to the next changes of the output that somebody is notified of."""
        line, compare = self.lines["OUT"], self.registers["CMP"]
        is_seen = line.is_connected and compare + 1 < period
        if not is_seen or self._time_of(period) < SHORTEST_PERIOD:
            return []
        return [(position - counts - 1) % period + 1 for position in (0, compare + 1)]

    def _update(self) -> None:
        self._cancel()
        missing = self.registers["IER"] & ~self.registers["ISR"]
        counts_clocks = self._held is None and not self._is_external()
        if self._running and counts_clocks:
            counts, period = self._counts(), self.registers["ARR"] + 1
            ahead = self._edges_ahead(counts, period) + [
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
        self._show()
        self.lines["IRQ"].set(self.registers["ISR"] & self.registers["IER"] != 0)

    def _gate_changed(self) -> None:
        """Without its clock it stands still (RM0351 section 6.4.24)."""
        now = self.machine.clock.now
        if self._bus_clock.is_on:
            if self._held is not None:
                self._started_at, self._held = now - self._held, None
        elif self._held is None:
            self._sync()
            self._held = now - self._started_at
        self._update()

    def _due(self) -> None:
        self._event = None
        self._sync()
        self._update()

    def write(self, offset: int, value: int, width: int) -> None:
        self._bus_clock.follow()
        self._sync()
        super().write(offset, value, width)
        self._connect_inputs()
        self._update()

    def _connect_inputs(self) -> None:
        """Listen to the pins that are inputs now."""
        setting = self.registers["CFGR"]
        used = (
            self._is_external(),
            bool(setting & CFGR["TRIGEN"].mask),
            bool(setting & CFGR.ENC),
        )
        for number, name in enumerate(INPUTS):
            for pin in chosen_pins(self.lines[name]) if used[number] else ():
                if (self, number) not in pin._receivers:
                    pin.connect(self, number)
                    self.machine.wires_changed()

    def on_gpio(self, number: int, level: bool) -> None:
        """An edge of IN1, ETR or IN2."""
        self._levels[number] = level
        setting = self.registers["CFGR"]
        if number == INPUTS.index("ETR"):
            is_wanted = TRIGGERS[CFGR["TRIGEN"].get(setting)](level)
            if self._waits and is_wanted and CFGR["TRIGSEL"].get(setting) == BY_ETR:
                self._waits = False
                self.registers["ISR"] |= ISR.EXTTRIG
                self._start()
                self._update()
            return
        if setting & CFGR.ENC:
            self._turn(number, level)
        elif (
            self._running
            and self._held is None
            and number == 0
            and self._is_external()
            and EDGES[CFGR["CKPOL"].get(setting)](level)
        ):
            self._edges += 1
            self._sync()
            self._update()

    def _turn(self, number: int, level: bool) -> None:
        """An edge of the encoder's IN1 or IN2 (table 219)."""
        edges = EDGES[CFGR["CKPOL"].get(self.registers["CFGR"])]
        if not self._running or not edges(level):
            return
        opposite = INPUTS.index("IN1" if number else "IN2")
        goes_up = (level != self._levels.get(opposite, False)) == (number == 0)
        limit = self.registers["ARR"]
        flags = 0
        if goes_up != self._is_up:
            self._is_up = goes_up
            flags |= ISR.UP if goes_up else ISR.DOWN
        self._position = (self._position + (1 if goes_up else -1)) % (limit + 1)
        if self._position == self.registers["CMP"]:
            flags |= CMPM
        if self._position == limit:
            flags |= ARRM
        self.registers["ISR"] |= flags
        self._update()

    def _start(self) -> None:
        if not self._running:
            self._running = True
            self._started_at = self.machine.clock.now
            self._seen = self._edges = self._position = 0
            self._is_up = True

    def _changed(self, value: int, old: int) -> None:
        """IER can be written only while the timer is off."""
        if self.registers["CR"] & CR.ENABLE:
            self.registers["IER"] = old

    def _control(self, value: int, old: int) -> None:
        if not value & CR.ENABLE:
            self._running = self._waits = False
            self.registers["ISR"] = 0
            return
        start = value & (CR.SNGSTRT | CR.CNTSTRT)
        if not start or not old & CR.ENABLE:
            return
        self._single = not value & CR.CNTSTRT
        if CFGR["TRIGEN"].get(self.registers["CFGR"]):
            self._waits = True
        else:
            self._start()

    def _limit_written(self, value: int, old: int) -> None:
        self.registers["ISR"] |= ISR.ARROK

    def _compare_written(self, value: int, old: int) -> None:
        self.registers["ISR"] |= ISR.CMPOK

    def _read_status(self) -> int:
        self._sync()
        return self.registers["ISR"]

    def _read_count(self) -> int:
        self._sync()
        if not self._running:
            return 0
        if self.registers["CFGR"] & CFGR.ENC:
            return self._position
        return self._counts() % (self.registers["ARR"] + 1)
