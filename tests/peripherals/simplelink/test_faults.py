"""Faults on demand: what the host sees of each."""

from __future__ import annotations

import struct

import pytest

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.worldfile.faults import fault_of
from renode_wifi.peripherals.network.worldfile.radio import RadioSettings
from renode_wifi.peripherals.simplelink.faults import Fault, FaultKind
from renode_wifi.peripherals.simplelink.link import CLEAR_TO_READ, FILLER
from renode_wifi.peripherals.simplelink.messages.header import DEVICE_SYNC
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import ECHO, Rig

DATE = struct.pack("<HHHH", 0, 1, 11, 0)


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def driver(rig: Rig) -> HostDriver:
    return rig.joined()


def silent(driver: HostDriver) -> bool:
    driver.events.clear()
    driver.post(Opcode.DEVICE_GET, DATE)
    driver.run(20 * SECOND)
    return driver.events == []


def test_hang_lasts_until_power_on(rig: Rig, driver: HostDriver) -> None:
    rig.nwp.inject_entry({"kind": "hang", "command": "CONNECT"})
    number = driver.socket()
    driver.post(Opcode.CONNECT, driver.address(number, ECHO, "10.10.0.1"))
    assert silent(driver)
    driver.off()
    assert driver.start() == 1


def test_abort_carries_its_code(rig: Rig, driver: HostDriver) -> None:
    rig.nwp.inject_entry({"kind": "abort", "amount": 0x77})
    driver.post(Opcode.DEVICE_GET, DATE)
    message = driver.event(Opcode.ABORT)
    assert message is not None
    assert message.failing == 0x77
    assert silent(driver)


def test_slow_command_is_late(rig: Rig, driver: HostDriver) -> None:
    rig.nwp.inject_entry({"kind": "slow", "amount": 500_000, "nth": 2, "times": 1})
    times = []
    for _ in range(3):
        before = driver.machine.clock.now
        driver.command(Opcode.DEVICE_GET, DATE)
        times.append((driver.machine.clock.now - before) // MILLISECOND)
    assert times == [0, 500, 0]


def test_error_is_the_answer(rig: Rig, driver: HostDriver) -> None:
    rig.nwp.inject_entry({"kind": "error", "command": "SOCKET", "amount": 12})
    assert driver.socket() == -12
    assert driver.socket() == 0


def test_error_of_data_comes_as_its_answers_do(rig: Rig, driver: HostDriver) -> None:
    """recv is answered by an event; send has no answer, but the event TX_FAILED."""
    number = driver.socket()
    assert driver.connect(number, ECHO) == 0
    rig.nwp.inject_entry({"kind": "error", "command": "RECV", "amount": 12})
    assert driver.receive(number) == (-12, b"")
    rig.nwp.inject_entry({"kind": "error", "command": "SEND", "amount": 13})
    driver.send(number, b"lost")
    failed = driver.event(Opcode.TX_FAILED)
    assert failed is not None
    assert failed.unpack("hB") == (-13, number)
    driver.send(number, b"kept")
    assert driver.receive_all(number, 4) == b"kept"


def test_unanswered_command_and_lost_answer_look_alike(rig: Rig, driver: HostDriver) -> None:
    for kind in ("unanswered", "lost-message"):
        rig.nwp.inject_entry({"kind": kind, "command": "DEVICE_GET"})
        assert silent(driver)
        assert driver.command(Opcode.DEVICE_GET, DATE)


def test_message_without_an_interrupt_can_still_be_read(rig: Rig, driver: HostDriver) -> None:
    rig.nwp.inject_entry({"kind": "lost-interrupt", "command": "DEVICE_GET"})
    assert silent(driver)
    assert driver.read().opcode == 0x0466


def test_malformed_message_has_no_synchronisation(rig: Rig, driver: HostDriver) -> None:
    rig.nwp.inject_entry({"kind": "malformed-reply", "command": "DEVICE_GET"})
    driver.post(Opcode.DEVICE_GET, DATE)
    driver.machine.clock.advance(SECOND)
    rig.nwp.exchange(CLEAR_TO_READ)
    assert rig.nwp.exchange(FILLER) != DEVICE_SYNC


def test_exhausted_pool_recovers(rig: Rig, driver: HostDriver) -> None:
    number = driver.socket()
    driver.connect(number, ECHO)
    rig.nwp.inject_entry({"kind": "pool-exhausted", "amount": 3_000})
    before = driver.machine.clock.now
    driver.send(number, bytes(1460 * 2))
    assert driver.event(Opcode.DUMMY, SECOND) is None
    message = driver.event(Opcode.DUMMY)
    assert message is not None
    assert message.pool == rig.nwp.profile.tx_pool
    assert message.time - before >= 3 * SECOND


def test_failed_transmission_is_reported(rig: Rig, driver: HostDriver) -> None:
    number = driver.socket()
    driver.connect(number, ECHO)
    rig.nwp.inject_entry({"kind": "tx-failure"})
    driver.send(number, b"lost")
    message = driver.event(Opcode.TX_FAILED)
    assert message is not None
    assert message.unpack("hB") == (Error.NO_BUFFERS, number)
    driver.send(number, b"kept")
    assert driver.receive(number) == (4, b"kept")


def test_connect_fails_once(rig: Rig, driver: HostDriver) -> None:
    rig.nwp.inject_entry({"kind": "connect-fails"})
    number = driver.socket()
    assert driver.connect(number, ECHO) == Error.REFUSED
    assert driver.connect(number, ECHO) == 0


def test_boot_fails_with_the_status_given(rig: Rig) -> None:
    rig.nwp.inject_entry({"kind": "boot-fails"})
    assert rig.driver.start() == 8
    rig.driver.off()
    assert rig.driver.start() == 1


def test_faults_of_a_world_file_wait_for_their_time() -> None:
    radio = RadioSettings(options={"bootTimeUs": 1000})
    rig = Rig({"radio": radio, "faults": (fault_of("hang", {"at": "30 s"}),)})
    driver = rig.started()
    assert driver.machine.clock.now == 1_000_000
    assert driver.command(Opcode.DEVICE_GET, DATE)
    driver.run(30 * SECOND)
    assert silent(driver)


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "meteorite"},
        {"kind": "hang", "nth": "2"},
        {"kind": "hang", "where": "here"},
        {"kind": "hang", "at": "soon"},
    ],
)
def test_faults_that_do_not_exist_are_reported(rig: Rig, entry: dict[str, object]) -> None:
    with pytest.raises(RenodeWifiError):
        rig.nwp.inject_entry(entry)


def test_fault_may_strike_for_ever() -> None:
    fault = Fault(FaultKind.ERROR, times=0, amount=5)
    rig = Rig()
    driver = rig.started()
    rig.nwp.inject(fault)
    assert [driver.socket() for _ in range(3)] == [-5, -5, -5]
    assert fault.size == 5
