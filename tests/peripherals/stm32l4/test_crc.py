"""CRC unit against well-known checksums."""

from __future__ import annotations

import binascii
import zlib

from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4.crc import CR, STM32_CRC
from tests.peripherals.stm32l4.rig import peek, poke

CHECK = b"123456789"


def make(control: int = 0, polynomial: int = 0x04C11DB7, initial: int = 0xFFFFFFFF) -> STM32_CRC:
    crc = STM32_CRC(BenchMachine(), "crc", series="F0", configurablePoly=True)
    poke(crc, "INIT", initial)
    poke(crc, "POL", polynomial)
    poke(crc, "CR", control | CR.RESET)
    return crc


def feed(crc: STM32_CRC, data: bytes) -> int:
    for byte in data:
        poke(crc, "DR", byte, 1)
    return peek(crc, "DR")


def test_default_settings_give_the_mpeg_checksum() -> None:
    assert feed(make(), CHECK) == 0x0376E6E7


def test_words_go_in_from_the_top() -> None:
    crc = make()
    poke(crc, "DR", 0x31323334)
    assert peek(crc, "DR") == feed(make(), b"1234")
    crc = make()
    poke(crc, "DR", 0x3132, 2)
    assert peek(crc, "DR") == feed(make(), b"12")


@given(st.binary(max_size=40))
def test_reversal_gives_the_ethernet_checksum(data: bytes) -> None:
    assert feed(make(1 << 5 | CR.REV_OUT), data) ^ 0xFFFFFFFF == zlib.crc32(data)


@given(st.binary(max_size=40))
def test_sixteen_bit_polynomial_gives_the_ccitt_checksum(data: bytes) -> None:
    assert feed(make(1 << 3, 0x1021, 0), data) == binascii.crc_hqx(data, 0)


def test_short_polynomials() -> None:
    assert feed(make(2 << 3, 0x07, 0), CHECK) == 0xF4
    assert feed(make(3 << 3, 0x09, 0), CHECK) == 0x75


@given(st.integers(0, 0xFFFFFFFF))
def test_a_word_can_be_reversed_as_a_whole(word: int) -> None:
    crc, reference = make(3 << 5), make()
    poke(crc, "DR", word)
    poke(reference, "DR", int(f"{word:032b}"[::-1], 2))
    assert peek(crc, "DR") == peek(reference, "DR")


def test_reset_starts_over_and_keeps_the_scratch_register_writable() -> None:
    crc = make()
    feed(crc, CHECK)
    poke(crc, "IDR", 0x1FF)
    assert peek(crc, "IDR") == 0xFF
    poke(crc, "CR", CR.RESET)
    assert (peek(crc, "DR"), peek(crc, "CR")) == (0xFFFFFFFF, 0)
    feed(crc, CHECK)
    crc.reset()
    assert feed(crc, CHECK) == 0x0376E6E7


def test_a_store_to_init_starts_a_calculation() -> None:
    """ST's HAL accumulates after it has set the initial value, without a reset.

    The 9 bytes and the result are those of ST's example for reversal with 16 bits.
    """
    crc = STM32_CRC(BenchMachine(), "crc")
    poke(crc, "POL", 0x1021)
    poke(crc, "CR", 1 << 3)
    poke(crc, "INIT", 0x5ABE)
    poke(crc, "CR", 1 << 3 | 3 << 5 | 1 << 7)
    for word in (0x4D3C2B1A, 0xBE71C98A):
        crc.write(0, word, 4)
    crc.write(0, 0x5E, 1)
    assert crc.read(0, 4) == 0x5043
