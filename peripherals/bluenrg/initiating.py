"""The Initiating state: waiting for an advertiser to connect to (Vol 6, Part B, section 4.4.4).

ACI_GAP_CREATE_CONNECTION enters it for the module's own host, LE_Create_Connection for one of the
application's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.bluenrg.hal import Hal
from renode_wifi.peripherals.bluenrg.processor import AciPort
from renode_wifi.peripherals.network.bluetooth.air import CONNECTION_UNIT, Advertiser, LinkEnd
from renode_wifi.peripherals.network.contract.bluetooth import DeviceAddress


class ConnectionTerms(Protocol):
    """What both commands ask. longest: interval, units of 1.25 ms. timeout: units of 10 ms."""

    @property
    def peer(self) -> bytes: ...

    @property
    def peer_type(self) -> int: ...

    @property
    def own_type(self) -> int: ...

    @property
    def longest(self) -> int: ...

    @property
    def latency(self) -> int: ...

    @property
    def timeout(self) -> int: ...


class Initiating:
    """opened: called with a connection that was made, its latency and its timeout."""

    def __init__(self, port: AciPort, hal: Hal) -> None:
        self._port = port
        self._hal = hal
        self.opened: Callable[[LinkEnd, int, int], None] | None = None
        self._target: DeviceAddress | None = None
        self._latency, self._timeout = 0, 0
        self.address = DeviceAddress(bytes(6))
        self.interval = SECOND

    @property
    def is_under_way(self) -> bool:
        return self._target is not None

    def start(self, message: ConnectionTerms) -> None:
        self._target = DeviceAddress(message.peer, message.peer_type)
        self._latency, self._timeout = message.latency, message.timeout
        self.address = self._hal.address(message.own_type)
        self.interval = message.longest * CONNECTION_UNIT
        self._port.air.initiate(self)

    def stop(self) -> None:
        """Without effect where it isn't under way."""
        self._port.air.cancel(self)
        self._target = None

    def takes(self, advertiser: Advertiser) -> bool:
        """Whether a connection is to be made to this one."""
        return advertiser.address == self._target

    def connected(self, end: LinkEnd) -> None:
        """A connection to what `takes` took."""
        self._target = None
        if self.opened is not None:
            self.opened(end, self._latency, self._timeout)
