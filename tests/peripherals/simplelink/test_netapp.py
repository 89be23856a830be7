"""Names, ping, the built-in servers' settings; random numbers."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address

import pytest

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


def ping(
    driver: HostDriver, address: str, attempts: int = 3, flags: int = 0, interval: int = 100
) -> int:
    body = struct.pack(
        "<IHHIIIIII", interval, 56, 500, attempts, flags, int(IPv4Address(address)), 0, 0, 0
    )
    return driver.status(Opcode.PING_START, body)


def test_name_is_resolved_in_host_order(rig: Rig) -> None:
    """SWRU455M, DNS Client: a name gives an address."""
    assert rig.joined().resolve(b"broker.test") == (0, IPv4Address("10.10.0.1"))


def test_name_with_its_zero_byte_and_dotted_address_are_taken(rig: Rig) -> None:
    driver = rig.joined()
    assert driver.resolve(b"broker.test\0")[0] == 0
    assert driver.resolve(b"10.1.2.3") == (0, IPv4Address("10.1.2.3"))


def test_unknown_name_fails(rig: Rig) -> None:
    assert rig.joined().resolve(b"no-such-host.invalid")[0] == Error.DNS_FAILED


def test_silent_name_server_ends_in_a_timeout(rig: Rig) -> None:
    """SWRU455M, DNS Client: without an answer it ends with an error."""
    driver = rig.joined()
    rig.world.inject("dns-fails")
    assert driver.resolve(b"broker.test")[0] == Error.DNS_NO_RESPONSE


def test_no_names_without_a_network(rig: Rig) -> None:
    assert rig.started().resolve(b"broker.test")[0] == Error.DNS_NO_SERVER


def test_answer_from_before_a_power_cycle_is_dropped(rig: Rig) -> None:
    driver = rig.joined()
    name = b"broker.test"
    driver.status(Opcode.DNS_BY_NAME, struct.pack("<HBB", len(name), 2, 0) + name)
    driver.off()
    driver.start()
    assert driver.event(Opcode.DNS_ASYNC, 20 * SECOND) is None


def test_ipv6_address_is_not_found(rig: Rig) -> None:
    driver = rig.joined()
    name = b"broker.test"
    driver.status(Opcode.DNS_BY_NAME, struct.pack("<HBB", len(name), 3, 0) + name)
    message = driver.event(Opcode.DNS_ASYNC_V6)
    assert message is not None
    assert message.unpack("h") == (Error.DNS_NO_IPV6,)


def test_empty_name_is_refused(rig: Rig) -> None:
    body = struct.pack("<HBB", 0, 2, 0)
    assert rig.joined().status(Opcode.DNS_BY_NAME, body) == Error.DNS_PARAMETERS
    assert rig.driver.status(Opcode.DNS_BY_ADDRESS, bytes(8)) == Error.DNS_FAILED


def test_ping_reports_at_the_end(rig: Rig) -> None:
    """SWRU455M, Ping: the report has times and counts."""
    driver = rig.joined()
    assert ping(driver, "10.10.0.1") == 0
    message = driver.event(Opcode.PING_REPORT)
    assert message is not None
    status, _, _, _, answered, sent, _ = message.unpack("HHHHIII")
    assert (status, answered, sent) == (0, 3, 3)
    assert driver.event(Opcode.PING_REPORT, 5 * SECOND) is None


def test_ping_into_the_void_counts_no_answers(rig: Rig) -> None:
    driver = rig.joined()
    assert ping(driver, "10.10.0.200", attempts=2) == 0
    message = driver.event(Opcode.PING_REPORT)
    assert message is not None
    assert message.unpack("8xII") == (0, 2)


def test_ping_may_report_each_attempt_until_it_is_stopped(rig: Rig) -> None:
    """SWRU455M, Ping: each attempt may be reported."""
    driver = rig.joined()
    assert ping(driver, "10.10.0.1", attempts=0, flags=1) == 0
    for sent in (1, 2, 3):
        message = driver.event(Opcode.PING_REPORT)
        assert message is not None
        assert message.unpack("12xI") == (sent,)
    assert ping(driver, "0.0.0.0") == 0
    assert driver.event(Opcode.PING_REPORT, 5 * SECOND) is None


def test_ping_may_stop_after_a_success(rig: Rig) -> None:
    """SWRU455M, Ping: it may stop after a success."""
    driver = rig.joined()
    assert ping(driver, "10.10.0.1", attempts=10, flags=2) == 0
    message = driver.event(Opcode.PING_REPORT)
    assert message is not None
    assert message.unpack("8xII") == (1, 1)


def test_ping_needs_a_network(rig: Rig) -> None:
    assert ping(rig.started(), "10.10.0.1") == Error.PING_NOT_CONNECTED


def test_servers_are_started_and_stopped(rig: Rig) -> None:
    """SWRU455M, Network Applications: applications are started and stopped by a mask."""
    driver = rig.started()

    def active() -> int:
        answer = driver.command(Opcode.NETAPP_GET, struct.pack("<HHHH", 0, 0x40, 0, 4))
        (mask,) = answer.unpack("8xI")
        return int(mask)

    assert active() == 7
    assert driver.status(Opcode.NETAPP_STOP, struct.pack("<I", 1)) == 0
    assert active() == 6
    assert driver.status(Opcode.NETAPP_START, struct.pack("<I", 9)) == 0
    assert active() == 15


def test_settings_are_kept_or_refused(rig: Rig) -> None:
    driver = rig.started()
    head = struct.pack("<HHHH", 0, 0x10, 0, 5)
    assert driver.status(Opcode.NETAPP_SET, head + b"board") == 0
    driver.stop()
    driver.start()
    answer = driver.command(Opcode.NETAPP_GET, struct.pack("<HHHH", 0, 0x10, 0, 33))
    assert answer.body[8:] == b"board"
    head = struct.pack("<HHHH", 0, 0x77, 0, 4)
    assert driver.status(Opcode.NETAPP_SET, head + bytes(4)) == Error.INVALID
    assert driver.status(Opcode.NETAPP_GET, head) == Error.INVALID


@pytest.mark.parametrize(
    ("application", "option", "value", "status"),
    [
        (0x01, 15, b"x", Error.INVALID),
        (0x02, 1, b"x", Error.INVALID),
        (0x04, 0, b"x", Error.INVALID),
        (0x08, 0, b"x" * 26, Error.INVALID),
        (0x10, 0, b"x" * 34, Error.INVALID),
        (0x10, 1, b"board.example", 0),
        (0x10, 3, b"x", Error.INVALID),
        (0x20, 0, struct.pack("<HH", 2000, 100), 0),
        (0x20, 0, struct.pack("<HH", 2001, 3), Error.INVALID),
        (0x20, 0, struct.pack("<HH", 500, 101), Error.INVALID),
        (0x20, 0, b"\1", Error.INVALID),
        (0x20, 1, b"", 0),
        (0x20, 2, b"\0", 0),
        (0x20, 2, b"\1", Error.INVALID),
        (0x40, 0, bytes(4), Error.INVALID),
    ],
)
def test_options_of_applications_are_those_of_netapp_h(
    rig: Rig, application: int, option: int, value: bytes, status: int
) -> None:
    """SWRU455A, Network Applications: options that there are, and the lengths of their values."""
    body = struct.pack("<HHHH", 0, application, option, len(value)) + value
    assert rig.started().status(Opcode.NETAPP_SET, body) == status


def test_the_host_says_how_long_a_name_server_is_waited_for(rig: Rig) -> None:
    """SWRU455A, DNS Client: SL_NETAPP_DNS_CLIENT_TIME, 100 ms first and up to its maximum."""
    driver = rig.joined()
    rig.world.inject("dns-fails")
    body = struct.pack("<HHHHHH", 0, 0x20, 0, 4, 300, 4)
    assert driver.status(Opcode.NETAPP_SET, body) == 0
    asked = rig.machine.clock.now
    status, _ = driver.resolve(b"echo.test")
    assert status == Error.DNS_NO_RESPONSE
    assert 900 * MILLISECOND <= rig.machine.clock.now - asked < 1000 * MILLISECOND
