"""Virtual time that does not run ahead of real time."""

from __future__ import annotations

import time
from collections.abc import Callable

MAX_LAG = 100_000_000
"""ns. A run that is further behind than that does not catch up: people were away, or the host is
slow."""


class RealTime:
    """clock: real time in ns. sleep: takes seconds."""

    def __init__(
        self,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lead: int | None = None
        """Virtual minus real time when both were alike."""

    def wait(self, now: int) -> None:
        """Come back when real time has come as far as virtual time `now` (ns)."""
        real = self._clock()
        ahead = 0 if self._lead is None else now - real - self._lead
        if self._lead is None or ahead < -MAX_LAG:
            self._lead = now - real
        elif ahead > 0:
            self._sleep(ahead / 1e9)
