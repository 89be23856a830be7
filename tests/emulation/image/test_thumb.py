"""Thumb instructions as reports read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.image import thumb
from renode_wifi.emulation.image.thumb import Use


def halfwords(code: str) -> tuple[int, int]:
    data = bytes.fromhex(code).ljust(4, b"\0")
    return int.from_bytes(data[:2], "little"), int.from_bytes(data[2:], "little")


@pytest.mark.parametrize(
    ("code", "distance"),
    [
        ("fee7", 0),  # b .
        ("00e0", 4),
        ("fff7feff", None),  # bl
        ("fff7febf", 0),  # b.w .
        ("00f000b8", 4),
        ("fed0", None),
        ("00bf", None),
    ],
)
def test_jumps(code: str, distance: int | None) -> None:
    assert thumb.jump(*halfwords(code)) == distance


@given(st.integers(-(1 << 23), (1 << 23) - 1))
def test_a_long_jump_is_read_as_it_is_encoded(half: int) -> None:
    sign = int(half < 0)
    j1, j2 = (~(half >> at & 1) & 1 ^ sign for at in (22, 21))
    first = 0xF000 | sign << 10 | half >> 11 & 0x3FF
    second = 0x9000 | j1 << 13 | j2 << 11 | half & 0x7FF
    assert thumb.jump(first, second) == 4 + 2 * half


@given(st.integers(-128, 127), st.integers(0, 13))
def test_a_conditional_jump_is_read_as_it_is_encoded(half: int, condition: int) -> None:
    assert thumb.conditional_jump(0xD000 | condition << 8 | half & 0xFF) == 4 + 2 * half


@pytest.mark.parametrize("first", [0xDE00, 0xDF00, 0xE7FE, 0xC000])
def test_udf_and_svc_are_no_jumps(first: int) -> None:
    assert thumb.conditional_jump(first) is None


@pytest.mark.parametrize(
    ("code", "size"), [("fff7feff", 4), ("00008047", 2), ("00000047", 0), ("fff7febf", 0)]
)
def test_calls(code: str, size: int) -> None:
    assert thumb.call_size(*halfwords(code)) == size


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("0120", Use((), (0,))),  # movs r0, #1
        ("0028", Use((0,), ())),  # cmp r0, #0
        ("8b46", Use((1,), (11,))),  # mov fp, r1
        ("f746", None),  # mov pc, lr
        ("11b4", Use((0, 4), ())),  # push {r0, r4}
        ("02b0", Use()),  # add sp, #8
        ("00bf", Use()),  # nop
        ("08bf", None),  # it eq
        ("7047", None),  # bx lr
        ("4ff00102", Use((), (2,))),  # mov.w r2, #1
        ("41f23420", Use((), (0,))),  # movw r0, #0x1234
        ("d3f81c00", Use((3,), (0,))),  # ldr.w r0, [r3, #28]
        ("c3f81c00", Use((3, 0), ())),  # str.w r0, [r3, #28]
        ("fff7feff", None),  # bl
    ],
)
def test_registers_in_use(code: str, used: Use | None) -> None:
    assert thumb.use(*halfwords(code)) == used


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_every_pair_of_halfwords_is_taken(first: int, second: int) -> None:
    used = thumb.use(first, second)
    assert used is None or all(0 <= number <= 15 for number in (*used.reads, *used.writes))
    assert thumb.size(first) in (2, 4)
    assert thumb.call_size(first, second) in (0, 2, 4)
    literal = thumb.literal(first, second)
    assert literal is None or (0 <= literal[0] <= 15 and -4096 < literal[1] < 4096)


def test_what_instructions_load_and_store() -> None:
    """DDI0403E A5.2.4, A5.3.5 to A5.3.10, A6.6: with 0x1000 + 4 * n in Rn."""
    cases = {
        (0x6841, 0): (0x1004, 4, False),  # ldr r1, [r0, #4]
        (0x5A88, 0): (0x1004 + 0x1008, 2, False),  # ldrh r0, [r1, r2]
        (0x9101, 0): (0x1034 + 4, 4, True),  # str r1, [sp, #4]
        (0xB503, 0): (0x1034 - 12, 12, True),  # push {r0, r1, lr}
        (0xBD03, 0): (0x1034, 12, False),  # pop {r0, r1, pc}
        (0xC80E, 0): (0x1000, 12, False),  # ldmia r0!, {r1, r2, r3}
        (0xF800, 0x1D04): (0x1000 - 4, 1, True),  # strb r1, [r0, #-4]!
        (0xF850, 0x1B08): (0x1000, 4, False),  # ldr r1, [r0], #8
        (0xE9D0, 0x1202): (0x1008, 8, False),  # ldrd r1, r2, [r0, #8]
        (0xE850, 0x1F01): (0x1004, 4, False),  # ldrex r1, [r0, #4]
        (0xE920, 0x000E): (0x1000 - 12, 12, True),  # stmdb r0!, {r1, r2, r3}
        (0xED90, 0x0A01): (0x1004, 4, False),  # vldr s0, [r0, #4]
        (0xED2D, 0x8B02): (0x1034 - 8, 8, True),  # vpush {d8}
    }
    for (first, second), expected in cases.items():
        assert thumb.touched(first, second, lambda number: 0x1000 + 4 * number) == expected
    for first, second in ((0x4408, 0), (0xF000, 0xF800), (0x4801, 0), (0xF8DF, 0x0004)):
        assert thumb.touched(first, second, lambda number: 0) is None
