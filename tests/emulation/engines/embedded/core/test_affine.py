"""Iterations of affine loops are skipped, and end in the state that executing them leaves."""

from __future__ import annotations

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.engines.embedded import Core

CODE, RAM = 0x0800_0000, 0x2000_0000
LOOP = CODE + 0x100
NAMES = [*(f"r{i}" for i in range(13)), "sp", "lr", "pc", "xpsr"]
WORDS = RAM + 0x400
"""Where r7 points to."""


class Runner:
    """The same code, with loops that wait and count executed or skipped."""

    def __init__(self, skip_waiting: bool) -> None:
        self.core = core = Core(skip_waiting=skip_waiting)
        core.map_memory(CODE, 0x1000, "code")
        core.map_memory(RAM, 0x1000, "ram")
        core.vector_table = CODE

    def outcome(self, code: bytes, registers: list[int], words: list[int]) -> list[object]:
        """Everything that the guest could see after a while."""
        core = self.core
        core.bus.write_bytes(CODE, struct.pack("<II", RAM + 0x800, LOOP + 1))
        core.bus.write_bytes(LOOP, code)
        core.bus.write_bytes(WORDS, struct.pack(f"<{len(words)}I", *words))
        core.reset()
        for name, value in zip(NAMES, [*registers, WORDS], strict=False):
            core.write_register(name, value)
        start = core.instructions
        core.run(core.now + 100_000)
        state: list[object] = [core.read_register(name) for name in NAMES]
        return [*state, core.bus.read_bytes(WORDS, 0x40), core.instructions - start]


EXECUTED, SKIPPED = Runner(False), Runner(True)

LOW = st.integers(0, 3)
STEP = st.integers(0, 5)
WORD = st.integers(0, 3)


def _code(template: int, *fields: tuple[st.SearchStrategy[int], int]) -> st.SearchStrategy[bytes]:
    """An instruction of 16 bits: `template` with a value at each place."""
    return st.tuples(*(values for values, _ in fields)).map(
        lambda drawn: struct.pack(
            "<H", template | sum(v << at for v, (_, at) in zip(drawn, fields, strict=True))
        )
    )


COUNTING = st.one_of(
    _code(0x3000, (LOW, 8), (STEP, 0)),  # ADDS Rdn, #imm8
    _code(0x3800, (LOW, 8), (STEP, 0)),  # SUBS Rdn, #imm8
    _code(0x1C00, (LOW, 0), (LOW, 3), (STEP, 6)),  # ADDS Rd, Rn, #imm3
    _code(0x1E00, (LOW, 0), (LOW, 3), (STEP, 6)),  # SUBS Rd, Rn, #imm3
    _code(0x1800, (LOW, 0), (LOW, 3), (LOW, 6)),  # ADDS Rd, Rn, Rm
    _code(0x1A00, (LOW, 0), (LOW, 3), (LOW, 6)),  # SUBS Rd, Rn, Rm
    _code(0x6838, (LOW, 0), (WORD, 6)),  # LDR Rt, [r7, #imm]
    _code(0x6038, (LOW, 0), (WORD, 6)),  # STR Rt, [r7, #imm]
    _code(0x7838, (LOW, 0), (WORD, 6)),  # LDRB Rt, [r7, #imm]
    _code(0x7038, (LOW, 0), (WORD, 6)),  # STRB Rt, [r7, #imm]
    _code(0x2800, (LOW, 8), (st.integers(0, 255), 0)),  # CMP Rn, #imm8
    _code(0x4280, (LOW, 0), (LOW, 3)),  # CMP Rn, Rm
    _code(0x4600, (LOW, 0), (LOW, 3)),  # MOV Rd, Rm
    _code(0x0000, (LOW, 0), (LOW, 3)),  # MOVS Rd, Rm
    _code(0x2000, (LOW, 8), (STEP, 0)),  # MOVS Rd, #imm8
    st.tuples(LOW, LOW, st.sampled_from([0xF100, 0xF110, 0xF1A0, 0xF1B0]), STEP).map(
        lambda drawn: struct.pack("<HH", drawn[2] | drawn[0], drawn[1] << 8 | drawn[3])
    ),  # ADD, ADDS, SUB, SUBS Rd, Rn, #const
    st.tuples(LOW, WORD, st.sampled_from([0xF8D7, 0xF8C7])).map(
        lambda drawn: struct.pack("<HH", drawn[2], drawn[0] << 12 | 4 * drawn[1])
    ),  # LDR.W, STR.W
)
ANYTHING = st.integers(0, 0xB3FF).map(lambda code: struct.pack("<H", code))
BOUNDARIES = st.builds(
    lambda edge, offset: (edge + offset) & 0xFFFFFFFF,
    st.sampled_from([0, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]),
    st.integers(-600, 600),
)
VALUES = st.one_of(st.integers(0, 2000), BOUNDARIES)


@settings(max_examples=300, deadline=None)
@given(
    body=st.lists(st.one_of(COUNTING, COUNTING, COUNTING, ANYTHING), min_size=1, max_size=6),
    condition=st.integers(0, 13),
    registers=st.lists(VALUES, min_size=7, max_size=7),
    words=st.lists(VALUES, min_size=16, max_size=16),
)
def test_any_loop_ends_as_if_it_had_been_executed(
    body: list[bytes], condition: int, registers: list[int], words: list[int]
) -> None:
    loop = b"".join(body)
    back = -(len(loop) + 4) // 2 & 0xFF
    code = loop + struct.pack("<HH", 0xD000 | condition << 8 | back, 0xE7FE)
    executed = EXECUTED.outcome(code, registers, words)
    assert SKIPPED.outcome(code, registers, words) == executed


def t16(*codes: int) -> bytes:
    return struct.pack(f"<{len(codes)}H", *codes)


@settings(max_examples=400, deadline=None)
@given(
    step=st.integers(1, 5),
    down=st.booleans(),
    in_memory=st.booleans(),
    keeps_flags=st.booleans(),
    compares=st.sampled_from(["register", "copy", "immediate", "nothing"]),
    condition=st.integers(0, 13),
    limit=st.one_of(st.integers(0, 255), BOUNDARIES),
    iterations=st.integers(60, 1200),
    slip=st.integers(-2, 2),
    away=st.sampled_from([0, 0, 1 << 31]),
)
def test_counting_ends_at_the_iteration_at_which_it_would(
    step: int,
    down: bool,
    in_memory: bool,
    keeps_flags: bool,
    compares: str,
    condition: int,
    limit: int,
    iterations: int,
    slip: int,
    away: int,
) -> None:
    if keeps_flags:
        count = struct.pack("<HH", 0xF1A0 if down else 0xF100, step)  # SUB or ADD r0, r0, #step
    else:
        count = t16((0x3800 if down else 0x3000) | step)  # SUBS or ADDS r0, #step
    if in_memory:
        count = t16(0x6838) + count + t16(0x6038)  # LDR r0, [r7]; ...; STR r0, [r7]
    comparison = {
        "register": t16(0x4288),  # CMP r0, r1
        "copy": t16(0x4602, 0x428A),  # MOV r2, r0; CMP r2, r1
        "immediate": t16(0x2800 | limit & 0xFF),  # CMP r0, #limit
        "nothing": b"",
    }[compares]
    loop = count + comparison
    back = -(len(loop) + 4) // 2 & 0xFF
    code = loop + t16(0xD000 | condition << 8 | back, 0xE7FE)
    if compares == "immediate":
        limit &= 0xFF
    start = limit + away + (step if down else -step) * iterations + slip & 0xFFFFFFFF
    registers, words = [start, limit, 0, 0, 0, 0, 0], [start, *[0] * 15]
    assert SKIPPED.outcome(code, registers, words) == EXECUTED.outcome(code, registers, words)


def test_delay_of_a_board_support_package_is_skipped() -> None:
    """The loop that ST's Wi-Fi driver waits microseconds with, unoptimised."""
    loop = bytes.fromhex("7b68 013b 7b60 7b68 002b f9d1 fee7")
    registers, words = [0] * 7, [0, 10_000, *[0] * 14]
    before = SKIPPED.core.iterations_skipped
    assert SKIPPED.outcome(loop, registers, words) == EXECUTED.outcome(loop, registers, words)
    assert SKIPPED.core.iterations_skipped - before > 1000
