"""Inputs of timers: captures, slave and encoder modes; by edges, pins and other timers."""

from __future__ import annotations

import pickle

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.gpio import STM32_GPIOPort
from renode_wifi.peripherals.stm32l4.tim import STM32_Timer
from renode_wifi.peripherals.stm32l4.tim_inputs import ETR
from renode_wifi.peripherals.stm32l4.tim_registers import CR1, CR2, SMCR, SR
from tests.peripherals.stm32l4.rig import peek, poke
from tests.peripherals.stm32l4.test_tim import make, ticks

RESET, GATED, TRIGGER, CLOCK = 4, 5, 6, 7
TI1, TI2, EXTERNAL = 5 << 4, 6 << 4, 7 << 4
"""TS."""


def pulse(timer: STM32_Timer, number: int, times: int = 1) -> None:
    for _ in range(times):
        timer.on_gpio(number, True)
        timer.on_gpio(number, False)


def test_a_pwm_input_measures_period_and_duty() -> None:
    """31.3.6: TI1 resets the counter, channels 1 and 2 capture its edges."""
    timer, machine = make("tim2")
    poke(timer, "CCMR1", 1 | 2 << 8)
    poke(timer, "CCER", 0x31)
    poke(timer, "SMCR", TI1 | RESET)
    poke(timer, "CR1", CR1.CEN | CR1.URS)
    for _ in range(2):
        timer.on_gpio(0, True)
        ticks(machine, 30)
        timer.on_gpio(0, False)
        ticks(machine, 70)
    timer.on_gpio(0, True)
    assert (peek(timer, "CCR1"), peek(timer, "CCR2")) == (100, 30)
    assert peek(timer, "SR") & SR.TIF


def test_the_prescaler_of_an_input_captures_every_so_many_edges() -> None:
    timer, _ = make("tim3")
    poke(timer, "CCMR1", 1 | 2 << 2)
    poke(timer, "CCER", 1)
    pulse(timer, 0, 3)
    assert not peek(timer, "SR") & SR.CC1IF
    pulse(timer, 0)
    assert peek(timer, "SR") & SR.CC1IF


def test_the_three_first_inputs_may_be_one() -> None:
    """A Hall sensor's (31.3.18)."""
    timer, _ = make("tim3")
    poke(timer, "CR2", CR2.TI1S)
    poke(timer, "CCMR1", 1)
    poke(timer, "CCER", 0xB)
    seen = 0
    for number, level in ((0, True), (1, True), (2, True), (0, False)):
        poke(timer, "SR", 0)
        timer.on_gpio(number, level)
        seen += peek(timer, "SR") >> 1 & 1
    assert seen == 4


def test_a_gate_lets_the_counter_run_while_it_is_high() -> None:
    timer, machine = make("tim3")
    poke(timer, "SMCR", TI2 | GATED)
    poke(timer, "CR1", CR1.CEN)
    ticks(machine, 10)
    timer.on_gpio(1, True)
    ticks(machine, 25)
    timer.on_gpio(1, False)
    ticks(machine, 10)
    assert peek(timer, "CNT") == 25


def test_a_trigger_starts_one_pulse() -> None:
    timer, machine = make("tim3")
    poke(timer, "ARR", 9)
    poke(timer, "SMCR", EXTERNAL | TRIGGER)
    poke(timer, "CR1", CR1.OPM)
    timer.on_gpio(ETR, True)
    assert peek(timer, "CR1") & CR1.CEN
    ticks(machine, 20)
    assert not peek(timer, "CR1") & CR1.CEN
    assert peek(timer, "SR") & (SR.UIF | SR.TIF) == SR.UIF | SR.TIF


@pytest.mark.parametrize(
    ("control", "number"),
    [(TI1 | CLOCK, 0), (TI2 | CLOCK, 1), (EXTERNAL | CLOCK, ETR), (SMCR.ECE, ETR)],
)
def test_edges_clock_the_counter_through_its_prescaler(control: int, number: int) -> None:
    timer, _ = make("tim2")
    poke(timer, "PSC", 1)
    poke(timer, "ARR", 4)
    poke(timer, "EGR", 1)
    poke(timer, "SR", 0)
    poke(timer, "SMCR", control)
    poke(timer, "CR1", CR1.CEN)
    pulse(timer, number, 9)
    assert (peek(timer, "CNT"), peek(timer, "SR") & SR.UIF) == (4, 0)
    pulse(timer, number)
    assert (peek(timer, "CNT"), peek(timer, "SR") & SR.UIF) == (0, SR.UIF)


def test_the_external_input_has_a_polarity_and_a_prescaler() -> None:
    timer, _ = make("tim2")
    poke(timer, "SMCR", SMCR.ECE | SMCR.ETP | 1 << 12)
    poke(timer, "CR1", CR1.CEN)
    timer.on_gpio(ETR, True)
    assert peek(timer, "CNT") == 0
    pulse(timer, ETR, 4)
    assert peek(timer, "CNT") == 2


def test_timers_count_each_others_overflows() -> None:
    machine = BenchMachine()
    for number in (1, 3):
        machine.peripherals[f"tim{number}"] = STM32_Timer(machine, f"tim{number}", 1_000_000)
    master, slave = machine.peripherals["tim1"], machine.peripherals["tim3"]
    poke(master, "ARR", 99)
    poke(master, "CR2", 2 << 4)
    poke(slave, "SMCR", CLOCK)
    poke(slave, "CR1", CR1.CEN)
    poke(master, "CR1", CR1.CEN)
    machine.clock.advance(1_050_000)
    assert peek(slave, "CNT") == 10


@pytest.mark.parametrize("event", [0, 2])
def test_timers_that_reset_each_other_let_time_go_on(event: int) -> None:
    """A circle of triggers, by EGR.UG or by the update that each reset is (30.3.19)."""
    machine = BenchMachine()
    for number in (1, 3):
        machine.peripherals[f"tim{number}"] = STM32_Timer(machine, f"tim{number}", 1_000_000)
    timers = machine.peripherals["tim1"], machine.peripherals["tim3"]
    for timer, source in zip(timers, (2, 0), strict=True):
        poke(timer, "CR2", event << 4)
        poke(timer, "SMCR", source << 4 | RESET)
        poke(timer, "CR1", CR1.CEN)
    poke(timers[0], "EGR", 1)
    for _ in range(3):
        poke(timers[1], "SR", 0)
        machine.clock.advance(100_000)
        assert peek(timers[1], "SR") & SR.TIF
    poke(timers[1], "SMCR", 0)
    machine.clock.advance(100_000)
    poke(timers[1], "SR", 0)
    machine.clock.advance(100_000)
    assert not peek(timers[1], "SR") & SR.TIF


@pytest.mark.parametrize(("mode", "counts"), [(1, 2), (2, 2), (3, 4)])
def test_an_encoder_counts_up_and_down(mode: int, counts: int) -> None:
    timer, _ = make("tim4")
    poke(timer, "SMCR", mode)
    poke(timer, "CR1", CR1.CEN)
    turn = [(0, True), (1, True), (0, False), (1, False)]
    for _ in range(3):
        for number, level in turn:
            timer.on_gpio(number, level)
    assert (peek(timer, "CNT"), peek(timer, "CR1") & CR1.DIR) == (3 * counts, 0)
    for _ in range(4):
        for number, level in reversed(turn):
            timer.on_gpio(number, not level)
    assert (peek(timer, "CNT"), peek(timer, "CR1") & CR1.DIR) == (0x10000 - counts, CR1.DIR)


def with_pin() -> tuple[STM32_Timer, STM32_GPIOPort, BenchMachine]:
    """TIM2_CH1 is PA0 by alternate function 1."""
    timer, machine = make("tim2")
    port = STM32_GPIOPort(machine, "gpioPortA", modeResetValue=0xABFFFFFF)
    timer.lines["CH1"].connect(port.receiver(0), 1)
    return timer, port, machine


def test_a_pin_is_captured_if_its_alternate_function_says_so() -> None:
    timer, port, _ = with_pin()
    poke(timer, "CCMR1", 1)
    poke(timer, "CCER", 1)
    port.on_gpio(0, True)
    port.on_gpio(0, False)
    assert not peek(timer, "SR") & SR.CC1IF
    poke(port, "MODER", 0xABFFFFFE)
    poke(port, "AFRL", 1)
    poke(timer, "CR1", CR1.CEN)
    poke(timer, "CCER", 3)
    poke(timer, "CCER", 1)
    port.on_gpio(0, True)
    assert peek(timer, "SR") & SR.CC1IF


def test_a_channel_that_is_off_leaves_the_pin_to_others() -> None:
    timer, port, _ = with_pin()
    poke(port, "MODER", 0xABFFFFFE)
    poke(port, "AFRL", 1)
    port.on_gpio(0, True)
    poke(timer, "CCMR1", 4 << 4)
    poke(timer, "CCER", 1)
    assert not peek(port, "IDR") & 1
    poke(timer, "CCER", 0)
    assert peek(port, "IDR") & 1


def test_inputs_survive_pickling() -> None:
    timer, port, machine = with_pin()
    poke(port, "MODER", 0xABFFFFFE)
    poke(port, "AFRL", 1)
    poke(timer, "SMCR", TI1 | CLOCK)
    poke(timer, "CR1", CR1.CEN)
    copy, other, _ = pickle.loads(pickle.dumps((timer, port, machine)))
    other.on_gpio(0, True)
    assert (peek(copy, "CNT"), peek(timer, "CNT")) == (1, 0)
