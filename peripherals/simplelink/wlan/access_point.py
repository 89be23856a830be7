"""The access-point role: what it announces, and who joins it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address, IPv4Network

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.network.contract.station import (
    AccessRules,
    Beacon,
    Lease,
    Security,
)
from renode_wifi.peripherals.simplelink.messages.netapp import IpAcquired, IpLeased, IpReleased
from renode_wifi.peripherals.simplelink.messages.wlan import StationAdded
from renode_wifi.peripherals.simplelink.netcfg import NetCfg
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from renode_wifi.peripherals.simplelink.power import PowerState
from renode_wifi.peripherals.simplelink.transaction import Services
from renode_wifi.peripherals.simplelink.wlan.connections import Connections
from renode_wifi.peripherals.simplelink.wlan.options import (
    AP_CHANNEL,
    AP_HIDDEN,
    AP_PASSWORD,
    AP_SECURITY,
)
from renode_wifi.peripherals.simplelink.wlan.security import OPEN, SECURITY
from renode_wifi.peripherals.simplelink.wlan.settings import WlanSettings

DEFAULT_CHANNEL = 6
SIGNAL = -23
"""dBm that a station beside the board receives of its access point."""
REASON_RELEASED = 0
"""SL_IP_LEASE_PEER_RELEASE."""


class AccessPointRole:
    """Opened when the processor starts in that role."""

    def __init__(
        self,
        services: Services,
        power: PowerState,
        netcfg: NetCfg,
        settings: WlanSettings,
        connections: Connections,
    ) -> None:
        self.services = services
        self.power = power
        self.netcfg = netcfg
        self.settings = settings
        self.connections = connections
        self.stations: dict[bytes, Lease] = {}
        """Those that have an address, in the order in which they came."""
        self.pool: Callable[[], tuple[IPv4Address, IPv4Address] | None] = self._whole_subnet
        self.lease_time: Callable[[], int] = self._usual_lease_time
        self._rules = AccessRules(None)
        settings.changed = self._obey
        netcfg.stations = self

    def _usual_lease_time(self) -> int:
        return self.netcfg.access_point.duration

    def _whole_subnet(self) -> tuple[IPv4Address, IPv4Address]:
        lease = self.netcfg.access_point
        subnet = IPv4Network(f"{lease.address}/{lease.netmask}", strict=False)
        return subnet[1], subnet[-2]

    def _obey(self) -> None:
        """Stations that have joined stay."""
        self._rules.stations = self.settings.stations
        self._rules.refused = self.settings.refused

    def expel(self, mac: bytes) -> bool:
        """Whether there was such a station."""
        station = self.services.network.station
        return station is not None and station.expel(mac)

    def open(self, *, announced: bool = True) -> None:
        """announced: with the event of an address, as at the start of the processor."""
        network = self.services.network
        lease = network.lease = self.netcfg.access_point
        if network.station is not None:
            settings = self.settings
            kind = settings.access_point(AP_SECURITY)[:1]
            security = SECURITY.get(kind[0] if kind else OPEN) or Security.WPA2
            if security is Security.WPA_WPA2:
                security = Security.WPA2
            beacon = Beacon(
                settings.ssid,
                self.netcfg.mac,
                (settings.access_point(AP_CHANNEL) or bytes((DEFAULT_CHANNEL,)))[0],
                SIGNAL - settings.access_point_power,
                security,
                settings.access_point(AP_HIDDEN)[:1] not in (b"", b"\0"),
            )
            self._rules = AccessRules(self.pool(), lease=self.lease_time())
            self._obey()
            password = settings.access_point(AP_PASSWORD)
            network.station.start_access_point(beacon, password, lease, self._rules)
        if announced:
            self.services.host.after(
                self.services.profile.event_time_us * MICROSECOND, partial(self._up, lease)
            )

    def close(self) -> None:
        network = self.services.network
        network.lease = None
        self.stations.clear()
        if network.station is not None:
            network.station.stop_access_point()

    def _up(self, lease: Lease) -> None:
        self.services.host.event(
            Opcode.IP_ACQUIRED, IpAcquired(lease.address, lease.gateway, lease.dns)
        )
        self.connections.joined()

    def on_station_joined(self, mac: bytes, lease: Lease) -> None:
        """The world: a station has joined this access point and got an address."""
        self.stations[mac] = lease
        if self.power.powered:
            host = self.services.host
            host.event(Opcode.WLAN_STATION_ADDED, StationAdded(mac))
            host.event(Opcode.IP_LEASED, IpLeased(lease.address, lease.duration & 0xFFFF_FFFF, mac))

    def on_station_left(self, mac: bytes, lease: Lease) -> None:
        self.stations.pop(mac, None)
        if self.power.powered:
            host = self.services.host
            host.event(Opcode.WLAN_STATION_REMOVED, StationAdded(mac))
            host.event(Opcode.IP_RELEASED, IpReleased(lease.address, mac, REASON_RELEASED))
