"""The converter: samples, their pace, their FIFO."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MICROSECOND, SECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.adc import CC3220_ADC
from tests.peripherals.stm32l4.rig import peek, poke


def test_samples_come_every_sixteen_microseconds() -> None:
    machine = BenchMachine()
    adc = CC3220_ADC(machine, "adc")
    adc.set_voltage(2, 733)
    poke(adc, "adc_timer_configuration", 1 << 25 | 0x1FFFF)
    poke(adc, "ADC_CTRL", 1)
    poke(adc, "ADC_CH_ENABLE", 1 << 3)
    adc.write(0x24 + 16, 9, 4)
    machine.clock.advance(3 * 16 * MICROSECOND)
    assert adc.read(0x94 + 16, 4) == 3
    assert not adc.lines[2].level
    machine.clock.advance(16 * MICROSECOND)
    assert adc.lines[2].level
    sample = adc.read(0x74 + 16, 4)
    assert sample >> 2 & 0xFFF == 733 * 4096 // 1467
    assert sample >> 14 == 640
    assert adc.read(0x78, 4) == 0
    adc.write(0x44 + 16, 0xF, 4)
    assert not adc.lines[2].level
    machine.clock.advance(32 * MICROSECOND)
    assert adc.read(0x44 + 16, 4) & 8
    poke(adc, "adc_dma_mode_en", 1 << 4)
    assert adc.lines[6].level
    for _ in range(4):
        adc.read(0x74 + 16, 4)
    assert adc.read(0x44 + 16, 4) & 2
    adc.read(0x74 + 16, 4)
    assert adc.read(0x44 + 16, 4) & 4
    poke(adc, "ADC_CTRL", 0)
    machine.clock.advance(SECOND)
    assert adc.read(0x94 + 16, 4) == 0
    adc.reset()
    assert peek(adc, "adc_timer_current_count") == 0


def test_samples_without_effect_are_no_events_and_keep_their_pace() -> None:
    machine = BenchMachine()
    adc = CC3220_ADC(machine, "adc")
    poke(adc, "adc_timer_configuration", 1 << 25 | 0x1FFFF)
    machine.clock.advance(MICROSECOND)
    poke(adc, "ADC_CTRL", 1)
    poke(adc, "ADC_CH_ENABLE", 1 << 1)
    machine.clock.advance(5 * 16 * MICROSECOND)
    assert machine.clock.next_time is None
    machine.clock.advance(SECOND)
    # Whoever reads makes room for the sample after that.
    first = peek(adc, "channelFIFODATA") >> 14
    machine.clock.advance(16 * MICROSECOND)
    stamps = [peek(adc, "channelFIFODATA") >> 14 for _ in range(4)]
    assert [stamp - first for stamp in stamps[:3]] == [640, 1280, 1920]
    start, period = MICROSECOND, 16 * MICROSECOND
    latest = start + (machine.clock.now - start) // period * period
    assert stamps[3] == latest * 40 // MICROSECOND % 0x20000
    poke(adc, "ADC_CTRL", 0)
    assert machine.clock.next_time is None
