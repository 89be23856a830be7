"""Independent and window watchdog: when they bite, and how they are fed."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import iwdg as block
from renode_wifi.peripherals.stm32l4.iwdg import STM32_IndependentWatchdog
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from renode_wifi.peripherals.stm32l4.wwdg import STM32L4_WWDG
from tests.peripherals.stm32l4.rig import peek, poke

COUNT = 125_000
"""ns per count of the independent watchdog with its smallest prescaler."""
WINDOW_COUNT = 1_024_000
"""ns per count of the window watchdog at 4 MHz."""


def make(**attributes: Any) -> tuple[STM32_IndependentWatchdog, BenchMachine]:
    machine = BenchMachine()
    return STM32_IndependentWatchdog(machine, "iwdg", frequency=32_000, **attributes), machine


def configure(watchdog: STM32_IndependentWatchdog, **registers: int) -> None:
    poke(watchdog, "KR", block.KEY_UNLOCK)
    for name, value in registers.items():
        poke(watchdog, name, value)


def test_it_resets_the_chip_when_nobody_feeds_it() -> None:
    watchdog, machine = make()
    machine.clock.advance(10**10)
    assert machine.reset_requests == []
    poke(watchdog, "KR", block.KEY_START)
    machine.clock.advance(4096 * COUNT - 1)
    assert machine.reset_requests == []
    machine.clock.advance(1)
    assert machine.reset_requests == ["iwdg"]


def test_feeding_starts_the_count_again() -> None:
    watchdog, machine = make()
    poke(watchdog, "KR", block.KEY_START)
    for _ in range(5):
        machine.clock.advance(4000 * COUNT)
        poke(watchdog, "KR", block.KEY_RELOAD)
    assert machine.reset_requests == []


def test_prescaler_and_reload_value_set_the_time() -> None:
    watchdog, machine = make(defaultPrescaler=1)
    assert peek(watchdog, "PR") == 1
    configure(watchdog, PR=3, RLR=99)
    poke(watchdog, "KR", block.KEY_START)
    machine.clock.advance(100 * 8 * COUNT - 1)
    assert machine.reset_requests == []
    machine.clock.advance(1)
    assert machine.reset_requests == ["iwdg"]


def test_settings_need_their_key() -> None:
    watchdog, _ = make()
    poke(watchdog, "RLR", 1)
    assert peek(watchdog, "RLR") == 0xFFF
    configure(watchdog, RLR=1)
    assert peek(watchdog, "RLR") == 1
    poke(watchdog, "KR", block.KEY_RELOAD)
    poke(watchdog, "RLR", 2)
    assert peek(watchdog, "RLR") == 1
    assert peek(watchdog, "SR") == 0


def test_feeding_outside_of_the_window_resets() -> None:
    watchdog, machine = make()
    poke(watchdog, "KR", block.KEY_START)
    configure(watchdog, WINR=0x800)
    machine.clock.advance(0x900 * COUNT)
    poke(watchdog, "KR", block.KEY_RELOAD)
    assert machine.reset_requests == []
    machine.clock.advance(0x100 * COUNT)
    poke(watchdog, "KR", block.KEY_RELOAD)
    assert machine.reset_requests == ["iwdg"]


def test_without_the_option_there_is_no_window() -> None:
    watchdog, _ = make(windowOption=False)
    configure(watchdog, WINR=1)
    assert peek(watchdog, "WINR") == 0xFFF


def test_reset_stops_the_watchdog() -> None:
    watchdog, machine = make()
    poke(watchdog, "KR", block.KEY_START)
    watchdog.reset()
    machine.clock.advance(10**10)
    assert machine.reset_requests == []


def make_window(rcc: bool = False) -> tuple[STM32L4_WWDG, BenchMachine]:
    machine = BenchMachine()
    if rcc:
        machine.peripherals["rcc"] = STM32L4_RCC(machine, "rcc")
    return STM32L4_WWDG(machine, "wwdg", frequency=4_000_000), machine


@pytest.mark.parametrize("rcc", [False, True])
def test_window_watchdog_warns_at_0x40_and_resets_one_count_later(rcc: bool) -> None:
    watchdog, machine = make_window(rcc)
    poke(watchdog, "CFR", 0x27F)
    poke(watchdog, "CR", 0xC5)
    machine.clock.advance(3 * WINDOW_COUNT)
    assert peek(watchdog, "CR") == 0xC2
    machine.clock.advance(2 * WINDOW_COUNT)
    assert watchdog.lines["IRQ"].level
    poke(watchdog, "SR", 0)
    assert not watchdog.lines["IRQ"].level
    machine.clock.advance(WINDOW_COUNT)
    assert machine.reset_requests == ["wwdg"]


def test_window_watchdog_must_not_be_fed_too_early() -> None:
    watchdog, machine = make_window()
    poke(watchdog, "CFR", 0x50)
    poke(watchdog, "CR", 0xFF)
    machine.clock.advance(0x2F * WINDOW_COUNT)
    poke(watchdog, "CR", 0x7F)
    assert machine.reset_requests == []
    assert peek(watchdog, "CR") == 0xFF, "once active it stays active"
    machine.clock.advance(WINDOW_COUNT)
    poke(watchdog, "CR", 0xFF)
    assert machine.reset_requests == ["wwdg"]


def test_a_count_below_0x40_resets_at_once() -> None:
    watchdog, machine = make_window()
    poke(watchdog, "CR", 0xBF)
    assert machine.reset_requests == ["wwdg"]


def test_a_new_prescaler_counts_on() -> None:
    watchdog, machine = make_window()
    poke(watchdog, "CR", 0xFF)
    machine.clock.advance(10 * WINDOW_COUNT)
    poke(watchdog, "CFR", 0x7F | 1 << 7)
    machine.clock.advance(10 * WINDOW_COUNT)
    assert peek(watchdog, "CR") == 0xFF - 10 - 5


def test_an_idle_window_watchdog_keeps_its_count() -> None:
    watchdog, machine = make_window()
    machine.clock.advance(10**10)
    assert peek(watchdog, "CR") == 0x7F
    poke(watchdog, "CR", 0xFF)
    watchdog.reset()
    machine.clock.advance(10**10)
    assert machine.reset_requests == []


def test_running_watchdogs_survive_pickling() -> None:
    watchdog, machine = make()
    window = STM32L4_WWDG(machine, "wwdg")
    poke(watchdog, "KR", block.KEY_START)
    poke(window, "CR", 0xFF)
    _, _, other = pickle.loads(pickle.dumps((watchdog, window, machine)))
    other.clock.advance(10**10)
    assert sorted(set(other.reset_requests)) == ["iwdg", "wwdg"]
    assert machine.reset_requests == []
