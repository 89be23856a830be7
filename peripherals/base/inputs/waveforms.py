"""Physical quantities as functions of virtual time: what a sensor's surroundings do.

A waveform is an immutable value. What it gives depends on the time and, for noise, on a seed alone,
so that it may be asked for any time, in any order and as often as one likes.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from typing import Protocol

from renode_wifi.peripherals.base.late import late_dataclass


class Waveform(Protocol):
    def at(self, time: int, seed: str) -> float:
        """The value at `time` (ns). seed: of what is random in it."""


@late_dataclass(frozen=True)
class Constant:
    value: float

    def at(self, time: int, seed: str) -> float:
        return self.value


@late_dataclass(frozen=True)
class Sine:
    """period: in ns. phase: in degrees; 0 starts at the mean, rising."""

    mean: float
    amplitude: float
    period: int
    phase: float = 0.0

    def at(self, time: int, seed: str) -> float:
        # The whole periods are taken off as integers: a float would lose the fraction in time.
        turn = time % self.period / self.period + self.phase / 360
        return self.mean + self.amplitude * math.sin(2 * math.pi * turn)


@late_dataclass(frozen=True)
class Square:
    """High for the part `duty` (0 to 1) of each period (ns), beginning high."""

    low: float
    high: float
    period: int
    duty: float = 0.5

    def at(self, time: int, seed: str) -> float:
        return self.high if time % self.period < self.duty * self.period else self.low


@late_dataclass(frozen=True)
class Ramp:
    """From `first` at `start` (ns) in a straight line to `last`, which it reaches `duration` later.

    It stays at `first` before and at `last` afterwards.
    """

    first: float
    last: float
    duration: int
    start: int = 0

    def at(self, time: int, seed: str) -> float:
        if time >= self.start + self.duration:
            return self.last
        part = max(0, time - self.start) / self.duration
        return self.first + (self.last - self.first) * part


@late_dataclass(frozen=True)
class Samples:
    """Values at times (ns), in ascending order.

    straight: straight lines between the samples; otherwise each stays until the next one. period:
    after so many ns it starts anew; 0: the last value stays for ever.
    """

    times: tuple[int, ...]
    values: tuple[float, ...]
    straight: bool = True
    period: int = 0

    def at(self, time: int, seed: str) -> float:
        if self.period:
            time %= self.period
        index = bisect_right(self.times, time)
        if index == 0:
            return self.values[0]
        before = self.values[index - 1]
        if index == len(self.times) or not self.straight:
            return before
        start, end = self.times[index - 1], self.times[index]
        return before + (self.values[index] - before) * (time - start) / (end - start)


@late_dataclass(frozen=True)
class Noise:
    """Gaussian noise around 0, without memory. deviation: the standard deviation."""

    deviation: float

    def at(self, time: int, seed: str) -> float:
        return random.Random(f"{seed}/{time}").gauss(0.0, self.deviation)


@late_dataclass(frozen=True)
class Sum:
    terms: tuple[Waveform, ...]

    def at(self, time: int, seed: str) -> float:
        # Each term has a seed of its own: two noises of a sum are independent.
        return sum(
            term.at(time, f"{seed}/{index}" if index else seed)
            for index, term in enumerate(self.terms)
        )
