"""Pins of a GPIO port: changed while the port is being written, and read again and again."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.emulation.engines.renode import dotnet

# Behind the stand-in, which it needs.
from renode_wifi.emulation.engines.renode.inside import log, stm32_port  # isort: skip

NSS, RDY = 0, 1
IDR, ODR, BSRR, BRR = 0x10, 0x14, 0x18, 0x28
PORT = dotnet.PORT_START

Store = Callable[[int, int, str], None]


class Wired:
    """A port with an output, NSS, to which a device answers at once on an input, RDY."""

    def __init__(self) -> None:
        self.machine = dotnet.Machine()
        self.port = self.machine.peripherals["sysbus.gpioPortE"] = dotnet.GpioPort()
        self.pins = stm32_port.HeldPins()
        self.log = log.Log()
        board: Any = SimpleNamespace(log=self.log, pins=self.pins)
        stm32_port.follow_ports(self.machine, board)
        self.ready = Pin(self.port, RDY)
        self.port.Connections[NSS].leads_to = lambda level: self.pins.set(self.ready, level)

    def store(self, offset: int, value: int, kind: str = "UInt32") -> None:
        """As Renode's bus does: the hook first, then what it returns."""
        hooks = self.machine.SystemBus.SetHookBeforePeripheralWrite
        value = hooks.of[self.port, kind](value, offset)
        shift = 8 * (offset & 3)
        if offset & ~3 == ODR:
            width = {"UInt32": 32, "UInt16": 16, "Byte": 8}[kind]
            kept = self.port.ReadDoubleWord(ODR) & ~(((1 << width) - 1) << shift)
            value = kept | value << shift
        self.port.WriteDoubleWord(offset & ~3, value)


class Pin:
    """A GPIO that leads to a pin of the port."""

    def __init__(self, port: dotnet.GpioPort, number: int) -> None:
        self._port = port
        self._number = number

    def Set(self, level: bool) -> None:
        self._port.OnGPIO(self._number, level)


@pytest.mark.parametrize(
    ("rise", "fall"),
    [
        ((BSRR, 1 << NSS, "UInt32"), (BRR, 1 << NSS, "UInt32")),
        ((BSRR, 1 << NSS, "UInt16"), (BSRR + 2, 1 << NSS, "UInt16")),
        ((BSRR, 1 << NSS, "Byte"), (BSRR + 2, 1 << NSS, "Byte")),
        ((ODR, 1 << NSS, "UInt32"), (ODR, 0, "UInt32")),
        ((ODR, 1 << NSS, "Byte"), (ODR, 0, "Byte")),
    ],
)
def test_an_answer_on_a_later_pin_is_not_written_over(
    rise: tuple[int, int, str], fall: tuple[int, int, str]
) -> None:
    wired = Wired()
    wired.store(*rise)
    assert wired.port.pins[NSS]
    assert wired.port.pins[RDY]
    wired.store(*fall)
    assert not wired.port.pins[NSS]
    assert not wired.port.pins[RDY]


def test_levels_outside_of_a_write_come_at_once() -> None:
    wired = Wired()
    wired.pins.set(wired.ready, True)
    assert wired.port.pins[RDY]


def test_what_changes_no_pin_passes() -> None:
    wired = Wired()
    wired.store(0x24, 5)
    assert wired.port.stores == [(0x24, 5)]


def test_a_mistake_is_logged_and_the_write_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    wired = Wired()
    dotnet.LOGGED.clear()

    def fail(port: object, offset: int, value: int) -> None:
        raise ValueError("a mistake")

    monkeypatch.setattr(wired.pins, "write", fail)
    wired.store(BSRR, 1 << NSS)
    assert wired.port.pins[NSS]
    assert ("error", "port: a mistake") in dotnet.LOGGED


@pytest.fixture
def reading() -> tuple[Wired, Any]:
    """A port, and what cores find at its IDR."""
    wired = Wired()
    return wired, next(
        item for item, place in wired.machine.SystemBus.registered if place[0] == PORT + IDR
    )


def test_a_core_finds_the_port_around_its_input_register() -> None:
    wired = Wired()
    found = [(item is wired.port, *place) for item, place in wired.machine.SystemBus.registered]
    cpu = wired.machine.SystemBus.cpu
    assert found == [
        (True, PORT, 0x10, 0, cpu),
        (False, PORT + 0x10, 4, 0, cpu),
        (True, PORT + 0x14, 0x3EC, 0x14, cpu),
    ]
    assert "gpioPortE_IDR" in wired.machine.names


def test_the_port_is_asked_again_after_a_change_only(
    reading: tuple[Wired, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    wired, register = reading
    asked: list[int] = []
    read = wired.port.ReadDoubleWord
    monkeypatch.setattr(
        wired.port, "ReadDoubleWord", lambda offset: asked.append(offset) or read(offset)
    )
    assert [register.ReadDoubleWord(0) for _ in range(3)] == [0, 0, 0]
    assert asked == [IDR]
    wired.ready.Set(True)
    assert [register.ReadDoubleWord(0) for _ in range(3)] == [2, 2, 2]
    assert asked == [IDR, IDR]


@given(st.lists(st.tuples(st.integers(0, 15), st.booleans(), st.booleans())))
def test_it_reads_as_the_port_does(steps: list[tuple[int, bool, bool]]) -> None:
    wired = Wired()
    register = wired.machine.SystemBus.registered[1][0]
    for number, level, is_read in steps:
        wired.port.OnGPIO(number, level)
        if is_read:
            assert register.ReadDoubleWord(0) == wired.port.ReadDoubleWord(IDR)
    wired.port.pins[:] = [False] * 16
    register.Reset()
    assert register.ReadDoubleWord(0) == 0


def test_parts_of_it_can_be_read_and_none_written(reading: tuple[Wired, Any]) -> None:
    wired, register = reading
    for number in (1, 8, 15):
        wired.port.OnGPIO(number, True)
    assert [register.ReadWord(offset) for offset in (0, 2)] == [0x8102, 0]
    assert [register.ReadByte(offset) for offset in range(4)] == [0x02, 0x81, 0, 0]
    register.WriteDoubleWord(0, 0xFFFF)
    register.WriteWord(0, 0xFFFF)
    register.WriteByte(0, 0xFF)
    assert register.ReadDoubleWord(0) == 0x8102


def test_a_read_that_fails_is_logged(
    reading: tuple[Wired, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    wired, register = reading
    dotnet.LOGGED.clear()

    def fail(offset: int) -> int:
        raise ValueError("a mistake")

    monkeypatch.setattr(wired.port, "ReadDoubleWord", fail)
    assert register.ReadDoubleWord(0) == 0
    assert ("error", "gpioPortE_IDR: read of 0x000 failed: a mistake") in dotnet.LOGGED
