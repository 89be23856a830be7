"""Options of sockets, multicast among them."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.peers import Phone, Silence
from tests.peripherals.simplelink.rig import UDP_ECHO, Rig

TIMEOUT = 20
JOIN, LEAVE = 65, 66


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def driver(rig: Rig) -> HostDriver:
    return rig.joined()


# Options


def test_options_are_kept_or_refused(driver: HostDriver) -> None:
    number = driver.socket()
    assert driver.set_option(number, 9, b"\1\0\0\0") == 0
    assert driver.get_option(number, 9) == (0, b"\1\0\0\0")
    assert driver.get_option(number, 37) == (0, struct.pack("<I", 300))
    assert driver.set_option(number, 99, bytes(4)) == Error.NO_PROTOCOL_OPTION
    assert driver.get_option(number, 99)[0] == Error.NO_PROTOCOL_OPTION
    assert driver.set_option(number, TIMEOUT, b"\1") == Error.INVALID
    assert driver.set_option(number, 25, b"\x09") == Error.INVALID
    assert driver.set_option(number, 5, bytes(8), level=2) == Error.NO_PROTOCOL_OPTION
    assert driver.set_option(number, 5, bytes(4), level=7) == Error.NO_PROTOCOL_OPTION


TLS_OPTIONS = (25, 26, 30, 31, 32, 33, 38, 40, 42, 44)
DATAGRAM_OPTIONS = ((1, 39), (2, 60), (2, 61), (2, 65), (2, 66))
NOT_MODELLED = ((1, 27), (1, 41), (1, 43), (2, 67), (2, 68), (2, 69), (2, 70))


def test_options_belong_to_a_kind_of_socket(driver: HostDriver) -> None:
    stream, datagram = driver.socket(), driver.socket(2)
    for option in TLS_OPTIONS:
        assert driver.set_option(datagram, option, bytes(4)) == Error.OPERATION_NOT_SUPPORTED
    for level, option in DATAGRAM_OPTIONS:
        status = driver.set_option(stream, option, bytes(8), level=level)
        assert status == Error.OPERATION_NOT_SUPPORTED


def test_no_option_is_accepted_without_effect(driver: HostDriver) -> None:
    for number in (driver.socket(), driver.socket(2)):
        for level, option in NOT_MODELLED:
            status = driver.set_option(number, option, bytes(8), level=level)
            assert status == Error.NO_PROTOCOL_OPTION, (level, option)
            assert driver.get_option(number, option, level=level)[0] == Error.NO_PROTOCOL_OPTION


def test_receive_buffer_holds_the_peer_back(rig: Rig, driver: HostDriver) -> None:
    """SWRU455M, Socket Options: SO_RCVBUF bounds what waits."""
    phone = Phone(rig)
    server = driver.socket()
    driver.set_option(server, 8, struct.pack("<I", 2000))
    driver.bind(server, 8080)
    driver.listen(server)
    phone.connect(8080)
    accepted = driver.accept(server)
    assert accepted is not None
    driver.run(SECOND)
    assert phone.stream is not None
    assert phone.stream.send(bytes(5000)) == 2000
    driver.run(SECOND)
    assert phone.stream.send(bytes(3000)) == 0
    assert driver.receive(accepted, 500) == (500, bytes(500))
    driver.run(SECOND)
    assert phone.stream.send(bytes(3000)) == 500
    driver.set_option(accepted, 8, struct.pack("<I", 4000))
    assert phone.stream.send(bytes(3000)) == 2000


@pytest.mark.parametrize(("options", "noticed"), [({37: 60}, 60), ({}, 300), ({9: 0}, None)])
def test_keep_alive_notices_a_peer_that_has_vanished(
    rig: Rig, driver: HostDriver, options: dict[int, int], noticed: int | None
) -> None:
    """sl_socket.h: on by default, after five minutes without traffic."""
    phone = Phone(rig)
    server = driver.socket()
    driver.bind(server, 8080)
    driver.listen(server)
    phone.connect(8080)
    accepted = driver.accept(server)
    assert accepted is not None
    for option, value in options.items():
        assert driver.set_option(accepted, option, struct.pack("<I", value)) == 0
    driver.run(SECOND)
    phone.station.leave()
    started = rig.machine.clock.now
    answer = driver.receive(accepted, wait=900 * SECOND)
    if noticed is None:
        assert answer is None
    else:
        assert answer == (Error.GENERAL, b"")
        waited = (rig.machine.clock.now - started) // SECOND
        assert noticed - 2 <= waited <= noticed + 120


def test_rest_of_a_datagram_is_lost_or_kept(driver: HostDriver) -> None:
    """sl_socket.h, SL_SO_RX_NO_IP_BOUNDARY."""
    number = driver.socket(2)
    driver.bind(number, 7000)
    rest = {}
    for keep in (0, 1):
        assert driver.set_option(number, 39, struct.pack("<I", keep)) == 0
        for data in (b"0123456789", b"next"):
            driver.send_to(number, data, UDP_ECHO, "10.10.0.1")
        driver.run(SECOND)
        assert driver.receive_from(number, 4) == (4, b"0123", (IPv4Address("10.10.0.1"), UDP_ECHO))
        got = driver.receive_from(number)
        assert got is not None
        rest[keep] = got[1]
        if keep:
            assert driver.receive_from(number, wait=SECOND) is not None
    assert rest == {0: b"next", 1: b"456789"}


# Multicast


def membership(group: str) -> bytes:
    return IPv4Address(group).packed + bytes(4)


def test_members_of_a_group_get_it_and_nobody_else(rig: Rig, driver: HostDriver) -> None:
    """SWRU455M, Multicast: members of a group receive its datagrams."""
    member, other = driver.socket(2), driver.socket(2)
    driver.bind(member, 5350)
    driver.bind(other, 5354)
    phone = Phone(rig)
    sender = phone.station.datagrams(6000, Silence())
    assert not isinstance(sender, Failure)

    def received(group: str, port: int, number: int) -> bool:
        sender.send_to((IPv4Address(group), port), b"to the group")
        driver.run(SECOND)
        return driver.select(1 << number, 0, 10) == (1, 1 << number, 0)

    assert not received("224.0.1.200", 5350, member)
    assert driver.set_option(member, JOIN, membership("224.0.1.200"), level=2) == 0
    assert received("224.0.1.200", 5350, member)
    assert driver.receive_from(member) is not None
    assert not received("224.0.1.201", 5350, member)
    assert not received("224.0.1.200", 5354, other)
    assert driver.set_option(member, LEAVE, membership("224.0.1.200"), level=2) == 0
    assert not received("224.0.1.200", 5350, member)


def test_membership_outlives_the_network(rig: Rig, driver: HostDriver) -> None:
    number = driver.socket(2)
    driver.set_option(number, JOIN, membership("224.0.1.200"), level=2)
    driver.bind(number, 5350)
    driver.status(Opcode.WLAN_DISCONNECT)
    driver.run(SECOND)
    driver.joined()
    phone = Phone(rig)
    sender = phone.station.datagrams(6000, Silence())
    assert not isinstance(sender, Failure)
    sender.send_to((IPv4Address("224.0.1.200"), 5350), b"again")
    got = driver.receive_from(number)
    assert got is not None
    assert got[1] == b"again"


def test_memberships_are_limited_and_checked(driver: HostDriver) -> None:
    """SWRU455M, Multicast: eight groups at most."""
    first, second = driver.socket(2), driver.socket(2)

    def join(number: int, group: str) -> int:
        return driver.set_option(number, JOIN, membership(group), level=2)

    assert [join(first, f"224.0.1.{n}") for n in range(5)] == [0] * 5
    assert [join(second, f"224.0.1.{n}") for n in range(3)] == [0] * 3
    assert join(second, "224.0.1.9") == Error.NO_BUFFERS
    assert join(first, "224.0.1.0") == Error.ADDRESS_IN_USE
    assert join(first, "10.0.0.1") == Error.INVALID
    assert driver.set_option(first, JOIN, b"\xe0\0\1", level=2) == Error.INVALID
    assert driver.set_option(second, LEAVE, membership("224.0.1.4"), level=2) == (
        Error.ADDRESS_NOT_AVAILABLE
    )
    assert driver.close(first) == 0
    assert join(second, "224.0.1.9") == 0


def test_multicast_stays_at_home_with_a_time_to_live_of_0(rig: Rig, driver: HostDriver) -> None:
    number = driver.socket(2)
    driver.bind(number, 7000)
    driver.run(3 * SECOND)
    rig.machine.traced.clear()
    assert driver.get_option(number, 61, level=2) == (0, b"\1")
    assert driver.set_option(number, 61, b"\0", level=2) == 0
    driver.send_to(number, b"x", 5350, "224.0.1.200")
    driver.run(SECOND)
    assert not [f for f in rig.machine.traced if f[2] == "datagram"]
    assert driver.set_option(number, 61, b"\4", level=2) == 0
    driver.send_to(number, b"x", 5350, "224.0.1.200")
    driver.run(SECOND)
    assert [f for f in rig.machine.traced if f[2] == "datagram"]


def test_multicast_leaves_by_the_only_interface(driver: HostDriver) -> None:
    number = driver.socket(2)
    own = IPv4Address("10.10.0.50").packed
    assert driver.set_option(number, 60, bytes(4), level=2) == 0
    assert driver.set_option(number, 60, own, level=2) == 0
    assert driver.set_option(number, 60, bytes((1, 2, 3, 4)), level=2) == (
        Error.ADDRESS_NOT_AVAILABLE
    )
