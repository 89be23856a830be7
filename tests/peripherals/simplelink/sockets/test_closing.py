"""Close: in the background, with SO_LINGER, with the network."""

from __future__ import annotations

import struct

import pytest

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.peers import connected, stuffed
from tests.peripherals.simplelink.rig import ECHO, Rig

LINGER = 13


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def driver(rig: Rig) -> HostDriver:
    return rig.joined()


def test_close_answers_at_once_and_reports_later_data_that_was_not_sent(
    rig: Rig, driver: HostDriver
) -> None:
    """SWRU455A, Client Side: the rest is sent in the background, with an event if that fails."""
    number = stuffed(rig, driver)
    started = rig.machine.clock.now
    assert driver.close(number) == 0
    assert rig.machine.clock.now - started < 10 * MILLISECOND
    assert driver.socket() == number, "the number is free, while the data is still sent"
    assert driver.last is not None
    assert driver.last.pool < 20
    failed = driver.event(Opcode.TX_FAILED, 20 * SECOND)
    assert failed is not None
    assert failed.unpack("hB") == (Error.CLOSE_FAILED, number)
    driver.run(SECOND)
    assert rig.nwp.processor.status.tx_pool == 20
    assert driver.close(number) == 0


def test_data_is_sent_after_a_close(rig: Rig, driver: HostDriver) -> None:
    number = connected(driver)
    for _ in range(15):
        driver.send(number, bytes(1460))
    assert driver.close(number) == 0
    assert driver.event(Opcode.TX_FAILED, 20 * SECOND) is None
    sent = [fields for *_, event, fields in rig.machine.traced if event == "data"]
    board = [fields["data"] for fields in sent if fields["destination"].endswith(f":{ECHO}")]
    assert len(b"".join(board)) == 15 * 1460
    assert rig.nwp.processor.status.tx_pool == 20


def test_lingering_close_waits_for_the_data(rig: Rig, driver: HostDriver) -> None:
    """SWRU455A, Client Side: with SO_LINGER it returns when all is sent, or by its time-out."""
    number = stuffed(rig, driver)
    assert driver.set_option(number, LINGER, struct.pack("<II", 1, 2)) == 0
    started = rig.machine.clock.now
    assert driver.close(number) == Error.CLOSE_FAILED
    assert abs(rig.machine.clock.now - started - 2 * SECOND) < 10 * MILLISECOND
    assert driver.event(Opcode.TX_FAILED, 20 * SECOND) is None

    number = connected(driver)
    assert driver.set_option(number, LINGER, struct.pack("<II", 1, 2)) == 0
    for _ in range(15):
        driver.send(number, bytes(1460))
    assert driver.close(number) == 0


def test_linger_switched_off_is_as_without(rig: Rig, driver: HostDriver) -> None:
    number = stuffed(rig, driver)
    assert driver.set_option(number, LINGER, struct.pack("<II", 0, 2)) == 0
    assert driver.close(number) == 0
    assert driver.event(Opcode.TX_FAILED, 20 * SECOND) is not None


@pytest.mark.parametrize("linger", [None, 5])
def test_closing_ends_with_the_network(rig: Rig, driver: HostDriver, linger: int | None) -> None:
    number = stuffed(rig, driver)
    if linger is not None:
        driver.set_option(number, LINGER, struct.pack("<II", 1, linger))
    driver.post(Opcode.CLOSE, bytes((number, 0, 0, 0)))
    driver.run(10 * MILLISECOND)
    driver.status(Opcode.WLAN_DISCONNECT)
    driver.run(100 * MILLISECOND)
    failed = driver.event(Opcode.TX_FAILED, 0)
    closed = driver.event(Opcode.CLOSE_ASYNC, 0)
    assert closed is not None
    assert closed.unpack("h")[0] == (0 if linger is None else Error.CLOSE_FAILED)
    assert (failed is not None) == (linger is None)
    assert driver.socket() == number


def test_a_snapshot_holds_what_a_closed_socket_still_sends(rig: Rig, driver: HostDriver) -> None:
    number = stuffed(rig, driver)
    assert driver.close(number) == 0
    copy = rig.saved()
    for each in (rig, copy):
        assert each.driver.event(Opcode.TX_FAILED, 20 * SECOND) is not None
