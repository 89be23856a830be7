"""The `P` commands: a socket's settings, and starting and stopping client or server on it."""

from __future__ import annotations

from enum import IntEnum
from ipaddress import IPv4Address
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.ism43362.messages.argument import (
    Milliseconds,
    Number,
    Switch,
    fields,
    line,
    number,
    required,
)
from renode_wifi.peripherals.ism43362.messages.request import BadRequest

SOCKETS = 4
WAITING_ON_CONNECTION = b"[TCP SVR] Waiting on connection..."
"""Data of P5=1's reply."""


class Protocol(IntEnum):
    """`P1`. No source describes MQTT well enough."""

    TCP = 0
    UDP = 1
    UDP_LITE = 2
    TLS = 3
    MQTT = 4


class SocketNumber(Number):
    """`P0`."""

    MAXIMUM = SOCKETS - 1


class ProtocolNumber(Number):
    """`P1`."""

    MAXIMUM = max(Protocol)


class ServerMode(IntEnum):
    """`P5`."""

    STOP = 0
    START = 1
    CLOSE_CLIENT = 10
    START_LOOP = 11
    """Start, and accept one client after another."""


@late_dataclass(frozen=True)
class ServerCommand:
    """`P5`."""

    mode: ServerMode

    @classmethod
    def parse(cls, data: bytes) -> Self:
        value = number(required(data)[0], max(ServerMode))
        try:
            return cls(ServerMode(value))
        except ValueError:
            raise BadRequest("P5=<0|1|10|11>") from None

    def emit(self) -> bytes:
        return line(int(self.mode))


class AcceptLoop(Number):
    """`P7`: 0 or 1 set the accept loop, 2 closes the client, 3 turns to the next."""

    MAXIMUM = 3
    CLOSE_CLIENT = 2


class Backlog(Number):
    """`P8`."""

    MAXIMUM = 6


class Verification(Number):
    """`P9`: 0 none, 1 the server, 2 the server, and show the client's certificate."""

    MAXIMUM = 2


class BypassMode(Number):
    """`PR`: of the UART variants; on SPI it can only be off."""

    MAXIMUM = 0


@late_dataclass(frozen=True)
class KeepAlive:
    """`PK=<0|1>,<ms>`."""

    enabled: bool
    milliseconds: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        (enabled, milliseconds), _ = fields(data, 2)
        return cls(number(enabled, Switch.MAXIMUM) == 1, number(milliseconds, Milliseconds.MAXIMUM))

    def emit(self) -> bytes:
        return line(int(self.enabled), self.milliseconds)


@late_dataclass(frozen=True)
class Accepted:
    """An asynchronous message: a server has a client. kind: `TCP` or `UDP`."""

    kind: str
    address: IPv4Address
    port: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        kind, _, rest = data.decode("ascii").removeprefix("[").partition(" SVR] Accepted ")
        address, _, port = rest.partition(":")
        return cls(kind, IPv4Address(address), int(port))

    def emit(self) -> bytes:
        return f"[{self.kind} SVR] Accepted {self.address}:{self.port}".encode()


@late_dataclass(frozen=True)
class TransportSettings:
    """Data of P?."""

    protocol: int
    local: IPv4Address
    local_port: int
    remote: IPv4Address
    remote_port: int
    tcp_server: bool
    udp_server: bool
    backlog: int
    accept_loop: bool
    read_mode: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        texts = data.decode("ascii").split(",")
        protocol, local_port, remote_port, tcp, udp, backlog, loop, mode = (
            int(text) for index, text in enumerate(texts) if index not in (1, 3)
        )
        return cls(
            protocol,
            IPv4Address(texts[1]),
            local_port,
            IPv4Address(texts[3]),
            remote_port,
            bool(tcp),
            bool(udp),
            backlog,
            bool(loop),
            mode,
        )

    def emit(self) -> bytes:
        ends = f"{self.local},{self.local_port},{self.remote},{self.remote_port}"
        servers = f"{self.tcp_server:d},{self.udp_server:d}"
        rest = f"{self.backlog},{self.accept_loop:d},{self.read_mode}"
        return f"{self.protocol},{ends},{servers},{rest}".encode()
