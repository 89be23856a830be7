"""The module as an access point: the `A` commands."""

from __future__ import annotations

from ipaddress import IPv4Address

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.base.surroundings import Surroundings
from renode_wifi.peripherals.ism43362.access import NetworkAccess
from renode_wifi.peripherals.ism43362.asynchronous import AsynchronousMessages
from renode_wifi.peripherals.ism43362.messages.access_point import (
    ALREADY_RUNNING,
    ApClient,
    ApSettings,
    ApSsid,
    ApStarted,
    Channel,
    LeaseAssigned,
    LeaseHours,
    MaxClients,
)
from renode_wifi.peripherals.ism43362.messages.argument import Bare, Text
from renode_wifi.peripherals.ism43362.messages.reply import DONE, Error, Ok, Reply
from renode_wifi.peripherals.ism43362.messages.station import SecurityType
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.ism43362.system import System
from renode_wifi.peripherals.ism43362.transaction import Transaction
from renode_wifi.peripherals.ism43362.wlan import SECURITY
from renode_wifi.peripherals.network.contract.station import Beacon, Lease, Security

DEFAULT_CHANNEL = 1
MIN_KEY = 8
"""Characters of a WPA passphrase."""
NETMASK = IPv4Address("255.255.255.0")


class SoftAccessPoint:
    """Settings of the access point, and who has joined it."""

    def __init__(
        self,
        surroundings: Surroundings,
        access: NetworkAccess,
        profile: ModuleProfile,
        system: System,
        messages: AsynchronousMessages,
    ) -> None:
        self.surroundings = surroundings
        self.access = access
        self.profile = profile
        self.system = system
        self.messages = messages
        self.reset()

    def reset(self) -> None:
        self._switch_off()
        self.ssid = b"InventekSystems_eS-WiFi"
        self.append_mac = False
        self.security = 0
        self.key = b""
        self.channel = DEFAULT_CHANNEL
        self.max_clients = MaxClients.MAXIMUM
        self.lease_hours = 24
        self.clients: list[ApClient] = []

    def start(self, transaction: Transaction, message: Bare) -> Reply:
        station = self.access.station
        if self.access.access_point:
            return Error(data=ALREADY_RUNNING)
        if station is None:
            return Error("no radio")
        security = SECURITY[self.security]
        if security is not Security.OPEN and len(self.key) < MIN_KEY:
            return Error("key too short")
        ssid, mac = self.ssid, self.system.mac
        if self.append_mac:
            ssid += b"_" + mac.hex().upper().encode()
        address = self.system.settings.access_point_address
        station.start_access_point(
            Beacon(ssid, mac, self.channel, 0, security),
            self.key,
            Lease(address, NETMASK, address, address, self.lease_hours * 3600),
        )
        self.access.access_point = True
        self.surroundings.trace("access-point", ssid=ssid.decode("latin-1"))
        return Ok(ApStarted(ssid, self.security, address).emit())

    def start_provisioning(self, transaction: Transaction, message: Bare) -> Reply | None:
        """The access point whose web page asks for a network; nobody visits that here.

        On SPI the module answers when it has joined that network, if ever.
        """
        reply = self.start(transaction, message)
        silent = self.profile.unanswered_a0 and isinstance(reply, Ok)
        return None if silent else reply

    def stop(self, transaction: Transaction, message: Bare) -> Reply:
        self._switch_off()
        self.clients.clear()
        return DONE

    def _switch_off(self) -> None:
        if self.access.access_point and self.access.station is not None:
            self.access.station.stop_access_point()
        self.access.access_point = False

    def on_station_joined(self, mac: bytes, lease: Lease) -> None:
        """A station in the world got an address from this access point."""
        if self.access.access_point and len(self.clients) < self.max_clients:
            self.clients.append(ApClient(mac, lease.address))
            self.messages.post(LeaseAssigned(mac, lease.address).emit())

    def on_station_left(self, mac: bytes, lease: Lease) -> None:
        """A station has left this access point."""
        self.clients = [client for client in self.clients if client.mac != mac]

    def set_ssid(self, transaction: Transaction, message: ApSsid) -> Reply:
        self.append_mac, self.ssid = message.append_mac, message.ssid
        return DONE

    def set_security(self, transaction: Transaction, message: SecurityType) -> Reply:
        self.security = message.value
        return DONE

    def set_key(self, transaction: Transaction, message: Text) -> Reply:
        self.key = message.value
        return DONE

    def set_channel(self, transaction: Transaction, message: Channel) -> Reply:
        self.channel = message.value or DEFAULT_CHANNEL
        return DONE

    def set_max_clients(self, transaction: Transaction, message: MaxClients) -> Reply:
        self.max_clients = message.value
        return DONE

    def set_lease_time(self, transaction: Transaction, message: LeaseHours) -> Reply:
        self.lease_hours = message.value
        return DONE

    def show_clients(self, transaction: Transaction, message: Bare) -> Reply:
        return Ok(b"\r\n".join(client.emit() for client in self.clients))

    def show_rssi(self, transaction: Transaction, message: Bare) -> Reply:
        return Ok(b"\r\n".join(b"-40" for _ in self.clients))

    def show_settings(self, transaction: Transaction, message: Bare) -> Reply:
        shown = ApSettings(
            self.ssid,
            self.system.settings.access_point_address,
            self.security,
            self.key,
            self.channel,
            self.max_clients,
            self.lease_hours,
            self.access.access_point,
        )
        return Ok(shown.emit())

    HANDLERS = (
        Handler("A0", Bare, start_provisioning),
        Handler("A1", SecurityType, set_security),
        Handler("A2", Text, set_key),
        Handler("AA", Bare, show_clients),
        Handler("AC", Channel, set_channel),
        Handler("AD", Bare, start),
        Handler("AE", Bare, stop),
        Handler("AL", LeaseHours, set_lease_time),
        Handler("AR", Bare, show_rssi),
        Handler("AS", ApSsid, set_ssid),
        Handler("AT", MaxClients, set_max_clients),
        Handler("A?", Bare, show_settings),
    )
