"""Levels of wires over time, made from bytes and words.

The models exchange bytes and words at once; here each gets the time that it takes on the wire, at
the speed that the guest has set. What software writes faster than that follows what is still under
way.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.uart import FrameFormat

Change = tuple[int, str, bool]
"""Time in ns, the wire, its level from then on. A wave's changes are in the order of time."""

SHORTEST_BIT = 2
"""ns: a clock has two edges in it."""


class UartWave:
    """A wire with frames one behind the other: start bit, data from bit 0 on, parity, stop bits."""

    def __init__(self, wire: str) -> None:
        self._wire = wire
        self._free = 0
        self._level = True

    def frame(self, time: int, byte: int, form: FrameFormat) -> list[Change]:
        """A frame that begins at `time`, or when the one before is over."""
        changes: list[Change] = []
        if not form.bit_time:
            return changes
        levels = [False, *(bool(byte >> bit & 1) for bit in range(form.bits))]
        if form.parity:
            ones = sum(levels) % 2 == 1
            levels.append(ones != (form.parity == "odd"))
        levels += [True] * form.stop_bits
        time = max(time, self._free)
        self._free = time + len(levels) * form.bit_time
        for level in levels:
            if level != self._level:
                self._level = level
                changes.append((time, self._wire, level))
            time += form.bit_time
        return changes


class SpiWave:
    """Clock and data of an SPI bus, and lines that belong to it, in the order of what happens.

    Words begin with their highest bit. A line that changes while a word is still on the wire
    changes when it is over.
    """

    def __init__(self, clock: str, sent: str, received: str) -> None:
        self._clock, self._sent, self._received = clock, sent, received
        self._free = 0
        self._levels: dict[str, bool] = {}

    def word(
        self, time: int, sent: int, received: int, bits: int, bit_time: int, mode: int
    ) -> list[Change]:
        """A word that begins at `time` or when the one before is over. mode: CPOL, then CPHA."""
        period = max(bit_time, SHORTEST_BIT)
        half = period // 2
        time = max(time, self._free)
        clock, idle = self._clock, mode & 2 != 0
        # Data changes half a bit before the edge at which it is read, the second one with CPHA.
        ahead = 0 if mode & 1 else half
        changes = self.line(time, clock, idle)
        levels = (self._sent, sent), (self._received, received)
        time += half
        for bit in reversed(range(bits)):
            for wire, word in levels:
                level = word >> bit & 1 != 0
                if self._levels.get(wire) is not level:
                    self._levels[wire] = level
                    changes.append((time - ahead, wire, level))
            changes.append((time, clock, not idle))
            changes.append((time + half, clock, idle))
            time += period
        self._free = time
        return changes

    def line(self, time: int, wire: str, level: bool) -> list[Change]:
        """Chip select, or what else keeps its place between the words."""
        time = self._free = max(time, self._free)
        if self._levels.get(wire) is level:
            return []
        self._levels[wire] = level
        return [(time, wire, level)]
