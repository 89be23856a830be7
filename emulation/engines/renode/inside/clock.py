# ironpython: executed by Renode
"""Renode's virtual time as the clock of the models."""

import heapq

import System
from Antmicro.Renode.Time import TimeInterval

from renode_wifi.emulation.engines.renode.inside.remote import message_of

SECOND = 1000000000


class Event(object):
    """One call that is due; `cancel` takes it back."""

    def __init__(self, time, callback):
        # type: (int, typing.Callable[[], None]) -> None
        self.time = time
        self.callback = callback  # type: typing.Any

    def cancel(self):
        # type: () -> None
        self.callback = None


class RenodeClock(object):
    """Renode's virtual time in ns, and the models' events on it, ordered as everywhere."""

    def __init__(self, machine, log):
        # type: (typing.Any, Log) -> None
        self._machine = machine
        self._log = log
        self._heap = []  # type: list[tuple[int, int, Event]]
        self._sequence = 0
        self._armed = -1
        self._ticks_per_second = int(TimeInterval.TicksPerSecond)

    @property
    def now(self):
        # type: () -> int
        running, cpu = self._machine.SystemBus.TryGetCurrentCPU()
        if running:
            cpu.SyncTime()
        ticks = int(self._machine.ElapsedVirtualTime.TimeElapsed.Ticks)
        return ticks * SECOND // self._ticks_per_second

    def schedule(self, delay, callback):
        # type: (int, typing.Callable[[], None]) -> Event
        return self.schedule_at(self.now + max(0, delay), callback)

    def schedule_at(self, time, callback):
        # type: (int, typing.Callable[[], None]) -> Event
        self._sequence += 1
        event = Event(time, callback)
        heapq.heappush(self._heap, (time, self._sequence, event))
        self._arm()
        return event

    def _arm(self):
        # type: () -> None
        while self._heap and self._heap[0][2].callback is None:
            heapq.heappop(self._heap)
        if not self._heap:
            return
        time = self._heap[0][0]
        if self._armed < 0 or time < self._armed:
            self._armed = time
            ticks = max(1, (time - self.now) * self._ticks_per_second // SECOND)
            delay = TimeInterval.FromTicks(System.UInt64(ticks))
            self._machine.ScheduleAction(delay, self._run)

    def _run(self, _):
        # type: (typing.Any) -> None
        try:
            now = self.now
            if now < self._armed:
                # An earlier one was armed after this one, and has been here.
                return
            self._armed = -1
            while self._heap and self._heap[0][0] <= now:
                event = heapq.heappop(self._heap)[2]
                callback, event.callback = event.callback, None
                if callback is not None:
                    try:
                        callback()
                    except System.Exception as error:
                        self._log.error("an event failed: %s", message_of(error))
            self._arm()
        except System.Exception as error:
            self._log.error("the clock failed: %s", message_of(error))


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.emulation.engines.renode.inside.log import Log  # noqa: F401
