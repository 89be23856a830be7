"""Floating-point code that the core executes itself ends as with Unicorn, in every bit and flag."""

from __future__ import annotations

import struct

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.emulation.engines.embedded.core.test_interpret import CONDITIONAL, PAIR, SEEN, T16, VALUE

CPACR, FPU = 0xE000_ED88, 0x00F0_0000
DOUBLES = [f"d{number}" for number in range(16)]
ALL_SEEN = (*SEEN, *DOUBLES, "fpscr")
RAM, FPCA = 0xA000_0400, 4
SPECIAL = [
    *(0x0000_0000, 0x8000_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0x7F80_0001, 0x0000_0001),
    *(0x0080_0000, 0x807F_FFFF, 0x7F7F_FFFF, 0x3F80_0000, 0xBF80_0000, 0x4F00_0000, 0xCF00_0000),
    *(0x4F80_0000, 0x4EFF_FFFF, 0x3400_0000, 0x3F00_0000, 0x4B80_0001, 0x0100_0000),
]
NEAR_ONE = st.integers(0x3E80_0000, 0x40FF_FFFF)
SINGLE = st.one_of(NEAR_ONE, st.sampled_from(SPECIAL), st.integers(0, 0xFFFF_FFFF))
FPSCR = st.one_of(
    st.just(0), st.just(0), st.integers(0, 0xFFFF_FFFF).map(lambda n: n & 0xF7C0_009F)
)


def _t32(first: int, second: int) -> bytes:
    return struct.pack("<HH", first, second)


def _operands(first: int, second: int, d: int, n: int, m: int) -> bytes:
    first |= (d & 1) << 6 | n >> 1
    return _t32(first, second | 0xA00 | d >> 1 << 12 | (n & 1) << 7 | (m & 1) << 5 | m >> 1)


S = st.integers(0, 7)
LOW = st.integers(0, 6)
ARITHMETIC = st.builds(
    _operands,
    st.sampled_from([0xEE00, 0xEE10, 0xEE20, 0xEE30, 0xEE80, 0xEE90, 0xEEA0]),
    st.sampled_from([0x00, 0x40]),
    S,
    S,
    S,
)
UNARY = st.builds(
    lambda operation, d, m: _operands(0xEEB0 | operation >> 4, 0x40 | operation & 0x80, d, 0, m),
    st.sampled_from([operation << 4 | top for operation in range(16) for top in (0, 0x80)]).filter(
        lambda each: each >> 4 not in (2, 3, 10, 11, 14, 15)
    ),
    S,
    S,
)
IMMEDIATE = st.builds(
    lambda high, low, d: _t32(0xEEB0 | high | (d & 1) << 6, 0xA00 | d >> 1 << 12 | low),
    st.integers(0, 15),
    st.integers(0, 15),
    S,
)
TRANSFER = st.builds(
    lambda first, t, s: _t32(first | s >> 1, t << 12 | 0xA10 | (s & 1) << 7),
    st.sampled_from([0xEE00, 0xEE10]),
    LOW,
    S,
)
STATUS = st.one_of(st.just(_t32(0xEEF1, 0xFA10)), LOW.map(lambda t: _t32(0xEEF1, t << 12 | 0xA10)))
MEMORY = st.builds(
    lambda first, second, d: _t32(first | 7, second | d << 12),
    st.sampled_from([0xED90, 0xED80, 0xEDD0, 0xEDC0, 0xEC90, 0xEC80]),
    st.sampled_from([0xA02, 0xB02, 0xB04]),
    st.integers(0, 3),
)
FP = st.one_of(
    ARITHMETIC, ARITHMETIC, ARITHMETIC, UNARY, UNARY, IMMEDIATE, TRANSFER, STATUS, MEMORY
)
CONDITIONAL_FP = st.tuples(st.integers(0, 13), FP).map(
    lambda parts: struct.pack("<H", 0xBF08 | parts[0] << 4) + parts[1]
)
ADD_1_TO_0 = _operands(0xEE30, 0, 2, 0, 1)


@settings(max_examples=400)
@given(
    st.lists(st.one_of(FP, FP, FP, CONDITIONAL_FP, T16, CONDITIONAL), min_size=1, max_size=6),
    st.lists(SINGLE, min_size=8, max_size=8),
    st.lists(VALUE, min_size=7, max_size=7),
    FPSCR,
    st.booleans(),
)
@example([ADD_1_TO_0], [0x3F80_0000, 0x3300_0000] + 6 * [0], 7 * [0], 0, True)
def test_any_floating_point_code_ends_as_unicorn_would_have_it(
    code: list[bytes], singles: list[int], values: list[int], fpscr: int, has_context: bool
) -> None:
    def prepare() -> None:
        core = PAIR.core
        core.bus.write(CPACR, FPU, 4)
        for number in range(0, len(singles), 2):
            value = singles[number] | singles[number + 1] << 32
            core.write_register(f"d{number // 2}", value)
        if has_context:
            core.write_register("control", FPCA)
            core.write_register("fpscr", fpscr)

    registers = [*values, RAM, *5 * [0]]
    translated, interpreted, _ = PAIR.outcomes(b"".join(code), registers, 0, prepare, ALL_SEEN)
    assert interpreted == translated
