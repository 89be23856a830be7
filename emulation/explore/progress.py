"""How far work has come."""

from __future__ import annotations

import time


class Progress:
    """total: pieces of work. before: those that an earlier run had done. failing: of this run."""

    def __init__(self, total: int, before: int) -> None:
        self.total = total
        self.done = self.before = before
        self.failing = 0
        self._started = time.monotonic()

    def add(self, is_failing: bool) -> None:
        """One more is done."""
        self.done += 1
        self.failing += is_failing

    @property
    def rate(self) -> float:
        """Pieces per second."""
        passed = time.monotonic() - self._started
        return (self.done - self.before) / passed if passed > 0 else 0.0

    @property
    def left(self) -> float:
        """Seconds, as it looks."""
        return (self.total - self.done) / self.rate if self.rate else 0.0
