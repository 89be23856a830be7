"""The module's place in the world: its station on the air, and the addresses that this has."""

from __future__ import annotations

from renode_wifi.peripherals.network.contract.station import Lease, Station, StationEvents, World


class NetworkAccess:
    """station: None without a world. access_point: the module is one itself."""

    def __init__(self) -> None:
        self.world: World | None = None
        self.station: Station | None = None
        self.access_point = False

    @property
    def lease(self) -> Lease | None:
        """The addresses in use as a station; None while not joined."""
        return self.station.lease if self.station is not None else None

    @property
    def joined(self) -> Station | None:
        """The station, while it has an address."""
        station = self.station
        return station if station is not None and station.lease is not None else None

    def attach(self, mac: bytes, events: StationEvents) -> None:
        """Be known in the world by `mac`, from now on."""
        if self.world is not None and (self.station is None or self.station.mac != mac):
            if self.station is not None:
                self.station.events = None
            self.station = self.world.station(mac)
            self.station.events = events
