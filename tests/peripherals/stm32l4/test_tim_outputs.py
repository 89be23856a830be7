"""What timers send out: outputs, triggers, DMA requests, interrupts apart; clock captures."""

from __future__ import annotations

import logging
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.line import Receiver
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from renode_wifi.peripherals.stm32l4.tim import STM32_Timer
from renode_wifi.peripherals.stm32l4.tim_dead_time import duration
from renode_wifi.peripherals.stm32l4.tim_outputs import APART
from tests.peripherals.stm32l4.rig import Probe, peek, poke

MEGAHERTZ = 1_000_000
TICK = 1000
UIF, CC1IF = 1, 2
PULSE = [(0, True), (0, False)]
PWM1, TOGGLE = 6 << 4, 3 << 4
PRELOAD = 8
CC1E, CC1P, CC1NE = 1, 2, 4
MOE = 1 << 15


def make(name: str = "tim3") -> tuple[STM32_Timer, BenchMachine]:
    machine = BenchMachine()
    return STM32_Timer(machine, name, frequency=MEGAHERTZ), machine


def ticks(machine: BenchMachine, count: int) -> None:
    machine.clock.advance(count * TICK)


def pwm(timer: STM32_Timer, limit: int, compare: int, mode: int = PWM1, output: int = CC1E) -> None:
    poke(timer, "ARR", limit)
    poke(timer, "CCMR1", mode)
    poke(timer, "CCR1", compare)
    poke(timer, "CCER", output)
    poke(timer, "EGR", 1)
    poke(timer, "SR", 0)
    poke(timer, "CR1", 1)


@given(limit=st.integers(20, 60), compare=st.integers(0, 70), inverted=st.booleans())
def test_pwm_is_active_below_the_compare_value(limit: int, compare: int, inverted: bool) -> None:
    timer, machine = make()
    pwm(timer, limit, compare, output=CC1E | (CC1P if inverted else 0))
    for tick in range(2 * (limit + 1)):
        expected = tick % (limit + 1) < compare
        assert timer.lines["CH1"].level == (expected != inverted), tick
        ticks(machine, 1)


def test_a_preloaded_compare_value_counts_from_the_next_update() -> None:
    timer, machine = make("tim2")
    pwm(timer, 99, 80, mode=PWM1 | PRELOAD)
    ticks(machine, 10)
    poke(timer, "CCR1", 20)
    ticks(machine, 20)
    assert timer.lines["CH1"].level
    assert not peek(timer, "SR") & CC1IF
    ticks(machine, 70 + 30)
    assert not timer.lines["CH1"].level


def test_without_preload_a_compare_value_counts_at_once() -> None:
    timer, machine = make()
    pwm(timer, 99, 80)
    ticks(machine, 10)
    poke(timer, "CCR1", 20)
    ticks(machine, 20)
    assert not timer.lines["CH1"].level


def test_an_output_toggles_at_each_match() -> None:
    timer, machine = make()
    probe = Probe()
    timer.lines["CH1"].connect(probe, 0)
    pwm(timer, 99, 50, mode=TOGGLE)
    ticks(machine, 50 + 300)
    assert probe.levels == [(0, True), (0, False), (0, True), (0, False)]


def test_outputs_of_an_advanced_timer_need_moe() -> None:
    timer, machine = make("tim1")
    pwm(timer, 99, 50, output=CC1E | CC1NE)
    ticks(machine, 10)
    assert not timer.lines["CH1"].level
    poke(timer, "BDTR", MOE)
    assert timer.lines["CH1"].level
    assert not timer.lines["CH1N"].level
    ticks(machine, 50)
    assert not timer.lines["CH1"].level
    assert timer.lines["CH1N"].level


def test_dead_time_delays_what_becomes_active() -> None:
    timer, machine = make("tim1")
    pwm(timer, 99, 50, output=CC1E | CC1NE)
    poke(timer, "BDTR", MOE | 10)
    assert not timer.lines["CH1"].level
    ticks(machine, 9)
    assert not timer.lines["CH1"].level
    ticks(machine, 2)
    assert timer.lines["CH1"].level
    assert not timer.lines["CH1N"].level
    ticks(machine, 40)
    assert not timer.lines["CH1"].level
    assert not timer.lines["CH1N"].level
    ticks(machine, 10)
    assert timer.lines["CH1N"].level


def test_a_pulse_shorter_than_the_dead_time_does_not_appear() -> None:
    timer, machine = make("tim1")
    probe = Probe()
    timer.lines["CH1"].connect(probe, 0)
    pwm(timer, 99, 20, output=CC1E | CC1NE)
    poke(timer, "BDTR", MOE | 30)
    ticks(machine, 500)
    assert probe.levels == []


def test_a_complement_by_itself_is_the_reference() -> None:
    timer, machine = make("tim1")
    pwm(timer, 99, 50, output=CC1NE)
    poke(timer, "BDTR", MOE | 10)
    ticks(machine, 10)
    assert timer.lines["CH1N"].level
    ticks(machine, 50)
    assert not timer.lines["CH1N"].level


@pytest.mark.parametrize(
    ("code", "steps"),
    [(0, 0), (127, 127), (0x80, 128), (0xBF, 254), (0xC0, 256), (0xE0, 512), (0xFF, 1008)],
)
@pytest.mark.parametrize("division", [0, 1, 2])
def test_codes_of_dead_time(code: int, steps: int, division: int) -> None:
    assert duration(code, division << 8, 1_000_000) == steps * 1000 << division


def test_outputs_that_are_too_fast_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    timer, machine = make()
    with caplog.at_level(logging.WARNING):
        pwm(timer, 3, 2)
        ticks(machine, 1000)
    assert caplog.text.count("aren't shown") == 1


def test_the_end_of_a_pulse_shows_without_an_access() -> None:
    timer, machine = make()
    poke(timer, "ARR", 49)
    poke(timer, "EGR", 1)
    poke(timer, "CR1", 1 | 8)
    ticks(machine, 60)
    assert timer.registers["SR"] & UIF
    assert not timer.registers["CR1"] & 1


def test_one_pulse_stops_after_a_period() -> None:
    timer, machine = make()
    poke(timer, "CCMR1", PWM1 | 1 << 4)
    poke(timer, "CCR1", 20)
    poke(timer, "ARR", 49)
    poke(timer, "CCER", CC1E)
    poke(timer, "EGR", 1)
    poke(timer, "CR1", 1 | 8)
    ticks(machine, 30)
    assert timer.lines["CH1"].level
    ticks(machine, 100)
    assert not timer.lines["CH1"].level
    assert not peek(timer, "CR1") & 1


@pytest.mark.parametrize(
    ("flag", "outputs"),
    [
        (UIF, ["IRQ", "UpdateInterrupt"]),
        (CC1IF, ["CaptureCompareInterrupt"]),
        (1 << 5, ["CommutationInterrupt"]),
        (1 << 6, ["TriggerInterrupt"]),
        (1 << 7, ["BreakInterrupt"]),
    ],
)
def test_interrupts_of_an_advanced_timer_are_apart(flag: int, outputs: list[str]) -> None:
    timer, _ = make("tim8")
    poke(timer, "DIER", flag)
    poke(timer, "EGR", flag)
    names = ["IRQ", *(name for name, _ in APART)]
    assert [name for name in names if timer.lines[name].level] == outputs


def test_the_reset_input_clears_a_timer() -> None:
    timer, _ = make("tim8")
    poke(timer, "PSC", 7)
    timer.on_gpio(255, False)
    assert peek(timer, "PSC") == 7
    timer.on_gpio(255, True)
    assert peek(timer, "PSC") == 0


def test_outputs_by_number_are_those_of_the_channels() -> None:
    timer, _ = make("tim3")
    assert [timer.lines[number] for number in range(4)] == [
        timer.lines[f"CH{channel}"] for channel in range(1, 5)
    ]


def test_each_update_triggers_while_somebody_listens() -> None:
    timer, machine = make("tim6")
    poke(timer, "CR2", 2 << 4)
    poke(timer, "ARR", 9)
    poke(timer, "EGR", 1)
    poke(timer, "CR1", 1)
    ticks(machine, 25)
    probe = Probe()
    timer.lines["TRGO"].connect(probe, 0)
    ticks(machine, 30)
    assert probe.levels == [(0, True), (0, False)] * 3


def test_each_update_and_match_asks_for_the_dma() -> None:
    timer, machine = make()
    updates, matches = Probe(), Probe()
    timer.lines["UP_DMA"].connect(updates, 0)
    timer.lines["CC1_DMA"].connect(matches, 0)
    poke(timer, "DIER", 1 << 8 | 1 << 9)
    poke(timer, "ARR", 9)
    poke(timer, "CCR1", 5)
    poke(timer, "CR1", 1)
    ticks(machine, 100)
    assert len(updates.levels) == 20
    assert len(matches.levels) == 20


def test_a_burst_asks_once_for_each_of_its_registers() -> None:
    timer, machine = make()
    updates = Probe()
    timer.lines["UP_DMA"].connect(updates, 0)
    poke(timer, "DCR", 3 << 8)
    poke(timer, "DIER", 1 << 8)
    poke(timer, "ARR", 9)
    poke(timer, "CR1", 1)
    ticks(machine, 10)
    assert len(updates.levels) == 8


class Writer(Receiver):
    """What a DMA channel does: each request writes the timer's DMAR."""

    def __init__(self, timer: STM32_Timer) -> None:
        self.timer = timer
        self.values = [11, 22, 33]

    def on_gpio(self, number: int, level: bool) -> None:
        if level:
            poke(self.timer, "DMAR", self.values.pop(0))


def test_each_request_of_a_burst_may_write_the_timer() -> None:
    timer, _ = make()
    writer = Writer(timer)
    timer.lines["UP_DMA"].connect(writer, 0)
    poke(timer, "DCR", 2 << 8 | 11)
    poke(timer, "DIER", 1 << 8)
    poke(timer, "EGR", 1)
    assert writer.values == []
    assert (peek(timer, "ARR"), peek(timer, "CCR1")) == (11, 33)


def test_a_burst_writes_and_reads_one_register_after_another() -> None:
    timer, _ = make("tim2")
    poke(timer, "ARR", 0xFFFF)
    poke(timer, "DCR", 2 << 8 | 11)
    for value in (0x0FFF, 0, 0x555):
        poke(timer, "DMAR", value)
    assert (peek(timer, "ARR"), peek(timer, "CCR1")) == (0x0FFF, 0x555)
    assert [peek(timer, "DMAR") for _ in range(4)] == [0x0FFF, 0, 0x555, 0x0FFF]
    poke(timer, "DCR", 18)
    for value in (1, 2):
        poke(timer, "DMAR", value)
    assert peek(timer, "DCR") == 18, "a burst does not come to its own registers"


def test_the_low_speed_oscillator_is_measured_by_its_edges() -> None:
    """As ST's examples do before they set up the watchdog: every eighth edge of LSI."""
    machine = BenchMachine()
    rcc = machine.peripherals["rcc"] = STM32L4_RCC(machine, "rcc")
    poke(rcc, "CSR", 0x601)
    poke(rcc, "APB2ENR", 1 << 17)
    timer = STM32_Timer(machine, "tim16")
    poke(timer, "OR1", 1)
    poke(timer, "CCMR1", 1 | 3 << 2)
    poke(timer, "CCER", CC1E)
    poke(timer, "CR1", 1)
    seen = []
    for _ in range(3):
        machine.clock.advance(300_000)
        assert peek(timer, "SR") & CC1IF
        seen.append(peek(timer, "CCR1"))
        poke(timer, "SR", 0)
    assert seen[1] - seen[0] == 1000
    assert (seen[2] - seen[1]) % 1000 == 0


def test_outputs_survive_pickling() -> None:
    timer, machine = make()
    pwm(timer, 99, 50)
    ticks(machine, 10)
    copy, other = pickle.loads(pickle.dumps((timer, machine)))
    for each, clock in ((timer, machine), (copy, other)):
        clock.clock.advance(45 * TICK)
        assert not each.lines["CH1"].level


GC5C1 = 1 << 29
CC5IF, CC6IF = 1 << 16, 1 << 17


@given(compare=st.integers(0, 50), fifth=st.integers(0, 50))
def test_a_combined_output_is_active_while_both_references_are(compare: int, fifth: int) -> None:
    timer, machine = make("tim1")
    poke(timer, "BDTR", MOE)
    poke(timer, "CCMR3", PWM1)
    poke(timer, "CCR5", GC5C1 | fifth)
    pwm(timer, 39, compare)
    for tick in range(80):
        assert timer.lines["CH1"].level == (tick % 40 < min(compare, fifth)), tick
        ticks(machine, 1)


def test_inner_channels_have_flags_and_preloads_of_their_own() -> None:
    timer, machine = make("tim1")
    poke(timer, "CCMR3", PRELOAD)
    poke(timer, "CCR5", 10)
    poke(timer, "CCR6", 20)
    pwm(timer, 99, 0)
    poke(timer, "CCR5", 50)
    ticks(machine, 15)
    assert peek(timer, "SR") & (CC5IF | CC6IF) == CC5IF
    ticks(machine, 10)
    assert peek(timer, "SR") & (CC5IF | CC6IF) == CC5IF | CC6IF
    poke(timer, "SR", 0)
    ticks(machine, 100)
    poke(timer, "SR", 0)
    ticks(machine, 24)
    assert not peek(timer, "SR") & CC5IF
    ticks(machine, 10)
    assert peek(timer, "SR") & CC5IF


def test_timers_without_inner_channels_have_no_such_flags() -> None:
    timer, machine = make("tim2")
    pwm(timer, 9, 5)
    ticks(machine, 30)
    assert not peek(timer, "SR") & (CC5IF | CC6IF)


@pytest.mark.parametrize(
    ("enable", "event", "output", "flag"),
    [
        (1 << 9, 1 << 1, "CC1_DMA", 1 << 1),
        (1 << 12, 1 << 4, "CC4_DMA", 1 << 4),
        (1 << 13, 1 << 5, "COM_DMA", 1 << 5),
        (1 << 14, 1 << 6, "TRIG_DMA", 1 << 6),
    ],
)
def test_events_made_by_software_ask_for_dma(
    enable: int, event: int, output: str, flag: int
) -> None:
    timer, _ = make("tim1")
    probe = Probe()
    timer.lines[output].connect(probe, 0)
    poke(timer, "EGR", event)
    assert probe.levels == []
    poke(timer, "DIER", enable)
    poke(timer, "EGR", event)
    assert probe.levels == PULSE
    assert peek(timer, "SR") & flag


def test_software_captures_the_count_of_an_input() -> None:
    timer, machine = make()
    probe = Probe()
    timer.lines["CC2_DMA"].connect(probe, 0)
    poke(timer, "CCMR1", 1 << 8)
    poke(timer, "DIER", 1 << 10)
    poke(timer, "CR1", 1)
    ticks(machine, 42)
    poke(timer, "EGR", 1 << 2)
    assert peek(timer, "CCR2") == 42
    assert probe.levels == PULSE


def test_a_capture_asks_for_dma() -> None:
    timer, machine = make()
    probe = Probe()
    timer.lines["CC1_DMA"].connect(probe, 0)
    poke(timer, "CCMR1", 1)
    poke(timer, "CCER", CC1E)
    poke(timer, "DIER", 1 << 9)
    poke(timer, "CR1", 1)
    ticks(machine, 7)
    timer.capture(0)
    assert probe.levels == PULSE
