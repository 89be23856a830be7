"""The flash controller of the STM32F4: keys, erasure, option bytes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32f4.flash import CR, KEYS, OPTION_KEYS, STM32F4_FlashController
from tests.peripherals.stm32l4.rig import peek, poke

BASE = 0x08000000


@dataclass
class Array:
    size: int = 0x200000
    base: int | None = BASE


def make(array: Array | None = None, unlock: bool = True) -> STM32F4_FlashController:
    flash = STM32F4_FlashController(BenchMachine(), "flash", array or Array())
    if unlock:
        for key in KEYS:
            poke(flash, "KEYR", key)
    return flash


def erased(flash: STM32F4_FlashController, address: int) -> bool:
    return flash.machine.bus.read_bytes(address, 4) == b"\xff" * 4


@pytest.mark.parametrize("keys", [KEYS[:1], KEYS[::-1], (KEYS[0], 0, KEYS[1])])
def test_wrong_keys_leave_it_locked(keys: tuple[int, ...]) -> None:
    flash = make(unlock=False)
    for key in keys:
        poke(flash, "KEYR", key)
    poke(flash, "CR", CR.PG)
    assert peek(flash, "CR") == CR.LOCK


def test_keys_unlock_until_software_locks() -> None:
    flash = make()
    poke(flash, "CR", CR.PG)
    assert peek(flash, "CR") == CR.PG
    poke(flash, "CR", CR.LOCK)
    poke(flash, "CR", CR.PG)
    assert peek(flash, "CR") == CR.LOCK


@pytest.mark.parametrize(
    ("number", "offset", "size"),
    [
        (0, 0, 0x4000),
        (4, 0x10000, 0x10000),
        (5, 0x20000, 0x20000),
        (11, 0xE0000, 0x20000),
        (16, 0x100000, 0x4000),
        (27, 0x1E0000, 0x20000),
    ],
)
def test_a_sector_is_erased_and_no_more(number: int, offset: int, size: int) -> None:
    flash = make()
    poke(flash, "CR", CR["SNB"].put(CR.SER, number) | CR.STRT)
    assert not peek(flash, "CR") & CR.STRT
    assert [erased(flash, BASE + place) for place in (offset - 4, offset, offset + size - 4)] == [
        False,
        True,
        True,
    ]
    assert not erased(flash, BASE + offset + size)


def test_a_sector_that_is_not_there_erases_nothing() -> None:
    flash = make(Array(size=0x100000))
    for number in (12, 16):
        poke(flash, "CR", CR["SNB"].put(CR.SER, number) | CR.STRT)
    assert not erased(flash, BASE)
    assert not erased(flash, BASE + 0x100000)


def test_mass_erasure_takes_its_bank() -> None:
    flash = make()
    poke(flash, "CR", CR.MER | CR.STRT)
    assert erased(flash, BASE)
    assert erased(flash, BASE + 0xFFFFC)
    assert not erased(flash, BASE + 0x100000)
    poke(flash, "CR", CR.MER1 | CR.STRT)
    assert erased(flash, BASE + 0x100000)


def test_option_bytes_change_when_started_and_outlive_a_reset() -> None:
    flash = make()
    options = flash.regions["optionBytes"]
    assert options.read(0, 4) == 0xAAEC
    assert options.read(8, 4) == 0xFFF
    for key in OPTION_KEYS:
        poke(flash, "OPTKEYR", key)
    poke(flash, "OPTCR", 0x0FFFBBED & ~1)
    flash.reset()
    assert options.read(0, 4) == 0xAAEC
    for key in OPTION_KEYS:
        poke(flash, "OPTKEYR", key)
    poke(flash, "OPTCR", 0x0FFFBBEC | 2)
    flash.reset()
    assert options.read(1, 1) == 0xBB
    options.write(0, 0, 4)
    assert options.read(1, 1) == 0xBB
