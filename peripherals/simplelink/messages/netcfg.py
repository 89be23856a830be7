"""The network configuration silo: values of its settings (netcfg.h)."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import fields, start

ANY = IPv4Address(0)


@late_dataclass(frozen=True)
class Ipv4Config:
    """SlNetCfgIpV4Args_t; addresses in the host's byte order."""

    LAYOUT = struct.Struct("<4I")

    address: IPv4Address = ANY
    netmask: IPv4Address = ANY
    gateway: IPv4Address = ANY
    dns: IPv4Address = ANY

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls(*map(IPv4Address, fields(cls.LAYOUT, body)))

    def emit(self) -> bytes:
        addresses = (self.address, self.netmask, self.gateway, self.dns)
        return self.LAYOUT.pack(*map(int, addresses))


Words4 = tuple[int, int, int, int]
"""An address of IPv6, the first word first."""
NO_WORDS: Words4 = (0, 0, 0, 0)


@late_dataclass(frozen=True)
class Ipv6Config:
    """SlNetCfgIpV6Args_t. valid: 1: the address is in use."""

    LAYOUT = struct.Struct("<4I4II")

    address: Words4 = NO_WORDS
    dns: Words4 = NO_WORDS
    valid: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        words = fields(cls.LAYOUT, body)
        return cls(_four(words[:4]), _four(words[4:8]), words[8])

    def emit(self) -> bytes:
        return self.LAYOUT.pack(*self.address, *self.dns, self.valid)


@late_dataclass(frozen=True)
class Ipv6Acquired:
    """SlIpV6AcquiredAsync_t."""

    LAYOUT = struct.Struct("<8I")

    address: Words4
    dns: Words4 = NO_WORDS

    @classmethod
    def parse(cls, body: bytes) -> Self:
        words = fields(cls.LAYOUT, body)
        return cls(_four(words[:4]), _four(words[4:]))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(*self.address, *self.dns)


@late_dataclass(frozen=True)
class Ipv6Lost:
    """SlIpV6Lost_t."""

    LAYOUT = struct.Struct("<4I")

    address: Words4

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls(_four(fields(cls.LAYOUT, body)))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(*self.address)


def _four(words: tuple[int, ...]) -> Words4:
    first, second, third, fourth = words
    return first, second, third, fourth


@late_dataclass(frozen=True)
class DhcpClient:
    """SlNetCfgIpv4DhcpClient_t. lease_time, renewal: seconds."""

    LAYOUT = struct.Struct("<8IB3x")

    address: IPv4Address = ANY
    gateway: IPv4Address = ANY
    netmask: IPv4Address = ANY
    dns1: IPv4Address = ANY
    dns2: IPv4Address = ANY
    server: IPv4Address = ANY
    lease_time: int = 0
    renewal: int = 0
    state: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        *addresses, lease, renewal, state = fields(cls.LAYOUT, body)
        address, gateway, netmask, dns1, dns2, server = map(IPv4Address, addresses)
        return cls(address, gateway, netmask, dns1, dns2, server, lease, renewal, state)

    def emit(self) -> bytes:
        addresses = (self.address, self.gateway, self.netmask, self.dns1, self.dns2, self.server)
        return self.LAYOUT.pack(*map(int, addresses), self.lease_time, self.renewal, self.state)


@late_dataclass(frozen=True)
class StationInfo:
    """SlNetCfgStaInfo_t: an entry of the list of stations; the address in the host's order."""

    LAYOUT = struct.Struct("<I6sH32s")

    address: IPv4Address
    mac: bytes
    status: int = 1
    """1: it has its address from DHCP."""
    name: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        address, mac, status, name = cls.LAYOUT.unpack(start(cls.LAYOUT, body))
        return cls(IPv4Address(address), mac, status, name.rstrip(b"\0"))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(int(self.address), self.mac, self.status, self.name)
