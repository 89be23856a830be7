"""Bursts of changes as a VCD file: those of several wires in the order of time.

Source of the format: IEEE 1364-2005, section 18; the file is written by pyvcd. What lies between
the ends of a burst that nothing interrupts is text that was made once.
"""

from __future__ import annotations

import heapq
import io
import itertools
from typing import Any, NamedTuple, TextIO

from vcd import VCDWriter
from vcd.writer import Variable

from renode_wifi.emulation.observers.captures.waves import MAX_KNOWN, Burst, Change

SCOPE = "board"
PIECE = 4096
"""Changes that are written to the file at once."""
MIN_CHANGES = 3
"""Changes of a burst with something between its ends."""


class _BurstText(NamedTuple):
    """text: of what lies between the first and the last change; offsets: times in it, in ns from
    the first. before, after: levels of the wires before the first change and before the last."""

    first: Variable[Any]
    last: Variable[Any]
    text: str
    offsets: list[int]
    before: list[tuple[Variable[Any], bool]]
    after: list[tuple[Variable[Any], bool]]


class VcdWriter:
    """Of one file. Wires are added before the first burst."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = io.StringIO()
        self._writer = VCDWriter(
            self._text, timescale="1 ns", date="", version="renode-wifi", check_values=False
        )
        self._wires: dict[str, Variable[Any]] = {}
        self._lines: dict[tuple[str, bool], str] = {}
        """What a change of a wire looks like, for the operator %."""
        self._prepared: dict[Burst, _BurstText | None] = {}
        self._waiting: list[tuple[int, int, Burst]] = []
        self._order = itertools.count()
        self._written = self._unwritten = 0

    def add(self, wire: str, level: bool) -> None:
        variable = self._writer.register_var(SCOPE, wire, "wire", size=1, init=int(level))
        self._wires[wire] = variable
        for each in (False, True):
            # Identifiers are made of any printable characters.
            line = f"{variable.format_value(each)}\n"
            self._lines[wire, each] = line.replace("%", "%%")

    def put(self, begin: int, burst: Burst) -> None:
        """A burst that begins at `begin` ns, to be written in its turn."""
        heapq.heappush(self._waiting, (begin, next(self._order), burst))

    def write_until(self, time: int | None) -> None:
        """Write what begins before `time`; None: everything."""
        waiting = self._waiting
        while waiting and (time is None or waiting[0][0] < time):
            begin, _, burst = heapq.heappop(waiting)
            end = begin + burst.length
            is_alone = not waiting or end <= waiting[0][0]
            if is_alone and begin >= self._written and self._write_whole(begin, burst):
                self._written = end
            else:
                self._write_changes(begin, burst.changes)
            self._unwritten += len(burst.changes)
            if self._unwritten > PIECE:
                self._flush()

    def close(self, now: int) -> None:
        """Write what is not written yet, and that the run ended at `now` ns."""
        self.write_until(None)
        self._writer.close(max(self._written, now))
        self._flush()

    def _flush(self) -> None:
        self._unwritten = 0
        self._file.write(self._text.getvalue())
        self._text.seek(0)
        self._text.truncate()

    def _write_whole(self, begin: int, burst: Burst) -> bool:
        """False: pyvcd has to look at each of the burst's changes."""
        if burst not in self._prepared:
            if len(self._prepared) >= MAX_KNOWN:
                self._prepared.clear()
            self._prepared[burst] = self._prepare(burst)
        prepared = self._prepared[burst]
        # At time 0 a change is where a wire begins.
        if prepared is None or not begin:
            return False
        for wire, level in prepared.before:
            if wire.value != level:
                return False
        change, changes = self._writer.change, burst.changes
        change(prepared.first, begin, changes[0][2])
        self._text.write(prepared.text % tuple([begin + offset for offset in prepared.offsets]))
        for wire, level in prepared.after:
            wire.value = level
        change(prepared.last, begin + burst.length, changes[-1][2])
        return True

    def _write_changes(self, begin: int, changes: tuple[Change, ...]) -> None:
        """One by one, up to where another burst begins."""
        waiting = self._waiting
        next_one = waiting[0][0] if waiting else begin + changes[-1][0]
        for index, (offset, wire, level) in enumerate(changes):
            at = begin + offset
            if at > next_one:
                rest = Burst(
                    (other - offset, wire, level) for other, wire, level in changes[index:]
                )
                self.put(at, rest)
                break
            # Time goes back where a snapshot is restored: what is written stays.
            self._written = max(self._written, at)
            self._writer.change(self._wires[wire], self._written, level)

    def _prepare(self, burst: Burst) -> _BurstText | None:
        """None: its ends are not alone at their times, or a wire does not change."""
        changes, wires = burst.changes, self._wires
        if len(changes) < MIN_CHANGES or changes[-2][0] == burst.length:
            return None
        lines = self._lines
        before: dict[str, bool] = {}
        after: dict[str, bool] = {}
        text: list[str] = []
        offsets: list[int] = []
        time = 0
        for offset, wire, level in changes:
            known = after.get(wire)
            if known is None:
                before[wire] = not level
            elif known is level:
                return None
            after[wire] = level
            if offset != time:
                text.append("#%d\n")
                offsets.append(offset)
                time = offset
            text.append(lines[wire, level])
        # pyvcd writes the first change, and the last one with its time.
        del text[0], text[-2:], offsets[-1]
        after[changes[-1][1]] = not changes[-1][2]
        return _BurstText(
            wires[changes[0][1]],
            wires[changes[-1][1]],
            "".join(text),
            offsets,
            [(wires[name], level) for name, level in before.items()],
            [(wires[name], level) for name, level in after.items()],
        )
