"""A UART as a person sees it: lines with the virtual time of their first byte."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from renode_wifi.peripherals.base.late import late_dataclass

MAX_LINES = 100_000
MAX_CHARACTERS = 32 << 20
"""What a console keeps; the oldest lines are forgotten first."""
MAX_LINE = 64 << 10
"""Bytes; a longer line is cut into several."""


SLOW_LINE = 50_000_000
"""ns; what takes longer was not written in one go."""


@dataclass(frozen=True)
class UartLine:
    """time: ns of virtual time at which the line's first byte was sent. ended: that of its last
    byte, as a rule the line feed; None: it goes on."""

    time: int
    text: str
    ended: int | None = field(default=None, compare=False)

    @property
    def stamp(self) -> str:
        return format_time(self.time)

    @property
    def span(self) -> str:
        """The line with both its stamps, if it took longer than a line does."""
        if self.ended is None or self.ended - self.time < SLOW_LINE:
            return str(self)
        return f"[{self.stamp} to {format_time(self.ended).lstrip()}] {self.text}"

    def __str__(self) -> str:
        return f"[{self.stamp}] {self.text}"


def format_time(time: int) -> str:
    """Virtual time in seconds with microseconds, aligned for runs of up to 9999 s."""
    return f"{time // 1_000_000_000:4d}.{time % 1_000_000_000 // 1_000:06d}"


@late_dataclass(frozen=True)
class ConsoleState:
    """What a console had seen at some moment: lines, the one under way and when it began (ns)."""

    lines: tuple[UartLine, ...] = ()
    pending: bytes = b""
    pending_time: int = 0
    position: int = 0
    forgotten: int = 0


class UartConsole:
    """Collects what one UART sends. Its memory is bounded: `lines` are the latest ones.

    A line ends with LF; CR is dropped. Bytes that are not UTF-8 appear as \\xNN, so that nothing
    the guest sent is lost.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[UartLine] = []
        self.listeners: list[Callable[[UartLine], None]] = []
        self.byte_listeners: list[Callable[[int, int], None]] = []
        self.position = 0
        """Index of the first line that no wait has returned yet."""
        self.forgotten = 0
        """Lines that came before those in `lines`."""
        self._characters = 0
        self._pending = bytearray()
        self._pending_time = 0
        self._last_time = 0

    def feed(self, time: int, byte: int) -> None:
        """One byte was sent at virtual time `time` (ns)."""
        if not self._pending:
            self._pending_time = time
        self._last_time = time
        if byte == 0x0A:
            self.flush()
        else:
            self._pending.append(byte)
            if len(self._pending) == MAX_LINE:
                self.flush()
        for listener in self.byte_listeners:
            listener(time, byte)

    def flush(self) -> None:
        """End the line under way."""
        line = UartLine(self._pending_time, self.pending, self._last_time)
        self._pending.clear()
        self.lines.append(line)
        self._characters += len(line.text)
        if len(self.lines) > MAX_LINES or self._characters > MAX_CHARACTERS:
            self._forget(len(self.lines) // 4 or 1)
        for listener in list(self.listeners):
            listener(line)

    def _forget(self, count: int) -> None:
        """Lines go by many: taking them out of a list costs the time of moving the others."""
        self._characters -= sum(len(line.text) for line in self.lines[:count])
        del self.lines[:count]
        self.forgotten += count
        self.position = max(0, self.position - count)

    @property
    def pending(self) -> str:
        """The line under way, for prompts that end without a line feed."""
        data = bytes(self._pending).rstrip(b"\r").lstrip(b"\r")
        return data.decode("utf-8", "backslashreplace")

    @property
    def pending_since(self) -> int:
        """When the line under way began (ns)."""
        return self._pending_time

    @property
    def text(self) -> str:
        """What was sent so far, as far as it is kept."""
        lines = [line.text for line in self.lines]
        return "\n".join([*lines, self.pending])

    def find(self, pattern: re.Pattern[str], start: int = 0) -> int | None:
        """Index of the first line from `start` on that matches."""
        for index in range(start, len(self.lines)):
            if pattern.search(self.lines[index].text):
                return index
        return None

    def save(self) -> ConsoleState:
        return ConsoleState(
            tuple(self.lines),
            bytes(self._pending),
            self._pending_time,
            self.position,
            self.forgotten,
        )

    def restore(self, state: ConsoleState) -> None:
        """Go back to an earlier moment."""
        self.lines[:] = state.lines
        self._pending[:] = state.pending
        self._pending_time = state.pending_time
        self.position = state.position
        self.forgotten = state.forgotten
        self._characters = sum(len(line.text) for line in self.lines)
