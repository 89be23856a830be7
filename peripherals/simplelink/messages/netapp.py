"""The network applications silo: names, ping, addresses, servers (netapp.h)."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import Fixed, fields, start, string, take


@late_dataclass(frozen=True)
class StartStop(Fixed):
    """_NetAppStartStopCommand_t: a mask of applications."""

    LAYOUT = struct.Struct("<I")

    applications: int


@late_dataclass(frozen=True)
class GetHostByName:
    """NetAppGetHostByNameCommand_t and the name, with or without its zero byte."""

    LAYOUT = struct.Struct("<HBx")

    name: bytes
    family: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        length, family = fields(cls.LAYOUT, body)
        return cls(string(take(body, cls.LAYOUT.size, length)), family)

    def emit(self) -> bytes:
        return self.LAYOUT.pack(len(self.name), self.family) + self.name


@late_dataclass(frozen=True)
class HostByName:
    """NetAppGetHostByNameIPv4AsyncResponse_t; the address in the host's byte order."""

    LAYOUT = struct.Struct("<h2xI")

    status: int
    address: IPv4Address

    @classmethod
    def parse(cls, body: bytes) -> Self:
        status, address = fields(cls.LAYOUT, body)
        return cls(status, IPv4Address(address))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.status, int(self.address))


@late_dataclass(frozen=True)
class HostByNameV6(Fixed):
    """NetAppGetHostByNameIPv6AsyncResponse_t."""

    LAYOUT = struct.Struct("<h2x16s")

    status: int
    address: bytes = bytes(16)


@late_dataclass(frozen=True)
class PingStart:
    """_PingStartCommand_t. Times in ms; address 0.0.0.0 stops."""

    LAYOUT = struct.Struct("<IHHIII")

    interval: int
    size: int
    timeout: int
    attempts: int
    flags: int
    address: IPv4Address

    @classmethod
    def parse(cls, body: bytes) -> Self:
        interval, size, timeout, attempts, flags, address = fields(cls.LAYOUT, body)
        return cls(interval, size, timeout, attempts, flags, IPv4Address(address))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(
            self.interval, self.size, self.timeout, self.attempts, self.flags, int(self.address)
        )


@late_dataclass(frozen=True)
class PingReport(Fixed):
    """_PingReportResponse_t. Times in ms."""

    LAYOUT = struct.Struct("<HHHHIII")

    status: int
    min_round_time: int
    max_round_time: int
    average_round_time: int
    received: int
    sent: int
    test_time: int


@late_dataclass(frozen=True)
class IpAcquired:
    """SlIpV4AcquiredAsync_t."""

    LAYOUT = struct.Struct("<III")

    address: IPv4Address
    gateway: IPv4Address
    dns: IPv4Address

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls(*map(IPv4Address, fields(cls.LAYOUT, body)))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(int(self.address), int(self.gateway), int(self.dns))


@late_dataclass(frozen=True)
class IpLeased:
    """SlIpLeasedAsync_t. lease_time: seconds."""

    LAYOUT = struct.Struct("<II6s2x")

    address: IPv4Address
    lease_time: int
    mac: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        address, lease_time, mac = cls.LAYOUT.unpack(start(cls.LAYOUT, body))
        return cls(IPv4Address(address), lease_time, mac)

    def emit(self) -> bytes:
        return self.LAYOUT.pack(int(self.address), self.lease_time, self.mac)


@late_dataclass(frozen=True)
class IpReleased:
    """SlIpReleasedAsync_t."""

    LAYOUT = struct.Struct("<I6sH")

    address: IPv4Address
    mac: bytes
    reason: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        address, mac, reason = cls.LAYOUT.unpack(start(cls.LAYOUT, body))
        return cls(IPv4Address(address), mac, reason)

    def emit(self) -> bytes:
        return self.LAYOUT.pack(int(self.address), self.mac, self.reason)


@late_dataclass(frozen=True)
class DhcpServerOptions:
    """SlNetAppDhcpServerBasicOpt_t. lease_time: seconds."""

    LAYOUT = struct.Struct("<III")

    lease_time: int
    first: IPv4Address
    last: IPv4Address

    @classmethod
    def parse(cls, body: bytes) -> Self:
        lease_time, first, last = fields(cls.LAYOUT, body)
        return cls(lease_time, IPv4Address(first), IPv4Address(last))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.lease_time, int(self.first), int(self.last))


@late_dataclass(frozen=True)
class PortNumber(Fixed):
    """SlNetAppHttpServerGetSetPortNum_t."""

    LAYOUT = struct.Struct("<H")

    port: int


@late_dataclass(frozen=True)
class DnsClientTime(Fixed):
    """SlNetAppDnsClientTime_t. timeout: ms at most for one question."""

    LAYOUT = struct.Struct("<HH")

    timeout: int
    retries: int
