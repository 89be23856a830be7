"""Commutation: settings that wait for a COM event; and the second trigger output."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.stm32l4.adc_triggers import INJECTED, REGULAR
from renode_wifi.peripherals.stm32l4.tim_inputs import ITR
from renode_wifi.peripherals.stm32l4.tim_registers import BDTR, CCER, CR1, CR2, EGR, SR
from tests.peripherals.stm32l4.rig import Probe, peek, poke
from tests.peripherals.stm32l4.test_tim import make, ticks

INACTIVE, ACTIVE, PWM1 = 4, 5, 6
NAMES = ("CH1", "CH1N", "CH2", "CH2N", "CH3", "CH3N")
STEPS = (
    (True, False, False, True, False, False),
    (False, False, False, True, True, False),
    (False, True, False, False, True, False),
    (False, True, True, False, False, False),
    (False, False, True, False, False, True),
    (True, False, False, False, False, True),
)
"""Six steps of a motor: which switches conduct."""


def enables(step: tuple[bool, ...]) -> int:
    return sum((1 << 4 * (i // 2) + 2 * (i % 2)) for i, on in enumerate(step) if on)


@given(order=st.lists(st.integers(0, 5), min_size=1, max_size=8))
def test_the_steps_of_a_motor_act_together_at_commutations(order: list[int]) -> None:
    timer, _ = make("tim1")
    poke(timer, "CCMR1", ACTIVE << 4 | ACTIVE << 12)
    poke(timer, "CCMR2", ACTIVE << 4)
    poke(timer, "CR2", CR2.CCPC)
    poke(timer, "BDTR", BDTR.MOE | BDTR.OSSR)
    acting: tuple[bool, ...] = (False,) * 6
    for number in order:
        poke(timer, "CCER", enables(STEPS[number]))
        assert tuple(timer.lines[name].level for name in NAMES) == acting
        assert peek(timer, "CCER") == enables(STEPS[number])
        poke(timer, "EGR", EGR.COMG)
        acting = STEPS[number]
        assert tuple(timer.lines[name].level for name in NAMES) == acting
        assert peek(timer, "SR") & SR.COMIF


def test_modes_wait_for_the_commutation_too_but_not_those_of_the_fourth_channel() -> None:
    timer, _ = make("tim1")
    poke(timer, "CCER", CCER.CC1E | CCER.CC4E)
    poke(timer, "BDTR", BDTR.MOE)
    poke(timer, "CR2", CR2.CCPC)
    poke(timer, "CCMR1", ACTIVE << 4)
    poke(timer, "CCMR2", ACTIVE << 12)
    assert (timer.lines["CH1"].level, timer.lines["CH4"].level) == (False, True)
    poke(timer, "EGR", EGR.COMG)
    assert timer.lines["CH1"].level


def test_without_preload_everything_acts_at_once() -> None:
    timer, _ = make("tim15")
    poke(timer, "CCER", CCER.CC1E)
    poke(timer, "BDTR", BDTR.MOE)
    poke(timer, "CCMR1", ACTIVE << 4)
    assert timer.lines["CH1"].level


@pytest.mark.parametrize("by_trigger", [False, True])
def test_ccus_lets_the_trigger_commutate(by_trigger: bool) -> None:
    """A Hall sensor's timer at ITR0."""
    timer, _ = make("tim1")
    poke(timer, "CCMR1", ACTIVE << 4)
    poke(timer, "BDTR", BDTR.MOE)
    poke(timer, "CR2", CR2.CCPC | (CR2.CCUS if by_trigger else 0))
    poke(timer, "CCER", CCER.CC1E)
    copy = pickle.loads(pickle.dumps(timer))
    for each in (timer, copy):
        each.on_gpio(ITR, True)
        assert each.lines["CH1"].level == by_trigger
        assert bool(peek(each, "SR") & SR.COMIF) == by_trigger


def mode(code: int) -> int:
    """Of TRGO2."""
    return code << 20


@pytest.mark.parametrize(
    ("code", "levels"),
    [
        (2, [True, False] * 2),
        (3, [True, False] * 2),
        (7, [True, False, True, False]),
        (9, [True, False, True, False]),
        # Both edges of OC4REF, at 0, 60, 100 and 160.
        (10, [True, False] * 4),
        # OC4REF or OC6REF rises: both at once.
        (12, [True, False] * 2),
        # OC4REF rises or OC6REF falls.
        (13, [True, False] * 4),
    ],
)
def test_the_second_trigger_follows_its_mode(code: int, levels: list[bool]) -> None:
    timer, machine = make("tim1")
    poke(timer, "ARR", 99)
    poke(timer, "CCMR2", PWM1 << 12)
    poke(timer, "CCMR3", PWM1 << 12)
    for name, value in (("CCR1", 20), ("CCR4", 60), ("CCR6", 30)):
        poke(timer, name, value)
    probe = Probe()
    timer.lines["TRGO2"].connect(probe, 0)
    poke(timer, "CR2", mode(code))
    poke(timer, "CNT", 99)
    probe.levels.clear()
    poke(timer, "CR1", CR1.CEN)
    ticks(machine, 190)
    assert [level for _, level in probe.levels] == levels


def test_the_second_trigger_shows_whether_the_counter_runs() -> None:
    timer, _ = make("tim8")
    probe = Probe()
    timer.lines["TRGO2"].connect(probe, 0)
    poke(timer, "CR2", mode(1))
    poke(timer, "CR1", CR1.CEN)
    poke(timer, "CR1", 0)
    assert [level for _, level in probe.levels] == [True, False]


def test_converters_know_the_second_triggers() -> None:
    """RM0351 tables 107 and 109."""
    assert (REGULAR[8], REGULAR[10]) == (("tim8", "TRGO2"), ("tim1", "TRGO2"))
    assert (INJECTED[8], INJECTED[10]) == (("tim1", "TRGO2"), ("tim8", "TRGO2"))
