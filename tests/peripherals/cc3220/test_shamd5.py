"""SHAMD5 as TI's driverlib drives it (shamd5.c)."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.shamd5 import CC3220_SHAMD5
from tests.peripherals.stm32l4.rig import peek, poke

SHA256, ALGO_CONSTANT, CLOSE_HASH = 3 << 1, 1 << 3, 1 << 4
OUTPUT_READY = 1
DATA_IN = 0x080


def feed(engine: CC3220_SHAMD5, data: bytes) -> None:
    """SHAMD5DataWriteMultiple: a last word that isn't full goes to the register before its own."""
    whole = len(data) // 4 * 4
    for offset in range(0, whole, 4):
        engine.write(DATA_IN + offset % 64, int.from_bytes(data[offset : offset + 4], "little"), 4)
    if len(data) > whole:
        offset = max(0, whole % 64 - 4)
        engine.write(DATA_IN + offset, int.from_bytes(data[whole:], "little"), 4)


def result(engine: CC3220_SHAMD5) -> bytes:
    assert peek(engine, "IRQSTATUS") & OUTPUT_READY
    return b"".join(engine.read(0x020 + 4 * n, 4).to_bytes(4, "little") for n in range(8))


@settings(max_examples=40)
@given(st.binary(min_size=1, max_size=300))
def test_messages_of_any_length(message: bytes) -> None:
    engine = CC3220_SHAMD5(BenchMachine(), "shamd5")
    poke(engine, "MODE", SHA256 | ALGO_CONSTANT | CLOSE_HASH)
    poke(engine, "LENGTH", len(message))
    feed(engine, message)
    assert result(engine) == hashlib.sha256(message).digest()


@pytest.mark.parametrize("rest", [1, 2, 3, 51, 62, 63])
def test_a_message_in_parts_ends_within_a_word(rest: int) -> None:
    """CryptoCC32XX_sign with moreData: digest and count are taken out and put back."""
    message = bytes(range(256)) + bytes(rest)
    engine = CC3220_SHAMD5(BenchMachine(), "shamd5")
    poke(engine, "MODE", SHA256 | ALGO_CONSTANT)
    poke(engine, "LENGTH", 128)
    feed(engine, message[:128])
    digest, count = result(engine), peek(engine, "DIGEST_COUNT")
    engine.reset()
    for n in range(8):
        engine.write(0x020 + 4 * n, int.from_bytes(digest[4 * n : 4 * n + 4], "little"), 4)
    poke(engine, "DIGEST_COUNT", count)
    poke(engine, "MODE", SHA256 | CLOSE_HASH)
    poke(engine, "LENGTH", 128 + rest)
    feed(engine, message[128:])
    assert result(engine) == hashlib.sha256(message).digest()


def test_dma_may_write_all_words_to_one_register() -> None:
    message = bytes(range(128))
    engine = CC3220_SHAMD5(BenchMachine(), "shamd5")
    poke(engine, "MODE", SHA256 | ALGO_CONSTANT | CLOSE_HASH)
    poke(engine, "LENGTH", len(message))
    for offset in range(0, len(message), 4):
        engine.write(DATA_IN, int.from_bytes(message[offset : offset + 4], "little"), 4)
    assert result(engine) == hashlib.sha256(message).digest()
