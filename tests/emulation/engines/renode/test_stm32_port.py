"""Pins of a GPIO port that change while the port is being written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.emulation.engines.renode import dotnet

# Behind the stand-in, which it needs.
from renode_wifi.emulation.engines.renode.inside import log, stm32_port  # isort: skip

NSS, RDY = 0, 1
ODR, BSRR, BRR = 0x14, 0x18, 0x28

Store = Callable[[int, int, str], None]


class Wired:
    """A port with an output, NSS, to which a device answers at once on an input, RDY."""

    def __init__(self) -> None:
        self.machine = dotnet.Machine()
        self.port = self.machine.peripherals["sysbus.gpioPortE"] = dotnet.GpioPort()
        self.pins = stm32_port.HeldPins()
        self.log = log.Log()
        stm32_port.follow_ports(self.machine, self.log, self.pins)
        self.ready = Pin(self.port, RDY)
        self.port.Connections[NSS] = lambda level: self.pins.set(self.ready, level)

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
