"""A timer for things that are expected to happen now and then."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import Callback, Clock


class IdleTimer:
    """Calls `callback` each time nothing has happened for `period` ns."""

    def __init__(self, clock: Clock, period: int, callback: Callback) -> None:
        self.clock = clock
        self.period = period
        self.callback = callback
        self._last = clock.now
        self._event = clock.schedule(period, self._check)

    def touch(self) -> None:
        """Something has happened."""
        self._last = self.clock.now

    def stop(self) -> None:
        self._event.cancel()

    def _check(self) -> None:
        idle = self.clock.now - self._last
        expired = idle >= self.period
        # First, so that the callback may stop the timer.
        self._event = self.clock.schedule(self.period - (0 if expired else idle), self._check)
        if expired:
            self.callback()
