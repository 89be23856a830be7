"""The network configuration silo: MAC and IP addresses (SimpleLink SDK, source/netcfg.c)."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Protocol

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.network.contract.station import DHCP_GIVE_UP, Lease, Renewal
from renode_wifi.peripherals.simplelink.ipv6 import GLOBAL, LOCAL, Ipv6
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
DHCP_CLIENT, DNS_CLIENT = 11, 12
INTERFACE_STATE = 0
MODE_DHCP, MODE_DHCP_LLA, MODE_STATIC = 1, 2, 4
RELEASE, NO_RELEASE = 7, 8
"""Whether the address is given back when the host disconnects."""
FAST_RENEW = {9: Renewal.WAIT, 10: Renewal.NONE, 11: Renewal.AT_ONCE, 12: Renewal.WAIT}
"""SL_NETCFG_ADDR_..._FAST_RENEW...: how an address that the station has had is asked for again."""
STATE_NO_FAST_RENEW = 0x8000
STATE_STATIC, STATE_NO_LLA, STATE_RELEASE = 0x40, 0x1000, 0x2000
"""Bits of SL_NETCFG_IF_STATE."""
LLA_TIMEOUT = 25
"""Seconds after which a station without DHCP takes an address by itself (netcfg.h)."""
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
        self.ipv6 = Ipv6(services)
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
        self.self_address_after: int | None = None
        """Seconds without DHCP until the station takes a link-local address; None: it doesn't."""
        self.releases = False
        self.fast_renew = Renewal.WAIT
        self.ipv6.restore()

    def volatile(self) -> tuple[tuple[object, str], ...]:
        own = ("static", "second_dns", "self_address_after", "releases", "fast_renew")
        of_ipv6 = ("enabled", "modes", "given")
        return (*((self, name) for name in own), *((self.ipv6, name) for name in of_ipv6))

    def started(self) -> None:
        self.ipv6.started()

    @property
    def self_address_wait(self) -> int | None:
        """ns from a search that no DHCP server answers to a link-local address; None: for ever."""
        after = self.self_address_after
        return None if after is None else max(0, after * SECOND - DHCP_GIVE_UP)

    @property
    def _state(self) -> int:
        """Bits of SL_NETCFG_IF_STATE."""
        state = self.ipv6.state
        state |= STATE_NO_FAST_RENEW if self.fast_renew is Renewal.NONE else 0
        state |= STATE_STATIC if self.static is not None else 0
        state |= STATE_NO_LLA if self.self_address_after is None else 0
        return state | (STATE_RELEASE if self.releases else 0)

    def get(self, transaction: Transaction, message: GetSetting) -> Setting:
        identity, option = message.identity, message.option
        if identity == IPV4_STATION:
            option = self.station_mode
        elif identity == IPV4_AP:
            option = MODE_STATIC
        elif identity in (LOCAL, GLOBAL):
            option = self.ipv6.get(identity)[0]
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
            return Word(self._state).emit()
        if identity == AP_STATIONS_NUMBER:
            return bytes((len(self._stations),))
        if identity == AP_STATIONS_LIST:
            return b"".join(
                StationInfo(lease.address, mac).emit() for mac, lease in self._stations.items()
            )
        if identity in (LOCAL, GLOBAL):
            return self.ipv6.get(identity)[1].emit()
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

    @property
    def station_mode(self) -> int:
        if self.static is not None:
            return MODE_STATIC
        return MODE_DHCP if self.self_address_after is None else MODE_DHCP_LLA

    def set(self, transaction: Transaction, message: SetSetting) -> BasicResponse:
        identity, option, value = message.identity, message.option, message.value
        if identity == IPV4_STATION:
            status = self.change_station(option, value)
        elif identity == IPV4_AP:
            status = self.change_access_point(value) if option == MODE_STATIC else Error.INVALID
        elif identity in (LOCAL, GLOBAL):
            status = self.ipv6.set(identity, option, value)
        elif identity == INTERFACE and option == INTERFACE_STATE and 2 <= len(value) <= 4:
            status = self.ipv6.enable(int.from_bytes(value, "little"))
        else:
            status = self._set_other(identity, value)
        return BasicResponse(status)

    def change_station(self, option: int, value: bytes) -> int:
        """0, or an error. value: Ipv4Config of a static address."""
        if option == MODE_STATIC:
            lease = _lease(value)
            if lease is None:
                return Error.INVALID
            self.static = lease
        elif option == MODE_DHCP:
            self.static = self.self_address_after = None
        elif option == MODE_DHCP_LLA and len(value) in (0, 4):
            self.static = None
            self.self_address_after = int.from_bytes(value, "little") or LLA_TIMEOUT
        elif option in (RELEASE, NO_RELEASE):
            self.releases = option == RELEASE
        elif option in FAST_RENEW:
            self.fast_renew = FAST_RENEW[option]
        else:
            return Error.INVALID
        return 0

    def change_access_point(self, value: bytes) -> int:
        """value: Ipv4Config."""
        lease = _lease(value)
        if lease is None:
            return Error.INVALID
        self.access_point = lease
        return 0

    def _set_other(self, identity: int, value: bytes) -> int:
        if identity in (MAC_SET, MAC_GET) and len(value) >= 6:
            self.mac = value[:6]
        elif identity == AP_STATION_DISCONNECT and len(value) >= 6:
            if self.stations is None or not self.stations.expel(value[:6]):
                return Error.WLAN_NO_SUCH_STATION
        elif identity == DNS_CLIENT and len(value) >= 4:
            self.second_dns = Word.parse(value).value
        else:
            return Error.INVALID
        return 0

    def self_address(self) -> Lease:
        """A link-local address, which follows from the MAC (RFC 3927)."""
        low = int.from_bytes(self.mac[-2:], "big")
        address = IPv4Address(0xA9FE_0100 | low % 0xFE00)
        nobody = IPv4Address(0)
        return Lease(address, IPv4Address("255.255.0.0"), nobody, nobody)

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
