"""Flash controller: keys, programming rules against a model of the array, errors and timing."""

from __future__ import annotations

import logging
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import flash as block
from renode_wifi.peripherals.stm32l4.flash import STM32L4_FLASH
from renode_wifi.peripherals.stm32l4.memories import SRAM2
from tests.peripherals.stm32l4.rig import peek, poke

BASE = 0x08000000
SIZE = 0x100000
PAGE_250 = BASE + 250 * block.PAGE_SIZE
INSTANT = {"programTime": 0, "pageEraseTime": 0, "massEraseTime": 0}


def make(**attributes: Any) -> tuple[STM32L4_FLASH, BenchMachine]:
    machine = BenchMachine()
    flash = STM32L4_FLASH(machine, "flashController", **{**INSTANT, **attributes})
    machine.bus.write_bytes(PAGE_250, b"\xff" * 2 * block.PAGE_SIZE)
    return flash, machine


def unlock(flash: STM32L4_FLASH) -> None:
    for key in block.KEYS:
        poke(flash, "KEYR", key)


def program(machine: BenchMachine, address: int, low: int, high: int) -> None:
    machine.bus.write(address, low, 4)
    machine.bus.write(address + 4, high, 4)


def erase(flash: STM32L4_FLASH, page: int) -> None:
    bank = block.CR.BKER if page >= block.BANK_PAGES else 0
    number = page % block.BANK_PAGES << block.CR["PNB"].position
    poke(flash, "CR", block.CR.PER | bank | number)
    poke(flash, "CR", block.CR.PER | bank | number | block.CR.STRT)


# Keys.


def test_two_keys_unlock_and_the_lock_bit_locks_again() -> None:
    flash, _ = make()
    poke(flash, "CR", block.CR.PG)
    assert peek(flash, "CR") == 0xC0000000
    unlock(flash)
    assert peek(flash, "CR") == block.CR.OPTLOCK
    poke(flash, "CR", block.CR.PG)
    assert peek(flash, "CR") == block.CR.OPTLOCK | block.CR.PG
    poke(flash, "CR", block.CR.LOCK)
    assert peek(flash, "CR") == 0xC0000000


@pytest.mark.parametrize("keys", [(0x45670123, 0), (0xCDEF89AB,), (1, 0x45670123)])
def test_a_wrong_key_locks_up_until_reset(keys: tuple[int, ...]) -> None:
    flash, _ = make()
    for key in keys:
        poke(flash, "KEYR", key)
    unlock(flash)
    assert peek(flash, "CR") & block.CR.LOCK
    flash.reset()
    unlock(flash)
    assert not peek(flash, "CR") & block.CR.LOCK


def test_a_wrong_option_key_locks_up_until_reset(caplog: pytest.LogCaptureFixture) -> None:
    flash, _ = make()
    unlock(flash)
    with caplog.at_level(logging.WARNING):
        poke(flash, "OPTKEYR", 1)
    assert "option registers" in caplog.text
    for key in block.OPTION_KEYS:
        poke(flash, "OPTKEYR", key)
    assert peek(flash, "CR") & block.CR.OPTLOCK


def test_keys_after_unlocking_change_nothing() -> None:
    flash, _ = make()
    unlock(flash)
    poke(flash, "KEYR", 0)
    poke(flash, "CR", block.CR.LOCK)
    unlock(flash)
    assert not peek(flash, "CR") & block.CR.LOCK


def test_power_down_of_the_flash_needs_both_keys() -> None:
    flash, _ = make()
    poke(flash, "ACR", 0x600 | block.ACR.RUN_PD)
    assert not peek(flash, "ACR") & block.ACR.RUN_PD
    poke(flash, "PDKEYR", 5)
    for key in block.POWER_DOWN_KEYS:
        poke(flash, "PDKEYR", key)
    poke(flash, "ACR", 0x600 | block.ACR.RUN_PD)
    assert peek(flash, "ACR") & block.ACR.RUN_PD


def test_wait_states_read_back() -> None:
    flash, _ = make()
    poke(flash, "ACR", 0x604)
    assert peek(flash, "ACR") == 0x604


# Programming.

SLOTS = st.integers(0, 5)
WORDS = st.sampled_from([0, 0xFFFFFFFF, 0x12345678, 0xFFFF0000])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("program"), SLOTS, WORDS, WORDS),
        st.tuples(st.just("erase"), st.just(0), st.just(0), st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(strict=st.booleans(), steps=STEPS)
def test_the_array_obeys_the_rules_of_programming(
    strict: bool, steps: list[tuple[str, int, int, int]]
) -> None:
    flash, machine = make(strict=strict)
    unlock(flash)
    slots = [(0xFFFFFFFF, 0xFFFFFFFF)] * 6
    for kind, slot, low, high in steps:
        if kind == "erase":
            erase(flash, 250)
            slots = [(0xFFFFFFFF, 0xFFFFFFFF)] * 6
            expected = 0
        else:
            poke(flash, "CR", block.CR.PG)
            program(machine, PAGE_250 + 8 * slot, low, high)
            old = slots[slot]
            allowed = old == (0xFFFFFFFF, 0xFFFFFFFF) or (low, high) == (0, 0) or not strict
            if allowed:
                slots[slot] = (old[0] & low, old[1] & high)
            expected = 0 if allowed else block.SR.PROGERR
        assert peek(flash, "SR") == expected
        poke(flash, "SR", 0xFFFFFFFF)
    for slot, words in enumerate(slots):
        address = PAGE_250 + 8 * slot
        assert (machine.bus.read(address, 4), machine.bus.read(address + 4, 4)) == words


def store_without_pg(flash: STM32L4_FLASH, machine: BenchMachine) -> None:
    poke(flash, "CR", 0)
    machine.bus.write(PAGE_250, 1, 4)


def store_a_byte(flash: STM32L4_FLASH, machine: BenchMachine) -> None:
    machine.bus.write(PAGE_250, 1, 1)


def store_upper_half_first(flash: STM32L4_FLASH, machine: BenchMachine) -> None:
    machine.bus.write(PAGE_250 + 4, 1, 4)


def store_off_a_word(flash: STM32L4_FLASH, machine: BenchMachine) -> None:
    machine.bus.write(PAGE_250 + 2, 1, 4)


def store_into_two_slots(flash: STM32L4_FLASH, machine: BenchMachine) -> None:
    machine.bus.write(PAGE_250, 1, 4)
    machine.bus.write(PAGE_250 + 12, 1, 4)


def erase_while_programming(flash: STM32L4_FLASH, machine: BenchMachine) -> None:
    poke(flash, "CR", block.CR.PG | block.CR.PER | block.CR.STRT)


def start_nothing(flash: STM32L4_FLASH, machine: BenchMachine) -> None:
    poke(flash, "CR", block.CR.STRT)


@pytest.mark.parametrize(
    ("mistake", "flag"),
    [
        (store_without_pg, block.SR.PGSERR),
        (store_a_byte, block.SR.SIZERR),
        (store_upper_half_first, block.SR.PGAERR),
        (store_off_a_word, block.SR.PGAERR),
        (store_into_two_slots, block.SR.PGAERR),
        (erase_while_programming, block.SR.PGSERR),
        (start_nothing, block.SR.PGSERR),
    ],
)
def test_each_mistake_raises_its_flag_and_leaves_the_array(mistake: Any, flag: int) -> None:
    flash, machine = make()
    unlock(flash)
    poke(flash, "CR", block.CR.PG)
    mistake(flash, machine)
    assert peek(flash, "SR") == flag
    assert machine.bus.read_bytes(PAGE_250, 16) == b"\xff" * 16


def test_an_uncleared_error_stops_the_next_operation() -> None:
    flash, machine = make()
    unlock(flash)
    poke(flash, "CR", block.CR.PG)
    machine.bus.write(PAGE_250, 1, 1)
    program(machine, PAGE_250, 1, 2)
    assert peek(flash, "SR") == block.SR.SIZERR | block.SR.PGSERR
    poke(flash, "SR", block.SR.SIZERR | block.SR.PGSERR)
    program(machine, PAGE_250, 1, 2)
    assert peek(flash, "SR") == 0
    assert machine.bus.read(PAGE_250, 4) == 1


def test_a_row_is_programmed_in_fast_mode() -> None:
    flash, machine = make()
    unlock(flash)
    poke(flash, "CR", block.CR.FSTPG)
    for index in range(block.ROW_WORDS):
        machine.bus.write(PAGE_250 + 256 + 4 * index, index, 4)
    assert peek(flash, "SR") == 0
    assert [machine.bus.read(PAGE_250 + 256 + 4 * index, 4) for index in (0, 1, 63)] == [0, 1, 63]


@pytest.mark.parametrize(
    ("offsets", "flags"),
    [((8,), block.SR.PGAERR), ((0, 8), block.SR.PGAERR | block.SR.FASTERR)],
)
def test_a_row_out_of_order_is_an_error(offsets: tuple[int, ...], flags: int) -> None:
    flash, machine = make()
    unlock(flash)
    poke(flash, "CR", block.CR.FSTPG)
    for offset in offsets:
        machine.bus.write(PAGE_250 + offset, 0, 4)
    assert peek(flash, "SR") == flags


def test_a_worn_page_erases_but_does_not_program() -> None:
    flash, machine = make()
    flash.wear_out(250)
    unlock(flash)
    erase(flash, 250)
    poke(flash, "CR", block.CR.PG)
    program(machine, PAGE_250, 1, 2)
    assert peek(flash, "SR") == block.SR.PROGERR
    assert machine.bus.read(PAGE_250, 4) == 0xFFFFFFFF


# Erasing.


@pytest.mark.parametrize("page", [0, 5, 255, 256, 511])
def test_a_page_erase_touches_its_page_only(page: int) -> None:
    flash, machine = make()
    start = BASE + page * block.PAGE_SIZE
    machine.bus.write_bytes(start - 1, b"\x00" * (block.PAGE_SIZE + 2))
    unlock(flash)
    erase(flash, page)
    assert machine.bus.read_bytes(start, block.PAGE_SIZE) == b"\xff" * block.PAGE_SIZE
    assert machine.bus.read(start - 1, 1) == machine.bus.read(start + block.PAGE_SIZE, 1) == 0
    assert not peek(flash, "CR") & block.CR.STRT
    assert machine.traced[-1][2:] == ("flash-erase", {"pages": 1, "first": page})


def test_a_mass_erase_clears_its_bank() -> None:
    flash, machine = make(size=2 * block.PAGE_SIZE)
    machine.bus.write_bytes(BASE, bytes(2 * block.PAGE_SIZE))
    unlock(flash)
    poke(flash, "CR", block.CR.MER2 | block.CR.STRT)
    assert machine.bus.read(BASE, 4) == 0
    poke(flash, "CR", block.CR.MER1 | block.CR.STRT)
    assert machine.bus.read_bytes(BASE, 2 * block.PAGE_SIZE) == b"\xff" * 2 * block.PAGE_SIZE


# Time and interrupts.


def test_operations_take_their_time_and_show_busy() -> None:
    flash, machine = make(programTime=81_690, pageEraseTime=22_020_000)
    unlock(flash)
    erase(flash, 250)
    machine.clock.advance(22_019_999)
    assert peek(flash, "SR") & block.SR.BSY
    assert peek(flash, "CR") & block.CR.STRT
    machine.clock.advance(1)
    assert not peek(flash, "SR") & block.SR.BSY
    poke(flash, "CR", block.CR.PG)
    program(machine, PAGE_250, 1, 2)
    machine.clock.advance(81_689)
    assert peek(flash, "SR") & block.SR.BSY
    machine.clock.advance(1)
    assert peek(flash, "SR") == 0


def test_a_store_while_busy_ends_the_running_operation() -> None:
    flash, machine = make(programTime=81_690)
    unlock(flash)
    poke(flash, "CR", block.CR.PG)
    program(machine, PAGE_250, 1, 2)
    program(machine, PAGE_250 + 8, 3, 4)
    assert peek(flash, "SR") == block.SR.BSY
    machine.clock.advance(81_690)
    assert peek(flash, "SR") == 0
    assert machine.bus.read(PAGE_250 + 8, 4) == 3


def test_end_of_operation_interrupts_until_the_flag_is_cleared() -> None:
    flash, machine = make()
    unlock(flash)
    poke(flash, "CR", block.CR.PG | block.CR.EOPIE)
    program(machine, PAGE_250, 1, 2)
    assert flash.lines["IRQ"].level
    assert peek(flash, "SR") == block.SR.EOP
    poke(flash, "SR", block.SR.EOP)
    assert not flash.lines["IRQ"].level


def test_a_failed_operation_interrupts_when_asked_to() -> None:
    flash, machine = make()
    unlock(flash)
    poke(flash, "CR", block.CR.PG | block.CR.ERRIE)
    machine.bus.write(PAGE_250, 1, 2)
    assert peek(flash, "SR") == block.SR.SIZERR | block.SR.OPERR
    assert flash.lines["IRQ"].level


def test_reset_ends_an_operation_and_locks() -> None:
    flash, machine = make(pageEraseTime=22_020_000)
    unlock(flash)
    erase(flash, 250)
    flash.reset()
    assert (peek(flash, "CR"), peek(flash, "SR")) == (0xC0000000, 0)
    machine.clock.advance(30_000_000)
    assert peek(flash, "SR") == 0


# Option bytes.


def unlock_options(flash: STM32L4_FLASH) -> None:
    unlock(flash)
    for key in block.OPTION_KEYS:
        poke(flash, "OPTKEYR", key)


def test_options_need_their_own_keys() -> None:
    flash, _ = make()
    unlock(flash)
    poke(flash, "WRP1AR", 0)
    assert peek(flash, "WRP1AR") == 0xFF00FFFF
    assert peek(flash, "OPTR") == 0xFFEFF8AA


def test_write_protection_acts_after_the_options_were_loaded() -> None:
    flash, machine = make()
    unlock_options(flash)
    poke(flash, "WRP1AR", 250 << 16 | 250)
    poke(flash, "CR", block.CR.OPTSTRT)
    unlock(flash)
    erase(flash, 250)
    assert peek(flash, "SR") == 0
    poke(flash, "CR", block.CR.OBL_LAUNCH)
    assert machine.reset_requests == ["option-bytes"]
    flash.reset()
    assert peek(flash, "WRP1AR") & 0x00FF00FF == 250 << 16 | 250
    unlock(flash)
    erase(flash, 250)
    assert peek(flash, "SR") == block.SR.WRPERR
    poke(flash, "SR", block.SR.WRPERR)
    poke(flash, "CR", block.CR.PG)
    program(machine, PAGE_250, 1, 2)
    assert peek(flash, "SR") == block.SR.WRPERR
    poke(flash, "SR", block.SR.WRPERR)
    poke(flash, "CR", block.CR.FSTPG)
    for index in range(block.ROW_WORDS):
        machine.bus.write(PAGE_250 + 4 * index, index, 4)
    assert peek(flash, "SR") == block.SR.WRPERR


def test_options_that_were_not_programmed_are_lost_by_reset() -> None:
    flash, _ = make()
    unlock_options(flash)
    poke(flash, "OPTR", 0xFFEFF8BB)
    assert peek(flash, "OPTR") == 0xFFEFF8BB
    flash.reset()
    assert peek(flash, "OPTR") == 0xFFEFF8AA


def test_a_busy_controller_survives_pickling() -> None:
    flash, machine = make(pageEraseTime=1000)
    unlock(flash)
    erase(flash, 250)
    copy, other = pickle.loads(pickle.dumps((flash, machine)))
    other.clock.advance(1000)
    assert peek(copy, "SR") == 0
    assert peek(flash, "SR") == block.SR.BSY


# Option bytes.


def load_options(flash: STM32L4_FLASH, machine: BenchMachine, **options: int) -> None:
    """Program option registers, and reset as OBL_LAUNCH does."""
    unlock(flash)
    for key in block.OPTION_KEYS:
        poke(flash, "OPTKEYR", key)
    for name, value in options.items():
        poke(flash, name, value)
    poke(flash, "CR", block.CR.OPTSTRT)
    machine.reset_cause = "option-bytes"
    flash.reset()
    unlock(flash)


LEVEL_1 = 0xFFEFF8BB
OPEN = 0xFFEFF8AA


def test_read_out_protection_goes_with_all_that_it_protected() -> None:
    flash, machine = make()
    program_at = PAGE_250
    load_options(flash, machine, OPTR=LEVEL_1)
    poke(flash, "CR", block.CR.PG)
    program(machine, program_at, 1, 2)
    machine.bus.write(SRAM2[0], 7, 4)
    load_options(flash, machine, OPTR=OPEN)
    assert machine.bus.read(program_at, 4) == 0xFFFFFFFF
    assert machine.bus.read(SRAM2[0], 4) == 0
    assert peek(flash, "OPTR") == OPEN


def test_level_2_is_for_good() -> None:
    flash, machine = make()
    load_options(flash, machine, OPTR=0xFFEFF8CC)
    load_options(flash, machine, OPTR=OPEN)
    assert peek(flash, "OPTR") & 0xFF == 0xCC


def test_an_area_of_pcrop_grows_only() -> None:
    flash, machine = make()
    load_options(flash, machine, PCROP1SR=100, PCROP1ER=200)
    load_options(flash, machine, PCROP1SR=150, PCROP1ER=300)
    assert (peek(flash, "PCROP1SR") & 0xFFFF, peek(flash, "PCROP1ER") & 0xFFFF) == (100, 300)


@pytest.mark.parametrize(("pcrop_rdp", "stays"), [(1 << 31, False), (0, True)])
def test_pcrop_goes_with_read_out_protection_if_its_bit_says_so(
    pcrop_rdp: int, stays: bool
) -> None:
    flash, machine = make()
    first = 250 * block.PAGE_SIZE // 8
    poke(flash, "SR", 0xFFFF)
    unlock(flash)
    poke(flash, "CR", block.CR.PG)
    program(machine, PAGE_250, 1, 2)
    load_options(flash, machine, OPTR=LEVEL_1, PCROP1SR=first, PCROP1ER=pcrop_rdp | first + 1)
    load_options(flash, machine, OPTR=OPEN)
    assert (machine.bus.read(PAGE_250, 4) == 1) == stays
    assert (peek(flash, "PCROP1SR") & 0xFFFF == first) == stays


def test_the_boot_loader_skips_an_empty_second_bank() -> None:
    flash, machine = make()
    load_options(flash, machine, OPTR=OPEN | 1 << 20)
    assert not flash.is_swapped


def test_pages_keep_their_numbers_when_banks_are_swapped() -> None:
    flash, machine = make()
    flash.swap_banks(True)
    machine.bus.write_bytes(PAGE_250 + SIZE // 2, b"\0" * block.PAGE_SIZE)
    unlock(flash)
    erase(flash, 250)
    assert machine.bus.read(PAGE_250 + SIZE // 2, 4) == 0xFFFFFFFF
