"""The processor's place in the world: its station on the air, and the addresses in use."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.peripherals.network.contract.station import Lease, Station, StationEvents, World


class NetworkAccess:
    """station: None without a world. lease: in use as a station or as an access point."""

    def __init__(self) -> None:
        self.world: World | None = None
        self.station: Station | None = None
        self._lease: Lease | None = None
        self.connecting: Callable[[], bool] | None = None
        """Whether the WLAN silo is joining something, or looks for what it may join."""
        self.transceiving = False
        """The radio is a transceiver, and joins nothing."""
        self._watchers: list[Callable[[], None]] = []

    @property
    def lease(self) -> Lease | None:
        return self._lease

    @lease.setter
    def lease(self, lease: Lease | None) -> None:
        self._lease = lease
        for watcher in self._watchers:
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` whenever addresses come or go."""
        self._watchers.append(watcher)

    @property
    def joined(self) -> Station | None:
        """The station, while there is an address."""
        return self.station if self.lease is not None else None

    def attach(self, mac: bytes, events: StationEvents) -> None:
        """Be known in the world by `mac`, which the host may have changed."""
        if self.world is not None and (self.station is None or self.station.mac != mac):
            self.station = self.world.station(mac)
            self.station.events = events
