"""Receive filters and statistics."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.contract.packets import ICMP, TCP, UDP, IpPacket
from renode_wifi.peripherals.simplelink.messages.filters import (
    Action,
    Combination,
    Header,
    RxFilter,
    RxFilterEvent,
    RxStatistics,
    Trigger,
    UpdateArguments,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.wlan import filter_rules
from renode_wifi.peripherals.simplelink.wlan.filter_rules import Surrounding
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.peers import Phone
from tests.peripherals.simplelink.rig import ECHO, UDP_ECHO, Rig
from tests.peripherals.simplelink.wlan.test_options import get_option, set_option

FILTERS = 4
STATE, REMOVE, STORE, UPDATE, SYSTEM = range(27, 32)
BINARY, PERSISTENT, ENABLED = 0x01, 0x08, 0x10
DROP, INCREASE, EVENT = 0x01, 0x04, 0x40
MASK = b"\xff" * 16
BETWEEN, EQUAL, NOT_EQUAL, NOT_BETWEEN = range(4)
GATEWAY = IPv4Address("10.10.0.1")


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def driver(rig: Rig) -> HostDriver:
    return rig.joined()


def header(field: int, value: bytes, compare: int = EQUAL, mask: bytes = MASK) -> Header:
    return Header(value.ljust(36, b"\0"), mask, field, compare)


def payload(pattern: bytes, offset: int = 0) -> Header:
    value = struct.pack("<HBx", offset, len(pattern)) + pattern
    return header(filter_rules.PAYLOAD, value)


def add(driver: HostDriver, each: RxFilter) -> tuple[int, int]:
    """Number and status."""
    number, status = driver.command(Opcode.WLAN_RX_FILTER_ADD, each.emit()).unpack("bxh")
    return number, status


def bitmap(*numbers: int) -> bytes:
    return sum(1 << number for number in numbers).to_bytes(16, "little") + bytes(4)


def dropping(rule: Header | Combination, flags: int = BINARY | ENABLED) -> RxFilter:
    return RxFilter(flags, rule, action=Action(DROP))


def echoes(driver: HostDriver, data: bytes = b"hello") -> bool:
    number = driver.socket(2)
    driver.set_option(number, 20, struct.pack("<II", 1, 0))
    driver.send_to(number, data, UDP_ECHO, "10.10.0.1")
    status, *_ = driver.receive_from(number)
    driver.close(number)
    return status > 0


def test_a_filter_drops_what_it_matches_while_it_is_enabled(driver: HostDriver) -> None:
    """SWRU455A, Rx Filters: created, enabled, disabled, removed."""
    assert add(driver, dropping(payload(b"hel"), BINARY)) == (1, 0)
    assert echoes(driver)
    assert set_option(driver, FILTERS, STATE, bitmap(1)) == 0
    assert get_option(driver, FILTERS, STATE) == (0, bitmap(1)[:16])
    assert not echoes(driver)
    assert echoes(driver, b"other")
    assert set_option(driver, FILTERS, STATE, bitmap()) == 0
    assert echoes(driver)
    assert set_option(driver, FILTERS, STATE, bitmap(1)) == 0
    assert set_option(driver, FILTERS, REMOVE, b"\xff" * 8 + bytes(12)) == 0
    assert echoes(driver)
    assert get_option(driver, FILTERS, STATE) == (0, bytes(16))


def test_an_event_names_the_filters_that_matched(driver: HostDriver) -> None:
    """SWRU455A, Rx Filters: SL_WLAN_RX_FILTER_ACTION_EVENT_TO_HOST wakes the host by a pattern."""
    rule = payload(b"wake", 2)
    assert add(driver, RxFilter(BINARY | ENABLED, rule, action=Action(EVENT, user=9)))[1] == 0
    assert echoes(driver)
    assert driver.event(Opcode.WLAN_RX_FILTER_EVENT, 0) is None
    assert echoes(driver, b"--wake")
    event = driver.event(Opcode.WLAN_RX_FILTER_EVENT)
    assert event is not None
    assert RxFilterEvent.parse(event.body) == RxFilterEvent(0, b"\0\2" + bytes(6))


def test_a_connection_whose_segments_are_dropped_breaks(rig: Rig, driver: HostDriver) -> None:
    """SWRU455A, Rx Filters: TCP goes through them, too."""
    number = driver.socket()
    assert driver.connect(number, ECHO) == 0
    port = header(filter_rules.SOURCE_PORT, struct.pack("<I", ECHO))
    assert add(driver, dropping(port))[1] == 0
    driver.set_option(number, 20, struct.pack("<II", 2, 0))
    driver.send(number, b"hello")
    assert driver.receive(number)[0] == Error.WOULD_BLOCK
    assert set_option(driver, FILTERS, REMOVE, bitmap(1)) == 0
    phone = Phone(rig)
    server = driver.socket()
    driver.bind(server, 8080)
    driver.listen(server)
    assert add(driver, dropping(header(filter_rules.IP_PROTOCOL, bytes((TCP,)))))[1] == 0
    phone.connect(8080)
    assert driver.accept(server, 5 * SECOND) is None


def test_a_ping_whose_answer_is_dropped_has_none(rig: Rig, driver: HostDriver) -> None:
    station = rig.nwp.processor.station
    assert station is not None
    answers: list[int | None] = []
    station.ping(GATEWAY, SECOND, answers.append)
    driver.run(2 * SECOND)
    assert add(driver, dropping(header(filter_rules.IP_PROTOCOL, bytes((ICMP,)))))[1] == 0
    station.ping(GATEWAY, SECOND, answers.append)
    driver.run(2 * SECOND)
    assert answers[0] is not None
    assert answers[1:] == [None]


PACKET = IpPacket(UDP, (GATEWAY, 9002), (IPv4Address("10.10.0.50"), 49152), b"some payload")
AROUND = Surrounding(b"\2\0\0\0\0\1", b"\2\0\0\0\0\1", b"\x08\0\x28\1\2\3")


@pytest.mark.parametrize(
    ("rule", "binary", "found"),
    [
        (header(filter_rules.IPV4_SOURCE, GATEWAY.packed), True, True),
        (header(filter_rules.IPV4_SOURCE, GATEWAY.packed, NOT_EQUAL), True, False),
        (header(filter_rules.IPV4_SOURCE, b"10.10.0.1"), False, True),
        (header(filter_rules.IPV4_SOURCE, b"\x0a\x0a\xff\xff", mask=b"\xff\xff\0\0"), True, True),
        (
            header(filter_rules.IPV4_DESTINATION, b"\x0a\x0a\0\x14\x0a\x0a\0\x63", BETWEEN),
            True,
            True,
        ),
        (header(filter_rules.IPV4_DESTINATION, b"\x0a\x0a\0\1\x0a\x0a\0\2", BETWEEN), True, False),
        (
            header(filter_rules.IPV4_DESTINATION, b"\x0a\x0a\0\1\x0a\x0a\0\2", NOT_BETWEEN),
            True,
            True,
        ),
        (header(filter_rules.SOURCE_PORT, struct.pack("<II", 9000, 9010), BETWEEN), True, True),
        (header(filter_rules.DESTINATION_PORT, struct.pack("<I", 9002)), True, False),
        (header(filter_rules.FRAME_TYPE, b"DATA"), False, True),
        (header(filter_rules.FRAME_TYPE, b"MGMT"), False, False),
        (header(filter_rules.IP_PROTOCOL, b"UDP"), False, True),
        (header(filter_rules.IP_VERSION, b"\4"), True, True),
        (header(filter_rules.ETHER_TYPE, struct.pack("<I", 0x800)), True, True),
        (header(filter_rules.FRAME_LENGTH, struct.pack("<II", 0, 200), BETWEEN), True, True),
        (header(filter_rules.SOURCE_MAC, AROUND.source), True, True),
        (header(filter_rules.DESTINATION_MAC, b"08:00:28:01:02:03"), False, True),
        (header(filter_rules.BSSID, bytes(6)), True, False),
        (header(filter_rules.FRAME_SUBTYPE, b"\x80"), True, False),
        (header(filter_rules.IPV6_SOURCE, bytes(16)), True, False),
        (payload(b"pay", 5), True, True),
        (payload(b"pay", 4), True, False),
        (payload(b"d", 99), True, False),
        (header(filter_rules.FRAME, struct.pack("<HBx", 0, 1) + b"\x88"), True, False),
    ],
)
def test_rules_compare_fields_of_packets(rule: Header, binary: bool, found: bool) -> None:
    """SWRU455A, Rx Filters: fields of the headers, patterns, masks, four comparisons."""
    assert filter_rules.judge(rule, binary) == 0
    assert filter_rules.matches(rule, binary, PACKET, AROUND) is found


UDP_RULE = header(filter_rules.IP_PROTOCOL, bytes((UDP,)))


@pytest.mark.parametrize(
    ("each", "status"),
    [
        (RxFilter(BINARY, header(22, b"")), Error.RXFL_FIELD),
        (RxFilter(BINARY, header(9, b"", 4)), Error.RXFL_COMPARISON),
        (RxFilter(BINARY, payload(bytes(17))), Error.RXFL_PATTERN_LENGTH),
        (RxFilter(BINARY, payload(b"x", 1536)), Error.RXFL_PATTERN_OFFSET),
        (RxFilter(BINARY, header(19, bytes(8), BETWEEN)), Error.RXFL_EQUAL_ONLY),
        (RxFilter(0, header(14, b"80")), Error.RXFL_ASCII_FIELD),
        (RxFilter(0, header(1, b"NONE")), Error.RXFL_FRAME_TYPE),
        (RxFilter(BINARY, UDP_RULE, Trigger(parent=5)), Error.RXFL_NO_PARENT),
        (RxFilter(BINARY, UDP_RULE, Trigger(counter=9)), Error.RXFL_TRIGGER),
        (RxFilter(BINARY, UDP_RULE, Trigger(compare=1)), Error.RXFL_TRIGGER_COMPARISON),
        (RxFilter(BINARY, UDP_RULE, action=Action(0x20)), Error.RXFL_ACTION),
        (RxFilter(BINARY, UDP_RULE, action=Action(INCREASE)), Error.RXFL_ACTION_COUNTER),
        (RxFilter(BINARY, UDP_RULE, action=Action(EVENT, user=64)), Error.RXFL_USER),
        (RxFilter(BINARY, Combination(3, 1, 1)), Error.RXFL_OPERATOR),
        (RxFilter(BINARY, Combination(1, 1, 2)), Error.RXFL_NO_FILTER),
        (
            RxFilter(BINARY | PERSISTENT, Combination(0, 1, 0)),
            Error.RXFL_PARENT_NOT_PERSISTENT,
        ),
    ],
)
def test_a_filter_that_cannot_be_is_refused(
    driver: HostDriver, each: RxFilter, status: int
) -> None:
    """SWRU455A, Rx Filters: the errors of SL_ERROR_RXFL_..."""
    assert add(driver, RxFilter(BINARY, UDP_RULE)) == (1, 0)
    assert add(driver, each) == (-1, status)


def test_there_are_64_filters(driver: HostDriver) -> None:
    """SWRU455A, Rx Filters: up to 64."""
    for number in range(1, 65):
        assert add(driver, RxFilter(BINARY, UDP_RULE)) == (number, 0)
    assert add(driver, RxFilter(BINARY, UDP_RULE)) == (-1, Error.RXFL_TOO_MANY)


def test_filters_are_a_tree_and_combined(driver: HostDriver) -> None:
    """SWRU455A, Rx Filters: a child acts if its parent matches; AND, OR, NOT of two."""
    port = header(filter_rules.SOURCE_PORT, struct.pack("<I", UDP_ECHO))
    assert add(driver, RxFilter(BINARY, UDP_RULE)) == (1, 0)
    child = RxFilter(BINARY, payload(b"bad"), Trigger(parent=1), Action(DROP))
    assert add(driver, child) == (2, 0)
    assert add(driver, RxFilter(BINARY, port, Trigger(parent=2))) == (-1, Error.RXFL_PARENT_DROPS)
    assert set_option(driver, FILTERS, STATE, bitmap(2)) == Error.RXFL_PARENT_DISABLED
    assert set_option(driver, FILTERS, REMOVE, bitmap(1)) == Error.RXFL_HAS_CHILDREN
    assert set_option(driver, FILTERS, STATE, bitmap(1, 2)) == 0
    assert not echoes(driver, b"bad")
    assert echoes(driver, b"good")
    assert add(driver, RxFilter(BINARY, port)) == (3, 0)
    assert add(driver, RxFilter(BINARY, payload(b"good"))) == (4, 0)
    assert add(driver, dropping(Combination(1, 3, 4))) == (5, 0)
    assert not echoes(driver, b"good")
    assert echoes(driver, b"fine")
    assert set_option(driver, FILTERS, REMOVE, bitmap(5)) == 0
    assert add(driver, dropping(Combination(0, 4, 0))) == (5, 0)
    assert echoes(driver, b"good")
    assert not echoes(driver, b"fine")


def test_counters_trigger_filters(driver: HostDriver) -> None:
    """SWRU455A, Rx Filters: counters are changed by actions and compared by triggers."""
    counting = RxFilter(BINARY | ENABLED, UDP_RULE, action=Action(INCREASE, counter=1))
    assert add(driver, counting) == (1, 0)
    late = RxFilter(
        BINARY | ENABLED, UDP_RULE, Trigger(counter=1, threshold=2, compare=3), Action(DROP)
    )
    assert add(driver, late) == (2, 0)
    assert [echoes(driver) for _ in range(4)] == [True, True, False, False]


def test_roles_and_states_trigger_filters(driver: HostDriver) -> None:
    for trigger in (Trigger(role=1), Trigger(connection=2), Trigger(connection=8)):
        assert add(driver, RxFilter(BINARY | ENABLED, UDP_RULE, trigger, Action(DROP)))[1] == 0
    assert echoes(driver)
    trigger = Trigger(role=2, connection=5)
    assert add(driver, RxFilter(BINARY | ENABLED, UDP_RULE, trigger, Action(DROP)))[1] == 0
    assert not echoes(driver)


def test_stored_filters_outlive_power(rig: Rig, driver: HostDriver) -> None:
    """SWRU455A, Rx Filters: SL_WLAN_RX_FILTER_STORE keeps the persistent ones."""
    assert add(driver, dropping(payload(b"hel"), BINARY | ENABLED | PERSISTENT)) == (1, 0)
    assert add(driver, dropping(payload(b"other"))) == (2, 0)
    assert set_option(driver, FILTERS, STORE, b"") == 0
    driver.off()
    driver.start()
    driver.joined()
    assert not echoes(driver)
    assert echoes(driver, b"other")
    copy = rig.saved().driver
    assert not echoes(copy)
    assert get_option(driver, FILTERS, STATE) == (0, bitmap(1)[:16])


def test_arguments_are_updated(driver: HostDriver) -> None:
    """SWRU455A, Rx Filters: SL_WLAN_RX_FILTER_UPDATE_ARGS changes what is compared."""
    assert add(driver, dropping(payload(b"hel"))) == (1, 0)
    assert add(driver, RxFilter(BINARY, Combination(0, 1, 0))) == (2, 0)
    rule = payload(b"new")

    def update(number: int) -> int:
        value = UpdateArguments(number, 1, rule.values, rule.mask).emit()
        return set_option(driver, FILTERS, UPDATE, value)

    assert update(1) == 0
    assert echoes(driver)
    assert not echoes(driver, b"new")
    assert update(2) == Error.RXFL_NO_HEADER
    assert update(3) == Error.RXFL_NO_FILTER
    assert set_option(driver, FILTERS, UPDATE, b"\1") == Error.RXFL_BUFFER
    for option in (STATE, REMOVE, SYSTEM):
        assert set_option(driver, FILTERS, option, b"") == Error.RXFL_BUFFER
    assert set_option(driver, FILTERS, 5, bytes(20)) == Error.INVALID
    assert get_option(driver, FILTERS, 5)[0] == Error.INVALID
    assert set_option(driver, FILTERS, SYSTEM, bytes((3, 0, 0, 0))) == 0
    assert get_option(driver, FILTERS, SYSTEM) == (0, bytes((3, 0, 0, 0)))
    status = driver.command(Opcode.WLAN_RX_FILTER_STATISTICS).unpack("h")[0]
    assert status == Error.RXFL_STATISTICS


def test_statistics_count_what_is_received_and_begin_anew(driver: HostDriver) -> None:
    """SWRU455A, Rx Statistics: packets and their strength, since the last reading."""

    def read() -> RxStatistics:
        return RxStatistics.parse(driver.command(Opcode.WLAN_GET_RX_STATISTICS).body)

    assert read().received == 0
    assert driver.status(Opcode.WLAN_START_RX_STATISTICS) == 0
    assert echoes(driver)
    assert echoes(driver)
    first = read()
    assert (first.received, sum(first.strengths), sum(first.rates)) == (2, 2, 2)
    assert -100 < first.rssi < 0
    assert first.started < first.now
    assert read().received == 0
    assert driver.status(Opcode.WLAN_STOP_RX_STATISTICS) == 0
    assert echoes(driver)
    assert read().received == 0
