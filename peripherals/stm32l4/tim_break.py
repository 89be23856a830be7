"""Break inputs (RM0351 sections 30.3.16 and 30.3.17) and the settings that LOCK freezes (30.4.18).

BRK and BRK2 each have several sources: a pin, the comparators, a filter of DFSDM1. While one of
them is active, MOE stays 0. Digital filters are not modelled.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import NamedTuple

from renode_wifi.peripherals.base.block import Block, output_of
from renode_wifi.peripherals.base.line import Line, Receiver
from renode_wifi.peripherals.stm32l4.gpio import chosen_pins
from renode_wifi.peripherals.stm32l4.tim_registers import BDTR, BREAK, BREAK2, CCER, CCMR1, CR2, SR
from renode_wifi.peripherals.stm32l4.tim_variants import CHANNELS, MODE_WORDS


class BreakSource(NamedTuple):
    """Of a break: the bits that let it through and invert it, the same in OR2 and OR3."""

    enable: int
    inverted: int


FIRST_INPUT = 9
"""Number of the first source of BRK among a timer's inputs; those of BRK2 follow."""
PIN, COMPARATOR_1, COMPARATOR_2, FILTER = range(4)
SOURCES = (
    BreakSource(BREAK.BKINE, BREAK.BKINP),
    BreakSource(BREAK.BKCMP1E, BREAK.BKCMP1P),
    BreakSource(BREAK.BKCMP2E, BREAK.BKCMP2P),
    BreakSource(BREAK.BKDF1BK0E, 0),
)


class Circuit(NamedTuple):
    """BRK or BRK2: its flag in SR, its bits in BDTR, its sources' register, its pin."""

    flag: int
    enable: int
    polarity: int
    settings: int
    pin: str


CIRCUITS = (
    Circuit(SR.BIF, BDTR.BKE, BDTR.BKP, BREAK.word, "BKIN"),
    Circuit(SR.B2IF, BDTR.BK2E, BDTR.BK2P, BREAK2.word, "BKIN2"),
)
# Which output of DFSDM1 is the break of a timer (table 151), by circuit.
FILTERS = {1: ("BREAK0", "BREAK1"), 8: ("BREAK2", "BREAK3")}
SMALL_FILTERS = {15: ("BREAK0",), 16: ("BREAK1",), 17: ("BREAK2",)}


class Breaks(Receiver):
    """The break inputs of one timer. broken: called with the flags of those that are active."""

    def __init__(self, timer: Block, number: int, broken: Callable[[int], None]) -> None:
        self._timer = timer
        self._values = timer.registers.values
        self._broken = broken
        names = timer.registers.plan.by_name
        self._count = (2 if "OR3" in names else 1) if "BDTR" in names else 0
        self._filters = FILTERS.get(number, SMALL_FILTERS.get(number, ()))
        self.clear()

    def clear(self) -> None:
        self._levels = [False] * (FIRST_INPUT + len(CIRCUITS) * len(SOURCES))

    def settle(self) -> None:
        """Registers have changed: who is listened to."""
        for index, circuit in enumerate(CIRCUITS[: self._count]):
            if not self._values[BDTR.word] & circuit.enable:
                continue
            for source, (enable, _) in enumerate(SOURCES):
                if self._values[circuit.settings] & enable:
                    for line in self._lines(index, source):
                        self._connect(line, FIRST_INPUT + index * len(SOURCES) + source)

    def active(self) -> int:
        """The flags of what is active now."""
        flags = 0
        for index, circuit in enumerate(CIRCUITS[: self._count]):
            if self._values[BDTR.word] & circuit.enable and self._is_active(index):
                flags |= circuit.flag
        return flags

    def on_gpio(self, number: int, level: bool) -> None:
        if number >= len(self._levels):
            return
        self._levels[number] = level
        active = self.active()
        if active:
            self._broken(active)

    def _lines(self, index: int, source: int) -> list[Line]:
        if source == PIN:
            name = CIRCUITS[index].pin
            return chosen_pins(self._timer.lines[name])
        machine = self._timer.machine
        if source == FILTER:
            line = output_of(machine, "dfsdm1", self._filters[index])
        else:
            line = output_of(machine, "comp", source - COMPARATOR_1)
        return [] if line is None else [line]

    def _connect(self, line: Line, number: int) -> None:
        if not any(receiver is self and each == number for receiver, each in line._receivers):
            self._levels[number] = line.level
            line.connect(self, number)
            self._timer.machine.wires_changed()

    def _is_active(self, index: int) -> bool:
        circuit = CIRCUITS[index]
        settings = self._values[circuit.settings]
        first = FIRST_INPUT + index * len(SOURCES)
        enabled = [
            self._levels[first + number] != bool(settings & source.inverted)
            for number, source in enumerate(SOURCES)
            if settings & source.enable
        ]
        return bool(enabled) and any(enabled) == bool(self._values[BDTR.word] & circuit.polarity)


# What LOCK freezes, by its level: words and bits.
IDLE_LEVELS = sum(field.mask for field in CR2.fields or () if field.name.startswith("OIS"))
BREAK_SETTINGS = sum(
    BDTR[name].mask for name in ("DTG", "BKE", "BKP", "AOE", "BKF", "BK2F", "BK2E", "BK2P")
)
OFF_STATES = BDTR.OSSI | BDTR.OSSR
POLARITIES = CCER.CC1P | CCER.CC1NP
LEVEL_1 = {
    CR2.word: IDLE_LEVELS,
    BDTR.word: BREAK_SETTINGS | BDTR["LOCK"].mask,
    BREAK.word: BREAK.mask("rw"),
    BREAK2.word: BREAK2.mask("rw"),
}


def frozen(values: array[int]) -> list[tuple[int, int, int]]:
    """(word, bits, what they stay) of a timer with BDTR whose LOCK isn't 0."""
    level = BDTR["LOCK"].get(values[BDTR.word])
    if not level:
        return []
    bits = dict(LEVEL_1)
    for channel in range(CHANNELS):
        mode, half = MODE_WORDS[channel], 8 * (channel & 1)
        if values[mode] >> half & 3:
            continue
        if level > 1:
            bits[CCER.word] = bits.get(CCER.word, 0) | POLARITIES << 4 * channel
        if level > 2:
            kept = CCMR1["OC1M"].mask | CCMR1.OC1M_3 | CCMR1.OC1PE
            bits[mode] = bits.get(mode, 0) | kept << half
    if level > 1:
        bits[BDTR.word] |= OFF_STATES
    return [(word, mask, values[word] & mask) for word, mask in bits.items() if word < len(values)]
