"""Low-power timer against plain arithmetic."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import lptim as block
from renode_wifi.peripherals.stm32l4.lptim import STM32L0_LpTimer
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from tests.peripherals.stm32l4.rig import Probe, peek, poke

MILLISECOND = 1_000_000
START = block.CR.ENABLE | block.CR.CNTSTRT


def make(
    limit: int = 9, compare: int = 4, **registers: int
) -> tuple[STM32L0_LpTimer, BenchMachine]:
    """A timer that counts milliseconds."""
    machine = BenchMachine()
    timer = STM32L0_LpTimer(machine, "lptim1", frequency=1000)
    for name, value in registers.items():
        poke(timer, name, value)
    poke(timer, "CR", block.CR.ENABLE)
    poke(timer, "ARR", limit)
    poke(timer, "CMP", compare)
    assert peek(timer, "ISR") == block.ISR.ARROK | block.ISR.CMPOK
    poke(timer, "ICR", block.ISR.ARROK | block.ISR.CMPOK)
    return timer, machine


@given(
    limit=st.integers(1, 12),
    compare=st.integers(0, 12),
    steps=st.lists(st.tuples(st.integers(1, 30), st.booleans()), max_size=8),
)
def test_counter_and_flags_follow_the_time(
    limit: int, compare: int, steps: list[tuple[int, bool]]
) -> None:
    timer, machine = make(limit, compare)
    poke(timer, "CR", START)
    total, flags = 0, 0
    for duration, clear in steps:
        machine.clock.advance(duration * MILLISECOND)
        for count in range(total + 1, total + duration + 1):
            if count % (limit + 1) == limit:
                flags |= block.ARRM
            if count % (limit + 1) == compare:
                flags |= block.CMPM
        total += duration
        assert peek(timer, "CNT") == total % (limit + 1)
        assert peek(timer, "ISR") == flags
        if clear:
            poke(timer, "ICR", 0xFF)
            flags = 0


def test_matches_interrupt_in_time() -> None:
    timer, machine = make(IER=block.ARRM | block.CMPM)
    poke(timer, "CR", START)
    moments = []
    for millisecond in range(1, 21):
        machine.clock.advance(MILLISECOND)
        if timer.lines["IRQ"].level:
            moments.append(millisecond)
            poke(timer, "ICR", 0xFF)
    assert moments == [4, 9, 14, 19]


def test_a_single_shot_ends_after_one_turn() -> None:
    timer, machine = make()
    poke(timer, "CR", block.CR.ENABLE | block.CR.SNGSTRT)
    machine.clock.advance(5 * MILLISECOND)
    assert peek(timer, "CNT") == 5
    machine.clock.advance(10 * MILLISECOND)
    assert peek(timer, "CNT") == 0
    assert peek(timer, "ISR") == block.ARRM | block.CMPM
    poke(timer, "ICR", 0xFF)
    machine.clock.advance(100 * MILLISECOND)
    assert peek(timer, "ISR") == 0


def test_the_prescaler_divides() -> None:
    timer, machine = make(limit=0xFFFF, CFGR=3 << 9)
    poke(timer, "CR", START)
    machine.clock.advance(80 * MILLISECOND)
    assert peek(timer, "CNT") == 10


def test_starting_needs_an_enabled_timer() -> None:
    machine = BenchMachine()
    timer = STM32L0_LpTimer(machine, "lptim1", frequency=1000)
    poke(timer, "CR", START)
    machine.clock.advance(5 * MILLISECOND)
    assert peek(timer, "CNT") == 0


def test_disabling_stops_and_clears() -> None:
    timer, machine = make()
    poke(timer, "CR", START)
    machine.clock.advance(5 * MILLISECOND)
    poke(timer, "CR", 0)
    assert (peek(timer, "ISR"), peek(timer, "CNT")) == (0, 0)


def test_interrupts_are_chosen_while_disabled() -> None:
    timer, _ = make()
    poke(timer, "IER", 3)
    assert peek(timer, "IER") == 0


@pytest.mark.parametrize(("polarity", "edges"), [(0, 10), (1, 10), (2, 20)])
def test_edges_of_a_pin_are_counted(polarity: int, edges: int) -> None:
    timer, machine = make(limit=99, compare=98, CFGR=block.CFGR.CKSEL | polarity << 1)
    poke(timer, "CR", START)
    for _ in range(10):
        timer.on_gpio(0, True)
        timer.on_gpio(0, False)
    machine.clock.advance(50 * MILLISECOND)
    assert peek(timer, "CNT") == edges


def test_counted_edges_interrupt_at_the_limit() -> None:
    timer, _ = make(limit=3, IER=block.ISR.ARRM, CFGR=block.CFGR.COUNTMODE)
    poke(timer, "CR", START)
    for edge in range(4):
        assert timer.lines["IRQ"].level == (edge == 3)
        timer.on_gpio(0, True)
        timer.on_gpio(0, False)
    assert peek(timer, "CNT") == 0


@pytest.mark.parametrize("polarity", [0, 1, 2])
def test_an_encoder_counts_up_and_down(polarity: int) -> None:
    timer, _ = make(limit=99, compare=98, CFGR=block.CFGR.ENC | polarity << 1)
    poke(timer, "CR", START)
    first, second = block.INPUTS.index("IN1"), block.INPUTS.index("IN2")
    turn = [(first, True), (second, True), (first, False), (second, False)]
    # One edge of each pair counts where only rising or falling ones do.
    each = 4 if polarity == 2 else 2
    for _ in range(5):
        for number, level in turn:
            timer.on_gpio(number, level)
    assert peek(timer, "CNT") == 5 * each
    assert not peek(timer, "ISR") & (block.ISR.UP | block.ISR.DOWN)
    for _ in range(6):
        for number, level in reversed(turn):
            timer.on_gpio(number, not level)
    assert peek(timer, "CNT") == (5 * each - 6 * each) % 100
    assert peek(timer, "ISR") & (block.ISR.UP | block.ISR.DOWN) == block.ISR.DOWN


def test_an_edge_of_the_trigger_starts_the_timer() -> None:
    timer, machine = make(CFGR=1 << block.CFGR["TRIGEN"].position)
    poke(timer, "CR", START)
    machine.clock.advance(3 * MILLISECOND)
    assert peek(timer, "CNT") == 0
    timer.on_gpio(1, True)
    machine.clock.advance(3 * MILLISECOND)
    assert peek(timer, "CNT") == 3
    assert peek(timer, "ISR") & block.ISR.EXTTRIG


def test_the_clock_choice_of_the_rcc_counts() -> None:
    timer, machine = make(limit=0xFFFF)
    machine.peripherals["rcc"] = STM32L4_RCC(machine, "rcc")
    poke(machine.peripherals["rcc"], "CCIPR", 3 << 18)
    poke(timer, "CR", START)
    machine.clock.advance(1000 * MILLISECOND)
    assert peek(timer, "CNT") == 32_768


def test_a_running_timer_survives_pickling_and_reset() -> None:
    timer, machine = make(IER=block.ARRM)
    poke(timer, "CR", START)
    copy, other = pickle.loads(pickle.dumps((timer, machine)))
    other.clock.advance(9 * MILLISECOND)
    assert copy.lines["IRQ"].level
    assert not timer.lines["IRQ"].level
    timer.reset()
    machine.clock.advance(100 * MILLISECOND)
    assert peek(timer, "ISR") == 0


def test_without_its_clock_in_sleep_it_stands_still() -> None:
    machine = BenchMachine()
    rcc = STM32L4_RCC(machine, "rcc")
    machine.peripherals["rcc"] = rcc
    timer = STM32L0_LpTimer(machine, "lptim1")
    poke(rcc, "CSR", 1)
    poke(rcc, "CCIPR", 1 << 18)
    poke(rcc, "APB1ENR1", 1 << 31)
    poke(rcc, "APB1SMENR1", 0)
    poke(timer, "CR", block.CR.ENABLE)
    poke(timer, "ARR", 1000)
    poke(timer, "CR", START)
    machine.clock.advance(MILLISECOND)
    before = peek(timer, "CNT")
    rcc.sleep(1)
    machine.clock.advance(10 * MILLISECOND)
    assert peek(timer, "CNT") == before
    copy, _ = pickle.loads(pickle.dumps((timer, machine)))
    rcc.sleep(0)
    assert peek(timer, "CNT") == before == 32
    machine.clock.advance(MILLISECOND)
    assert peek(timer, "CNT") == 64
    assert peek(copy, "CNT") == before


@given(
    limit=st.integers(1, 12),
    compare=st.integers(0, 13),
    inverted=st.booleans(),
    once=st.booleans(),
    external=st.booleans(),
)
def test_the_output_is_active_behind_the_compare_value(
    limit: int, compare: int, inverted: bool, once: bool, external: bool
) -> None:
    """34.4.8: PWM, or set once; counted by the clock or by IN1."""
    setting = block.CFGR.WAVPOL if inverted else 0
    setting |= block.CFGR.WAVE if once else 0
    setting |= block.CFGR.COUNTMODE if external else 0
    timer, machine = make(limit, compare, CFGR=setting)
    probe = Probe()
    timer.lines["OUT"].connect(probe, 0)
    poke(timer, "CR", START)
    for count in range(3 * (limit + 1)):
        active = count % (limit + 1) > compare
        if once:
            active = limit > compare and count > compare
        assert timer.lines["OUT"].level == (active != inverted), count
        if external:
            timer.on_gpio(0, True)
            timer.on_gpio(0, False)
        else:
            machine.clock.advance(MILLISECOND)
    poke(timer, "CR", 0)
    assert not timer.lines["OUT"].level
