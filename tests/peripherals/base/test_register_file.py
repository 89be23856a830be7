"""Register blocks: what a declaration promises of reads, writes and natively served words."""

from __future__ import annotations

import logging
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.base.register_file import (
    SERVE_NOTHING,
    SERVE_READS,
    RegisterFile,
    plan_of,
)
from renode_wifi.peripherals.base.registers import (
    CONSTANT,
    ONE_CLEARS,
    ONE_SETS,
    ONE_TOGGLES,
    READ_CLEARS,
    READ_ONLY,
    SELF_CLEARING,
    WRITE_ONLY,
    ZERO_CLEARS,
    Cause,
    Field,
    Interrupt,
    Register,
)

WORD = st.integers(0, 0xFFFFFFFF)

SR = Register(
    "SR", 0x40, fields=(Field("RXNE", 0, access=READ_ONLY), Field("OVR", 4, 2, READ_ONLY))
)
CR = Register("CR", 0x44, fields=(Field("RXNEIE", 0), Field("ERRIE", 1)))
RIS = Register("RIS", 0x48, access=READ_ONLY)
IM = Register("IM", 0x4C)


class Sample(Block):
    REGISTERS = (
        Register("PLAIN", 0x00, reset=0x12345678),
        Register("MASKED", 0x04, reset=0xFF, fields=(Field("LOW", 0, 4),)),
        Register(
            "FLAGS",
            0x08,
            fields=(Field("ONE", 0, 16, ONE_CLEARS), Field("ZERO", 16, 16, ZERO_CLEARS)),
        ),
        Register("COMPUTED", 0x0C, computed="compute"),
        Register("WATCHED", 0x10, on_write="watch"),
        Register("TAKEN", 0x14, on_read="take"),
        Register("ARRAY", 0x20, count=3, stride=8, on_read="nth", on_write="watch_nth"),
        Register(
            "KINDS",
            0x3C,
            reset=0x80000000,
            fields=(
                Field("SETS", 0, 4, ONE_SETS),
                Field("TOGGLES", 4, 4, ONE_TOGGLES),
                Field("TAKEN", 8, 4, READ_CLEARS),
                Field("START", 12, access=SELF_CLEARING),
                Field("KEY", 16, 8, WRITE_ONLY),
                Field("FIXED", 31, access=CONSTANT),
            ),
        ),
        SR,
        CR,
        RIS,
        IM,
        Register("ICR", 0x50, fields=(Field("CLEAR", 0, 8, WRITE_ONLY),), clears="RIS"),
        Register("ISR", 0x54, access=WRITE_ONLY, sets="RIS"),
        Register(
            "OSC",
            0x58,
            fields=(Field("ON", 16), Field("RDY", 17, access=READ_ONLY, follows="ON")),
        ),
    )
    OUTPUTS = ("IRQ", "SUM")
    INTERRUPTS = (
        Interrupt("IRQ", Cause(SR, SR.RXNE, CR, CR.RXNEIE), Cause(SR, SR.OVR, CR, CR.ERRIE)),
        Interrupt("SUM", Cause(RIS, 0xFFFFFFFF, IM, 0xFFFFFFFF, matched=True)),
    )
    SIZE = 0x80

    def __init__(self, machine: BenchMachine) -> None:
        super().__init__(machine, "sample")
        self.seen: list[tuple[int, ...]] = []

    def compute(self) -> int:
        return 0xCAFE0000 + len(self.seen)

    def take(self) -> int:
        self.seen.append(())
        return 5

    def watch(self, value: int, old: int) -> None:
        self.seen.append((value, old, self.registers["WATCHED"]))

    def nth(self, index: int) -> int:
        return 100 + index

    def watch_nth(self, index: int, value: int, old: int) -> None:
        self.seen.append((index, value, old))


@pytest.fixture
def block() -> Sample:
    return Sample(BenchMachine())


def test_registers_start_and_restart_at_their_reset_values(block: Sample) -> None:
    assert block.read(0x00, 4) == 0x12345678
    block.write(0x00, 0, 4)
    block.lines["IRQ"].set(True)
    block.reset()
    assert block.read(0x00, 4) == 0x12345678
    assert not block.lines["IRQ"].level


def test_reads_can_be_narrower_than_a_word(block: Sample) -> None:
    assert [block.read(0x00, 1), block.read(0x01, 1), block.read(0x02, 2)] == [0x78, 0x56, 0x1234]


def test_writes_touch_only_their_bytes_and_the_writable_bits(block: Sample) -> None:
    block.write(0x01, 0xAB, 1)
    assert block.read(0x00, 4) == 0x1234AB78
    block.write(0x04, 0x00, 4)
    assert block.read(0x04, 4) == 0xF0


@given(state=WORD, value=WORD)
def test_flags_clear_by_the_bit_value_that_was_declared(state: int, value: int) -> None:
    block = Sample(BenchMachine())
    block.registers["FLAGS"] = state
    block.write(0x08, value, 4)
    cleared_by_one = state & ~value & 0xFFFF
    cleared_by_zero = state & value & 0xFFFF0000
    assert block.read(0x08, 4) == cleared_by_one | cleared_by_zero


@given(state=WORD, value=st.integers(0, 0xFF), lane=st.integers(0, 3))
def test_a_byte_write_clears_flags_of_its_lane_only(state: int, value: int, lane: int) -> None:
    block = Sample(BenchMachine())
    block.registers["FLAGS"] = state
    block.write(0x08 + lane, value, 1)
    after = block.read(0x08, 4)
    mask = 0xFF << (8 * lane)
    assert after & ~mask == state & ~mask
    expected = state >> (8 * lane) & (~value if lane < 2 else value) & 0xFF
    assert after >> (8 * lane) & 0xFF == expected


@given(state=st.integers(0, 0xF), value=WORD)
def test_ones_set_or_toggle_where_that_was_declared(state: int, value: int) -> None:
    block = Sample(BenchMachine())
    block.registers["KINDS"] = state | state << 4
    block.write(0x3C, value, 4)
    assert block.registers["KINDS"] == state | value & 0xF | (state << 4) ^ value & 0xF0


def test_a_read_clears_what_was_declared_so(block: Sample) -> None:
    block.registers["KINDS"] = 0xF3F
    assert block.read(0x3C, 4) == 0xF3F
    assert block.read(0x3C, 4) == 0x03F


def test_requests_keys_and_constants_are_not_stored(block: Sample) -> None:
    block.write(0x3C, 0x7FFFF000, 4)
    assert block.read(0x3C, 4) == 0x80000000


def test_ones_clear_or_set_bits_of_another_register(block: Sample) -> None:
    block.write(0x54, 0xABC, 4)
    assert block.read(0x48, 4) == 0xABC
    block.write(0x50, 0xFFF, 4)
    assert block.read(0x48, 4) == 0xA00
    assert block.read(0x50, 4) == block.read(0x54, 4) == 0


def test_a_narrow_write_touches_its_bytes_of_another_register(block: Sample) -> None:
    block.write(0x54, 0xFFFFFFFF, 4)
    block.write(0x51, 0xFF, 1)
    assert block.read(0x48, 4) == 0xFFFFFFFF
    block.write(0x50, 0x0F, 1)
    assert block.read(0x48, 4) == 0xFFFFFFF0


def test_a_ready_flag_follows_what_switches_it_on(block: Sample) -> None:
    block.write(0x58, 1 << 16, 4)
    assert block.read(0x58, 4) == 3 << 16
    block.write(0x58, 1 << 17, 4)
    assert block.read(0x58, 4) == 0


def test_interrupt_lines_follow_flags_and_their_enable_bits(block: Sample) -> None:
    irq = block.lines["IRQ"]
    block.write(0x44, CR.RXNEIE, 4)
    assert not irq.level
    block.registers["SR"] |= SR.RXNE
    block.registers.update_interrupts()
    assert irq.level
    block.write(0x44, CR.ERRIE, 4)
    assert not irq.level
    block.registers["SR"] = 1 << 5
    block.registers.update_interrupts()
    assert irq.level


def test_a_line_of_matched_bits_follows_each_with_its_own_enable_bit(block: Sample) -> None:
    block.write(0x4C, 0x6, 4)
    block.write(0x54, 0x1, 4)
    assert not block.lines["SUM"].level
    block.write(0x54, 0x4, 4)
    assert block.lines["SUM"].level
    block.write(0x50, 0x4, 4)
    assert not block.lines["SUM"].level


def test_methods_compute_reads_and_are_called_for_writes(block: Sample) -> None:
    assert block.read(0x0C, 4) == 0xCAFE0000
    block.write(0x10, 7, 4)
    block.write(0x10, 9, 4)
    assert block.seen == [(7, 0, 7), (9, 7, 9)]
    assert block.read(0x0E, 2) == 0xCAFE


def test_arrays_pass_the_index(block: Sample) -> None:
    assert [block.read(0x20 + 8 * index, 4) for index in range(3)] == [100, 101, 102]
    block.write(0x30, 5, 4)
    assert block.seen == [(2, 5, 0)]


def test_undocumented_offsets_read_zero_and_are_logged_once(
    block: Sample, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert block.read(0x18, 4) == 0
            block.write(0x1C, 1, 4)
    assert [record.getMessage() for record in caplog.records] == [
        "sample: read of undocumented offset 0x018 (reported once)",
        "sample: write to undocumented offset 0x01C (reported once)",
    ]


def test_registers_are_described_without_the_effects_of_a_read(block: Sample) -> None:
    block.registers["KINDS"] = 0xF30
    assert block.registers.describe("KINDS") == "KINDS = 0xF30 (TAKEN=0xF TOGGLES=3)"
    assert block.registers.describe("COMPUTED") == "COMPUTED = 0xCAFE0000"
    assert block.registers.describe("ARRAY2") == "ARRAY2 = 0x0"
    lines = str(block.registers).split("\n")
    assert lines[0] == "PLAIN = 0x12345678"
    assert len(lines) == len(block.registers.names()) == 17
    assert block.registers["KINDS"] == 0xF30
    assert block.seen == []


def test_an_engine_may_serve_only_words_without_side_effects(block: Sample) -> None:
    plain = [0x00, 0x04, 0x08, 0x10, 0x40, 0x44, 0x48, 0x4C, 0x50, 0x54, 0x58]
    assert block.registers.plain_words() == [offset // 4 for offset in plain]
    # No call is needed to store to COMPUTED and TAKEN; interrupts follow what is written to CR.
    assert block.registers.storage_words() == {
        0x00 // 4: 0xFFFFFFFF,
        0x04 // 4: 0x0F,
        0x0C // 4: 0xFFFFFFFF,
        0x14 // 4: 0xFFFFFFFF,
    }


def test_a_block_serves_less_by_itself_where_it_says_so(block: Sample) -> None:
    reads = RegisterFile(block, SERVE_READS)
    assert reads.storage_words() == {}
    assert reads.plain_words() == block.registers.plain_words()
    nothing = RegisterFile(block, SERVE_NOTHING)
    assert nothing.storage_words() == {}
    assert nothing.plain_words() == []


def test_blocks_of_a_class_share_their_plan(block: Sample) -> None:
    plan = Sample(BenchMachine()).registers.plan
    assert plan is block.registers.plan is plan_of(Sample, "REGISTERS", 0x80)


def test_a_block_survives_pickling(block: Sample) -> None:
    block.write(0x00, 0xDEADBEEF, 4)
    copy = pickle.loads(pickle.dumps(block))
    assert copy.read(0x00, 4) == 0xDEADBEEF
    copy.write(0x10, 3, 4)
    assert copy.seen == [(3, 0, 3)]
    assert block.seen == []
