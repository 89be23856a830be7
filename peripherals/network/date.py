"""The date in the world: one notion of time for certificates, NTP and HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

from renode_wifi.peripherals.base.clock import SECOND, Clock

DEFAULT_START = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
"""Unix time at virtual time 0 where the world file has no `date:`. The host's date is never used:
it would make a run depend on the day on which it is made."""
NTP_OFFSET = 2_208_988_800
"""Seconds from NTP's epoch, 1900, to that of Unix (RFC 5905 section 6)."""


class WorldDate:
    """start: Unix time at virtual time 0; None: `DEFAULT_START`, and nobody judges by it."""

    def __init__(self, clock: Clock, start: int | None) -> None:
        self._clock = clock
        self._start = start

    @property
    def now_ns(self) -> int:
        """Unix time in ns."""
        start = DEFAULT_START if self._start is None else self._start
        return start * SECOND + self._clock.now

    @property
    def when(self) -> int | None:
        """Unix time in seconds for validity dates; None: dates are not judged."""
        return None if self._start is None else self.now_ns // SECOND

    @property
    def http(self) -> str:
        """For the Date header (RFC 9110 section 5.6.7)."""
        # Slow to import, and few runs ask for it.
        from email.utils import format_datetime

        moment = datetime.fromtimestamp(self.now_ns // SECOND, UTC)
        return format_datetime(moment, usegmt=True)

    @property
    def ntp(self) -> int:
        """NTP's timestamp format: seconds and a fraction of 32 bits each (RFC 5905 section 6)."""
        seconds, rest = divmod(self.now_ns, SECOND)
        return ((seconds + NTP_OFFSET) & 0xFFFF_FFFF) << 32 | (rest << 32) // SECOND
