"""What timers take in (RM0351 sections 31.3.5 to 31.3.7, 31.3.16 to 31.3.19): captures, triggers,
slave and encoder modes. Breaks are in `tim_break`.

Inputs are numbered: TI1 to TI4 from 0 on, then ETR, and ITR0 to ITR3. Pins are those to which the
outputs of the same names are wired, where a port's alternate function chooses them; they are looked
up when a register of the timer is written. Filters are not modelled.
"""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.block import Block, output_of
from renode_wifi.peripherals.base.line import Line, Receiver
from renode_wifi.peripherals.stm32l4.gpio import chosen_pins
from renode_wifi.peripherals.stm32l4.tim_registers import (
    CCER,
    CCMR1,
    CCMR2,
    CR2,
    SMCR,
)

CHANNELS = 4
ETR, ITR, INPUTS = 4, 5, 9
PINS = {"CH1": 0, "CH2": 1, "CH3": 2, "CH4": 3, "ETR": ETR}
"""Inputs by the names under which they are wired."""

ENCODERS = (1, 2, 3)
RESET, GATED, TRIGGER, CLOCK, RESET_AND_TRIGGER = 4, 5, 6, 7, 8
"""Codes of SMS; the last with SMS_3."""
CLOCKED_OUTSIDE = (*ENCODERS, CLOCK)
TI1_EDGES, TI1_FILTERED, TI2_FILTERED, ETR_FILTERED = 4, 5, 6, 7
"""Codes of TS; those below are ITR0 to ITR3."""
DIRECT, INDIRECT, BY_TRIGGER = 1, 2, 3
"""Codes of CCxS."""

# The timer whose output each ITR is, and that output (tables 186, 193 and 202).
MASTERS = {
    1: ("tim15", "tim2", "tim3", "tim4"),
    2: ("tim1", "tim8", "tim3", "tim4"),
    3: ("tim1", "tim2", "tim15", "tim4"),
    4: ("tim1", "tim2", "tim3", "tim8"),
    5: ("tim2", "tim3", "tim4", "tim8"),
    8: ("tim1", "tim2", "tim4", "tim5"),
    15: ("tim1", "tim3", "tim16", "tim17"),
}
WITHOUT_TRGO = ("tim16", "tim17")
COMMUTATION = CR2.CCPC | CR2.CCUS
SETTINGS = (SMCR, CCMR1, CCMR2, CCER, CR2)


class Slave(Protocol):
    """What a timer does when an input asks for it."""

    def restart(self) -> None: ...

    def start(self) -> None: ...

    def count(self, down: bool | None) -> None:
        """One tick; `down` of an encoder, None: in the counter's own direction."""

    def capture(self, channel: int) -> None: ...

    def triggered(self) -> None:
        """TIF."""

    def gate_changed(self) -> None: ...

    def commutate(self) -> None:
        """A COM event."""


class Inputs(Receiver):
    """The inputs of one timer."""

    def __init__(self, timer: Block, number: int, slave: Slave) -> None:
        self._timer = timer
        self._slave = slave
        self._values = timer.registers.values
        self._lines = timer.lines
        self._masters = MASTERS.get(number, ())
        self._has_slave_mode = "SMCR" in timer.registers.plan.by_name
        self._has_channels = "CCER" in timer.registers.plan.by_name
        self.clear()

    def clear(self) -> None:
        self._seen: tuple[int, ...] = ()
        self._levels = [False] * INPUTS
        self._divided = [0] * (CHANNELS + 1)
        self.mode = 0
        self.is_clocked_outside = False

    # Settings.

    def settle(self) -> None:
        """Registers have changed: which inputs matter, and where they come from."""
        if not self._has_channels:
            return
        values = self._values
        seen = tuple(values[register.word] for register in SETTINGS)
        if seen == self._seen:
            return
        self._seen = seen
        slave = values[SMCR.word] if self._has_slave_mode else 0
        self.mode = SMCR["SMS"].get(slave) | (8 if slave & SMCR.SMS_3 else 0)
        self.is_clocked_outside = self.mode in CLOCKED_OUTSIDE or bool(slave & SMCR.ECE)
        for name in self._wanted(slave):
            self._connect_pin(name)
        source = SMCR["TS"].get(slave)
        if source < len(self._masters) and (self.mode or self._uses_trigger()):
            self._connect_master(source)

    def _wanted(self, slave: int) -> set[str]:
        """Names of the inputs that are used."""
        names = set()
        for channel in range(CHANNELS):
            selection = self._selection(channel)
            if selection and self._values[CCER.word] >> 4 * channel & 1:
                names.add(f"CH{(channel ^ (selection == INDIRECT)) + 1}")
        if self.mode in ENCODERS:
            names |= {"CH1", "CH2"}
        elif self.mode or self._uses_trigger():
            source = SMCR["TS"].get(slave)
            names |= {
                TI1_EDGES: {"CH1"},
                TI1_FILTERED: {"CH1"},
                TI2_FILTERED: {"CH2"},
                ETR_FILTERED: {"ETR"},
            }.get(source, set())
        if slave & SMCR.ECE:
            names.add("ETR")
        if "CH1" in names and self._values[CR2.word] & CR2.TI1S:
            names |= {"CH2", "CH3"}
        return names & self._lines.keys()

    def _selection(self, channel: int) -> int:
        """CCxS; 0 for outputs."""
        return self._values[CCMR1.word + channel // 2] >> (8 * (channel & 1)) & 3

    def _uses_trigger(self) -> bool:
        """Without a slave mode: a channel captures by the trigger, or it commutates."""
        return self._commutates() or any(
            self._selection(channel) == BY_TRIGGER for channel in range(CHANNELS)
        )

    def _commutates(self) -> bool:
        return not COMMUTATION & ~self._values[CR2.word]

    def _connect_pin(self, name: str) -> None:
        for pin in chosen_pins(self._lines[name]):
            self._connect(pin, PINS[name])

    def _connect_master(self, source: int) -> None:
        master = self._masters[source]
        output = "CC1" if master in WITHOUT_TRGO else "TRGO"
        line = output_of(self._timer.machine, master, output)
        if line is not None:
            self._connect(line, ITR + source)

    def _connect(self, line: Line, number: int) -> None:
        if not any(receiver is self and each == number for receiver, each in line._receivers):
            self._levels[number] = line.level
            line.connect(self, number)
            self._timer.machine.wires_changed()

    # Levels.

    def gate_is_open(self) -> bool:
        """In gated mode the counter runs while the trigger input is high."""
        return self._trigger_level()

    def _first(self) -> bool:
        """TI1, which may be the three first channels' XOR."""
        levels = self._levels
        if self._values[CR2.word] & CR2.TI1S:
            return levels[0] ^ levels[1] ^ levels[2]
        return levels[0]

    def _inverted(self, channel: int) -> bool:
        return bool(self._values[CCER.word] >> 4 * channel & 2)

    def _trigger_level(self) -> bool:
        source = SMCR["TS"].get(self._values[SMCR.word])
        if source == TI1_FILTERED:
            return self._first() != self._inverted(0)
        if source == TI2_FILTERED:
            return self._levels[1] != self._inverted(1)
        if source == ETR_FILTERED:
            return self._levels[ETR] != bool(self._values[SMCR.word] & SMCR.ETP)
        return self._levels[ITR + source] if source < len(self._masters) else False

    # Edges.

    def on_gpio(self, number: int, level: bool) -> None:
        """Input `number` changes."""
        first = self._first()
        if self._levels[number] == level:
            return
        self._levels[number] = level
        if number == ETR:
            self._external(level)
        elif number >= ITR:
            self._from_trigger(number - ITR, level)
        else:
            if self._first() != first:
                self._edge(0, self._first())
            if number:
                self._edge(number, level)

    def _edge(self, index: int, level: bool) -> None:
        """TI1 to TI4, after the XOR, counted from 0."""
        if self.mode in ENCODERS and index < 2:
            self._turn(index, level)
        for channel in (index, index ^ 1):
            wanted = DIRECT if channel == index else INDIRECT
            if self._selection(channel) == wanted and self._is_active(channel, level):
                self._capture(channel)
        if index == 0:
            self._from_trigger(TI1_EDGES, True)
            self._from_trigger(TI1_FILTERED, level != self._inverted(0))
        elif index == 1:
            self._from_trigger(TI2_FILTERED, level != self._inverted(1))

    def _is_active(self, channel: int, level: bool) -> bool:
        """By CCxP and CCxNP: rising, falling or both."""
        polarity = self._values[CCER.word] >> (4 * channel) & 0xA
        return {0: level, 2: not level}.get(polarity, True)

    def _capture(self, channel: int) -> None:
        if not self._values[CCER.word] >> 4 * channel & 1:
            return
        every = 1 << (self._values[CCMR1.word + channel // 2] >> (2 + 8 * (channel & 1)) & 3)
        self._divided[channel] = (self._divided[channel] + 1) % every
        if not self._divided[channel]:
            self._slave.capture(channel)

    def _external(self, level: bool) -> None:
        slave = self._values[SMCR.word]
        active = level != bool(slave & SMCR.ETP)
        if active:
            every = 1 << SMCR["ETPS"].get(slave)
            self._divided[CHANNELS] = (self._divided[CHANNELS] + 1) % every
            if self._divided[CHANNELS]:
                return
            if slave & SMCR.ECE:
                self._slave.count(None)
        self._from_trigger(ETR_FILTERED, active)

    def _from_trigger(self, source: int, level: bool) -> None:
        """A source of TRGI changes."""
        if not self._has_slave_mode or SMCR["TS"].get(self._values[SMCR.word]) != source:
            return
        if self.mode == GATED:
            self._slave.triggered()
            self._slave.gate_changed()
            return
        if not level:
            return
        for channel in range(CHANNELS):
            if self._selection(channel) == BY_TRIGGER:
                self._capture(channel)
        if self._commutates():
            self._slave.commutate()
        if self.mode in (RESET, RESET_AND_TRIGGER):
            self._slave.restart()
        if self.mode in (TRIGGER, RESET_AND_TRIGGER):
            self._slave.start()
        if self.mode == CLOCK:
            self._slave.count(None)
        if self.mode in (RESET, TRIGGER, CLOCK, RESET_AND_TRIGGER):
            self._slave.triggered()

    def _turn(self, index: int, level: bool) -> None:
        """Encoder modes 1 and 2 count edges of TI1 and TI2, mode 3 those of both (table 192)."""
        if not self.mode & 1 << index:
            return
        other = (self._levels[1] if index == 0 else self._first()) != self._inverted(index ^ 1)
        rises = level != self._inverted(index)
        self._slave.count(rises == other if index == 0 else rises != other)
