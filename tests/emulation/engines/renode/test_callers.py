"""Who connects to a Renode that waits for its helper."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from renode_wifi.emulation.engines.renode import protocol
from tests.emulation.engines.renode.dotnet_parts.system import TcpListener

# Behind the stand-in, which it needs.
from tests.emulation.engines.renode import dotnet  # noqa: F401  # isort: skip
from renode_wifi.emulation.engines.renode.inside import callers  # isort: skip

TOKEN = "5" * 64
GREETING = f"{protocol.greeting(TOKEN)}\n".encode()


@dataclass
class Port:
    listener: TcpListener
    log: list[str] = field(default_factory=list)
    clients: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.callers = callers.Callers(self.listener, TOKEN, lambda level, text: self.note(text))

    def note(self, text: str) -> None:
        self.log.append(text)

    def connect(self, said: bytes = b"") -> socket.socket:
        port = self.listener.LocalEndpoint.Port
        client = socket.create_connection(("127.0.0.1", port), timeout=10)
        client.sendall(said)
        self.clients.append(client)
        return client

    def known(self, looks: int = 1000) -> bool:
        """Whether one of so many looks finds somebody."""
        return any(self.callers.look() is not None for _ in range(looks))


@pytest.fixture
def port() -> Iterator[Port]:
    port = Port(TcpListener("127.0.0.1", 0))
    yield port
    port.callers.close()
    port.listener.Stop()
    for client in port.clients:
        client.close()


def test_callers_that_say_nothing_or_drip_keep_nobody_out(port: Port) -> None:
    port.connect()
    dripping = port.connect()
    assert not port.known(looks=2)
    dripping.sendall(b"r")
    helper = port.connect()
    assert not port.known(looks=2)
    helper.sendall(GREETING[:20])
    dripping.sendall(b"e")
    assert not port.known(looks=2)
    helper.sendall(GREETING[20:])
    assert port.known()
    assert port.log == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"GET / HTTP/1.1\r\n", "not renode-wifi"),
        (b"x" * 1000, "not renode-wifi"),
        (GREETING.replace(b"5" * 64, b"6" * 64), "does not know the token"),
        (b"\xff\xfe\n", "not renode-wifi"),
    ],
)
def test_a_caller_that_is_no_helper_is_sent_away(port: Port, said: bytes, why: str) -> None:
    client = port.connect(said)
    while not port.log:
        assert not port.known(looks=1)
    assert why in port.log[0]
    # A reset, where bytes of its own had not been read.
    with contextlib.suppress(ConnectionResetError):
        assert client.recv(1) == b""
    port.connect(GREETING)
    assert port.known()


def test_a_caller_that_hangs_up_is_forgotten(port: Port) -> None:
    port.connect(b"reno").close()
    while not port.log:
        assert not port.known(looks=1)
    assert "hung up" in port.log[0]


def test_a_callers_time_for_its_greeting_is_limited(port: Port) -> None:
    port.connect(b"r")
    assert not port.known(looks=callers.MAX_LOOKS + 5)
    assert "says nothing" in port.log[0]


def test_a_crowd_of_callers_keeps_nobody_out(port: Port) -> None:
    for number in range(2 * callers.MAX_CALLERS):
        port.connect(b"r")
        assert not port.known(looks=1), number
    port.connect(GREETING)
    assert port.known()
