"""When a sensor takes its samples."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.peripherals.base.clock import Clock, Event

PICO = 10**12
"""A rate in mHz times a period in ns."""


class Sampler:
    """Calls `take(time, missed)` for the samples of a rate (mHz) that have fallen due.

    A sample is taken when somebody looks (`catch_up`), or, while `watched`, in its own time.
    missed: samples since the last call that nobody looked at. Either way a look at the part shows
    the same: `take` gets the time (ns) at which the sample was due.
    """

    def __init__(self, clock: Clock, take: Callable[[int, int], None]) -> None:
        self._clock = clock
        self._take = take
        self._rate = 0
        self._first = 0
        self._count = 0
        self._watched = False
        self._event: Event | None = None

    @property
    def running(self) -> bool:
        return self._rate != 0

    @property
    def period(self) -> int:
        """In ns, rounded down; 0 while no samples are taken."""
        return PICO // self._rate if self._rate else 0

    def start(self, rate: int, delay: int) -> None:
        """Take samples at `rate` mHz, the first one in `delay` ns."""
        self._rate = rate
        self._first = self._clock.now + delay
        self._count = 0
        self._schedule()

    def follow(self, rate: int, delay: int) -> None:
        """The same for a setting that may have stayed as it was; 0: no samples."""
        if rate != self._rate:
            self.start(rate, delay)

    def stop(self) -> None:
        self._rate = 0
        self._schedule()

    def watch(self, watched: bool) -> None:
        """Whether each sample is to be taken in its own time."""
        if watched != self._watched:
            self.catch_up()
            self._watched = watched
            self._schedule()

    def catch_up(self) -> None:
        """Take the newest sample that is due, if there is a new one."""
        if not self._rate:
            return
        late = self._clock.now - self._first
        if late < 0:
            return
        due = late * self._rate // PICO + 1
        if due > self._count:
            missed = due - self._count - 1
            self._count = due
            self._take(self._time(due - 1), missed)

    def _time(self, number: int) -> int:
        # Rounded up: at that time, and not before, `catch_up` counts the sample.
        return self._first - (-number * PICO // self._rate)

    def _schedule(self) -> None:
        if self._event is not None:
            self._event.cancel()
            self._event = None
        if self._watched and self._rate:
            delay = self._time(self._count) - self._clock.now
            self._event = self._clock.schedule(delay, self._on_time)

    def _on_time(self) -> None:
        self._event = None
        self.catch_up()
        # What `take` did may have started the sampler anew.
        if self._event is None:
            self._schedule()
