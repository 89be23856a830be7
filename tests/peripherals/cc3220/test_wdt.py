"""The watchdog: interrupt first, reset then."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.wdt import CC3220_WDT
from tests.peripherals.stm32l4.rig import peek, poke


def test_watchdog_interrupts_first_and_resets_then() -> None:
    machine = BenchMachine()
    wdt = CC3220_WDT(machine, "wdt")
    poke(wdt, "LOCK", 0x1ACCE551)
    poke(wdt, "LOAD", 80_000_000)
    poke(wdt, "CTL", 3)
    poke(wdt, "LOCK", 1)
    poke(wdt, "LOAD", 5)
    assert peek(wdt, "LOAD") == 80_000_000
    machine.clock.advance(SECOND // 4)
    assert peek(wdt, "VALUE") == 60_000_000
    machine.clock.advance(SECOND)
    assert wdt.lines[0].level
    assert machine.reset_requests == []
    machine.clock.advance(SECOND)
    assert machine.reset_requests == ["wdt"]


def test_a_fed_watchdog_is_quiet() -> None:
    machine = BenchMachine()
    wdt = CC3220_WDT(machine, "wdt")
    poke(wdt, "LOAD", 80_000_000)
    poke(wdt, "CTL", 3)
    for _ in range(5):
        machine.clock.advance(SECOND * 3 // 2)
        assert peek(wdt, "RIS") == 1
        poke(wdt, "ICR", 1)
    poke(wdt, "CTL", 0)
    assert peek(wdt, "CTL") & 1
    assert machine.reset_requests == []
    wdt.reset()
    machine.clock.advance(9 * SECOND)
    assert peek(wdt, "RIS") == 0


def test_a_locked_watchdog_is_fed_all_the_same() -> None:
    machine = BenchMachine()
    wdt = CC3220_WDT(machine, "wdt")
    poke(wdt, "LOAD", 80_000_000)
    poke(wdt, "CTL", 3)
    poke(wdt, "LOCK", 1)
    for _ in range(3):
        machine.clock.advance(SECOND * 3 // 2)
        assert wdt.lines[0].level
        poke(wdt, "ICR", 1)
        assert not wdt.lines[0].level
    assert machine.reset_requests == []
