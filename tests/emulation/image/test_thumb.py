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
    loaded = thumb.loaded(first, second)
    assert loaded is None or 0 <= loaded[1] < 4096
