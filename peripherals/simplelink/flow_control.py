"""Transmit buffers: how many are free, and what the host believes (source/flowcont.c).

Sends have no answer; every message reports the free buffers.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MICROSECOND, Event
from renode_wifi.peripherals.simplelink.messages.basic import Empty
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from renode_wifi.peripherals.simplelink.power import PowerState
from renode_wifi.peripherals.simplelink.profile import NwpProfile
from renode_wifi.peripherals.simplelink.transaction import HostLink

FIRST_POOL = 2
"""Transmit buffers that the host assumes before the first message (source/flowcont.h)."""


class FlowControl:
    """reported_pool: buffers that the host believes to be free."""

    def __init__(self, profile: NwpProfile, host: HostLink, power: PowerState) -> None:
        self.profile = profile
        self.host = host
        self.power = power
        self.reported_pool = 0
        self._update: Event | None = None

    def reset(self) -> None:
        """Power comes or goes."""
        self.reported_pool = FIRST_POOL
        self._update = None

    def buffers(self, length: int) -> int:
        """How many a send of `length` bytes takes."""
        return -(-length // self.profile.minimum_payload)

    def reported(self) -> None:
        """A message went to the host."""
        self.reported_pool = self.power.status.tx_pool

    def spent(self, buffers: int) -> None:
        """The host sent data and took buffers off its count; the true count is due soon."""
        self.reported_pool -= buffers
        self.owe_update()

    def owe_update(self) -> None:
        """Notify the host of free buffers, unless another message does it before."""
        if self._update is None and self.reported_pool < self.power.status.tx_pool:
            delay = self.profile.flow_update_us * MICROSECOND
            self._update = self.host.after(delay, self._report_pool)

    def _report_pool(self) -> None:
        self._update = None
        if self.reported_pool < self.power.status.tx_pool:
            self.host.event(Opcode.DUMMY, Empty())
