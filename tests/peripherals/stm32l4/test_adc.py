"""Converters: calibration, sequences, triggers, watchdogs, and what their inputs see."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.adc import STM32L4_ADC
from renode_wifi.peripherals.stm32l4.adc_registers import CFGR, CFGR2, CR, ISR
from renode_wifi.peripherals.stm32l4.signature import TS_CAL1, TS_CAL2, VREFINT_CAL
from tests.peripherals.stm32l4.converters import make_adc
from tests.peripherals.stm32l4.rig import Probe, peek, poke

CYCLE = 250
"""ns at 4 MHz."""
CONVERSION = 15 * CYCLE
"""12.5 cycles after 2.5 of sampling."""


def switched_on(name: str = "adc1") -> tuple[STM32L4_ADC, BenchMachine]:
    machine = BenchMachine()
    adc = make_adc(machine, name)
    poke(adc, "CR", CR.ADVREGEN)
    poke(adc, "CR", CR.ADVREGEN | CR.ADEN)
    machine.clock.advance(100 * CYCLE)
    assert peek(adc, "ISR") == ISR.ADRDY
    return adc, machine


def sequence(adc: STM32L4_ADC, *channels: int) -> None:
    word = len(channels) - 1
    for rank, channel in enumerate(channels[:4]):
        word |= channel << (6 * rank + 6)
    poke(adc, "SQR1", word)


def start(adc: STM32L4_ADC, bit: int = CR.ADSTART) -> None:
    poke(adc, "CR", peek(adc, "CR") | bit)


def test_calibration_takes_its_cycles_and_leaves_a_factor() -> None:
    machine = BenchMachine()
    adc = make_adc(machine)
    poke(adc, "CR", CR.ADVREGEN)
    poke(adc, "CR", CR.ADVREGEN | CR.ADCAL)
    machine.clock.advance(116 * CYCLE - 1)
    assert peek(adc, "CR") & CR.ADCAL
    machine.clock.advance(1)
    assert not peek(adc, "CR") & CR.ADCAL
    assert peek(adc, "CALFACT") != 0


def test_a_converter_without_clock_never_gets_ready(caplog: pytest.LogCaptureFixture) -> None:
    machine = BenchMachine()
    adc = make_adc(machine)
    machine.peripherals["rcc"].write(0x88, 0, 4)
    poke(adc, "CR", CR.ADVREGEN)
    poke(adc, "CR", CR.ADVREGEN | CR.ADEN)
    machine.clock.advance(10**9)
    assert peek(adc, "ISR") == 0
    assert "ADC_CCR.CKMODE" in caplog.text


def test_a_conversion_takes_its_time_and_ends_by_itself() -> None:
    adc, machine = switched_on()
    machine.peripherals["adcCommon"].set_voltage("PC0", 1650)
    sequence(adc, 1)
    start(adc)
    machine.clock.advance(CONVERSION - 1)
    assert not peek(adc, "ISR") & ISR.EOC
    machine.clock.advance(1)
    assert peek(adc, "ISR") & (ISR.EOC | ISR.EOS) == ISR.EOC | ISR.EOS
    assert not peek(adc, "CR") & CR.ADSTART
    assert peek(adc, "DR") == 2048
    assert not peek(adc, "ISR") & ISR.EOC


def test_a_sequence_converts_rank_by_rank() -> None:
    adc, machine = switched_on()
    common = machine.peripherals["adcCommon"]
    common.set_voltage("PC0", 0)
    common.set_voltage("PC1", 1650)
    common.set_voltage("PA0", 3300)
    sequence(adc, 5, 1, 2)
    start(adc)
    seen = []
    for _ in range(3):
        machine.clock.advance(CONVERSION)
        seen.append(peek(adc, "DR"))
    assert seen == [4095, 0, 2048]
    assert peek(adc, "ISR") & ISR.EOS


def test_data_that_nobody_took_is_kept_or_overwritten() -> None:
    for mode, expected in ((0, 0), (CFGR.OVRMOD, 4095)):
        adc, machine = switched_on()
        machine.peripherals["adcCommon"].set_voltage("PC1", 3300)
        poke(adc, "CFGR", mode)
        sequence(adc, 1, 2)
        start(adc)
        machine.clock.advance(2 * CONVERSION)
        assert peek(adc, "ISR") & ISR.OVR
        assert peek(adc, "DR") == expected


@given(waits=st.lists(st.integers(1, 50 * CONVERSION), min_size=1, max_size=5))
def test_a_continuous_conversion_keeps_its_step_while_nobody_reads(waits: list[int]) -> None:
    adc, machine = switched_on()
    poke(adc, "CFGR", CFGR.CONT | CFGR.OVRMOD)
    sequence(adc, 1)
    begun = machine.clock.now
    start(adc)
    for wait in waits:
        machine.clock.advance(wait)
        peek(adc, "DR")
        poke(adc, "ISR", ISR.EOC | ISR.EOS | ISR.OVR)
        left = CONVERSION - (machine.clock.now - begun) % CONVERSION
        machine.clock.advance(left - 1)
        assert not peek(adc, "ISR") & ISR.EOC
        machine.clock.advance(1)
        assert peek(adc, "ISR") & ISR.EOC


def test_a_changed_voltage_is_in_the_next_data_of_a_continuous_conversion() -> None:
    adc, machine = switched_on()
    poke(adc, "CFGR", CFGR.CONT | CFGR.OVRMOD)
    sequence(adc, 1)
    start(adc)
    machine.clock.advance(100 * CONVERSION)
    assert peek(adc, "DR") == 0
    machine.peripherals["adcCommon"].set_voltage("PC0", 3300)
    machine.clock.advance(2 * CONVERSION)
    assert peek(adc, "DR") == 4095


def test_the_next_conversion_waits_for_the_reader() -> None:
    adc, machine = switched_on()
    poke(adc, "CFGR", CFGR.CONT | CFGR.AUTDLY)
    sequence(adc, 1)
    start(adc)
    machine.clock.advance(100 * CONVERSION)
    assert not peek(adc, "ISR") & ISR.OVR
    peek(adc, "DR")
    machine.clock.advance(CONVERSION)
    assert peek(adc, "ISR") & ISR.EOC


def test_data_asks_for_the_dma_until_it_is_taken() -> None:
    adc, machine = switched_on()
    probe = Probe()
    adc.lines["DMARequest"].connect(probe, 0)
    poke(adc, "CFGR", CFGR.DMAEN)
    sequence(adc, 1)
    start(adc)
    machine.clock.advance(CONVERSION)
    assert probe.levels == [(0, True)]
    peek(adc, "DR")
    assert probe.levels[-1] == (0, False)


def test_internal_channels_agree_with_the_calibration_of_the_chip() -> None:
    adc, machine = switched_on()
    common = machine.peripherals["adcCommon"]
    common.set_supply(3000)
    common.set_temperature(30)
    poke(common, "CCR", 0x01C00000)
    sequence(adc, 0, 17, 18)
    start(adc)
    seen = []
    for _ in range(3):
        machine.clock.advance(CONVERSION)
        seen.append(peek(adc, "DR"))
    assert seen[0] == VREFINT_CAL
    assert seen[1] == TS_CAL1
    assert seen[2] == 4096 // 3
    common.set_temperature(110)
    start(adc)
    machine.clock.advance(2 * CONVERSION)
    poke(adc, "CR", peek(adc, "CR") | CR.ADSTP)
    assert common.convert(1, 17, False) == TS_CAL2


def test_internal_channels_are_switched_on_in_the_common_block() -> None:
    adc, machine = switched_on()
    assert machine.peripherals["adcCommon"].convert(1, 0, False) == 0
    assert adc.unit == 1


def test_injected_conversions_have_data_registers_of_their_own() -> None:
    adc, machine = switched_on()
    machine.peripherals["adcCommon"].set_voltage("PC1", 3300)
    poke(adc, "JSQR", 1 | 1 << 8 | 2 << 14)
    start(adc, CR.JADSTART)
    machine.clock.advance(2 * CONVERSION)
    assert peek(adc, "ISR") & ISR.JEOS
    assert (peek(adc, "JDR1"), peek(adc, "JDR2")) == (0, 4095)
    assert not peek(adc, "CR") & CR.JADSTART


@pytest.mark.parametrize(
    ("configuration", "code"),
    [(0, 2048), (1 << 3, 512), (2 << 3, 128), (3 << 3, 32), (1 << 5, 0x8000)],
)
def test_resolution_and_alignment(configuration: int, code: int) -> None:
    adc, machine = switched_on()
    machine.peripherals["adcCommon"].set_voltage("PC0", 1650)
    poke(adc, "CFGR", configuration)
    sequence(adc, 1)
    start(adc)
    machine.clock.advance(CONVERSION)
    assert peek(adc, "DR") == code


def test_oversampling_adds_up_and_takes_as_long() -> None:
    adc, machine = switched_on()
    machine.peripherals["adcCommon"].set_voltage("PC0", 1650)
    poke(adc, "CFGR2", CFGR2.ROVSE | 3 << 2 | 1 << 5)
    sequence(adc, 1)
    start(adc)
    machine.clock.advance(16 * CONVERSION - 1)
    assert not peek(adc, "ISR") & ISR.EOC
    machine.clock.advance(1)
    assert peek(adc, "DR") == 2048 * 16 // 2


@pytest.mark.parametrize(("millivolts", "flags"), [(1650, 0), (3000, ISR.AWD1), (100, ISR.AWD1)])
def test_the_watchdog_compares_with_its_thresholds(millivolts: int, flags: int) -> None:
    adc, machine = switched_on()
    machine.peripherals["adcCommon"].set_voltage("PC0", millivolts)
    poke(adc, "TR1", 3000 << 16 | 1000)
    poke(adc, "CFGR", CFGR.AWD1EN)
    poke(adc, "IER", ISR.AWD1)
    sequence(adc, 1)
    start(adc)
    machine.clock.advance(CONVERSION)
    assert peek(adc, "ISR") & ISR.AWD1 == flags
    assert adc.lines["IRQ"].level == bool(flags)


def test_a_pin_shows_the_dac_and_digital_outputs() -> None:
    _, machine = switched_on()
    common, dac = machine.peripherals["adcCommon"], machine.peripherals["dac1"]
    poke(dac, "CR", 1)
    poke(dac, "DHR12R1", 1000)
    assert common.convert(1, 9, False) == 1000
    port: Any = machine.peripherals["gpioPortA"]
    poke(port, "MODER", 1)
    poke(port, "BSRR", 1)
    assert common.convert(1, 5, False) == 4095


def test_a_differential_channel_has_its_middle_at_no_difference() -> None:
    adc, machine = switched_on()
    common = machine.peripherals["adcCommon"]
    common.set_voltage("PC0", 1000)
    common.set_voltage("PC1", 1000)
    poke(adc, "DIFSEL", 2)
    sequence(adc, 1)
    start(adc)
    machine.clock.advance(CONVERSION)
    assert peek(adc, "DR") == 2048


def test_stopping_and_disabling_clear_their_requests() -> None:
    adc, machine = switched_on()
    poke(adc, "CFGR", CFGR.CONT)
    sequence(adc, 1)
    start(adc)
    start(adc, CR.ADSTP)
    assert not peek(adc, "CR") & (CR.ADSTART | CR.ADSTP)
    start(adc, CR.ADDIS)
    assert not peek(adc, "CR") & (CR.ADEN | CR.ADDIS)
    machine.clock.advance(10 * CONVERSION)
    assert peek(adc, "ISR") == 0


def dual(mode: int, rest: int = 0) -> tuple[STM32L4_ADC, STM32L4_ADC, BenchMachine, Probe]:
    """ADC1 with channel 1 and ADC2 with channel 2, at 1.65 V and 3.3 V / 4."""
    first, machine = switched_on()
    second = machine.peripherals["adc2"]
    poke(second, "CR", CR.ADVREGEN)
    poke(second, "CR", CR.ADVREGEN | CR.ADEN)
    machine.clock.advance(100 * CYCLE)
    common = machine.peripherals["adcCommon"]
    poke(common, "CCR", mode | rest)
    common.set_voltage("PC0", 1650)
    common.set_voltage("PC1", 825)
    requests = Probe()
    first.lines["DMARequest"].connect(requests, 0)
    return first, second, machine, requests


SIMULTANEOUS, INTERLEAVED = 6, 7
BY_HALF_WORDS, BY_BYTES = 2 << 14, 3 << 14


def test_interleaved_converters_sample_in_turns_and_ask_for_both_results_at_once() -> None:
    first, second, machine, requests = dual(INTERLEAVED, BY_HALF_WORDS | 4 << 8)
    sequence(first, 1)
    sequence(second, 2)
    poke(first, "CFGR", CFGR.CONT)
    start(first)
    # 2.5 cycles of sampling, then five of delay (RM0351 18.4.31).
    behind = 15 * CYCLE // 2
    taken = []
    for number in range(3):
        machine.clock.advance(CONVERSION - (behind if number else 0))
        assert peek(first, "ISR") & ISR.EOC
        assert not peek(second, "ISR") & ISR.EOC
        assert not requests.levels or not requests.levels[-1][1]
        machine.clock.advance(behind)
        assert requests.levels[-1] == (0, True)
        taken.append(peek(machine.peripherals["adcCommon"], "CDR"))
    assert taken == [1024 << 16 | 2048] * 3
    assert not peek(first, "ISR") & ISR.OVR


def test_dual_results_fit_a_half_word_by_bytes() -> None:
    first, second, machine, _ = dual(SIMULTANEOUS, BY_BYTES)
    for adc, channel in ((first, 1), (second, 2)):
        sequence(adc, channel)
        poke(adc, "CFGR", CFGR["RES"].put(0, 2))
    start(first)
    machine.clock.advance(CONVERSION)
    assert peek(machine.peripherals["adcCommon"], "CDR") == 0x40 << 8 | 0x80


@pytest.mark.parametrize("trigger", [False, True])
def test_a_simultaneous_pair_converts_whole_sequences(trigger: bool) -> None:
    first, second, machine, requests = dual(SIMULTANEOUS, BY_HALF_WORDS)
    sequence(first, 1, 2)
    sequence(second, 2, 1)
    if trigger:
        poke(first, "CFGR", CFGR["EXTEN"].put(CFGR["EXTSEL"].put(0, 9), 1))
    start(first)
    common = machine.peripherals["adcCommon"]
    for _ in range(2 if trigger else 1):
        if trigger:
            first.on_gpio(9, True)
            first.on_gpio(9, False)
        taken = []
        for _ in range(2):
            machine.clock.advance(CONVERSION)
            assert requests.levels[-1] == (0, True)
            taken.append(peek(common, "CDR"))
        assert taken == [1024 << 16 | 2048, 2048 << 16 | 1024]
        machine.clock.advance(10 * CONVERSION)
        assert peek(common, "CSR") & (ISR.EOC | ISR.EOC << 16) == 0, "nothing goes on by itself"
