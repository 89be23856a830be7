"""General-purpose timers: counting, matches, prescalers, DMA."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, SECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.timer import CC3220_Timer
from tests.peripherals.stm32l4.rig import Probe, peek, poke


def make_timer(config: int, mode_a: int, mode_b: int = 0) -> tuple[BenchMachine, CC3220_Timer]:
    machine = BenchMachine()
    timer = CC3220_Timer(machine, "timera0")
    poke(timer, "CFG", config)
    poke(timer, "TAMR", mode_a)
    poke(timer, "TBMR", mode_b)
    poke(timer, "IMR", 0xFFF)
    return machine, timer


def test_periodic_timer_of_32_bits_counts_down_and_interrupts() -> None:
    machine, timer = make_timer(0, 2)
    poke(timer, "TAILR", 80_000 - 1)
    poke(timer, "CTL", 1)
    machine.clock.advance(MILLISECOND // 2)
    assert peek(timer, "TAR") == 39_999
    assert not timer.lines[0].level
    machine.clock.advance(MILLISECOND // 2)
    assert timer.lines[0].level
    assert peek(timer, "MIS") == 1
    poke(timer, "ICR", 1)
    assert not timer.lines[0].level
    machine.clock.advance(MILLISECOND)
    assert peek(timer, "RIS") == 1


def test_one_shot_stops_itself() -> None:
    machine, timer = make_timer(0, 1)
    poke(timer, "TAILR", 799)
    poke(timer, "CTL", 1)
    machine.clock.advance(10 * MICROSECOND)
    assert peek(timer, "RIS") == 1
    assert peek(timer, "CTL") == 0
    poke(timer, "ICR", 1)
    machine.clock.advance(SECOND)
    assert peek(timer, "RIS") == 0


def test_halves_run_on_their_own_with_prescalers() -> None:
    machine, timer = make_timer(4, 2, 2)
    poke(timer, "TAILR", 999)
    poke(timer, "TAPR", 79)
    poke(timer, "TBILR", 79)
    poke(timer, "CTL", 0x101)
    machine.clock.advance(MICROSECOND)
    assert timer.lines[1].level
    assert not timer.lines[0].level
    assert peek(timer, "TAR") == 998
    machine.clock.advance(MILLISECOND)
    assert timer.lines[0].level


def test_counting_up_with_a_match() -> None:
    machine, timer = make_timer(0, 2 | 1 << 4 | 1 << 5)
    poke(timer, "TAILR", 7999)
    poke(timer, "TAMATCHR", 4000)
    poke(timer, "CTL", 1)
    machine.clock.advance(49 * MICROSECOND)
    assert peek(timer, "RIS") == 0
    machine.clock.advance(2 * MICROSECOND)
    assert peek(timer, "RIS") == 1 << 4
    assert peek(timer, "TAV") == 4080
    poke(timer, "TAV", 7999)
    machine.clock.advance(MICROSECOND)
    assert peek(timer, "RIS") & 1


def test_a_stopped_timer_keeps_its_value_and_capture_stands_still() -> None:
    machine, timer = make_timer(0, 2)
    poke(timer, "TAILR", 8000)
    poke(timer, "CTL", 1)
    machine.clock.advance(MICROSECOND)
    poke(timer, "CTL", 0)
    stopped = peek(timer, "TAR")
    machine.clock.advance(SECOND)
    assert peek(timer, "TAR") == stopped == 7920
    poke(timer, "TAV", 5)
    assert peek(timer, "TAR") == 5
    machine, timer = make_timer(4, 3)
    poke(timer, "CTL", 1)
    machine.clock.advance(SECOND)
    assert peek(timer, "RIS") == 0


def test_timers_ask_for_dma_and_are_notified_of_its_end() -> None:
    machine, timer = make_timer(0, 2)
    probe = Probe()
    timer.lines[2].connect(probe, 9)
    poke(timer, "DMAEV", 1)
    poke(timer, "TAILR", 79)
    poke(timer, "CTL", 1)
    machine.clock.advance(MICROSECOND)
    assert probe.levels == [(9, True), (9, False)]
    timer.on_gpio(1, True)
    assert peek(timer, "RIS") & 1 << 13
