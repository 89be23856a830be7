"""Joining a network as a station: the `C` commands."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Address
from typing import Protocol

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.base.surroundings import Surroundings
from renode_wifi.peripherals.ism43362.access import NetworkAccess
from renode_wifi.peripherals.ism43362.asynchronous import AsynchronousMessages
from renode_wifi.peripherals.ism43362.messages.argument import (
    ANY,
    Address,
    Bare,
    Switch,
    Text,
)
from renode_wifi.peripherals.ism43362.messages.reply import DONE, Error, Ok, Reply
from renode_wifi.peripherals.ism43362.messages.request import BadRequest
from renode_wifi.peripherals.ism43362.messages.station import (
    ALREADY_CONNECTED,
    Joined,
    JoinRetries,
    NetworkReport,
    NotJoined,
    SecurityType,
)
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.ism43362.transaction import Transaction
from renode_wifi.peripherals.network.contract.station import JoinFailure, Lease, Security, Station

SECURITY = {
    0: Security.OPEN,
    1: Security.WEP,
    2: Security.WPA,
    3: Security.WPA2,
    4: Security.WPA_WPA2,
    5: Security.WPA2_TKIP,
}
"""Numbers of `C3` and `A1`."""

WEP128_KEYS = (13, 26)
"""Lengths: characters, or hexadecimal digits."""

ADDRESSES = ("C6", "C7", "C8", "C9", "CA")
"""Own address, netmask, gateway, first and second DNS server."""
BROADCAST = IPv4Address("255.255.255.255")


class StationSettings:
    """What the `C` commands set and `Z1` stores."""

    def __init__(self) -> None:
        self.ssid = b""
        self.passphrase = b""
        self.security = 3
        self.dhcp = True
        self.addresses = dict.fromkeys(ADDRESSES, ANY)
        self.retries = 3
        self.auto_connect = False
        self.authentication = 0
        self.country = b"US/0"
        self.others: dict[str, bytes] = {}


class Connections(Protocol):
    """What depends on being joined."""

    def drop_all(self) -> None: ...


class Wlan:
    """The station side of the radio."""

    def __init__(
        self,
        surroundings: Surroundings,
        access: NetworkAccess,
        profile: ModuleProfile,
        messages: AsynchronousMessages,
        connections: Connections,
    ) -> None:
        self.surroundings = surroundings
        self.access = access
        self.profile = profile
        self.messages = messages
        self.connections = connections
        self.settings = StationSettings()

    def restore(self, settings: StationSettings) -> None:
        """Take stored settings."""
        self.settings = settings

    def on_boot(self) -> None:
        """Join by itself where that was stored."""
        station = self.access.station
        wanted = self.settings.auto_connect and self.settings.ssid and not self._is_broken
        if wanted and station is not None:
            self._join(station, partial(self._auto_joined, self.settings))

    def on_link_lost(self, reason: str) -> None:
        self.surroundings.trace("link-lost", reason=reason)
        self.connections.drop_all()
        self.messages.post(NotJoined(self.settings.ssid, b"Disconnected").emit())

    def join(self, transaction: Transaction, message: Bare) -> Reply | None:
        station = self.access.station
        if self.access.lease is not None:
            return Error(data=ALREADY_CONNECTED)
        if len(self.settings.ssid) > self.profile.longest_ssid:
            return self._failed("SSID too long")
        if len(self.settings.passphrase) > self.profile.longest_passphrase:
            return self._failed("passphrase too long")
        if not self.settings.ssid or station is None:
            return self._failed("no SSID")
        if self._is_broken:
            return self._failed("WEP-128")
        self._join(station, partial(self._joined, transaction))
        return None

    @property
    def _is_broken(self) -> bool:
        settings = self.settings
        return (
            self.profile.broken_wep128
            and SECURITY.get(settings.security) is Security.WEP
            and len(settings.passphrase) in WEP128_KEYS
        )

    def _join(self, station: Station, done: partial[None]) -> None:
        settings = self.settings
        static = None
        if not settings.dhcp:
            given = settings.addresses
            static = Lease(
                given["C6"], given["C7"], given["C8"], given["C9"], second_dns=given["CA"]
            )
        station.join(
            settings.ssid,
            settings.passphrase,
            SECURITY.get(settings.security),
            done,
            static=static,
            dhcp=settings.dhcp,
        )

    def _joined(self, transaction: Transaction, outcome: Lease | JoinFailure) -> None:
        if transaction.current:
            transaction.extra_time += self.profile.join_time_ms * MILLISECOND
            self._trace(outcome)
            if isinstance(outcome, Lease):
                transaction.finish(Ok(Joined(self.settings.ssid, outcome.address).emit()))
            else:
                transaction.finish(self._failed(outcome.value))

    def _auto_joined(self, settings: StationSettings, outcome: Lease | JoinFailure) -> None:
        if settings is self.settings:
            self._trace(outcome)
            if isinstance(outcome, Lease):
                self.messages.post(Joined(settings.ssid, outcome.address).emit())
            else:
                self.messages.post(NotJoined(settings.ssid).emit())

    def _trace(self, outcome: Lease | JoinFailure) -> None:
        ssid = self.settings.ssid.decode("latin-1")
        if isinstance(outcome, Lease):
            self.surroundings.trace("joined", ssid=ssid, address=str(outcome.address))
        else:
            self.surroundings.trace("join-failed", ssid=ssid, reason=outcome.value)

    def _failed(self, reason: str) -> Reply:
        return Error(reason, NotJoined(self.settings.ssid).emit())

    def leave(self, transaction: Transaction, message: Bare) -> Reply:
        station = self.access.station
        if station is not None:
            if station.lease is not None:
                self.surroundings.trace("left")
            station.leave()
            self.connections.drop_all()
        return DONE

    def show_status(self, transaction: Transaction, message: Bare) -> Reply:
        return Ok(b"%d" % (self.access.lease is not None))

    def show_rssi(self, transaction: Transaction, message: Bare) -> Reply:
        station = self.access.station
        beacon = station.beacon if station is not None else None
        return Ok(b"%d" % (beacon.rssi if beacon is not None else 0))

    def show_settings(self, transaction: Transaction, message: Bare) -> Reply:
        settings, lease = self.settings, self.access.lease
        addresses: tuple[IPv4Address, ...]
        if lease is not None:
            servers = (lease.dns, lease.second_dns or ANY)
            if self.profile.unknown_dns_servers:
                servers = (BROADCAST, BROADCAST)
            addresses = (lease.address, lease.netmask, lease.gateway, *servers)
        elif settings.dhcp:
            addresses = (ANY, ANY, ANY, ANY, ANY)
        else:
            addresses = tuple(settings.addresses.values())
        shown = NetworkReport(
            settings.ssid,
            settings.passphrase,
            settings.security,
            settings.dhcp,
            addresses,
            settings.retries,
            settings.auto_connect,
            settings.authentication,
            settings.country.partition(b"/")[0],
            lease is not None,
        )
        return Ok(shown.emit())

    def set_ssid(self, transaction: Transaction, message: Text) -> Reply:
        self.settings.ssid = message.value
        return DONE

    def set_passphrase(self, transaction: Transaction, message: Text) -> Reply:
        self.settings.passphrase = message.value
        return DONE

    def set_security(self, transaction: Transaction, message: SecurityType) -> Reply:
        self.settings.security = message.value
        return DONE

    def set_dhcp(self, transaction: Transaction, message: Switch) -> Reply:
        self.settings.dhcp = message.value == 1
        return DONE

    def set_ip_version(self, transaction: Transaction, message: Switch) -> Reply:
        if message.value == 1:
            raise BadRequest("IPv4 only")
        return DONE

    def set_address(self, transaction: Transaction, message: Address) -> Reply:
        self.settings.addresses[transaction.request.name] = message.value
        return DONE

    def set_retries(self, transaction: Transaction, message: JoinRetries) -> Reply:
        self.settings.retries = message.value
        return DONE

    def set_auto_connect(self, transaction: Transaction, message: Switch) -> Reply:
        self.settings.auto_connect = message.value == 1
        return DONE

    def set_authentication(self, transaction: Transaction, message: Switch) -> Reply:
        self.settings.authentication = message.value
        return DONE

    def set_country(self, transaction: Transaction, message: Text) -> Reply:
        self.settings.country = message.value
        return DONE

    def set_other(self, transaction: Transaction, message: Text) -> Reply:
        """Packet filter, multicast group, allow list, WPS: kept, and of no effect here."""
        self.settings.others[transaction.request.name] = message.value
        return DONE

    HANDLERS = (
        Handler("C0", Bare, join),
        Handler("C1", Text, set_ssid),
        Handler("C2", Text, set_passphrase),
        Handler("C3", SecurityType, set_security),
        Handler("C4", Switch, set_dhcp),
        Handler("C5", Switch, set_ip_version),
        Handler("C6", Address, set_address),
        Handler("C7", Address, set_address),
        Handler("C8", Address, set_address),
        Handler("C9", Address, set_address),
        Handler("CA", Address, set_address),
        Handler("CB", JoinRetries, set_retries),
        Handler("CC", Switch, set_auto_connect),
        Handler("CD", Bare, leave),
        Handler("CE", Switch, set_authentication),
        Handler("CF", Text, set_other),
        Handler("CJ", Text, set_other),
        Handler("CM", Text, set_other),
        Handler("CN", Text, set_country),
        Handler("CR", Bare, show_rssi),
        Handler("CS", Bare, show_status),
        Handler("CW", Text, set_other),
        Handler("C?", Bare, show_settings),
    )
