"""Breaks of timers: their sources, what they do to outputs, and the settings that LOCK freezes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.tim import STM32_Timer
from renode_wifi.peripherals.stm32l4.tim_break import FIRST_INPUT, SOURCES
from renode_wifi.peripherals.stm32l4.tim_registers import (
    BDTR,
    BREAK,
    BREAK2,
    CCER,
    CR1,
    CR2,
    EGR,
    SR,
)
from tests.peripherals.stm32l4.rig import Probe, peek, poke
from tests.peripherals.stm32l4.test_tim import make, ticks

BKIN, BKIN2 = FIRST_INPUT, FIRST_INPUT + len(SOURCES)
ALWAYS_ACTIVE = 5 << 4
PAIR = CCER.CC1E | CCER.CC1NE


class Comparators:
    def __init__(self) -> None:
        self.lines = {0: Line(), 1: Line()}


def running(control: int, enabled: int = CCER.CC1E) -> tuple[STM32_Timer, BenchMachine]:
    """TIM1, whose first channel is active; control: BDTR."""
    timer, machine = make("tim1")
    poke(timer, "ARR", 99)
    poke(timer, "CCMR1", ALWAYS_ACTIVE)
    poke(timer, "CCER", enabled)
    poke(timer, "BDTR", control)
    poke(timer, "CR1", CR1.CEN)
    return timer, machine


def test_break_takes_the_outputs_to_their_idle_levels_and_an_update_gives_them_back() -> None:
    timer, machine = running(BDTR.BKE | BDTR.BKP | BDTR.AOE | BDTR.MOE)
    probe = Probe()
    timer.lines["CH1"].connect(probe, 1)
    assert probe.levels == [(1, True)]
    timer.on_gpio(BKIN, True)
    assert probe.levels[-1] == (1, False)
    assert peek(timer, "SR") & SR.BIF
    ticks(machine, 200)
    assert not peek(timer, "BDTR") & BDTR.MOE
    timer.on_gpio(BKIN, False)
    ticks(machine, 100)
    assert peek(timer, "BDTR") & BDTR.MOE
    assert probe.levels[-1] == (1, True)
    poke(timer, "EGR", EGR.BG)
    assert not peek(timer, "BDTR") & BDTR.MOE


def test_while_a_break_is_active_neither_moe_nor_the_flag_can_be_changed() -> None:
    timer, _ = running(BDTR.BKE | BDTR.BKP | BDTR.MOE)
    timer.on_gpio(BKIN, True)
    poke(timer, "BDTR", BDTR.BKE | BDTR.BKP | BDTR.MOE)
    poke(timer, "SR", 0)
    assert not peek(timer, "BDTR") & BDTR.MOE
    assert peek(timer, "SR") & SR.BIF
    timer.on_gpio(BKIN, False)
    poke(timer, "SR", 0)
    poke(timer, "BDTR", BDTR.BKE | BDTR.BKP | BDTR.MOE)
    assert peek(timer, "BDTR") & BDTR.MOE
    assert not peek(timer, "SR") & SR.BIF


def test_a_break_that_is_active_low_acts_as_soon_as_it_is_enabled() -> None:
    timer, _ = running(BDTR.BKE | BDTR.MOE)
    assert not peek(timer, "BDTR") & BDTR.MOE
    assert peek(timer, "SR") & SR.BIF


@pytest.mark.parametrize(
    ("control", "number", "flag"),
    [
        (BDTR.BKE | BDTR.BKP, BKIN, SR.BIF),
        (BDTR.BK2E | BDTR.BK2P, BKIN2, SR.B2IF),
    ],
)
def test_each_break_has_its_flag_and_both_their_interrupt(
    control: int, number: int, flag: int
) -> None:
    timer, _ = running(control | BDTR.MOE)
    poke(timer, "DIER", 1 << 7)
    for other in {BKIN, BKIN2} - {number}:
        timer.on_gpio(other, True)
    assert peek(timer, "BDTR") & BDTR.MOE
    timer.on_gpio(number, True)
    assert peek(timer, "SR") & (SR.BIF | SR.B2IF) == flag
    assert timer.lines["BreakInterrupt"].level
    timer.on_gpio(number, False)
    poke(timer, "SR", 0)
    assert not timer.lines["BreakInterrupt"].level


def test_the_second_break_made_by_software_switches_off() -> None:
    timer, _ = running(BDTR.MOE)
    poke(timer, "EGR", EGR.B2G)
    assert peek(timer, "SR") & SR.B2IF
    assert not peek(timer, "BDTR") & BDTR.MOE


def test_a_comparator_breaks_if_its_bit_lets_it() -> None:
    timer, machine = running(BDTR.BKE | BDTR.BKP | BDTR.BK2E | BDTR.BK2P | BDTR.MOE)
    comparators = Comparators()
    machine.peripherals["comp"] = comparators
    comparators.lines[0].set(True)
    poke(timer, "OR3", BREAK2.BK2CMP2E)
    assert peek(timer, "BDTR") & BDTR.MOE
    comparators.lines[1].set(True)
    assert peek(timer, "SR") & (SR.BIF | SR.B2IF) == SR.B2IF
    comparators.lines[1].set(False)
    poke(timer, "SR", 0)
    poke(timer, "OR2", BREAK.BKCMP1E | BREAK.BKCMP1P)
    assert not peek(timer, "SR") & SR.BIF
    comparators.lines[0].set(False)
    assert peek(timer, "SR") & SR.BIF


@pytest.mark.parametrize("flag", [EGR.BG, EGR.B2G])
@pytest.mark.parametrize("keeps", [0, BDTR.OSSI])
def test_without_moe_ossi_says_whether_outputs_are_driven(keeps: int, flag: int) -> None:
    """Table 189: BRK leads to idle levels, BRK2 to inactive ones only."""
    timer, _ = running(BDTR.MOE | keeps, enabled=CCER.CC1E)
    poke(timer, "CR2", CR2.OIS1 | CR2.OIS1N)
    poke(timer, "EGR", flag)
    first, second = timer.lines["CH1"], timer.lines["CH1N"]
    assert (first.drives, second.drives) == (bool(keeps), bool(keeps))
    idles = bool(keeps) and flag == EGR.BG
    assert (first.level, second.level) == (idles, idles)


@pytest.mark.parametrize("keeps", [0, BDTR.OSSR])
@pytest.mark.parametrize("inverted", [0, CCER.CC1NP])
def test_with_moe_ossr_says_whether_the_other_output_of_a_pair_is_driven(
    keeps: int, inverted: int
) -> None:
    timer, _ = running(BDTR.MOE | keeps, enabled=CCER.CC1E | inverted)
    assert timer.lines["CH1"].drives
    assert timer.lines["CH1"].level
    assert timer.lines["CH1N"].drives == bool(keeps)
    assert timer.lines["CH1N"].level == (bool(keeps) and bool(inverted))


@given(level=st.integers(0, 3), written=st.integers(0, 0xFFFFFFFF))
def test_lock_freezes_what_its_level_names(level: int, written: int) -> None:
    """30.4.18. The second channel is an input, whose bits of CCER and CCMR1 stay free."""
    timer, _ = make("tim1")
    poke(timer, "CCMR1", 6 << 4 | 1 << 8)
    poke(timer, "BDTR", level << 8 | 0x55)
    open_names = {
        0: {"DTG", "OSSR", "CC1P", "OC1M", "BKCMP1E", "OIS1"},
        1: {"OSSR", "CC1P", "OC1M"},
        2: {"OC1M"},
        3: set(),
    }[level]
    fields = {
        "DTG": ("BDTR", BDTR["DTG"].mask),
        "OSSR": ("BDTR", BDTR.OSSR),
        "CC1P": ("CCER", CCER.CC1P),
        "OC1M": ("CCMR1", 7 << 4),
        "BKCMP1E": ("OR2", BREAK.BKCMP1E),
        "OIS1": ("CR2", CR2.OIS1),
    }
    for name, (register, mask) in fields.items():
        before = peek(timer, register) & mask
        # LOCK itself can be written once; the second channel stays an input.
        rest = {"BDTR": level << 8, "CCMR1": 1 << 8}.get(register, 0)
        poke(timer, register, written & mask | rest)
        expected = written & mask if name in open_names else before
        assert peek(timer, register) & mask == expected, name
    poke(timer, "CCER", CCER.CC2P)
    assert peek(timer, "CCER") & CCER.CC2P
    if level:
        poke(timer, "BDTR", 0)
        assert BDTR["LOCK"].get(peek(timer, "BDTR")) == level
