"""Pins and windows of the module's SPI."""

from __future__ import annotations

import pickle

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.bluenrg.codes import AciOpcode
from renode_wifi.peripherals.bluenrg.link import (
    CHIP_SELECT,
    READ,
    REARM,
    RESET,
    WRITE,
    WRITE_ROOM,
)
from renode_wifi.peripherals.bluenrg.messages.hci import CommandPacket, EventPacket
from tests.peripherals.bluenrg.rig import Application

INITIALIZED = bytes.fromhex("04FF03010001")


def test_the_first_event_after_reset_says_that_it_is_up() -> None:
    app = Application()
    assert app.window(READ)[0] == bytes(5)
    assert not app.irq
    app.machine.clock.advance(10_000 * MICROSECOND)
    assert app.irq
    header, body = app.window(READ, length=6)
    assert header == bytes([2, WRITE_ROOM, 0, len(INITIALIZED), 0])
    assert body == INITIALIZED
    app.machine.clock.advance(REARM)
    assert not app.irq
    assert app.window(READ)[0] == bytes([2, WRITE_ROOM, 0, 0, 0])


def test_irq_falls_with_the_header_and_comes_back_for_the_next_event() -> None:
    app = Application()
    app.pass_time(10)
    app.send(AciOpcode.RESET)
    app.send(AciOpcode.RESET)
    app.machine.clock.advance(1000 * MICROSECOND)
    assert app.irq
    app.module.on_gpio(CHIP_SELECT, False)
    for byte in (READ, 0, 0, 0, 0):
        assert app.irq
        app.module.exchange(byte, 8)
    assert not app.irq
    for _ in range(7):
        app.module.exchange(0, 8)
    app.module.on_gpio(CHIP_SELECT, True)
    assert not app.irq
    app.machine.clock.advance(REARM)
    assert app.irq


def test_an_event_may_be_read_in_several_windows() -> None:
    app = Application()
    app.machine.clock.advance(10_000 * MICROSECOND)
    first = app.window(READ, length=2)[1]
    header, rest = app.window(READ, length=4)
    assert header[3] == 4
    assert first + rest == INITIALIZED


def test_a_command_may_come_in_several_windows() -> None:
    app = Application()
    app.pass_time(10)
    raw = CommandPacket(AciOpcode.READ_LOCAL_VERSION).emit()
    app.window(WRITE, raw[:2])
    assert app.pass_time() == []
    app.window(WRITE, raw[2:])
    assert len(app.pass_time()) == 1


def test_what_it_takes_is_acknowledged_with_bytes_that_are_not_zero() -> None:
    app = Application()
    command = CommandPacket(AciOpcode.READ_BD_ADDR).emit()
    assert app.window(WRITE, command)[1] == bytes(len(command))
    app.pass_time(10)
    assert app.window(WRITE, command)[1] == b"\xff" * len(command)


def test_sixteen_bit_frames_carry_two_bytes() -> None:
    app = Application()
    app.machine.clock.advance(10_000 * MICROSECOND)
    module = app.module
    module.on_gpio(CHIP_SELECT, False)
    assert [module.exchange(word, 16) for word in (READ << 8, 0, 0)] == [0x027F, 0x0006, 0x0004]


def test_pins_that_nobody_drives_select_nothing() -> None:
    app = Application()
    chosen: list[object] = []

    class Bus:
        def choose(self, device: object = None) -> None:
            chosen.append(device)

    app.module.bus = Bus()
    app.module.on_gpio(RESET, False)
    app.module.on_gpio(CHIP_SELECT, False)
    assert chosen == []
    app.module.on_gpio(CHIP_SELECT, True)
    app.module.on_gpio(RESET, True)
    app.module.on_gpio(CHIP_SELECT, False)
    app.module.on_gpio(CHIP_SELECT, True)
    assert chosen == [app.module, None]


def test_reset_forgets_what_was_to_be_read() -> None:
    app = Application()
    app.machine.clock.advance(10_000 * MICROSECOND)
    app.module.on_gpio(RESET, False)
    assert not app.irq
    app.module.on_gpio(RESET, True)
    assert [event.code for event in app.pass_time(10)] == [0xFF]


def test_a_window_survives_pickling() -> None:
    app = Application()
    app.machine.clock.advance(10_000 * MICROSECOND)
    app.module.on_gpio(CHIP_SELECT, False)
    for byte in (READ, 0, 0, 0, 0, 0):
        app.module.exchange(byte, 8)
    copy = pickle.loads(pickle.dumps(app.module))
    assert bytes(copy.exchange(0, 8) for _ in range(5)) == INITIALIZED[1:]


def test_what_is_no_command_is_ignored() -> None:
    app = Application()
    app.pass_time(10)
    app.window(WRITE, b"\x02\x00\x00\x00")
    assert app.pass_time() == []


def test_a_command_that_is_not_known_is_refused_by_status() -> None:
    app = Application()
    app.pass_time(10)
    app.send(0x1234)
    assert app.pass_time() == [EventPacket.parse(bytes.fromhex("040F0401013412"))]
