"""Whether the code behind a call reads its result, by hand-assembled instructions."""

from __future__ import annotations

import struct

import pytest

from renode_wifi.emulation.observers.contract.result_use import is_ignored

NOP, MOVS_R0_1, MOVS_R3_1 = 0xBF00, 0x2001, 0x2301
CMP_R0_0, BEQ, MOV_R3_R0, BX_LR = 0x2800, 0xD000, 0x4603, 0x4770
LDR_R0_SP, STR_R0_SP, LDR_R0_R7, ADDS_R0_R3_R0 = 0x9801, 0x9001, 0x6838, 0x1818
PUSH_R0, IT_EQ, B_OVER_ONE = 0xB401, 0xBF08, 0xE000
MOV_W_R0, MOVW_R0, LDR_W_R0_R7, STR_W_R0_SP = (
    (0xF04F, 0x0001),
    (0xF240, 0x0001),
    (0xF8D7, 0x0004),
    (0xF8CD, 0x0004),
)
BL = (0xF000, 0xF800)


def code(*halfwords: int) -> bytes:
    padded = (*halfwords, *(NOP,) * 40)
    return struct.pack(f"<{len(padded)}H", *padded)


@pytest.mark.parametrize(
    "words",
    [
        (MOVS_R0_1,),
        (MOVS_R3_1, MOVS_R0_1),
        (LDR_R0_SP,),
        (LDR_R0_R7,),
        MOV_W_R0,
        MOVW_R0,
        LDR_W_R0_R7,
        (NOP, NOP, MOVS_R0_1),
        (B_OVER_ONE, CMP_R0_0, MOVS_R0_1),
    ],
    ids=str,
)
def test_a_result_that_is_overwritten_is_ignored(words: tuple[int, ...]) -> None:
    assert is_ignored(code(*words))


@pytest.mark.parametrize(
    "words",
    [
        (CMP_R0_0,),
        (MOV_R3_R0, MOVS_R0_1),
        (STR_R0_SP, MOVS_R0_1),
        STR_W_R0_SP,
        (ADDS_R0_R3_R0,),
        (PUSH_R0,),
        (BX_LR,),
        (MOVS_R3_1, BEQ, MOVS_R0_1),
        (IT_EQ, MOVS_R0_1),
        BL,
        (),
    ],
    ids=str,
)
def test_a_result_that_is_read_or_may_be_is_not(words: tuple[int, ...]) -> None:
    assert not is_ignored(code(*words))


def test_code_that_ends_is_not_judged() -> None:
    assert not is_ignored(struct.pack("<H", MOVS_R0_1))
