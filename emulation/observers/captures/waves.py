"""Levels of wires over time, made from bytes and words.

The models exchange bytes and words at once; here each gets the time that it takes on the wire, at
the speed that the guest has set. What software writes faster than that follows what is still under
way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from renode_wifi.peripherals.base.uart import FrameFormat

Change = tuple[int, str, bool]
"""Time in ns, the wire, its level from then on."""

SHORTEST_BIT = 2
"""ns: a clock has two edges in it."""
MAX_KNOWN = 10_000
"""Words of a bus whose changes are kept: most of what goes over it, it has had before."""


class Burst:
    """Changes that belong together, in the order of time, which counts from the first of them."""

    __slots__ = ("changes", "length")

    def __init__(self, changes: Iterable[Change]) -> None:
        self.changes = tuple(changes)
        self.length = self.changes[-1][0]
        """ns from the first change to the last."""


Placed = tuple[int, Burst]
"""When a burst begins, in ns."""


class UartWave:
    """A wire with frames one behind the other: start bit, data from bit 0 on, parity, stop bits."""

    def __init__(self, wire: str) -> None:
        self._wire = wire
        self._free = 0
        self._known: dict[tuple[int, FrameFormat], tuple[Burst, int]] = {}
        """Frames and how long they take, by byte and format."""

    def frame(self, time: int, byte: int, form: FrameFormat) -> Placed | None:
        """A frame that begins at `time`, or when the one before is over."""
        if not form.bit_time:
            return None
        known = self._known.get((byte, form))
        if known is None:
            known = self._known[byte, form] = self._make(byte, form)
        burst, duration = known
        time = max(time, self._free)
        self._free = time + duration
        return time, burst

    def _make(self, byte: int, form: FrameFormat) -> tuple[Burst, int]:
        levels = [False, *(bool(byte >> bit & 1) for bit in range(form.bits))]
        if form.parity:
            ones = sum(levels) % 2 == 1
            levels.append(ones != (form.parity == "odd"))
        levels += [True] * form.stop_bits
        changes: list[Change] = []
        before = True
        for index, level in enumerate(levels):
            if level != before:
                before = level
                changes.append((index * form.bit_time, self._wire, level))
        return Burst(changes), len(levels) * form.bit_time


Levels = tuple[bool | None, bool | None, bool | None]
"""Of clock, what is sent and what is received; None: not known yet."""


class WordShape(NamedTuple):
    """A word on a bus. delay: ns from the word's beginning to its first change. duration: of all
    of it, in ns."""

    burst: Burst | None
    delay: int
    duration: int
    levels: Levels
    """Behind it."""


class SpiWave:
    """Clock and data of an SPI bus, and lines that belong to it, in the order of what happens.

    Words begin with their highest bit. A line that changes while a word is still on the wire
    changes when it is over.

    select: the wire of chip select, and its level that selects. DMA moves many words in one
    instant, and drivers select the device an instant after they have enabled it (TI's does): chip
    select then comes before those words, as it does where a word takes its time.
    """

    def __init__(
        self, clock: str, sent: str, received: str, select: tuple[str, bool] | None = None
    ) -> None:
        self._clock, self._sent, self._received = clock, sent, received
        self._select = select
        self._free = 0
        self._instant: tuple[int, int] | None = None
        """Of the words since a line has changed, if they came at once: when that was, and when the
        first of them begins on the wire."""
        self._is_apart = False
        """Those words did not come at once."""
        self._levels: Levels = (None, None, None)
        self._lines: dict[str, bool] = {}
        self._steps: dict[tuple[str, bool], Burst] = {}
        self._known: dict[tuple[int, int, int, int, int, Levels], WordShape] = {}

    def word(
        self, time: int, sent: int, received: int, bits: int, bit_time: int, mode: int
    ) -> Placed | None:
        """A word that begins at `time` or when the one before is over. mode: CPOL, then CPHA."""
        key = sent, received, bits, bit_time, mode, self._levels
        word = self._known.get(key)
        if word is None:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            word = self._known[key] = self._make(*key)
        start = max(time, self._free)
        if self._instant is None:
            self._instant = time, start
        elif self._instant[0] != time:
            self._is_apart = True
        time = start
        self._free = time + word.duration
        self._levels = word.levels
        return None if word.burst is None else (time + word.delay, word.burst)

    def _make(
        self, sent: int, received: int, bits: int, bit_time: int, mode: int, before: Levels
    ) -> WordShape:
        period = max(bit_time, SHORTEST_BIT)
        half = period // 2
        clock, idle = self._clock, mode & 2 != 0
        # Data changes half a bit before the edge at which it is read, the second one with CPHA.
        ahead = 0 if mode & 1 else half
        changes: list[Change] = [] if before[0] is idle else [(0, clock, idle)]
        levels = list(before[1:])
        time = half
        for bit in reversed(range(bits)):
            for index, (wire, word) in enumerate(((self._sent, sent), (self._received, received))):
                level = word >> bit & 1 != 0
                if levels[index] is not level:
                    levels[index] = level
                    changes.append((time - ahead, wire, level))
            changes.append((time, clock, not idle))
            changes.append((time + half, clock, idle))
            time += period
        after = idle, levels[0], levels[1]
        if not changes:
            return WordShape(None, 0, time, after)
        delay = changes[0][0]
        burst = Burst((at - delay, wire, level) for at, wire, level in changes)
        return WordShape(burst, delay, time, after)

    def line(self, time: int, wire: str, level: bool) -> Placed | None:
        """Chip select, or what else keeps its place between the words."""
        instant, is_apart = self._instant, self._is_apart
        self._instant, self._is_apart = None, False
        waits = time < self._free
        self._free = max(time, self._free)
        if waits and instant is not None and not is_apart and (wire, level) == self._select:
            time = instant[1]
        else:
            time = self._free
        if self._lines.get(wire) is level:
            return None
        self._lines[wire] = level
        known = self._steps.get((wire, level))
        if known is None:
            known = self._steps[wire, level] = step(wire, level)
        return time, known


def step(wire: str, level: bool) -> Burst:
    """A single change."""
    return Burst([(0, wire, level)])
