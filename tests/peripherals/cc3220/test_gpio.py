"""Ports: masked addresses, interrupts by edge and level."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.gpio import CC2538_GPIO
from tests.peripherals.stm32l4.rig import peek, poke


def test_pins_are_addressed_by_their_mask() -> None:
    port = CC2538_GPIO(BenchMachine(), "gpioa1")
    poke(port, "DIR", 0x0E)
    port.write(0x06 << 2, 0xFF, 4)
    assert [port.lines[pin].level for pin in range(8)] == [False, True, True] + [False] * 5
    assert port.read(0xFF << 2, 4) == 0x06
    assert port.read(0x02 << 2, 4) == 0x02
    port.on_gpio(5, True)
    assert port.read(0x20 << 2, 4) == 0x20
    poke(port, "DIR", 0)
    assert not port.lines[1].level


@pytest.mark.parametrize(
    ("both", "event", "levels", "count"),
    [(0, 1, [1, 0, 1], 2), (0, 0, [1, 0, 1], 1), (1, 0, [1, 0, 1], 3)],
)
def test_edges(both: int, event: int, levels: list[int], count: int) -> None:
    port = CC2538_GPIO(BenchMachine(), "gpioa1")
    poke(port, "IBE", both << 5)
    poke(port, "IEV", event << 5)
    poke(port, "IM", 1 << 5)
    seen = 0
    for level in levels:
        port.on_gpio(5, bool(level))
        seen += port.lines["IRQ"].level
        poke(port, "ICR", 1 << 5)
        assert not port.lines["IRQ"].level
    assert seen == count


def test_levels_interrupt_while_they_last() -> None:
    port = CC2538_GPIO(BenchMachine(), "gpioa2")
    poke(port, "IS", 1 << 6)
    poke(port, "IEV", 1 << 6)
    poke(port, "IM", 1 << 6)
    port.on_gpio(6, True)
    poke(port, "ICR", 1 << 6)
    assert port.lines["IRQ"].level
    port.on_gpio(6, False)
    assert not port.lines["IRQ"].level
    port.reset()
    assert peek(port, "RIS") == 0
