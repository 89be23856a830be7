"""Time stamps and tampers of the real-time clock."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.gpio import STM32_GPIOPort
from renode_wifi.peripherals.stm32l4.rtc import STM32F4_RTC
from renode_wifi.peripherals.stm32l4.rtc_registers import CR, ISR, TAMPCR
from tests.peripherals.stm32l4.rig import Probe, peek, poke

MILLISECOND = 10**6
EDGES = {0: True, CR.TSEDGE: False}


def make() -> tuple[STM32F4_RTC, BenchMachine]:
    """Unlocked, at 12:34:56 of a Tuesday, 2024-12-31."""
    machine = BenchMachine()
    rtc = STM32F4_RTC(machine, "rtc")
    poke(rtc, "WPR", 0xCA)
    poke(rtc, "WPR", 0x53)
    poke(rtc, "ISR", ISR.INIT)
    poke(rtc, "TR", 0x123456)
    poke(rtc, "DR", 0x245231)
    poke(rtc, "ISR", 0)
    return rtc, machine


def pulse(rtc: STM32F4_RTC, number: int) -> None:
    rtc.on_gpio(number, True)
    rtc.on_gpio(number, False)


@pytest.mark.parametrize("edge", EDGES)
def test_an_edge_at_the_pin_keeps_time_and_date(edge: int) -> None:
    rtc, machine = make()
    rtc.on_gpio(0, not EDGES[edge])
    poke(rtc, "CR", CR.TSE | CR.TSIE | edge)
    machine.clock.advance(3 * SECOND + SECOND // 4)
    rtc.on_gpio(0, EDGES[edge])
    machine.clock.advance(10 * SECOND)
    assert rtc.lines["TamperStampIRQ"].level
    assert peek(rtc, "ISR") & (ISR.TSF | ISR.TSOVF) == ISR.TSF
    assert (peek(rtc, "TSTR"), peek(rtc, "TSDR")) == (0x123459, 0x5231)
    assert peek(rtc, "TSSSR") == 255 - 64
    poke(rtc, "ISR", 0)
    assert not rtc.lines["TamperStampIRQ"].level
    assert (peek(rtc, "TSTR"), peek(rtc, "TSDR"), peek(rtc, "TSSSR")) == (0, 0, 0)


def test_a_second_stamp_overflows_and_the_first_stays() -> None:
    rtc, machine = make()
    poke(rtc, "CR", CR.TSE)
    pulse(rtc, 0)
    machine.clock.advance(SECOND)
    pulse(rtc, 0)
    assert peek(rtc, "ISR") & (ISR.TSF | ISR.TSOVF) == ISR.TSF | ISR.TSOVF
    assert peek(rtc, "TSTR") == 0x123456
    assert not rtc.lines["TamperStampIRQ"].level


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("falling", [False, True])
def test_a_tamper_by_edge_erases_the_backup_registers(number: int, falling: bool) -> None:
    rtc, _ = make()
    enable = 1 << (0, 3, 5)[number]
    poke(rtc, "BKP0R", 0x1234)
    poke(rtc, "BKP31R", 0x5678)
    rtc.on_gpio(number, falling)
    poke(rtc, "TAMPCR", enable | (enable << 1 if falling else 0) | TAMPCR.TAMPIE)
    assert peek(rtc, "BKP0R") == 0x1234
    rtc.on_gpio(number, not falling)
    assert peek(rtc, "ISR") & 7 << 13 == 1 << 13 + number
    assert (peek(rtc, "BKP0R"), peek(rtc, "BKP31R")) == (0, 0)
    assert rtc.lines["TamperStampIRQ"].level
    poke(rtc, "ISR", 0)
    assert not rtc.lines["TamperStampIRQ"].level


@pytest.mark.parametrize(
    ("setting", "flag", "kept"),
    [(0, True, 0), (TAMPCR.TAMP1NOERASE, True, 9), (TAMPCR.TAMP1MF, False, 9)],
)
def test_what_a_tamper_does_can_be_chosen(setting: int, flag: bool, kept: int) -> None:
    rtc, _ = make()
    poke(rtc, "BKP7R", 9)
    rtc.on_gpio(0, False)
    poke(rtc, "TAMPCR", TAMPCR.TAMP1E | TAMPCR.TAMPTS | setting)
    rtc.on_gpio(0, True)
    assert bool(peek(rtc, "ISR") & ISR.TAMP1F) == flag
    assert bool(peek(rtc, "ISR") & ISR.TSF) == flag
    assert peek(rtc, "BKP7R") == kept


@given(looks=st.integers(1, 3), frequency=st.integers(0, 7), high=st.booleans())
def test_a_level_has_to_stay_for_as_many_looks_as_the_filter_says(
    looks: int, frequency: int, high: bool
) -> None:
    rtc, machine = make()
    rtc.on_gpio(1, not high)
    active = TAMPCR.TAMP2TRG if high else 0
    poke(rtc, "TAMPCR", TAMPCR.TAMP2E | active | looks << 11 | frequency << 8)
    duration = 2**looks * 2 ** (15 - frequency) * SECOND // 32768
    rtc.on_gpio(1, high)
    machine.clock.advance(duration - MILLISECOND)
    rtc.on_gpio(1, not high)
    machine.clock.advance(2 * SECOND)
    assert not peek(rtc, "ISR") & ISR.TAMP2F
    rtc.on_gpio(1, high)
    machine.clock.advance(duration - MILLISECOND)
    copy, other = pickle.loads(pickle.dumps((rtc, machine)))
    for each, its in ((rtc, machine), (copy, other)):
        assert not peek(each, "ISR") & ISR.TAMP2F
        its.clock.advance(2 * MILLISECOND)
        assert peek(each, "ISR") & ISR.TAMP2F


def test_an_input_that_nobody_drives_is_high_while_it_is_precharged() -> None:
    rtc, machine = make()
    poke(rtc, "TAMPCR", TAMPCR.TAMP3E | 1 << 11)
    machine.clock.advance(10 * SECOND)
    assert not peek(rtc, "ISR") & ISR.TAMP3F
    poke(rtc, "TAMPCR", TAMPCR.TAMP3E | 1 << 11 | TAMPCR.TAMPPUDIS)
    machine.clock.advance(10 * SECOND)
    assert peek(rtc, "ISR") & ISR.TAMP3F


def test_a_pad_shows_the_level_of_an_analog_pin() -> None:
    machine = BenchMachine()
    port = STM32_GPIOPort(machine, "gpioPortC", modeResetValue=0xFFFFFFFF)
    pad, line = Probe(), Probe()
    port.lines["Pad13"].connect(pad, 1)
    port.lines[13].connect(line, 2)
    port.on_gpio(13, True)
    assert (pad.levels, line.levels) == ([(1, True)], [])
    port.release(13)
    assert pad.levels[-1] == (1, False)
    poke(port, "PUPDR", 1 << 26)
    poke(port, "MODER", 0xF3FFFFFF)
    assert pad.levels[-1] == (1, True)
    assert line.levels[-1] == (2, True)
