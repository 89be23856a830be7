"""Timers: closed formulas against a counter that ticks, interrupts, clock changes."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import tim as block
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from renode_wifi.peripherals.stm32l4.tim import STM32_Timer
from tests.peripherals.stm32l4.rig import Probe, peek, poke

MEGAHERTZ = 1_000_000
TICK = 1000
"""ns of one tick at 1 MHz without prescaler."""
UIF, CC1IF = 1, 2


def make(name: str = "tim3", hertz: int = MEGAHERTZ) -> tuple[STM32_Timer, BenchMachine]:
    machine = BenchMachine()
    return STM32_Timer(machine, name, frequency=hertz), machine


def ticks(machine: BenchMachine, count: int) -> None:
    machine.clock.advance(count * TICK)


class TickingCounter:
    """A counter that is moved one tick at a time."""

    def __init__(self, prescaler: int, limit: int, compare: int, down: bool) -> None:
        self.prescaler, self.limit, self.compare, self.down = prescaler, limit, compare, down
        self.count = limit if down else 0
        self.divided = 0
        self.flags = 0

    def tick(self) -> None:
        self.divided += 1
        if self.divided <= self.prescaler:
            return
        self.divided = 0
        at_end = self.count == (0 if self.down else self.limit)
        if at_end:
            self.count = self.limit if self.down else 0
            self.flags |= UIF
        else:
            self.count += -1 if self.down else 1
        if self.count == self.compare:
            self.flags |= CC1IF


@settings(max_examples=60, deadline=None)
@given(
    prescaler=st.integers(0, 3),
    limit=st.integers(1, 9),
    compare=st.integers(0, 10),
    down=st.booleans(),
    steps=st.lists(st.tuples(st.integers(1, 50), st.booleans()), max_size=12),
)
def test_counter_and_flags_are_those_of_a_ticking_counter(
    prescaler: int, limit: int, compare: int, down: bool, steps: list[tuple[int, bool]]
) -> None:
    timer, machine = make("tim4")
    reference = TickingCounter(prescaler, limit, compare, down)
    poke(timer, "CR1", block.CR1.DIR if down else 0)
    poke(timer, "PSC", prescaler)
    poke(timer, "ARR", limit)
    timer.write(0x34, compare, 4)
    poke(timer, "EGR", 1)
    poke(timer, "SR", 0)
    poke(timer, "CR1", block.CR1.CEN | (block.CR1.DIR if down else 0))
    for count, clear in steps:
        ticks(machine, count)
        for _ in range(count):
            reference.tick()
        assert peek(timer, "CNT") == reference.count
        assert peek(timer, "SR") & (UIF | CC1IF) == reference.flags
        if clear:
            poke(timer, "SR", 0)
            reference.flags = 0


@given(
    hertz=st.sampled_from([80_000_000, 4_000_000, 33_333_333]),
    prescaler=st.integers(0, 0xFFFF),
    limit=st.integers(1, 0xFFFF),
    slices=st.lists(st.integers(0, 10**9), min_size=1, max_size=6),
)
def test_looking_often_changes_nothing(
    hertz: int, prescaler: int, limit: int, slices: list[int]
) -> None:
    seen = []
    for cuts in (slices, [sum(slices)]):
        timer, machine = make(hertz=hertz)
        poke(timer, "PSC", prescaler)
        poke(timer, "ARR", limit)
        poke(timer, "EGR", 1)
        poke(timer, "CR1", block.CR1.CEN)
        for duration in cuts:
            machine.clock.advance(duration)
            peek(timer, "CNT")
        seen.append(peek(timer, "CNT"))
    assert seen[0] == seen[1]


def test_hal_tick_comes_every_millisecond() -> None:
    """`HAL_InitTick` on TIM6: prescaler to 1 MHz, limit 999, interrupt by UIF."""
    timer, machine = make("tim6", 80 * MEGAHERTZ)
    moments: list[int] = []

    class Handler(Probe):
        def on_gpio(self, number: int, level: bool) -> None:
            if level:
                moments.append(machine.clock.now)
                poke(timer, "SR", ~UIF & 0xFFFFFFFF)

    timer.lines["IRQ"].connect(Handler(), 54)
    poke(timer, "ARR", 999)
    poke(timer, "PSC", 79)
    poke(timer, "EGR", 1)
    poke(timer, "SR", 0)
    poke(timer, "DIER", 1)
    poke(timer, "CR1", block.CR1.CEN)
    machine.clock.advance(5 * 10**6)
    assert moments == [10**6, 2 * 10**6, 3 * 10**6, 4 * 10**6, 5 * 10**6]


def test_flag_clears_by_writing_zero() -> None:
    timer, _ = make()
    poke(timer, "EGR", 0xFF)
    assert peek(timer, "SR") == 0x5F
    poke(timer, "SR", 0xFFFFFFFE)
    assert peek(timer, "SR") == 0x5E


def test_update_source_and_disable_bits_keep_the_flag_down() -> None:
    timer, machine = make()
    poke(timer, "CR1", block.CR1.URS)
    poke(timer, "EGR", 1)
    assert peek(timer, "SR") & UIF == 0
    poke(timer, "CR1", block.CR1.UDIS | block.CR1.CEN)
    poke(timer, "ARR", 9)
    poke(timer, "EGR", 1)
    ticks(machine, 25)
    assert peek(timer, "SR") & UIF == 0
    assert peek(timer, "CNT") == 5


def test_prescaler_counts_from_the_next_update() -> None:
    timer, machine = make()
    poke(timer, "ARR", 9)
    poke(timer, "EGR", 1)
    poke(timer, "CR1", block.CR1.CEN)
    poke(timer, "PSC", 9)
    ticks(machine, 5)
    assert peek(timer, "CNT") == 5
    ticks(machine, 5 + 30)
    assert peek(timer, "CNT") == 3


@pytest.mark.parametrize(("preloaded", "limit", "counts"), [(False, 4, [4, 2]), (True, 19, [9, 7])])
def test_limit_counts_at_once_or_from_the_next_update(
    preloaded: bool, limit: int, counts: list[int]
) -> None:
    timer, machine = make()
    poke(timer, "ARR", 9)
    poke(timer, "EGR", 1)
    poke(timer, "CR1", block.CR1.CEN | (block.CR1.ARPE if preloaded else 0))
    ticks(machine, 3)
    poke(timer, "ARR", limit)
    seen = []
    for duration in (6, 8):
        ticks(machine, duration)
        seen.append(peek(timer, "CNT"))
    assert seen == counts


def test_a_limit_lowered_below_the_counter_lets_it_run_to_its_width() -> None:
    timer, machine = make()
    poke(timer, "EGR", 1)
    poke(timer, "CR1", block.CR1.CEN)
    ticks(machine, 100)
    poke(timer, "ARR", 50)
    ticks(machine, 0xFFFF - 100)
    assert peek(timer, "CNT") == 0xFFFF
    ticks(machine, 2)
    assert peek(timer, "CNT") == 1
    ticks(machine, 51)
    assert peek(timer, "CNT") == 1


def test_one_pulse_stops_at_the_update() -> None:
    timer, machine = make()
    poke(timer, "ARR", 9)
    poke(timer, "EGR", 1)
    poke(timer, "SR", 0)
    poke(timer, "DIER", 1)
    poke(timer, "CR1", block.CR1.CEN | block.CR1.OPM)
    ticks(machine, 100)
    assert peek(timer, "CR1") == block.CR1.OPM
    assert peek(timer, "CNT") == 0
    assert timer.lines["IRQ"].level


def test_center_aligned_mode_turns_at_both_ends() -> None:
    timer, machine = make()
    poke(timer, "ARR", 4)
    poke(timer, "EGR", 1)
    poke(timer, "SR", 0)
    poke(timer, "CR1", block.CR1.CEN | 1 << 5)
    counts = []
    for _ in range(10):
        ticks(machine, 1)
        counts.append(peek(timer, "CNT"))
    assert counts == [1, 2, 3, 4, 3, 2, 1, 0, 1, 2]


def test_repetition_counter_thins_out_updates() -> None:
    timer, machine = make("tim1")
    poke(timer, "ARR", 9)
    poke(timer, "RCR", 2)
    poke(timer, "EGR", 1)
    poke(timer, "SR", 0)
    poke(timer, "CR1", block.CR1.CEN)
    ticks(machine, 29)
    assert peek(timer, "SR") & UIF == 0
    ticks(machine, 1)
    assert peek(timer, "SR") & UIF


def test_compare_interrupts_at_its_count() -> None:
    timer, machine = make()
    poke(timer, "ARR", 99)
    timer.write(0x38, 40, 4)
    poke(timer, "EGR", 1)
    poke(timer, "SR", 0)
    poke(timer, "DIER", 4)
    poke(timer, "CR1", block.CR1.CEN)
    ticks(machine, 39)
    assert not timer.lines["IRQ"].level
    ticks(machine, 1)
    assert timer.lines["IRQ"].level
    poke(timer, "SR", 0)
    ticks(machine, 99)
    assert not timer.lines["IRQ"].level
    ticks(machine, 1)
    assert timer.lines["IRQ"].level


def test_capture_latches_the_counter_at_the_chosen_edge() -> None:
    timer, machine = make()
    poke(timer, "CCMR1", 1)
    poke(timer, "CCER", 1)
    poke(timer, "DIER", 2)
    poke(timer, "CR1", block.CR1.CEN)
    ticks(machine, 17)
    timer.on_gpio(0, True)
    timer.on_gpio(0, True)
    assert timer.read(0x34, 4) == 17
    assert peek(timer, "SR") & 0x202 == 2
    assert timer.lines["IRQ"].level
    ticks(machine, 3)
    timer.on_gpio(0, False)
    assert timer.read(0x34, 4) == 17
    poke(timer, "CCER", 3)
    timer.on_gpio(0, True)
    timer.on_gpio(0, False)
    assert timer.read(0x34, 4) == 20
    assert peek(timer, "SR") & 0x202 == 0x202, "a second capture before the first was read"


def test_counter_can_be_set() -> None:
    timer, machine = make()
    poke(timer, "ARR", 99)
    poke(timer, "CNT", 90)
    poke(timer, "EGR", 2)
    poke(timer, "CR1", block.CR1.CEN | block.CR1.DIR)
    assert peek(timer, "CNT") == 90
    ticks(machine, 10)
    assert peek(timer, "CNT") == 80
    poke(timer, "CNT", 5)
    ticks(machine, 5)
    assert peek(timer, "CNT") == 0


def test_flag_can_be_copied_into_the_counter() -> None:
    timer, _ = make()
    poke(timer, "CR1", block.CR1.UIFREMAP)
    assert peek(timer, "CNT") == 0
    poke(timer, "EGR", 1)
    assert peek(timer, "CNT") == 1 << 31


def test_a_limit_of_zero_stops_the_counter() -> None:
    timer, machine = make()
    poke(timer, "ARR", 0)
    poke(timer, "CR1", block.CR1.CEN)
    ticks(machine, 10)
    assert peek(timer, "CNT") == 0
    poke(timer, "ARR", 100)
    ticks(machine, 10)
    assert peek(timer, "CNT") == 10


def test_without_edges_a_clock_from_outside_stands_still() -> None:
    timer, machine = make()
    poke(timer, "SMCR", 7)
    poke(timer, "CR1", block.CR1.CEN)
    ticks(machine, 100)
    assert peek(timer, "CNT") == 0


def with_rcc(machine: BenchMachine) -> STM32L4_RCC:
    """With the clocks of all timers on."""
    rcc = STM32L4_RCC(machine, "rcc")
    machine.peripherals["rcc"] = rcc
    for name in ("APB1ENR1", "APB2ENR"):
        poke(rcc, name, 0xFFFFFFFF)
    return rcc


@pytest.mark.parametrize(
    ("name", "msi_range", "prescaler_bits", "count"),
    [("tim6", 7, 0, 8000), ("tim6", 7, 5 << 8, 4000), ("tim1", 7, 4 << 11, 8000)],
)
def test_timers_follow_their_bus_clock(
    name: str, msi_range: int, prescaler_bits: int, count: int
) -> None:
    timer, machine = make(name, 80 * MEGAHERTZ)
    rcc = with_rcc(machine)
    poke(timer, "CR1", block.CR1.CEN)
    poke(rcc, "CR", 1 | 8 | msi_range << 4)
    poke(rcc, "CFGR", prescaler_bits)
    poke(timer, "CNT", 0)
    machine.clock.advance(1_000_000)
    assert peek(timer, "CNT") == count


def test_a_clock_change_keeps_what_was_counted() -> None:
    timer, machine = make("tim6")
    rcc = with_rcc(machine)
    poke(timer, "CR1", block.CR1.CEN)
    machine.clock.advance(1_000_000)
    poke(rcc, "CR", 1 | 8 | 4 << 4)
    machine.clock.advance(1_000_000)
    assert peek(timer, "CNT") == 4000 + 1000


def test_a_timer_without_its_clock_stands_still() -> None:
    timer, machine = make("tim6")
    rcc = with_rcc(machine)
    poke(timer, "CR1", block.CR1.CEN)
    machine.clock.advance(1_000_000)
    poke(rcc, "APB1ENR1", 0)
    machine.clock.advance(5_000_000)
    assert peek(timer, "CNT") == 4000
    poke(rcc, "APB1ENR1", 1 << 4)
    machine.clock.advance(1_000_000)
    assert peek(timer, "CNT") == 8000


def test_a_running_timer_can_be_reset() -> None:
    timer, machine = make()
    poke(timer, "DIER", 1)
    poke(timer, "CR1", block.CR1.CEN)
    timer.reset()
    machine.clock.advance(10**9)
    assert (peek(timer, "CR1"), peek(timer, "SR"), peek(timer, "CNT")) == (0, 0, 0)
    assert peek(timer, "ARR") == 0xFFFF


def test_a_running_timer_survives_pickling() -> None:
    timer, machine = make()
    poke(timer, "ARR", 9)
    poke(timer, "EGR", 1)
    poke(timer, "SR", 0)
    poke(timer, "CR1", block.CR1.CEN)
    ticks(machine, 4)
    copy, other = pickle.loads(pickle.dumps((timer, machine)))
    ticks(other, 7)
    assert peek(copy, "CNT") == 1
    assert peek(copy, "SR") & UIF
    assert peek(timer, "CNT") == 4


def test_timers_have_the_registers_of_their_kind() -> None:
    names = {
        name: make(name)[0].registers.names() for name in ("tim1", "tim4", "tim15", "tim16", "tim7")
    }
    assert len(names["tim1"]) == 26
    assert names["tim4"][-5:] == ["CCR2", "CCR3", "CCR4", "DCR", "DMAR"]
    assert "SMCR" in names["tim15"]
    assert "SMCR" not in names["tim16"]
    assert names["tim7"] == ["CR1", "CR2", "DIER", "SR", "EGR", "CNT", "PSC", "ARR"]


def test_a_basic_timer_has_no_flags_but_of_its_updates() -> None:
    timer, _ = make("tim6")
    poke(timer, "EGR", 0xFF)
    assert peek(timer, "SR") == 1
    poke(timer, "DIER", 0xFFFF)
    assert peek(timer, "DIER") == 0x101
