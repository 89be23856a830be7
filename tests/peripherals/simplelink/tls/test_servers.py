"""Secure sockets of servers."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.contract.stream import Failure, Stream
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.settings import TlsSettings, TlsVerdict
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import (
    TARPIT,
    Rig,
)
from tests.peripherals.simplelink.tls.credentials import (
    FAILED,
    START_TLS,
    prepare,
    with_files,
)


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def driver(rig: Rig) -> HostDriver:
    return with_files(rig)


class Visitor:
    """A peer in the world that speaks TLS to the board."""

    def __init__(self, rig: Rig, **settings: Any) -> None:
        self.rig = rig
        self.settings = TlsSettings(ca=rig.world.ca_pem, **settings)
        self.station = rig.world.station(b"\x02phone")
        self.verdict: TlsVerdict | None = None
        self.stream: TlsStream | None = None
        self.ended = False
        self.station.join(b"fwemu-ap", b"fwemu-pass", None, self.on_joined)
        rig.driver.run(5 * SECOND)

    def on_joined(self, outcome: object) -> None: ...

    def connect(self, port: int) -> None:
        lease = self.rig.nwp.processor.lease
        assert lease is not None
        self.station.connect((lease.address, port), self)

    def on_connected(self, stream: Stream) -> None:
        clock = self.rig.machine.clock
        self.stream = TlsStream(stream, self.settings, self, clock, Random(1))

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None: ...

    def on_handshake(self, stream: TlsStream, verdict: TlsVerdict) -> None:
        self.verdict = verdict

    def on_data(self, stream: Stream) -> None: ...

    def on_writable(self, stream: Stream) -> None: ...

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        self.ended = True


def secure_server(driver: HostDriver, **files: bytes) -> int:
    number = driver.socket(protocol=100)
    prepare(driver, number, **files)
    assert driver.bind(number, 443) == 0
    assert driver.listen(number) == 0
    return number


def test_secure_server_accepts_after_the_handshake(rig: Rig, driver: HostDriver) -> None:
    """SWRU455M, Secure Socket, Server: an accept gives a secure connection."""
    server = secure_server(driver, certificate=b"/cert", key=b"/key")
    visitor = Visitor(rig)
    visitor.connect(443)
    client = driver.accept(server)
    assert client == 1
    driver.run(SECOND)
    assert visitor.stream is not None
    assert visitor.verdict is not None
    assert visitor.verdict.problem is None
    visitor.stream.send(b"hello")
    assert driver.receive(client) == (5, b"hello")
    driver.send(client, b"welcome")
    driver.run(SECOND)
    assert visitor.stream.receive(100) == b"welcome"


def test_secure_server_may_be_asked_without_waiting(rig: Rig, driver: HostDriver) -> None:
    server = secure_server(driver, certificate=b"/cert", key=b"/key")
    assert driver.set_option(server, 24, b"\1\0\0\0") == 0
    visitor = Visitor(rig)
    visitor.connect(443)
    driver.run(SECOND)
    assert driver.accept(server) == Error.WOULD_BLOCK
    assert driver.close(1) == Error.BAD_SOCKET
    driver.run(SECOND)
    assert driver.select(1 << server, 0, 100) == (1, 1 << server, 0)
    assert driver.accept(server) == 1


def test_secure_server_turns_away_who_has_no_certificate(rig: Rig, driver: HostDriver) -> None:
    server = secure_server(driver, certificate=b"/cert", key=b"/key", ca=b"/ca", method=b"\3")
    Visitor(rig).connect(443)
    assert driver.accept(server, 5 * SECOND) is None
    message = driver.event(Opcode.SOCKET_EVENT, 0)
    assert message is not None
    assert message.unpack("BB") == (server, 0)
    certificate, key = rig.world.client_credentials("visitor")
    known = Visitor(rig, certificate=certificate, key=key)
    known.connect(443)
    message = driver.event(Opcode.ACCEPT_ASYNC)
    assert message is not None
    assert message.unpack("hB") == (1, server)


def test_secure_server_needs_its_own_certificate(rig: Rig, driver: HostDriver) -> None:
    server = secure_server(driver)
    Visitor(rig).connect(443)
    assert driver.accept(server, SECOND) is None
    message = driver.event(Opcode.SOCKET_EVENT, 0)
    assert message is not None
    assert message.unpack("BBh") == (server, 0, Error.TLS_BAD_CERTIFICATE_FILE)


def test_closing_a_secure_server_ends_its_handshakes(rig: Rig, driver: HostDriver) -> None:
    server = secure_server(driver, certificate=b"/cert", key=b"/key")
    plain = rig.world.station(b"\x02phone")
    silent = Visitor(rig)
    silent.on_connected = silent.on_data  # type: ignore[method-assign]
    silent.connect(443)
    assert plain.lease is not None
    assert driver.accept(server, SECOND) is None
    assert driver.close(server) == 0
    driver.run(SECOND)
    assert rig.nwp.sockets.table == [None] * 16
    assert driver.socket(protocol=100) == 0


def test_closing_during_a_handshake_ends_it_for_whoever_waits(driver: HostDriver) -> None:
    number = driver.socket()
    assert driver.connect(number, TARPIT) == 0
    assert driver.set_option(number, START_TLS, bytes(4)) == 0
    assert driver.close(number) == 0
    message = driver.event(Opcode.SOCKET_EVENT, 0)
    assert message is not None
    assert message.unpack("BBh") == (number, FAILED, Error.GENERAL)
    assert driver.event(Opcode.SOCKET_EVENT, 60 * SECOND) is None
