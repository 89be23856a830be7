# ironpython: executed by Renode
"""Renode's virtual time as the clock of the models.

All machines of an emulation share one time source, whose time is that of the machine which is
furthest behind. Where several machines run, Renode advances it on the thread of any of them, so
that a scheduled action comes without a current CPU, and up to a quantum late for its own machine.
An action that comes early, late, twice or from another thread is no reason to lose an event: each
runs what is due, and sees to it that another one follows.
"""

import heapq

import System
from Antmicro.Renode.Time import TimeInterval
from System.Threading import Monitor as Lock

from renode_wifi.emulation.engines.renode.inside.log import message_of

SECOND = 1000000000
TICKS_PER_SECOND = int(TimeInterval.TicksPerSecond)


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

    exact = False

    def __init__(self, machine, log):
        # type: (typing.Any, Log) -> None
        self.log = log
        self._machine = machine
        self._bus = machine.SystemBus
        self._heap = []  # type: list[tuple[int, int, Event]]
        self._sequence = 0
        self._last = 0
        self._planned = []  # type: list[int]
        """Times, in ns, at which Renode is still to call."""
        # Made once: each conversion of a method to a delegate costs Renode some 50 us.
        self._action = System.Action[TimeInterval](self._run_due)
        self._lock = System.Object()

    @property
    def now(self):
        # type: () -> int
        """The core's own time on its thread, else that of all machines; never less than before."""
        running, cpu = self._bus.TryGetCurrentCPU()
        if running:
            cpu.SyncTime()
            elapsed = cpu.TimeHandle.TotalElapsedTime
        else:
            elapsed = self._machine.ElapsedVirtualTime.TimeElapsed
        time = nanoseconds(elapsed)
        if time > self._last:
            self._last = time
        return self._last

    def schedule(self, delay, callback):
        # type: (int, typing.Callable[[], None]) -> Event
        return self.schedule_at(self.now + max(0, delay), callback)

    def schedule_at(self, time, callback):
        # type: (int, typing.Callable[[], None]) -> Event
        event = Event(time, callback)
        Lock.Enter(self._lock)
        try:
            self._sequence += 1
            heapq.heappush(self._heap, (time, self._sequence, event))
        finally:
            Lock.Exit(self._lock)
        self._arm()
        return event

    def _run_due(self, _):
        # type: (typing.Any) -> None
        """Renode calls."""
        # An exception would end it.
        try:
            self.run_due()
        except System.Exception as error:
            self.log.error("the clock failed: %s", message_of(error))

    def run_due(self):
        # type: () -> None
        """Run the events whose time has come."""
        Lock.Enter(self._lock)
        try:
            # Whichever call this is: taken for the first, no later one is counted on in vain.
            if self._planned:
                self._planned.remove(min(self._planned))
        finally:
            Lock.Exit(self._lock)
        now = self.now
        event = self._take(now)
        while event is not None:
            self._run(event)
            event = self._take(now)
        self._arm()

    def _take(self, now):
        # type: (int) -> Event | None
        """The first event that is due."""
        Lock.Enter(self._lock)
        try:
            if self._heap and self._heap[0][0] <= now:
                return heapq.heappop(self._heap)[2]
            return None
        finally:
            Lock.Exit(self._lock)

    def _run(self, event):
        # type: (Event) -> None
        callback, event.callback = event.callback, None
        if callback is not None:
            try:
                callback()
            except System.Exception as error:
                self.log.error("an event failed: %s", message_of(error))

    def _arm(self):
        # type: () -> None
        """Have Renode call at the time of the first event, unless it will do so anyway."""
        Lock.Enter(self._lock)
        try:
            while self._heap and self._heap[0][2].callback is None:
                heapq.heappop(self._heap)
            if not self._heap:
                return
            time = max(self._heap[0][0], self._last)
            # What should have come before may be lost.
            self._planned = [planned for planned in self._planned if planned >= self._last]
            if self._planned and min(self._planned) <= time:
                return
            self._planned.append(time)
        finally:
            Lock.Exit(self._lock)
        # Without the lock: bringing the time up to date may call what is due, of any machine.
        running, cpu = self._bus.TryGetCurrentCPU()
        if running:
            cpu.SyncTime()
        delay = time - nanoseconds(self._machine.ElapsedVirtualTime.TimeElapsed)
        ticks = max(1, delay * TICKS_PER_SECOND // SECOND)
        self._machine.ScheduleAction(TimeInterval.FromTicks(System.UInt64(ticks)), self._action)


def nanoseconds(interval):
    # type: (typing.Any) -> int
    """A TimeInterval of Renode's in ns."""
    ticks = int(interval.Ticks)
    return ticks if TICKS_PER_SECOND == SECOND else ticks * SECOND // TICKS_PER_SECOND


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.emulation.engines.renode.inside.log import Log  # noqa: F401
