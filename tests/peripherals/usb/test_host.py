"""The host at the USB connector: enumeration, its failures, and the serial port."""

from __future__ import annotations

import logging

import pytest

from tests.peripherals.usb.rig import Rig


def test_nothing_happens_before_the_cable_is_plugged_in() -> None:
    rig = Rig()
    rig.host.on_pull_up(True)
    rig.run(1)
    assert not rig.device.vbus
    assert rig.device.resets == 0


def test_a_device_is_enumerated_in_linux_order() -> None:
    rig = Rig()
    rig.plug()
    assert [(data[0], data[1]) for data in rig.device.requests] == [
        (0x80, 6),
        (0x00, 5),
        (0x80, 6),
        (0x80, 6),
        (0x80, 6),
        (0x80, 6),
        (0x80, 6),
        (0x00, 9),
        (0x21, 0x20),
        (0x21, 0x22),
    ]
    assert rig.host.identity is not None
    assert rig.host.identity.strings == ["echo", "cdc", ""]
    assert rig.device.frames > 500


def test_a_device_that_stalls_its_strings_works_without_them() -> None:
    rig = Rig()
    rig.device.has_strings = False
    rig.plug()
    assert rig.host.identity is not None
    assert rig.host.identity.strings == ["", "", ""]


def test_bytes_wait_for_the_device_and_leave_in_its_packets() -> None:
    rig = Rig()
    for byte in bytes(range(100)):
        rig.host.receive(byte)
    rig.plug()
    assert rig.device.received == bytes(range(100))


def test_what_the_device_sends_leaves_the_port_byte_by_byte() -> None:
    rig = Rig()
    rig.plug()
    rig.device.outgoing += [b"hello ", b"world"]
    rig.host.on_ready()
    rig.run(0.01)
    assert rig.sent == b"hello world"


def test_a_busy_endpoint_is_asked_again_when_it_is_ready() -> None:
    rig = Rig()
    rig.plug()
    rig.device.accepts = False
    rig.host.receive(0x41)
    rig.run(0.1)
    assert rig.device.received == b""
    rig.device.accepts = True
    rig.host.on_ready()
    rig.run(0.1)
    assert rig.device.received == b"A"


def test_a_silent_device_is_tried_four_times(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig()
    rig.device.is_dead = True
    with caplog.at_level(logging.WARNING):
        rig.plug(5)
    assert rig.device.resets == 4
    assert "no device is found: no answer at GET_DESCRIPTOR 0x0100" in caplog.text


def test_a_refused_configuration_is_named(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig()
    rig.device.refused.add((0x00, 9))
    with caplog.at_level(logging.WARNING):
        rig.plug(5)
    assert "stalled at SET_CONFIGURATION 0x0001" in caplog.text
    assert rig.host.identity is None


def test_a_device_that_answers_nak_for_ever_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig()
    rig.device.is_slow = True
    with caplog.at_level(logging.WARNING):
        rig.plug(30)
    assert "timed out at GET_DESCRIPTOR" in caplog.text


def test_a_cable_that_is_pulled_and_plugged_in_finds_the_device_again() -> None:
    rig = Rig()
    rig.plug()
    rig.host.unplug()
    assert rig.host.identity is None
    assert not rig.device.vbus
    rig.plug()
    assert rig.host.identity is not None
    assert rig.device.resets == 2


def test_a_megabyte_a_second_and_no_more_passes() -> None:
    rig = Rig()
    rig.plug()
    before = rig.machine.clock.now
    rig.device.outgoing += [bytes(64)] * 1000
    rig.host.on_ready()
    while rig.device.outgoing:
        rig.run(0.001)
    # 64 bytes and 13 of overhead at 12 Mbit/s (USB 2.0 table 5-9: at most 19 packets a frame).
    assert 51e-6 < (rig.machine.clock.now - before) / 1e9 / 1000 < 55e-6
