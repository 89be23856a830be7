"""The CRC and checksum engine."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220.dthe import CC3220_DTHE
from tests.peripherals.stm32l4.rig import peek, poke

CHECK = b"123456789"


@pytest.mark.parametrize(
    ("control", "result"),
    # The catalogue of parametrised CRC algorithms: BUYPASS, ARC, CCITT-FALSE, CRC-32, CRC-32C.
    [
        (0x1000 | 2 << 13, 0xFEE8),
        (0x1000 | 2 << 13 | 1 << 7 | 1 << 8, 0xBB3D),
        (0x1000 | 3 << 13 | 1, 0x29B1),
        (0x1000 | 3 << 13 | 2 | 7 << 7, 0xCBF43926),
        (0x1000 | 3 << 13 | 3 | 7 << 7, 0xE3069283),
    ],
)
def test_crc_of_bytes(control: int, result: int) -> None:
    dthe = CC3220_DTHE(BenchMachine(), "dthe")
    poke(dthe, "CRC_CTRL", control)
    for byte in CHECK:
        poke(dthe, "CRC_DIN", byte)
    assert peek(dthe, "CRC_RSLT_PP") == result


def test_crc_of_words_and_a_checksum() -> None:
    dthe = CC3220_DTHE(BenchMachine(), "dthe")
    results = []
    for swap, word in ((0, 0x31323334), (1, 0x32313433), (2, 0x33343132), (3, 0x34333231)):
        poke(dthe, "CRC_CTRL", 3 << 13 | 2 | swap << 4)
        poke(dthe, "CRC_DIN", word)
        results.append(peek(dthe, "CRC_RSLT_PP"))
    assert len(set(results)) == 1
    poke(dthe, "CRC_CTRL", 8 | 2 << 13)
    poke(dthe, "CRC_DIN", 0xFFFF0001)
    poke(dthe, "CRC_DIN", 0x00020003)
    assert peek(dthe, "CRC_RSLT_PP") == 6
