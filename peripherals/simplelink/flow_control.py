"""Transmit buffers: how many are free, and what the host believes (source/flowcont.c).

Sends have no answer; every message tells the host of free buffers.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MICROSECOND, Event
from renode_wifi.peripherals.simplelink.messages.basic import Empty
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from renode_wifi.peripherals.simplelink.power import PowerState
from renode_wifi.peripherals.simplelink.profile import NwpProfile
from renode_wifi.peripherals.simplelink.transaction import Host

FIRST_POOL = 2
"""Transmit buffers that the host assumes before the first message (source/flowcont.h)."""


class FlowControl:
    """told_pool: buffers that the host believes to be free."""

    def __init__(self, profile: NwpProfile, host: Host, power: PowerState) -> None:
        self.profile = profile
        self.host = host
        self.power = power
        self.told_pool = 0
        self._update: Event | None = None

    def reset(self) -> None:
        """Power comes or goes."""
        self.told_pool = FIRST_POOL
        self._update = None

    def buffers(self, length: int) -> int:
        """How many a send of `length` bytes takes."""
        return -(-length // self.profile.minimum_payload)

    def told(self) -> None:
        """A message went to the host."""
        self.told_pool = self.power.status.tx_pool

    def spent(self, buffers: int) -> None:
        """The host sent data and took buffers off its count; it is due the true count soon."""
        self.told_pool -= buffers
        self.owe_update()

    def owe_update(self) -> None:
        """Notify the host of free buffers, unless another message does it before."""
        if self._update is None and self.told_pool < self.power.status.tx_pool:
            delay = self.profile.flow_update_us * MICROSECOND
            self._update = self.host.after(delay, self._tell_pool)

    def _tell_pool(self) -> None:
        self._update = None
        if self.told_pool < self.power.status.tx_pool:
            self.host.event(Opcode.DUMMY, Empty())
