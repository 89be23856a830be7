"""How long a packet takes through the air, and whether it arrives."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.network.worldfile.network import LinkSettings

FIRST_RETRANSMISSION = 200 * MILLISECOND
"""Smallest retransmission time-out of common TCP stacks; it doubles each time (RFC 6298)."""
MAX_RETRANSMISSIONS = 8


class NetworkLink:
    """The medium between stations and servers; faults change its settings while it is in use."""

    def __init__(self, settings: LinkSettings, random: Random) -> None:
        self.settings = settings
        self._random = random

    def change(self, **changes: int | float) -> None:
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]

    def delay(self) -> int:
        """One way, in ns, of a packet that arrives."""
        settings = self.settings
        if not settings.jitter:
            return settings.latency
        return settings.latency + self._random.randrange(settings.jitter + 1)

    def lost(self) -> bool:
        return self.settings.loss > 0 and self._random.random() < self.settings.loss

    def reliable_delay(self) -> int:
        """One way, in ns, of TCP bytes: what is lost comes with a retransmission."""
        extra = 0
        wait = FIRST_RETRANSMISSION
        for _ in range(MAX_RETRANSMISSIONS):
            if not self.lost():
                break
            extra += wait
            wait *= 2
        return self.delay() + extra
