"""Sockets that listen, and datagrams."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.peers import Phone
from tests.peripherals.simplelink.rig import ECHO, UDP_ECHO, Rig

TIMEOUT, NON_BLOCKING = 20, 24


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def driver(rig: Rig) -> HostDriver:
    return rig.joined()


# Servers and datagrams


def test_server_accepts_and_talks(rig: Rig, driver: HostDriver) -> None:
    """SWRU455M, Server Side: bind, listen, accept."""
    phone = Phone(rig)
    server = driver.socket()
    assert driver.bind(server, 8080) == 0
    assert driver.listen(server) == 0
    phone.connect(8080)
    client = driver.accept(server)
    assert client == 1
    assert phone.stream is not None
    driver.run(SECOND)
    phone.stream.send(b"hello")
    assert driver.receive(client) == (5, b"hello")
    driver.send(client, b"welcome")
    driver.run(SECOND)
    assert phone.data == b"welcome"
    phone.stream.close()
    assert driver.receive(client) == (0, b"")
    assert driver.close(client) == 0
    assert driver.close(server) == 0


def test_accept_waits_or_does_not(rig: Rig, driver: HostDriver) -> None:
    """SWRU455M, Server Side: accept waits, or returns at once where it may not."""
    phone = Phone(rig)
    server = driver.socket()
    driver.bind(server, 8080)
    driver.listen(server, 1)
    assert driver.accept(server, SECOND) is None
    assert driver.accept(server) == Error.IN_EXECUTION
    phone.connect(8080)
    assert driver.event(Opcode.ACCEPT_ASYNC) is not None
    assert driver.set_option(server, NON_BLOCKING, b"\1\0\0\0") == 0
    assert driver.accept(server) == Error.WOULD_BLOCK
    phone.connect(8080)
    phone.connect(8080)
    driver.run(SECOND)
    assert phone.closed, "more peers than the backlog has room for"
    assert driver.select(1 << server, 0, 100) == (1, 1 << server, 0)
    assert driver.accept(server) == 2


def test_listen_reserves_a_socket_for_the_next_connection(rig: Rig, driver: HostDriver) -> None:
    """SWRU455M, Server Side: an additional socket is allocated for that by listen."""
    phone = Phone(rig)
    server = driver.socket()
    driver.bind(server, 8080)
    driver.listen(server)
    others = []
    while (number := driver.socket()) >= 0:
        others.append(number)
    assert len(others) == 14
    phone.connect(8080)
    accepted = driver.accept(server)
    assert accepted == 15
    phone.connect(8080)
    assert driver.accept(server) == Error.NO_SOCKETS, "nothing was left to be reserved"
    assert driver.close(others[0]) == 0
    assert driver.socket() == Error.NO_SOCKETS, "the one that was closed is reserved again"
    phone.connect(8080)
    assert driver.accept(server) == others[0]
    assert driver.close(server) == 0
    assert driver.socket() == server


def test_listen_with_a_full_table_fails(driver: HostDriver) -> None:
    """SWRU455M, Server Side: a server needs a socket more."""
    server = driver.socket()
    driver.bind(server, 8080)
    while driver.socket() >= 0:
        pass
    assert driver.listen(server) == Error.NO_SOCKETS


def test_close_ends_accept_and_connect_that_wait(driver: HostDriver) -> None:
    server = driver.socket()
    driver.bind(server, 8080)
    driver.listen(server)
    assert driver.accept(server, SECOND) is None
    assert driver.close(server) == 0
    message = driver.event(Opcode.ACCEPT_ASYNC, 0)
    assert message is not None
    assert message.unpack("h") == (Error.GENERAL,)
    number = driver.socket()
    driver.post(Opcode.CONNECT, driver.address(number, ECHO, "10.10.0.77"))
    driver.run(10 * MILLISECOND)
    assert driver.close(number) == 0
    assert driver.event(Opcode.CONNECT_ASYNC, 0) is not None


def test_listening_wants_a_bound_stream(driver: HostDriver) -> None:
    datagram, stream = driver.socket(2), driver.socket()
    driver.bind(datagram, 7000)
    assert driver.listen(datagram) == Error.OPERATION_NOT_SUPPORTED
    assert driver.listen(stream) == Error.INVALID
    assert driver.accept(stream) == Error.INVALID
    assert driver.bind(stream, 7000, "10.10.0.250") == Error.ADDRESS_NOT_AVAILABLE
    assert driver.bind(stream, 7000) == 0
    assert driver.bind(driver.socket(), 7000) == Error.ADDRESS_IN_USE
    assert driver.listen(stream) == 0
    assert driver.connect(stream, ECHO) == Error.INVALID


def test_listener_made_before_the_join_works_after_it(rig: Rig) -> None:
    driver = rig.started()
    server = driver.socket()
    driver.bind(server, 8080)
    assert driver.listen(server) == 0
    driver.joined()
    for _ in range(2):
        phone = Phone(rig)
        phone.connect(8080)
        assert driver.accept(server) is not None
        driver.status(Opcode.WLAN_DISCONNECT)
        driver.run(SECOND)
        driver.joined()


def test_datagrams_are_echoed(driver: HostDriver) -> None:
    number = driver.socket(2)
    driver.send_to(number, b"ping", UDP_ECHO, "10.10.0.1")
    assert driver.receive_from(number) == (4, b"ping", (IPv4Address("10.10.0.1"), UDP_ECHO))
    assert driver.connect(number, UDP_ECHO) == 0
    driver.send(number, b"pong!")
    assert driver.receive(number, 3) == (3, b"pon")
    assert driver.receive(number, flags=8) == (Error.WOULD_BLOCK, b"")


def test_datagram_without_a_destination_or_a_network_fails(rig: Rig) -> None:
    driver = rig.started()
    number = driver.socket(2)
    driver.send(number, b"x")
    driver.send_to(number, b"x", UDP_ECHO, "10.10.0.1")
    errors = []
    for _ in range(2):
        message = driver.event(Opcode.TX_FAILED)
        assert message is not None
        errors.append(message.unpack("h")[0])
    assert errors == [Error.DESTINATION_REQUIRED, Error.UNREACHABLE]


def test_datagram_socket_bound_before_the_join_works_after_it(rig: Rig) -> None:
    driver = rig.started()
    number = driver.socket(2)
    assert driver.bind(number, 5000) == 0
    driver.joined()
    driver.send_to(number, b"ping", UDP_ECHO, "10.10.0.1")
    got = driver.receive_from(number)
    assert got is not None
    assert got[1] == b"ping"
