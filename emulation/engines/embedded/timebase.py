"""Virtual time in ns from core cycles, at a frequency that the guest may change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

SECOND = 1_000_000_000


class SharedTime(Protocol):
    """Where the core reads it, which serves counters by itself."""

    time: int
    time_cycles: int
    time_hertz: int


@dataclass
class TimeBase:
    """At cycle `cycles` it was `time` ns; since then the core runs at `frequency` Hz."""

    frequency: int
    cycles: int = 0
    time: int = 0

    def time_at(self, cycles: int) -> int:
        return self.time + (cycles - self.cycles) * SECOND // self.frequency

    def cycles_at(self, time: int) -> int:
        """The first cycle at which it is `time` or later."""
        return self.cycles - (self.time - time) * self.frequency // SECOND

    def change(self, frequency: int, cycles: int) -> Self:
        """From `cycles` on the core runs at `frequency`."""
        self.time = self.time_at(cycles)
        self.cycles = cycles
        self.frequency = frequency
        return self

    def share(self, shared: SharedTime) -> Self:
        shared.time, shared.time_cycles, shared.time_hertz = self.time, self.cycles, self.frequency
        return self
