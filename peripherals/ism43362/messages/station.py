"""The `C` commands: joining an access point as a station."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.ism43362.messages.argument import Number

JOIN = b"[JOIN   ] "
ALREADY_CONNECTED = JOIN + b"Already connected!"
"""Data of the error that C0 gives while joined."""


class SecurityType(Number):
    """`C3`, `A1`: 0 open, 1 WEP, 2 WPA, 3 WPA2-AES, 4 WPA+WPA2, 5 WPA2-TKIP."""

    MAXIMUM = 5


class JoinRetries(Number):
    """`CB`."""

    MAXIMUM = 10


@late_dataclass(frozen=True)
class Joined:
    """Data of C0's reply, and an asynchronous message after an automatic join."""

    ssid: bytes
    address: IPv4Address

    @classmethod
    def parse(cls, data: bytes) -> Self:
        ssid, address, _, _ = data.removeprefix(JOIN).rsplit(b",", 3)
        return cls(ssid, IPv4Address(address.decode("ascii")))

    def emit(self) -> bytes:
        return JOIN + b"%s,%s,0,0" % (self.ssid, str(self.address).encode())


@late_dataclass(frozen=True)
class NotJoined:
    """Why there is no connection to `ssid`: `Failed` or `Disconnected`."""

    ssid: bytes
    state: bytes = b"Failed"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        ssid, _, state = data.removeprefix(JOIN).rpartition(b",")
        return cls(ssid, state)

    def emit(self) -> bytes:
        return JOIN + self.ssid + b"," + self.state


@late_dataclass(frozen=True)
class NetworkReport:
    """Data of C?: 15 fields; Arm's driver takes the last one for the state of the link."""

    ssid: bytes
    passphrase: bytes
    security: int
    dhcp: bool
    addresses: tuple[IPv4Address, ...]
    """Own address, netmask, gateway, first and second DNS server."""
    retries: int
    auto_connect: bool
    authentication: int
    country: bytes
    connected: bool
    ip_version: int = 0

    @classmethod
    def parse(cls, data: bytes) -> Self:
        ssid, passphrase, *rest = data.split(b",")
        security, dhcp, version = map(int, rest[:3])
        retries, auto, authentication = map(int, rest[8:11])
        return cls(
            ssid,
            passphrase,
            security,
            bool(dhcp),
            tuple(IPv4Address(text.decode("ascii")) for text in rest[3:8]),
            retries,
            bool(auto),
            authentication,
            rest[11],
            rest[12] == b"1",
            version,
        )

    def emit(self) -> bytes:
        return b",".join(
            (
                self.ssid,
                self.passphrase,
                b"%d,%d,%d" % (self.security, self.dhcp, self.ip_version),
                ",".join(map(str, self.addresses)).encode(),
                b"%d,%d,%d" % (self.retries, self.auto_connect, self.authentication),
                self.country,
                b"%d" % self.connected,
            )
        )
