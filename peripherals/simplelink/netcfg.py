"""The network configuration silo: MAC and IP addresses (SimpleLink SDK, source/netcfg.c)."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address

from renode_wifi.peripherals.network.contract.station import Lease
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.processor import Processor
from renode_wifi.peripherals.simplelink.wire import Command, take

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


class NetCfg:
    """static: the address the station was given, None with DHCP; it survives power cycles."""

    def __init__(self, processor: Processor, mac: bytes) -> None:
        self.processor = processor
        self._own_mac = mac
        self._restore()
        processor.on_restore(self._restore)
        processor.handle(Opcode.NETCFG_GET, self._get)
        processor.handle(Opcode.NETCFG_SET, self._set)

    def _restore(self) -> None:
        self.mac = self._own_mac
        self.static: Lease | None = None
        self.access_point = DEFAULT_AP_ADDRESS
        self.second_dns = 0

    def _get(self, command: Command) -> None:
        _, identity, option, length = struct.unpack_from("<HHHH", command.body)
        status: int = 0
        if identity in (MAC_GET, MAC_SET):
            value = self.mac
        elif identity == IPV4_STATION:
            value = _addresses(self.processor.lease)
            option = MODE_DHCP if self.static is None else MODE_STATIC
        elif identity == IPV4_AP:
            value = _addresses(self.access_point)
            option = MODE_STATIC
        elif identity in (INTERFACE, AP_STATIONS_NUMBER):
            value = bytes(4)
        elif identity in (IPV6_LOCAL, IPV6_GLOBAL):
            value = bytes(36)
        elif identity == DHCP_CLIENT:
            value = self._dhcp_client()
        elif identity == DNS_CLIENT:
            value = struct.pack("<I", self.second_dns)
        elif identity == AP_STATIONS_LIST:
            value = b""
        else:
            status, value = Error.INVALID, b""
        if length:
            value = value[:length]
        head = struct.pack("<hHHH", status, identity, option, len(value))
        self.processor.respond(command, head + value)

    def _dhcp_client(self) -> bytes:
        """SlNetCfgIpv4DhcpClient_t."""
        lease = self.processor.lease
        if lease is None or self.static is not None:
            return bytes(36)
        return struct.pack(
            "<8IB3x",
            int(lease.address),
            int(lease.gateway),
            int(lease.netmask),
            int(lease.dns),
            0,
            int(lease.gateway),
            lease.duration & 0xFFFF_FFFF,
            lease.duration // 2 & 0xFFFF_FFFF,
            DHCP_BOUND,
        )

    def _set(self, command: Command) -> None:
        _, identity, option, length = struct.unpack_from("<HHHH", command.body)
        value = take(command.body, 8, length)
        status: int = 0
        if identity in (MAC_SET, MAC_GET) and len(value) >= 6:
            self.mac = value[:6]
        elif identity == IPV4_STATION and option in DHCP_MODES:
            self.static = None
        elif identity in (IPV4_STATION, IPV4_AP):
            lease = _lease(value)
            if lease is None:
                status = Error.INVALID
            elif identity == IPV4_STATION:
                self.static = lease
            else:
                self.access_point = lease
        elif identity == DNS_CLIENT and len(value) >= 4:
            (self.second_dns,) = struct.unpack_from("<I", value)
        elif identity not in (INTERFACE, IPV6_LOCAL, IPV6_GLOBAL):
            status = Error.INVALID
        self.processor.respond_status(command, status)


def _addresses(lease: Lease | None) -> bytes:
    """SlNetCfgIpV4Args_t."""
    if lease is None:
        return bytes(16)
    numbers = (lease.address, lease.netmask, lease.gateway, lease.dns)
    return struct.pack("<4I", *map(int, numbers))


def _lease(value: bytes) -> Lease | None:
    """The addresses as set; None where they make no network."""
    if len(value) < 16:
        return None
    address, netmask, gateway, dns = struct.unpack_from("<4I", value)
    inverted = netmask ^ 0xFFFF_FFFF
    if address == 0 or inverted & (inverted + 1):
        return None
    return Lease(IPv4Address(address), IPv4Address(netmask), IPv4Address(gateway), IPv4Address(dns))
