"""The `A` commands: the module as an access point."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.ism43362.messages.argument import Number, required
from renode_wifi.peripherals.ism43362.messages.request import BadRequest

AP = b"[AP     ] "
ALREADY_RUNNING = AP + b"Already running"
"""Data of the error that AD gives while the access point is up."""
MAX_SSID = 32
DHCP = b"[DHCP   ] Assigned "


@late_dataclass(frozen=True)
class ApSsid:
    """`AS=<0|1>,<ssid>`. append_mac: the last part of the name is the MAC address."""

    append_mac: bool
    ssid: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        append, comma, ssid = required(data)[0].partition(b",")
        if append not in (b"0", b"1") or not comma or not 0 < len(ssid) <= MAX_SSID:
            raise BadRequest("AS=<0|1>,<ssid>")
        return cls(append == b"1", ssid)

    def emit(self) -> bytes:
        return b"=%d,%s\r" % (self.append_mac, self.ssid)


class Channel(Number):
    """`AC`: 0 leaves the choice to the module."""

    MAXIMUM = 14


class MaxClients(Number):
    """`AT`."""

    MAXIMUM = 4


class LeaseHours(Number):
    """`AL`."""

    MAXIMUM = 254
    MINIMUM = 1


@late_dataclass(frozen=True)
class ApStarted:
    """Data of AD's reply: name, security type, address."""

    ssid: bytes
    security: int
    address: IPv4Address

    @classmethod
    def parse(cls, data: bytes) -> Self:
        ssid, security, address = data.removeprefix(AP).rsplit(b",", 2)
        return cls(ssid, int(security), IPv4Address(address.decode("ascii")))

    def emit(self) -> bytes:
        return AP + b"%s,%d,%s" % (self.ssid, self.security, str(self.address).encode())


@late_dataclass(frozen=True)
class LeaseAssigned:
    """An asynchronous message: a station has joined the access point."""

    mac: bytes
    address: IPv4Address

    @classmethod
    def parse(cls, data: bytes) -> Self:
        mac, _, address = data.removeprefix(DHCP).partition(b" has ")
        return cls(from_colons(mac), IPv4Address(address.decode("ascii")))

    def emit(self) -> bytes:
        return DHCP + b"%s has %s" % (colons(self.mac), str(self.address).encode())


@late_dataclass(frozen=True)
class ApClient:
    """One line of AA's reply."""

    mac: bytes
    address: IPv4Address

    @classmethod
    def parse(cls, data: bytes) -> Self:
        mac, _, address = data.partition(b",")
        return cls(from_colons(mac), IPv4Address(address.decode("ascii")))

    def emit(self) -> bytes:
        return b"%s,%s" % (colons(self.mac), str(self.address).encode())


@late_dataclass(frozen=True)
class ApSettings:
    """Data of A?; Arm's driver takes the address from the second field."""

    ssid: bytes
    address: IPv4Address
    security: int
    key: bytes
    channel: int
    max_clients: int
    lease_hours: int
    running: bool

    @classmethod
    def parse(cls, data: bytes) -> Self:
        ssid, address, security, key, *rest = data.split(b",")
        channel, clients, hours, running = map(int, rest)
        where = IPv4Address(address.decode("ascii"))
        return cls(ssid, where, int(security), key, channel, clients, hours, bool(running))

    def emit(self) -> bytes:
        return b",".join(
            (
                self.ssid,
                str(self.address).encode(),
                b"%d" % self.security,
                self.key,
                b"%d,%d" % (self.channel, self.max_clients),
                b"%d,%d" % (self.lease_hours, self.running),
            )
        )


def colons(mac: bytes) -> bytes:
    return mac.hex(":").upper().encode()


def from_colons(text: bytes) -> bytes:
    return bytes(int(part, 16) for part in text.split(b":"))
