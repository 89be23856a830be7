"""What the processor is like from power-on to power-off, as far as its silos share it."""

from __future__ import annotations

from renode_wifi.peripherals.simplelink.messages.header import Status

CONNECTED = 0x01
DROPPED_EVENTS = 0x02
"""Bits of the device status (source/protocol.h, _SL_DEV_STATUS_BIT_...)."""


class PowerState:
    """Shared state. `locked` and `masks` outlive power."""

    def __init__(self) -> None:
        self.powered = False
        self.locked = False
        """Too many security alerts: the host gets at the file system no more."""
        self.stopping = False
        """The host has asked to stop, so that power may go."""
        self.commands = 0
        """Commands of the host since power-on."""
        self.masks: dict[int, int] = {}
        """Events that the host doesn't want, one bit each, by class."""
        self.status = Status()
        """What every message reports to the host."""

    def power_on(self, status: Status) -> None:
        self.stopping = False
        self.commands = 0
        self.status = status

    @property
    def connected(self) -> bool:
        """To an access point."""
        return bool(self.status.device & CONNECTED)

    @connected.setter
    def connected(self, connected: bool) -> None:
        self.status.device = self.status.device & ~CONNECTED | (CONNECTED if connected else 0)
