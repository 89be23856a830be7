"""Blocks that are registers only: what drivers wait for comes, and the log says so once."""

from __future__ import annotations

import logging

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.flash import STM32L4_FLASH
from renode_wifi.peripherals.stm32l4.option_bytes import STM32L4_OptionBytes
from renode_wifi.peripherals.stm32l4.otp import STM32L4_OTP
from renode_wifi.peripherals.stm32l4.sai import STM32L4_SAI
from renode_wifi.peripherals.stm32l4.sdmmc import STM32L4_SDMMC
from renode_wifi.peripherals.stm32l4.swpmi import STM32L4_SWPMI
from renode_wifi.peripherals.stm32l4.system_memory import STM32L4_SystemMemory
from renode_wifi.peripherals.stm32l4.tsc import STM32L4_TSC
from tests.peripherals.stm32l4.rig import peek, poke


def test_the_log_says_once_what_is_missing(caplog: pytest.LogCaptureFixture) -> None:
    sai = STM32L4_SAI(BenchMachine(), "sai1")
    with caplog.at_level(logging.WARNING):
        peek(sai, "ACR1")
        poke(sai, "ACR1", 0)
    assert caplog.text.count("sai1 is registers only") == 1


@pytest.mark.parametrize(
    ("waits_for", "flag"), [(0, 1 << 7), (1, 1 << 2), (2, 1 << 7), (3, 1 << 2)]
)
def test_an_empty_slot_answers_no_command(waits_for: int, flag: int) -> None:
    host = STM32L4_SDMMC(BenchMachine(), "sdmmc1")
    poke(host, "MASK", flag)
    poke(host, "CMD", 1 << 10 | waits_for << 6)
    assert peek(host, "STA") == flag
    assert host.lines["IRQ"].level
    poke(host, "ICR", flag)
    assert peek(host, "STA") == 0
    assert not host.lines["IRQ"].level


def test_an_enabled_audio_transmitter_asks_for_data() -> None:
    sai = STM32L4_SAI(BenchMachine(), "sai1")
    poke(sai, "AIM", 1 << 3)
    poke(sai, "ACR1", 1 << 16 | 0x40)
    assert peek(sai, "ASR") == 1 << 3
    assert sai.lines["IRQ"].level
    poke(sai, "ACR1", 0x40)
    assert not sai.lines["IRQ"].level


def test_an_acquisition_of_touch_ends() -> None:
    tsc = STM32L4_TSC(BenchMachine(), "tsc")
    poke(tsc, "IOGCSR", 3)
    poke(tsc, "IER", 1)
    poke(tsc, "CR", 3)
    assert peek(tsc, "CR") == 1
    assert peek(tsc, "IOGCSR") == 3 << 16 | 3
    assert tsc.lines["IRQ"].level
    poke(tsc, "ICR", 1)
    assert not tsc.lines["IRQ"].level


def test_the_single_wire_is_deactivated() -> None:
    swpmi = STM32L4_SWPMI(BenchMachine(), "swpmi1")
    poke(swpmi, "CR", 1 << 5)
    poke(swpmi, "CR", 1 << 5 | 1 << 10)
    assert peek(swpmi, "CR") == 0
    assert peek(swpmi, "ISR") & 1 << 10


def test_one_time_words_are_erased_and_stay_so() -> None:
    otp = STM32L4_OTP(BenchMachine(), "otp")
    otp.write(8, 0, 4)
    assert otp.read(8, 4) == 0xFFFFFFFF


def test_option_bytes_show_what_is_programmed_and_its_complement() -> None:
    machine = BenchMachine()
    machine.peripherals["flashController"] = STM32L4_FLASH(machine, "flashController")
    options = STM32L4_OptionBytes(machine, "optionBytes1", bank=1)
    assert options.read(0, 4) == 0xFFEFF8AA
    assert options.read(4, 4) == 0x00100755
    second = STM32L4_OptionBytes(machine, "optionBytes2", bank=2)
    assert second.read(0, 4) == 0xFFFFFFFF


def test_system_memory_is_empty() -> None:
    memory = STM32L4_SystemMemory(BenchMachine(), "systemMemory1")
    memory.write(0, 0, 4)
    assert memory.read(0, 4) == 0xFFFFFFFF
    assert memory.read(2, 2) == 0xFFFF
