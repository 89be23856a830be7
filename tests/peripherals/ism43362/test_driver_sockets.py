"""Sockets as the drivers of Mbed, Zephyr and Arm use them."""

from __future__ import annotations

import pytest

from tests.peripherals.ism43362.drivers import (
    ArmDriver,
    MbedDriver,
    ZephyrDriver,
)
from tests.peripherals.ism43362.rig import Rig
from tests.peripherals.ism43362.worlds import UDP_ECHO


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_mbed_udp(rig: Rig) -> None:
    driver = MbedDriver(rig.wires)
    driver.start()
    for command in (b"C1=fwemu-ap", b"C2=fwemu-pass", b"C3=3", b"CN=US/0"):
        assert driver.execute(command + b"\r") == b"\r\nOK\r\n> "
    assert driver.execute(b"C0\r").startswith(b"[JOIN   ] fwemu-ap,10.10.0.50")
    for command in (
        b"P0=0",
        b"P1=1",
        b"P3=10.10.0.1",
        b"P4=50000",
        b"P5=0",
        b"P6=1",
        b"P0=0",
        b"P4=%d" % UDP_ECHO,
        b"R1=1200",
        b"R2=1",
    ):
        assert driver.execute(command + b"\r") == b"\r\nOK\r\n> "
    # An odd header and a payload that straddles words, in one buffer.
    assert driver.execute(b"S3=5\rhello").startswith(b"5\r\nOK")
    rig.wires.wait_ms(10)
    assert driver.execute(b"R0\r").rstrip(b"\x15") == b"hello\r\nOK\r\n> "
    assert driver.execute(b"R0\r") == b"\r\nOK\r\n> "


def test_zephyr_tcp_with_its_surplus_byte(rig: Rig) -> None:
    driver = ZephyrDriver(rig.wires)
    driver.start()
    for command in (b"C1=fwemu-ap\r", b"C2=fwemu-pass\r", b"C3=4\r", b"C0\r"):
        assert b"OK" in driver.request(command)
    for command in (b"P0=0\r", b"P1=0\r", b"P6=0\r", b"P3=10.10.0.1\r", b"P4=9001\r", b"P6=1\r"):
        assert b"OK" in driver.request(command)
    assert driver.send(b"abc").startswith(b"\r\n3\r\nOK")
    for command in (b"R1=1460\r", b"R2=30\r"):
        assert b"OK" in driver.request(command)
    assert driver.request(b"R0\r").rstrip(b"\x15") == b"\r\nabc\r\nOK\r\n> "


def test_arm_tcp_with_full_packets(rig: Rig) -> None:
    driver = ArmDriver(rig.wires, polling=True)
    driver.start()
    for command in (b"C1=fwemu-ap\r", b"C2=fwemu-pass\r", b"C3=3\r\n", b"C0\r\n"):
        assert driver.execute(command)[0] == 0
    for command in (b"P0=1\r\n", b"P1=0\r\n", b"P3=10.10.0.1\r", b"P4=9001\r", b"R1=1460\r"):
        assert driver.execute(command)[0] == 0
    assert driver.execute(b"R2=1\r\n")[0] == 0
    assert driver.execute(b"P6=1\r\n")[0] == 0
    data = bytes(range(256)) * 5 + b"." * 180
    assert driver.execute(b"S3=1460\r" + data) == (0, b"\r\n1460\r\nOK\r\n> ")
    rig.wires.wait_ms(10)
    assert driver.execute(b"R0\r\n") == (0, b"\r\n" + data + b"\r\nOK\r\n> ")


def test_throughput_stays_below_arm_s_report(rig: Rig) -> None:
    """347 KB/s up were measured on the board, at 16 MHz."""
    driver = ArmDriver(rig.wires)
    driver.start()
    for command in (b"C1=fwemu-ap\r", b"C2=fwemu-pass\r", b"C3=3\r\n", b"C0\r\n", b"P0=0\r\n"):
        driver.execute(command)
    for command in (b"P3=10.10.0.1\r", b"P4=9003\r", b"P6=1\r\n"):
        driver.execute(command)
    start = rig.wires.now_us
    for _ in range(10):
        driver.execute(b"P0=0\r\n")
        assert driver.execute(b"S3=1460\r" + b"x" * 1460)[0] == 0
    rate = 14_600 * 1_000_000 // (rig.wires.now_us - start) // 1000
    assert 250 <= rate <= 347
