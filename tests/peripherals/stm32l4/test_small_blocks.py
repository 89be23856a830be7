"""Blocks of few registers: power, random numbers, identity, what isn't modelled."""

from __future__ import annotations

import logging
import pickle

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.dbgmcu import STM32L4_DBGMCU
from renode_wifi.peripherals.stm32l4.pwr import STM32L4_PWR
from renode_wifi.peripherals.stm32l4.rng import STM32L4_RNG
from renode_wifi.peripherals.stm32l4.signature import STM32L4_Signature
from renode_wifi.peripherals.stm32l4.unimplemented import STM32L4_Unimplemented
from renode_wifi.peripherals.stm32l4.vrefbuf import STM32L4_VREFBUF
from tests.peripherals.stm32l4.rig import peek, poke


def test_power_settings_read_back_at_once() -> None:
    pwr = STM32L4_PWR(BenchMachine(), "pwr")
    assert (peek(pwr, "CR1"), peek(pwr, "CR3")) == (0x200, 0x8000)
    poke(pwr, "CR1", 0x300)
    assert peek(pwr, "CR1") == 0x300
    assert peek(pwr, "SR2") == 0


def test_low_power_run_mode_is_entered_and_left_at_once() -> None:
    pwr = STM32L4_PWR(BenchMachine(), "pwr")
    poke(pwr, "CR1", 0x4200)
    assert peek(pwr, "SR2") == 0x200
    poke(pwr, "CR1", 0x0200)
    assert peek(pwr, "SR2") == 0


def test_wake_up_flags_clear_through_their_own_register() -> None:
    pwr = STM32L4_PWR(BenchMachine(), "pwr")
    pwr.registers["SR1"] = 0x11F
    poke(pwr, "SCR", 0x101)
    assert peek(pwr, "SR1") == 0x1E
    assert peek(pwr, "SCR") == 0


def numbers(seed: int, count: int = 4) -> list[int]:
    rng = STM32L4_RNG(BenchMachine(seed), "rng")
    poke(rng, "CR", 4)
    return [peek(rng, "DR") for _ in range(count)]


def test_random_numbers_come_from_the_seed() -> None:
    assert numbers(1) == numbers(1)
    assert numbers(1) != numbers(2)
    assert len(set(numbers(1, 100))) == 100


def test_a_switched_off_generator_gives_nothing() -> None:
    rng = STM32L4_RNG(BenchMachine(), "rng")
    assert (peek(rng, "SR"), peek(rng, "DR")) == (0, 0)
    poke(rng, "CR", 0xC)
    assert peek(rng, "SR") == 1
    assert rng.lines["IRQ"].level
    poke(rng, "CR", 8)
    assert peek(rng, "SR") == 0
    assert not rng.lines["IRQ"].level


def test_a_broken_noise_source_is_reported_and_recovers_by_a_restart() -> None:
    rng = STM32L4_RNG(BenchMachine(), "rng")
    poke(rng, "CR", 0xC)
    rng.fail_seed()
    assert (peek(rng, "SR"), peek(rng, "DR")) == (0x44, 0)
    assert rng.lines["IRQ"].level
    poke(rng, "SR", 0)
    assert not rng.lines["IRQ"].level
    assert peek(rng, "SR") == 4
    poke(rng, "CR", 0)
    poke(rng, "CR", 4)
    assert peek(rng, "SR") == 1


def test_random_numbers_go_on_after_pickling() -> None:
    rng = STM32L4_RNG(BenchMachine(), "rng")
    poke(rng, "CR", 4)
    copy = pickle.loads(pickle.dumps(rng))
    assert [peek(rng, "DR") for _ in range(3)] == [peek(copy, "DR") for _ in range(3)]


def test_the_debug_block_has_the_device() -> None:
    dbgmcu = STM32L4_DBGMCU(BenchMachine(), "dbgmcu")
    assert peek(dbgmcu, "IDCODE") & 0xFFF == 0x415
    poke(dbgmcu, "CR", 7)
    assert peek(dbgmcu, "CR") == 7


def test_the_signature_has_flash_size_and_identity() -> None:
    signature = STM32L4_Signature(BenchMachine(), "signature", uid1=0x1234)
    for _ in range(2):
        assert signature.read(0xE0, 2) == 0x400
        assert signature.read(0x94, 4) == 0x1234
        poke(signature, "UID", 0)
        signature.reset()


def test_an_unmodelled_block_answers_reset_values_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    block = STM32L4_Unimplemented(BenchMachine(), "adc", size=0x100, resets={0x0C: 0x80000000})
    with caplog.at_level(logging.WARNING):
        assert block.read(0x00, 4) == 0
        block.write(0x0C, 0, 4)
        assert block.read(0x0F, 1) == 0x80
    assert [record.getMessage() for record in caplog.records] == [
        "adc isn't modelled: offset 0x000 is read (reported once)"
    ]


def test_an_unmodelled_block_can_keep_what_was_written() -> None:
    block = STM32L4_Unimplemented(BenchMachine(), "sai1", storage=True, resets={4: 0x40})
    block.write(0x00, 0x11223344, 4)
    block.write(0x01, 0xAA, 1)
    assert block.read(0x00, 4) == 0x1122AA44
    block.reset()
    assert (block.read(0x00, 4), block.read(0x04, 4)) == (0, 0x40)


def test_the_voltage_reference_is_ready_when_enabled() -> None:
    reference = STM32L4_VREFBUF(BenchMachine(), "vrefbuf")
    assert peek(reference, "CSR") == 2
    poke(reference, "CSR", 1)
    assert peek(reference, "CSR") == 9
    poke(reference, "CSR", 2)
    assert peek(reference, "CSR") == 2
