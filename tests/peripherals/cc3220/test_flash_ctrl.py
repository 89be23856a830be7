"""The flash controller: programming, erasing, keys."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.flash_ctrl import CC3220_FLASH_CTRL
from tests.peripherals.stm32l4.rig import peek, poke

FLASH = 0x0100_0000


def make_flash() -> tuple[BenchMachine, CC3220_FLASH_CTRL]:
    machine = BenchMachine()
    flash = CC3220_FLASH_CTRL(machine, "flashController", size=4096)
    machine.bus.write_bytes(FLASH, b"\xff" * 4096)
    return machine, flash


def test_programming_a_word_takes_time_and_only_clears_bits() -> None:
    machine, flash = make_flash()
    poke(flash, "FMA", FLASH + 8)
    poke(flash, "FMD", 0x12345678)
    poke(flash, "FMC", 0xA442 << 16 | 1)
    assert peek(flash, "FMC") == 1
    machine.clock.advance(flash.program_time)
    assert peek(flash, "FMC") == 0
    assert machine.bus.read(FLASH + 8, 4) == 0x12345678
    poke(flash, "FMD", 0xFFFF0000)
    poke(flash, "FMC", 0xA442 << 16 | 1)
    machine.clock.advance(flash.program_time)
    assert machine.bus.read(FLASH + 8, 4) == 0x12340000
    assert peek(flash, "FCRIS") & 1 << 10


def test_nothing_happens_without_the_key() -> None:
    machine, flash = make_flash()
    poke(flash, "FMD", 0)
    poke(flash, "FMC", 1)
    poke(flash, "FMC2", 1)
    assert machine.bus.read(FLASH, 4) == 0xFFFFFFFF


def test_write_buffer_programs_what_was_filled() -> None:
    machine, flash = make_flash()
    poke(flash, "FMA", 0x80)
    flash.write(0x100 + 4 * 3, 7, 4)
    flash.write(0x100 + 4 * 31, 8, 4)
    assert peek(flash, "FWBVAL") == 1 << 31 | 1 << 3
    poke(flash, "FMC2", 0xA442 << 16 | 1)
    assert peek(flash, "FMC2") == 1
    machine.clock.advance(flash.program_time)
    assert machine.bus.read(FLASH + 0x8C, 4) == 7
    assert machine.bus.read(FLASH + 0xFC, 4) == 8
    assert machine.bus.read(FLASH + 0x90, 4) == 0xFFFFFFFF
    assert peek(flash, "FWBVAL") == 0


def test_erasing_a_page_and_all() -> None:
    machine, flash = make_flash()
    machine.bus.write_bytes(FLASH, bytes(4096))
    poke(flash, "FCIM", 2)
    poke(flash, "FMA", FLASH + 2048 + 12)
    poke(flash, "FMC", 0xA442 << 16 | 2)
    machine.clock.advance(flash.erase_time)
    assert flash.lines[0].level
    assert machine.bus.read_bytes(FLASH, 4096) == bytes(2048) + b"\xff" * 2048
    poke(flash, "FCMISC", 2)
    assert not flash.lines[0].level
    poke(flash, "FMC", 0xA442 << 16 | 4)
    machine.clock.advance(SECOND)
    assert machine.bus.read_bytes(FLASH, 4096) == b"\xff" * 4096


def test_operations_outside_of_the_array_fail() -> None:
    machine, flash = make_flash()
    poke(flash, "FMA", FLASH + 4096)
    for command in (1, 2):
        poke(flash, "FMC", 0xA442 << 16 | command)
        machine.clock.advance(SECOND)
        assert peek(flash, "FCRIS") & 1
        poke(flash, "FCMISC", 0xFFFF)
    poke(flash, "FMC", 0xA442 << 16 | 2)
    flash.reset()
    machine.clock.advance(SECOND)
    assert peek(flash, "FCRIS") == 0


def test_a_store_to_the_array_is_lost_and_reported(caplog: pytest.LogCaptureFixture) -> None:
    machine, _ = make_flash()
    machine.bus.write(FLASH, 0, 4)
    machine.bus.write(FLASH, 0, 4)
    assert machine.bus.read(FLASH, 4) == 0xFFFFFFFF
    assert caplog.text.count("store to flash") == 1
