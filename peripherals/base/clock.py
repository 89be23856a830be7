"""Virtual time: an integer count of nanoseconds since power-on, and the events on it."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable
from typing import Any, Protocol

MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000

Callback = Callable[[], None]


class Event:
    """One call that is due at `time` (ns); `cancel` takes it back."""

    __slots__ = ("callback", "clock", "time")

    def __init__(self, time: int, callback: Callback, clock: VirtualClock) -> None:
        self.time = time
        self.callback: Callback | None = callback
        self.clock = clock

    def cancel(self) -> None:
        if self.callback is not None:
            self.callback = None
            self.clock.cancelled(self)


class Clock(Protocol):
    """What a model may ask of time."""

    @property
    def now(self) -> int:
        """Virtual time in ns."""

    def schedule(self, delay: int, callback: Callback) -> Event:
        """Call `callback`, a bound method or a partial of one, in `delay` ns."""

    sequence: array[int]
    """The number of the last event scheduled."""

    exact: bool
    """Whether events come at their time; if not, they may be late by the engine's quantum."""

    def schedule_at(self, time: int, sequence: int, callback: Callback) -> Event:
        """The same at `time` (ns), as if scheduled when events had got to number `sequence`."""


class VirtualClock:
    """Events ordered by (time, sequence number), so that equal times stay deterministic.

    On its own it is the clock of a test rig, moved by `advance`. An engine gives it a
    `source` that returns the time of the guest, and a `listener` that is called with the time of
    the earliest event, None without one, whenever that has become another.
    """

    exact = True

    def __init__(self) -> None:
        self._now = 0
        self._heap: list[tuple[int, int, Event]] = []
        # The last number given; in an array, for an engine that gives numbers as well.
        self.sequence = array("Q", [0])
        self.source: Callable[[], int] | None = None
        self.listener: Callable[[int | None], None] | None = None

    @property
    def now(self) -> int:
        return self._now if self.source is None else self.source()

    def schedule(self, delay: int, callback: Callback) -> Event:
        # Without `max` and the property: a firmware's traffic schedules thousands a second.
        time = self._now if self.source is None else self.source()
        if delay > 0:
            time += delay
        self.sequence[0] = sequence = self.sequence[0] + 1
        return self.schedule_at(time, sequence, callback)

    def schedule_at(self, time: int, sequence: int, callback: Callback) -> Event:
        event = Event(time, callback, self)
        heap = self._heap
        heapq.heappush(heap, (time, sequence, event))
        if self.listener is not None and heap[0][2] is event:
            self.listener(time)
        return event

    def cancelled(self, event: Event) -> None:
        """An engine goes on to the next one: time advances to real events only."""
        heap = self._heap
        if self.listener is not None and heap and heap[0][2] is event:
            self.listener(self.next_time)

    @property
    def next_time(self) -> int | None:
        """When the earliest event is due, in ns; None without events."""
        heap = self._heap
        while heap:
            time, _, event = heap[0]
            if event.callback is not None:
                return time
            heapq.heappop(heap)
        return None

    def run_due(self) -> int | None:
        """Run every event whose time has come, in order. They take no time.

        Returns when the next one is due, in ns; None without events.
        """
        heap, now = self._heap, self.now
        while heap:
            time, _, event = heap[0]
            if event.callback is None:
                heapq.heappop(heap)
            elif time > now:
                return time
            else:
                heapq.heappop(heap)
                event.callback()
        return None

    def advance(self, duration: int) -> None:
        """Move a clock without a source on by `duration` ns, running what falls due on the way."""
        end = self._now + duration
        while (time := self.next_time) is not None and time <= end:
            self._now = max(self._now, time)
            self.run_due()
        self._now = end

    def __getstate__(self) -> dict[str, Any]:
        return {
            **self.__dict__,
            "_now": self.now,
            "_heap": [entry for entry in self._heap if entry[2].callback is not None],
            "source": None,
            "listener": None,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        heapq.heapify(self._heap)
