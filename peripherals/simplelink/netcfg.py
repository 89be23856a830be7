"""The network configuration silo: MAC and IP addresses (SimpleLink SDK, source/netcfg.c)."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Protocol

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.network.contract.station import Lease
from renode_wifi.peripherals.simplelink.messages.basic import (
    BasicResponse,
    GetSetting,
    SetSetting,
    Setting,
)
from renode_wifi.peripherals.simplelink.messages.device import Word
from renode_wifi.peripherals.simplelink.messages.netcfg import DhcpClient, Ipv4Config, StationInfo
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.profile import NwpProfile
from renode_wifi.peripherals.simplelink.transaction import Services, Silo, Transaction

TI_OUI = b"\x08\x00\x28"

MAC_SET, MAC_GET = 1, 2
AP_STATIONS_NUMBER, AP_STATIONS_LIST, AP_STATION_DISCONNECT = 3, 4, 5
INTERFACE = 6
IPV4_STATION, IPV4_AP = 7, 8
IPV6_LOCAL, IPV6_GLOBAL = 9, 10
DHCP_CLIENT, DNS_CLIENT = 11, 12
MODE_DHCP, MODE_DHCP_LLA, MODE_STATIC = 1, 2, 4
DHCP_MODES = (MODE_DHCP, MODE_DHCP_LLA, 7, 8, 9, 10, 11, 12)
"""Options of the station's address that leave it to DHCP."""
DHCP_BOUND = 3

DEFAULT_AP_ADDRESS = Lease(
    IPv4Address("10.123.45.1"),
    IPv4Address("255.255.255.0"),
    IPv4Address("10.123.45.1"),
    IPv4Address("10.123.45.1"),
)


class Stations(Protocol):
    """Of the access point that the processor runs."""

    stations: dict[bytes, Lease]

    def expel(self, mac: bytes) -> bool:
        """Whether there was such a station."""


class NetCfg(Silo):
    """static: the address the station was given, None with DHCP; it survives power cycles."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.stations: Stations | None = None
        self._own_mac = self._factory_mac(services.profile)
        self.restore()

    def _factory_mac(self, profile: NwpProfile) -> bytes:
        if profile.mac:
            return bytes.fromhex(profile.mac.replace(":", ""))
        return TI_OUI + self.services.surroundings.random("mac").randbytes(3)

    def restore(self) -> None:
        self.mac = self._own_mac
        self.static: Lease | None = None
        self.access_point = DEFAULT_AP_ADDRESS
        self.second_dns = 0

    def get(self, transaction: Transaction, message: GetSetting) -> Setting:
        identity, option = message.identity, message.option
        if identity == IPV4_STATION:
            option = MODE_DHCP if self.static is None else MODE_STATIC
        elif identity == IPV4_AP:
            option = MODE_STATIC
        value = self._value(identity)
        if identity == AP_STATIONS_LIST and value is not None:
            # The option is the first station that is asked for.
            value = value[message.option * StationInfo.LAYOUT.size :]
            if message.length:
                value = value[: message.length // StationInfo.LAYOUT.size * StationInfo.LAYOUT.size]
        if value is None:
            return Setting(Error.INVALID, identity, option)
        return Setting(0, identity, option, value).cut(message.length)

    def _value(self, identity: int) -> bytes | None:
        if identity in (MAC_GET, MAC_SET):
            return self.mac
        if identity == IPV4_STATION:
            return _config(self.services.network.lease).emit()
        if identity == IPV4_AP:
            return _config(self.access_point).emit()
        if identity == INTERFACE:
            return bytes(4)
        if identity == AP_STATIONS_NUMBER:
            return bytes((len(self._stations),))
        if identity == AP_STATIONS_LIST:
            return b"".join(
                StationInfo(lease.address, mac).emit() for mac, lease in self._stations.items()
            )
        if identity in (IPV6_LOCAL, IPV6_GLOBAL):
            return bytes(36)
        if identity == DHCP_CLIENT:
            return self._dhcp_client().emit()
        if identity == DNS_CLIENT:
            return Word(self.second_dns).emit()
        return None

    @property
    def _stations(self) -> dict[bytes, Lease]:
        return {} if self.stations is None else self.stations.stations

    def _dhcp_client(self) -> DhcpClient:
        lease = self.services.network.lease
        if lease is None or self.static is not None:
            return DhcpClient()
        return DhcpClient(
            lease.address,
            lease.gateway,
            lease.netmask,
            lease.dns,
            server=lease.gateway,
            lease_time=lease.duration & 0xFFFF_FFFF,
            renewal=lease.duration // 2 & 0xFFFF_FFFF,
            state=DHCP_BOUND,
        )

    def set(self, transaction: Transaction, message: SetSetting) -> BasicResponse:
        identity, value = message.identity, message.value
        status: int = 0
        if identity in (MAC_SET, MAC_GET) and len(value) >= 6:
            self.mac = value[:6]
        elif identity == IPV4_STATION and message.option in DHCP_MODES:
            self.static = None
        elif identity in (IPV4_STATION, IPV4_AP):
            lease = _lease(value)
            if lease is None:
                status = Error.INVALID
            elif identity == IPV4_STATION:
                self.static = lease
            else:
                self.access_point = lease
        elif identity == AP_STATION_DISCONNECT and len(value) >= 6:
            if self.stations is None or not self.stations.expel(value[:6]):
                status = Error.INVALID
        elif identity == DNS_CLIENT and len(value) >= 4:
            self.second_dns = Word.parse(value).value
        elif identity not in (INTERFACE, IPV6_LOCAL, IPV6_GLOBAL):
            status = Error.INVALID
        return BasicResponse(status)

    HANDLERS = (
        Handler(Opcode.NETCFG_GET, GetSetting, get),
        Handler(Opcode.NETCFG_SET, SetSetting, set),
    )


def _config(lease: Lease | None) -> Ipv4Config:
    if lease is None:
        return Ipv4Config()
    return Ipv4Config(lease.address, lease.netmask, lease.gateway, lease.dns)


def _lease(value: bytes) -> Lease | None:
    """The addresses as set; None where they make no network."""
    if len(value) < Ipv4Config.LAYOUT.size:
        return None
    config = Ipv4Config.parse(value)
    inverted = int(config.netmask) ^ 0xFFFF_FFFF
    if int(config.address) == 0 or inverted & (inverted + 1):
        return None
    return Lease(config.address, config.netmask, config.gateway, config.dns)
