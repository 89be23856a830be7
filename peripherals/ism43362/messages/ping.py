"""The `T` commands: ICMP echo."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.ism43362.messages.argument import Number


class PingCount(Number):
    """`T2`."""

    MAXIMUM = 100


class PingInterval(Number):
    """`T3`, in ms."""

    MAXIMUM = 60_000


@late_dataclass(frozen=True)
class PingLine:
    """One line of T0's reply. round_trip: ms; None: nothing came back in time."""

    address: IPv4Address
    round_trip: int | None

    @classmethod
    def parse(cls, data: bytes) -> Self:
        address, _, outcome = data.partition(b",")
        where = IPv4Address(address.decode("ascii"))
        return cls(where, None if outcome == b"Timeout" else int(outcome))

    def emit(self) -> bytes:
        outcome = b"Timeout" if self.round_trip is None else b"%d" % self.round_trip
        return str(self.address).encode() + b"," + outcome


@late_dataclass(frozen=True)
class PingSettings:
    """Data of T?."""

    address: IPv4Address
    count: int
    interval: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        address, count, interval = data.decode("ascii").split(",")
        return cls(IPv4Address(address), int(count), int(interval))

    def emit(self) -> bytes:
        return f"{self.address},{self.count},{self.interval}".encode()
