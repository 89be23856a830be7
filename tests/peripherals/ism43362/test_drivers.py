"""Every known driver's framing against link and processor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.ism43362.module import ISM43362
from tests.peripherals.ism43362.drivers import (
    ArduinoDriver,
    ArmDriver,
    FirstStDriver,
    MbedDriver,
    Status,
    StDriver,
    Wires,
    ZephyrDriver,
)

CURSOR = b"\x15\x15\r\n> "
IDENTIFICATION = (
    b"ISM43362-M3G-L44-SPI,C3.5.2.5.STM,v3.5.2,v1.4.0.rc1,v8.2.1,120000000,Inventek eS-WiFi"
)
TAIL = b"\r\nOK\r\n> "


def make_wires(**attributes: object) -> Wires:
    machine = BenchMachine()
    return Wires(machine, ISM43362(machine, "wifi", **attributes))


def test_st_driver_starts() -> None:
    driver = StDriver(make_wires())
    assert driver.start()
    status, reply = driver.execute(b"I?\r\n")
    assert status is Status.OK
    assert reply == b"\r\n" + IDENTIFICATION + TAIL + b"\x15"


def test_st_driver_gives_up_on_a_module_that_boots_too_slowly() -> None:
    assert not StDriver(make_wires(boot_time_us=510_000)).start()
    assert StDriver(make_wires(boot_time_us=499_000)).start()


def test_st_driver_reads_exactly_the_reply() -> None:
    driver = StDriver(make_wires())
    driver.start()
    assert driver.execute(b"P0=0\r") == (Status.OK, b"\r\n\r\nOK\r\n> ")
    assert driver.execute(b"CS\r") == (Status.OK, b"\r\n0\r\nOK\r\n> \x15")


def test_st_driver_sees_no_edge_between_arming_and_the_reply() -> None:
    """A late edge would be taken for the reply's."""
    wires = make_wires()
    driver = StDriver(wires)
    driver.start()
    for command in (b"P0=0\r", b"Z5\r", b"C?\r"):
        wires.wait_ready(1000)
        before = wires.rising_edges
        wires.on_rising = False
        wires.select()
        wires.wait_us(15)
        wires.write(command + b"\n" * (len(command) % 2))
        wires.wait_us(100)
        assert wires.rising_edges == before
        driver.receive(1400)
        assert wires.rising_edges == before + 2


def test_ready_is_low_long_enough_for_every_driver() -> None:
    wires = make_wires()
    driver = StDriver(wires)
    driver.start()
    wires.on_rising = False
    wires.select()
    wires.write(b"P0=0\r\n")
    start = wires.now_us
    wires.deselect()
    assert not wires.ready
    wires.wait_edge(1000)
    assert 100 <= wires.now_us - start <= 200


def test_mbed_driver_starts_and_reads() -> None:
    driver = MbedDriver(make_wires())
    assert driver.start() == CURSOR
    assert driver.execute(b"I?\r") == IDENTIFICATION + TAIL + b"\x15"
    assert driver.execute(b"C4=1\r") == TAIL
    assert driver.execute(b"P0=0\r") == TAIL


def test_first_st_driver_reads_a_reply_in_three_windows() -> None:
    driver = FirstStDriver(make_wires())
    assert driver.start()
    size = len(IDENTIFICATION)
    driver.send(b"I?\r\n")
    windows = [driver.receive(limit) for limit in (2, size - size % 2, len(TAIL) + 2)]
    assert windows == [b"\r\n", IDENTIFICATION[:-1], IDENTIFICATION[-1:] + TAIL + b"\x15"]
    assert driver.execute(b"P0=0\r") == (Status.OK, b"\r\n" + TAIL)


def test_mbed_driver_leaves_what_its_buffer_does_not_hold() -> None:
    driver = MbedDriver(make_wires(), buffer_size=32)
    driver.start()
    assert driver.execute(b"I?\r") == IDENTIFICATION[:30]
    assert driver.wires.ready
    assert driver.read() == IDENTIFICATION[30:60]


def test_zephyr_driver_starts_and_reads_past_the_end() -> None:
    driver = ZephyrDriver(make_wires())
    assert driver.start() == CURSOR + b"\x15" * 26
    for command, data in ((b"Z5\r", 17), (b"C4=1\r", 0), (b"PR=0\r", 0)):
        reply = driver.request(command)
        assert len(reply) == 32
        assert reply.rstrip(b"\x15").endswith(TAIL)
        assert len(reply.rstrip(b"\x15")) == data + 10
    assert driver.request(b"I?\r").rstrip(b"\x15") == b"\r\n" + IDENTIFICATION + TAIL


@pytest.mark.parametrize("polling", [True, False])
def test_arm_driver_starts_and_reads_in_blocks(polling: bool) -> None:
    driver = ArmDriver(make_wires(), polling)
    assert driver.start() == (CURSOR + b"\r\n" + IDENTIFICATION + TAIL).ljust(134, b"\x15")
    assert driver.execute(b"P0=0\r\n") == (0, b"\r\n\r\nOK\r\n> ")
    assert driver.execute(b"I?\r\n") == (0, b"\r\n" + IDENTIFICATION + TAIL)
    assert driver.execute(b"C6=300.0.0.1\r")[0] == -2
    assert driver.execute(b"P2=5\r") == (0, b"\r\n\r\nOK\r\n> ")


def test_arm_driver_takes_the_closed_form_for_minus_one() -> None:
    driver = ArmDriver(make_wires())
    driver.start()
    driver.execute(b"P0=1\r\n")
    assert driver.execute(b"R0\r\n")[0] == -1
    assert driver.execute(b"S3=0004\rabcd")[0] == -1


def test_arduino_driver_starts_and_drops_the_pad_of_an_odd_reply() -> None:
    driver = ArduinoDriver(make_wires())
    assert driver.start() == CURSOR
    assert driver.execute(b"CS\r") == b"\r\n0\r\nOK\r\n> "
    assert driver.execute(b"P0=0\r") == b"\r\n\r\nOK\r\n> "
    assert driver.execute(b"R0=\r").startswith(b"\r\n-1\r\n")


def test_arduino_driver_reads_the_cursor_as_the_answer_to_a_reboot() -> None:
    driver = ArduinoDriver(make_wires())
    driver.start()
    assert driver.execute(b"ZR\r") == CURSOR
    assert driver.execute(b"CS\r") == b"\r\n0\r\nOK\r\n> "


def st_calls(wires: Wires) -> Callable[[bytes], bytes]:
    driver = StDriver(wires)
    driver.start()
    return lambda command: driver.execute(command)[1].rstrip(b"\x15")


def mbed_calls(wires: Wires) -> Callable[[bytes], bytes]:
    driver = MbedDriver(wires)
    driver.start()
    return lambda command: b"\r\n" + driver.execute(command).rstrip(b"\x15")


def zephyr_calls(wires: Wires) -> Callable[[bytes], bytes]:
    driver = ZephyrDriver(wires)
    driver.start()
    return lambda command: driver.request(command).rstrip(b"\x15")


def arm_calls(wires: Wires) -> Callable[[bytes], bytes]:
    driver = ArmDriver(wires)
    driver.start()
    return lambda command: driver.execute(command)[1]


def arduino_calls(wires: Wires) -> Callable[[bytes], bytes]:
    driver = ArduinoDriver(wires)
    driver.start()
    return driver.execute


ALL = [st_calls, mbed_calls, zephyr_calls, arm_calls, arduino_calls]


@pytest.mark.parametrize("driver", ALL, ids=lambda driver: driver.__name__)
def test_all_drivers_get_the_same_replies(
    driver: Callable[[Wires], Callable[[bytes], bytes]],
) -> None:
    commands = [b"I?\r", b"Z5\r", b"C1=x\r", b"CS\r", b"C?\r", b"P0=2\r", b"P?\r", b"nonsense\r"]
    reference = st_calls(make_wires())
    call = driver(make_wires())
    assert [call(command) for command in commands] == [reference(c) for c in commands]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=80), min_size=1, max_size=6))
def test_no_bytes_make_the_module_fall_silent(windows: list[bytes]) -> None:
    driver = StDriver(make_wires())
    driver.start()
    for window in windows:
        driver.wires.wait_ready(1)
        driver.wires.on_rising = False
        driver.wires.select()
        driver.wires.write(window + b"\r" if len(window) % 2 else window + b"\r\n")
        reply = driver.receive(1400)
        assert reply is not None
        assert reply.startswith((b"\r\n", CURSOR))
    assert driver.execute(b"I?\r\n")[0] is Status.OK
