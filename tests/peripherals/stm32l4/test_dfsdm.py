"""Filters of DFSDM1: time and gain of conversions, injected groups, triggers, watchdogs, DMA."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import dfsdm as block
from renode_wifi.peripherals.stm32l4.dfsdm import CR1, CR2, ISR, STM32L4_DFSDM
from renode_wifi.peripherals.stm32l4.dfsdm_conversion import Filter, output, signed24
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from tests.peripherals.stm32l4.rig import peek, poke

DIVIDER = 2
CKOUT = 4_000_000 // DIVIDER
"""Hz: MSI after reset, divided."""
ON = 1 << 31 | (DIVIDER - 1) << 16
ENABLED, INTERNAL, FALLING, NEXT_PIN, PARALLEL = 1 << 7, 1 << 2, 1, 1 << 8, 2 << 12
STARTED = CR1.DFEN | CR1.RSWSTART


@dataclass
class Sound:
    level: float = 0.0
    falling: bool = False

    def density(self) -> float:
        return self.level


@dataclass
class Timer:
    lines: dict[str, Line] = field(default_factory=lambda: {"TRGO": Line()})


def make(order: int = 3, oversampling: int = 64) -> tuple[STM32L4_DFSDM, BenchMachine, Sound]:
    """Filter 0 with channel 2, whose pin has a sound at the rising edge."""
    machine = BenchMachine()
    machine.peripherals["rcc"] = STM32L4_RCC(machine, "rcc")
    dfsdm = STM32L4_DFSDM(machine, "dfsdm1")
    sound = Sound()
    dfsdm.attach(sound, 2)
    poke(dfsdm, "CH0CFGR1", ON)
    poke(dfsdm, "CH2CFGR1", ENABLED | INTERNAL)
    poke(dfsdm, "FLT0FCR", order << 29 | (oversampling - 1) << 16)
    return dfsdm, machine, sound


def regular(dfsdm: STM32L4_DFSDM, number: int = 0) -> int:
    return signed24(peek(dfsdm, f"FLT{number}RDATAR") >> 8)


@given(
    order=st.integers(1, 5),
    oversampling=st.integers(2, 64),
    level=st.floats(-1, 1),
    shift=st.integers(0, 8),
)
def test_a_conversion_takes_its_time_and_has_its_gain(
    order: int, oversampling: int, level: float, shift: int
) -> None:
    dfsdm, machine, sound = make(order, oversampling)
    poke(dfsdm, "CH2CFGR2", shift << 3)
    poke(dfsdm, "FLT0CR1", CR1.DFEN | 2 << 24)
    poke(dfsdm, "FLT0CR1", STARTED | 2 << 24)
    sound.level = level
    # 24.4.10: without fast mode FOSR * (IOSR - 1 + FORD) + FORD clocks.
    duration = (oversampling * order + order) * SECOND // CKOUT
    machine.clock.advance(duration - 1)
    assert peek(dfsdm, "FLT0ISR") & (ISR.REOCF | ISR.RCIP) == ISR.RCIP
    machine.clock.advance(1)
    assert peek(dfsdm, "FLT0ISR") & (ISR.REOCF | ISR.RCIP) == ISR.REOCF
    assert peek(dfsdm, "FLT0RDATAR") & 7 == 2
    expected = round(level * oversampling**order / 2**shift)
    assert regular(dfsdm) == max(-(1 << 23), min((1 << 23) - 1, expected))


@given(
    order=st.integers(0, 5),
    oversampling=st.integers(1, 1024),
    integrated=st.integers(1, 256),
    fast=st.booleans(),
)
def test_filters_that_are_full_give_a_result_each_so_many_samples(
    order: int, oversampling: int, integrated: int, fast: bool
) -> None:
    chosen = Filter(order, oversampling, integrated, fast)
    first, next_one = chosen.clocks(True), chosen.clocks(False)
    assert first >= next_one >= chosen.inputs()
    assert (next_one == chosen.inputs()) or not fast
    assert chosen.gain() >= integrated


@given(raw=st.floats(-1e12, 1e12), shift=st.integers(0, 31), offset=st.integers(-(2**23), 2**23))
def test_what_comes_out_has_24_bits(raw: float, shift: int, offset: int) -> None:
    assert signed24(output(raw, shift, offset)) == output(raw, shift, offset)


def test_continuous_conversions_in_fast_mode_feed_dma() -> None:
    """As microphones are recorded: an item each 64 clocks after the first."""
    dfsdm, machine, sound = make()
    sound.level = 0.5
    control = CR1.RCONT | CR1.RDMAEN | CR1.FAST | 2 << 24
    poke(dfsdm, "FLT0CR1", CR1.DFEN | control)
    poke(dfsdm, "FLT0CR1", STARTED | control)
    machine.clock.advance(3 * 64 * SECOND // CKOUT + 3 * SECOND // CKOUT)
    for _ in range(5):
        assert dfsdm.lines["FLT0"].level
        assert regular(dfsdm) == 64**3 // 2
        assert not dfsdm.lines["FLT0"].level
        machine.clock.advance(64 * SECOND // CKOUT)
    poke(dfsdm, "FLT0CR1", 0)
    assert peek(dfsdm, "FLT0ISR") == 0
    machine.clock.advance(SECOND)
    assert not dfsdm.lines["FLT0"].level


def test_data_that_nobody_reads_stays_and_overruns() -> None:
    dfsdm, machine, sound = make()
    poke(dfsdm, "FLT0CR2", CR2.ROVRIE)
    sound.level = 0.25
    poke(dfsdm, "FLT0CR1", STARTED | CR1.RCONT | 2 << 24)
    machine.clock.advance(200 * SECOND // CKOUT)
    sound.level = -0.25
    machine.clock.advance(200 * SECOND // CKOUT)
    assert peek(dfsdm, "FLT0ISR") & ISR.ROVRF
    assert dfsdm.lines[0].level
    poke(dfsdm, "FLT0ICR", 1 << 3)
    assert not dfsdm.lines[0].level
    assert regular(dfsdm) == 64**3 // 4


def test_two_channels_share_a_pin_at_its_two_edges() -> None:
    dfsdm, machine, _ = make()
    dfsdm.attach(Sound(-0.5, falling=True), 2)
    poke(dfsdm, "CH1CFGR1", ENABLED | INTERNAL | FALLING | NEXT_PIN)
    poke(dfsdm, "FLT0CR1", STARTED | 1 << 24)
    machine.clock.advance(SECOND)
    assert regular(dfsdm) == -(64**3) // 2


def test_a_channel_without_clock_ends_nothing() -> None:
    dfsdm, machine, _ = make()
    poke(dfsdm, "CH0CFGR1", 1 << 31)
    poke(dfsdm, "FLT0CR1", STARTED | 2 << 24)
    machine.clock.advance(SECOND)
    assert peek(dfsdm, "FLT0ISR") & (ISR.REOCF | ISR.RCIP) == ISR.RCIP


@pytest.mark.parametrize(
    ("packing", "written", "mean"), [(0, [100, 200], 150), (1, [100 | 300 << 16], 200)]
)
def test_software_may_be_the_input(packing: int, written: list[int], mean: int) -> None:
    dfsdm, _, _ = make(order=1, oversampling=2)
    poke(dfsdm, "CH2CFGR1", ENABLED | PARALLEL | packing << 14)
    poke(dfsdm, "FLT0CR1", STARTED | 2 << 24)
    for word in written:
        assert not peek(dfsdm, "FLT0ISR") & ISR.REOCF
        poke(dfsdm, "CH2DATINR", word)
    assert regular(dfsdm) == 2 * mean


@pytest.mark.parametrize("scan", [0, CR1.JSCAN])
def test_an_injected_group_is_converted_channel_by_channel(scan: int) -> None:
    dfsdm, machine, _ = make()
    for channel in (3, 5):
        poke(dfsdm, f"CH{channel}CFGR1", ENABLED | INTERNAL)
    poke(dfsdm, "FLT0JCHGR", 1 << 2 | 1 << 3 | 1 << 5)
    seen = []
    for _ in range(1 if scan else 4):
        poke(dfsdm, "FLT0CR1", CR1.DFEN | CR1.JSWSTART | scan)
        for _ in range(4):
            machine.clock.advance(195 * SECOND // CKOUT)
            if peek(dfsdm, "FLT0ISR") & ISR.JEOCF:
                seen.append(peek(dfsdm, "FLT0JDATAR") & 7)
    assert seen == ([2, 3, 5] if scan else [2, 3, 5, 2])
    assert not peek(dfsdm, "FLT0ISR") & ISR.JCIP


def test_an_injected_conversion_delays_a_regular_one() -> None:
    dfsdm, machine, sound = make()
    sound.level = 0.5
    poke(dfsdm, "FLT0JCHGR", 1 << 2)
    poke(dfsdm, "FLT0CR1", STARTED | 2 << 24)
    machine.clock.advance(100 * SECOND // CKOUT)
    poke(dfsdm, "FLT0CR1", CR1.DFEN | CR1.JSWSTART | 2 << 24)
    machine.clock.advance(196 * SECOND // CKOUT)
    assert peek(dfsdm, "FLT0ISR") & 3 == ISR.JEOCF
    machine.clock.advance(196 * SECOND // CKOUT)
    assert peek(dfsdm, "FLT0ISR") & 3 == ISR.JEOCF | ISR.REOCF


@pytest.mark.parametrize(("edges", "count"), [(1, 1), (2, 1), (3, 2)])
def test_a_timer_starts_injected_conversions(edges: int, count: int) -> None:
    dfsdm, machine, _ = make()
    timer = machine.peripherals["tim6"] = Timer()
    poke(dfsdm, "FLT0JCHGR", 1 << 2)
    poke(dfsdm, "FLT0CR1", CR1.DFEN | 5 << 8 | edges << 13)
    seen = 0
    for level in (True, False):
        timer.lines["TRGO"].set(level)
        machine.clock.advance(200 * SECOND // CKOUT)
        seen += bool(peek(dfsdm, "FLT0ISR") & ISR.JEOCF)
        peek(dfsdm, "FLT0JDATAR")
    assert seen == count


def test_the_first_filter_takes_along_those_that_follow_it() -> None:
    dfsdm, machine, _ = make()
    poke(dfsdm, "FLT1FCR", 3 << 29 | 63 << 16)
    poke(dfsdm, "FLT1CR1", CR1.DFEN | CR1.RSYNC | 2 << 24)
    poke(dfsdm, "FLT0CR1", STARTED | 2 << 24)
    machine.clock.advance(200 * SECOND // CKOUT)
    assert peek(dfsdm, "FLT1ISR") & ISR.REOCF


def test_watchdog_and_extremes_follow_the_results() -> None:
    dfsdm, machine, sound = make()
    limit = 64**3 // 2
    poke(dfsdm, "FLT0CR2", CR2.AWDIE | 1 << 10 | 1 << 18)
    poke(dfsdm, "FLT0AWHTR", limit << 8 | 1 << 2)
    poke(dfsdm, "FLT0AWLTR", (-limit & 0xFFFFFF) << 8 | 1)
    results = []
    for level in (0.4, 0.6, -0.4, -0.6):
        sound.level = level
        poke(dfsdm, "FLT0CR1", STARTED | 2 << 24)
        machine.clock.advance(200 * SECOND // CKOUT)
        results.append(
            (peek(dfsdm, "FLT0AWSR"), dfsdm.lines["BREAK2"].level, dfsdm.lines["BREAK0"].level)
        )
        poke(dfsdm, "FLT0AWCFR", 0xFFFF)
        regular(dfsdm)
        assert not dfsdm.lines[0].level
    assert results == [
        (0, False, False),
        (1 << 10, True, False),
        (0, False, False),
        (1 << 2, False, True),
    ]
    assert signed24(peek(dfsdm, "FLT0EXMAX") >> 8) == round(0.6 * 64**3)
    assert signed24(peek(dfsdm, "FLT0EXMIN") >> 8) == -round(0.6 * 64**3)
    assert peek(dfsdm, "FLT0EXMAX") == block.EXMAX.reset


def test_a_conversion_under_way_survives_pickling() -> None:
    dfsdm, machine, _ = make()
    poke(dfsdm, "FLT0CR1", STARTED | 2 << 24)
    machine.clock.advance(100 * SECOND // CKOUT)
    copy, other = pickle.loads(pickle.dumps((dfsdm, machine)))
    other.clock.advance(100 * SECOND // CKOUT)
    assert peek(copy, "FLT0ISR") & ISR.REOCF
    assert not peek(dfsdm, "FLT0ISR") & ISR.REOCF
