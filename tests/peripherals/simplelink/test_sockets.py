"""Plain sockets: making, connecting, data both ways, time-outs, select, flow control."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address

import pytest

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, SECOND
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.peers import Phone, connected, stuffed
from tests.peripherals.simplelink.rig import ECHO, TARPIT, Rig

__all__ = ["Phone"]

TIMEOUT, NON_BLOCKING = 20, 24


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def driver(rig: Rig) -> HostDriver:
    return rig.joined()


# Making and closing


def test_sixteen_sockets_echo_at_once_and_a_seventeenth_is_refused(driver: HostDriver) -> None:
    numbers = [connected(driver) for _ in range(16)]
    assert numbers == list(range(16))
    assert driver.socket() == Error.NO_SOCKETS
    for number in numbers:
        driver.send(number, b"%d" % number * 100)
    for number in numbers:
        assert driver.receive_all(number, len(b"%d" % number) * 100) == b"%d" % number * 100
    for number in numbers:
        assert driver.close(number) == 0
    assert driver.socket() == 0


@pytest.mark.parametrize(
    ("domain", "kind", "protocol", "error"),
    [
        (3, 1, 0, Error.FAMILY_NOT_SUPPORTED),
        (2, 3, 0, Error.SOCKET_TYPE_NOT_SUPPORTED),
        (2, 1, 17, Error.PROTOCOL_NOT_SUPPORTED),
        (2, 2, 100, Error.PROTOCOL_NOT_SUPPORTED),
    ],
)
def test_sockets_that_do_not_exist_are_refused(
    driver: HostDriver, domain: int, kind: int, protocol: int, error: int
) -> None:
    assert driver.socket(kind, protocol, domain) == error


def test_commands_on_a_socket_that_was_never_made_fail(driver: HostDriver) -> None:
    assert driver.close(3) == Error.BAD_SOCKET
    assert driver.connect(3, ECHO) == Error.BAD_SOCKET
    assert driver.bind(3, 5) == Error.BAD_SOCKET
    assert driver.listen(3) == Error.BAD_SOCKET
    assert driver.accept(3) == Error.BAD_SOCKET
    assert driver.set_option(3, TIMEOUT, bytes(8)) == Error.BAD_SOCKET
    assert driver.get_option(3, TIMEOUT)[0] == Error.BAD_SOCKET
    assert driver.receive(3) == (Error.BAD_SOCKET, b"")
    assert driver.select(8, 0, 100) == (Error.BAD_SOCKET, 0, 0)
    driver.send(3, b"lost")
    message = driver.event(Opcode.TX_FAILED)
    assert message is not None
    assert message.unpack("hB") == (Error.BAD_SOCKET, 3)


def test_every_close_is_followed_by_its_event(driver: HostDriver) -> None:
    for kind in (1, 2):
        number = driver.socket(kind)
        assert driver.close(number) == 0


# Connecting


def test_closed_port_is_refused(driver: HostDriver) -> None:
    number = driver.socket()
    assert driver.connect(number, 9) == Error.REFUSED
    assert driver.connect(number, ECHO) == 0


def test_silent_address_times_out(driver: HostDriver) -> None:
    number = driver.socket()
    assert driver.connect(number, ECHO, "10.10.0.77") in (Error.TIMED_OUT, Error.UNREACHABLE)


def test_no_connection_without_a_network(rig: Rig) -> None:
    driver = rig.started()
    assert driver.connect(driver.socket(), ECHO) == Error.UNREACHABLE


def test_connected_socket_cannot_connect_again(driver: HostDriver) -> None:
    assert driver.connect(connected(driver), ECHO) == Error.ALREADY_CONNECTED


def test_non_blocking_connect_is_asked_again(driver: HostDriver) -> None:
    number = driver.socket()
    assert driver.set_option(number, NON_BLOCKING, b"\1\0\0\0") == 0
    assert driver.connect(number, ECHO) == Error.IN_PROGRESS
    driver.run(SECOND)
    assert driver.connect(number, ECHO) == 0
    assert driver.connect(number, ECHO) == Error.ALREADY_CONNECTED
    refused = driver.socket()
    driver.set_option(refused, NON_BLOCKING, b"\1\0\0\0")
    assert driver.connect(refused, 9) == Error.IN_PROGRESS
    driver.run(SECOND)
    assert driver.connect(refused, 9) == Error.REFUSED


# Data


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 1459, 1460, 1461, 2920, 4608])
def test_data_comes_back_unchanged(driver: HostDriver, size: int) -> None:
    number = connected(driver)
    data = bytes(n * 7 & 255 for n in range(size))
    driver.send(number, data)
    assert driver.receive_all(number, size) == data


def test_receive_takes_no_more_than_asked(driver: HostDriver) -> None:
    number = connected(driver)
    driver.send(number, b"abcdef")
    driver.run(SECOND)
    assert driver.receive(number, 4) == (4, b"abcd")
    assert driver.receive(number, 4) == (2, b"ef")


@pytest.mark.parametrize(
    ("milliseconds", "expected"), [(10, 10), (150, 150), (155, 160), (2000, 2000), (1, 10)]
)
def test_receive_times_out_on_the_step_of_ten_milliseconds(
    driver: HostDriver, milliseconds: int, expected: int
) -> None:
    number = connected(driver)
    value = struct.pack("<II", milliseconds // 1000, milliseconds % 1000 * 1000)
    assert driver.set_option(number, TIMEOUT, value) == 0
    before = driver.machine.clock.now
    assert driver.receive(number) == (Error.WOULD_BLOCK, b"")
    assert driver.last is not None
    assert driver.last.time - before == expected * MILLISECOND


def test_receive_without_a_timeout_waits(driver: HostDriver) -> None:
    number = connected(driver)
    assert driver.receive(number, wait=100 * SECOND) is None
    driver.send(number, b"x")
    message = driver.event(Opcode.RECV_ASYNC)
    assert message is not None
    assert message.body[4:] == b"x"


def test_non_blocking_receive_does_not_wait(rig: Rig, driver: HostDriver) -> None:
    number = connected(driver)
    assert driver.receive(number, flags=8) == (Error.WOULD_BLOCK, b"")
    driver.post(Opcode.RECV, struct.pack("<HBB", 10, number, 0))
    driver.run(SECOND)
    assert driver.set_option(number, NON_BLOCKING, b"\1\0\0\0") == 0
    assert driver.last is not None
    assert driver.event(Opcode.RECV_ASYNC) is not None
    assert driver.last.non_blocking == 1 << number
    assert driver.receive(number) == (Error.WOULD_BLOCK, b"")


def test_second_receive_while_one_waits_is_refused(driver: HostDriver) -> None:
    number = connected(driver)
    driver.post(Opcode.RECV, struct.pack("<HBB", 10, number, 0))
    assert driver.receive(number) == (Error.IN_EXECUTION, b"")


def test_close_ends_a_receive_that_waits(driver: HostDriver) -> None:
    number = connected(driver)
    driver.post(Opcode.RECV, struct.pack("<HBB", 10, number, 0))
    driver.run(SECOND)
    assert driver.close(number) == 0
    message = driver.event(Opcode.RECV_ASYNC, 0)
    assert message is not None
    assert message.unpack("hB") == (Error.GENERAL, number)


def test_receive_needs_a_connection(driver: HostDriver) -> None:
    assert driver.receive(driver.socket()) == (Error.NOT_CONNECTED, b"")


def test_peer_s_close_is_received_as_nothing(rig: Rig, driver: HostDriver) -> None:
    number = connected(driver)
    driver.send(number, b"last")
    driver.run(SECOND)
    for connection in list(rig.world.server("echo").connections):
        connection.end()
    driver.run(SECOND)
    assert driver.receive(number) == (4, b"last")
    assert driver.receive(number) == (0, b"")
    assert driver.close(number) == 0


def test_peer_s_reset_fails_the_next_send_and_receive(rig: Rig, driver: HostDriver) -> None:
    number = connected(driver)
    rig.world.inject("server-resets", server="echo")
    driver.run(SECOND)
    assert driver.receive(number) == (Error.GENERAL, b"")
    assert driver.last is not None
    assert driver.last.failing >> number & 1
    driver.send(number, b"lost")
    assert driver.event(Opcode.TX_FAILED) is not None


def test_unconnected_stream_is_known_to_fail_before_its_first_send(driver: HostDriver) -> None:
    number = driver.socket()
    assert driver.set_option(number, TIMEOUT, bytes(8)) == 0
    assert driver.last is not None
    assert driver.last.failing == 1 << number
    assert driver.connect(number, ECHO) == 0
    assert driver.last.failing == 0
    driver.send(driver.socket(), b"x")
    message = driver.event(Opcode.TX_FAILED)
    assert message is not None
    assert message.unpack("h") == (Error.NOT_CONNECTED,)


# Flow control


def test_free_buffers_are_reported_after_sends(rig: Rig, driver: HostDriver) -> None:
    number = connected(driver, TARPIT)
    before = driver.machine.clock.now
    driver.send(number, bytes(100))
    message = driver.event(Opcode.DUMMY)
    assert message is not None
    assert message.pool == rig.nwp.profile.tx_pool
    profile = rig.nwp.profile
    expected = (profile.command_time_us + profile.flow_update_us) * MICROSECOND
    assert message.time - before == expected


def test_buffers_are_used_while_the_peer_does_not_read(rig: Rig, driver: HostDriver) -> None:
    number = connected(driver, TARPIT)
    for _ in range(18):
        driver.send(number, bytes(1460))
    driver.run(SECOND)
    used = rig.nwp.profile.tx_pool - rig.nwp.processor.status.tx_pool
    assert used > 0
    for _ in range(15):
        driver.send(number, bytes(1460))
    message = driver.event(Opcode.TX_FAILED)
    assert message is not None
    assert message.unpack("h") == (Error.NO_BUFFERS,)
    driver.run(SECOND)
    driver.events.clear()
    rig.world.inject("server-resets", server="tarpit")
    message = driver.event(Opcode.TX_FAILED)
    assert message is not None
    assert message.unpack("h") == (Error.NOT_CONNECTED,)
    assert message.pool == rig.nwp.profile.tx_pool


# Select


def test_select_reports_what_is_ready(driver: HostDriver) -> None:
    first, second = connected(driver), connected(driver)
    assert driver.select(3, 0, 200) == (0, 0, 0)
    assert driver.select(3, 1, 200) == (1, 0, 1)
    driver.send(second, b"x")
    assert driver.select(3, 0, 200) == (1, 1 << second, 0)
    assert driver.select(1 << second, 1 << first, 0) == (2, 1 << second, 1 << first)


@pytest.mark.parametrize("milliseconds", [200, 1000])
def test_select_times_out_exactly(driver: HostDriver, milliseconds: int) -> None:
    number = connected(driver)
    before = driver.machine.clock.now
    assert driver.select(1 << number, 0, milliseconds) == (0, 0, 0)
    assert driver.last is not None
    assert driver.last.time - before == milliseconds * MILLISECOND


def test_select_without_a_timeout_waits_for_data(driver: HostDriver) -> None:
    number = connected(driver)
    assert driver.select(1 << number, 0, None, wait=100 * SECOND) is None
    assert driver.select(1 << number, 0, 0) == (Error.IN_EXECUTION, 0, 0)
    driver.send(number, b"x")
    message = driver.event(Opcode.SELECT_ASYNC)
    assert message is not None
    assert message.unpack("h2xHH") == (1, 1 << number, 0)


def test_select_on_a_socket_closed_meanwhile_fails(driver: HostDriver) -> None:
    number = connected(driver)
    assert driver.select(1 << number, 0, None, wait=SECOND) is None
    assert driver.close(number) == 0
    message = driver.event(Opcode.SELECT_ASYNC)
    assert message is not None
    assert message.unpack("h") == (Error.BAD_SOCKET,)


def test_control_socket_of_the_driver_wakes_its_select(rig: Rig) -> None:
    """The driver's way: a UDP socket bound to 12302 to which it sends through 127.0.0.1."""
    driver = rig.started()
    control = driver.socket(2)
    assert driver.bind(control, 0x300E) == 0
    assert driver.bind(control, 0x300F) == Error.INVALID
    assert driver.select(1 << control, 0, None, wait=SECOND) is None
    sender = driver.socket(2)
    driver.send_to(sender, b"\xaa", 0x300E, "127.0.0.1")
    message = driver.event(Opcode.SELECT_ASYNC)
    assert message is not None
    assert message.unpack("h2xH") == (1, 1 << control)
    got = driver.receive_from(control)
    assert got is not None
    assert got[:2] == (1, b"\xaa")
    assert got[2][0] == IPv4Address("127.0.0.1")


def test_select_reports_that_a_connect_without_waiting_has_ended(driver: HostDriver) -> None:
    """sl_socket.h, sl_Select: writing sockets are watched for connecting only."""
    for port, outcome in ((ECHO, 0), (9, Error.REFUSED)):
        number = driver.socket()
        driver.set_option(number, NON_BLOCKING, b"\1\0\0\0")
        assert driver.connect(number, port) == Error.IN_PROGRESS
        assert driver.select(0, 1 << number, 5_000) == (1, 0, 1 << number)
        assert driver.connect(number, port) == outcome
        driver.close(number)


def test_select_does_not_wait_for_room(rig: Rig, driver: HostDriver) -> None:
    number = stuffed(rig, driver)
    assert driver.select(0, 1 << number, 5_000) == (1, 0, 1 << number)


def test_select_takes_10_ms_at_least(rig: Rig, driver: HostDriver) -> None:
    number = driver.socket(2)
    driver.bind(number, 7000)
    started = rig.machine.clock.now
    assert driver.select(1 << number, 0, 0) == (0, 0, 0)
    assert rig.machine.clock.now - started == 10 * MILLISECOND


def test_power_cycle_forgets_every_socket(rig: Rig, driver: HostDriver) -> None:
    for _ in range(3):
        connected(driver)
    driver.select(7, 0, 60_000, wait=SECOND)
    driver.stop()
    driver.start()
    driver.joined()
    assert connected(driver) == 0
    assert rig.traced("socket")
