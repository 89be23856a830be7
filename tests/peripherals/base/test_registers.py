"""Register blocks: what a declaration promises of reads, writes and natively served words."""

from __future__ import annotations

import logging
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.base.registers import Register, RegisterFile

WORD = st.integers(0, 0xFFFFFFFF)


class Sample(Block):
    REGISTERS = (
        Register("PLAIN", 0x00, reset=0x12345678),
        Register("MASKED", 0x04, reset=0xFF, writable=0x0F),
        Register("FLAGS", 0x08, write_one_clears=0x0000FFFF, write_zero_clears=0xFFFF0000),
        Register("COMPUTED", 0x0C, on_read="compute"),
        Register("WATCHED", 0x10, on_write="watch"),
        Register("ARRAY", 0x20, count=3, stride=8, on_read="nth", on_write="watch_nth"),
    )
    SIZE = 0x40

    def __init__(self, machine: BenchMachine) -> None:
        super().__init__(machine, "sample")
        self.seen: list[tuple[int, ...]] = []

    def compute(self) -> int:
        return 0xCAFE0000 + len(self.seen)

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


def test_methods_compute_reads_and_hear_of_writes(block: Sample) -> None:
    assert block.read(0x0C, 4) == 0xCAFE0000
    block.write(0x10, 7, 4)
    block.write(0x10, 9, 4)
    assert block.seen == [(7, 0, 7), (9, 7, 9)]
    assert block.read(0x0E, 2) == 0xCAFE


def test_arrays_pass_the_index(block: Sample) -> None:
    assert [block.read(0x20 + 8 * index, 4) for index in range(3)] == [100, 101, 102]
    block.write(0x30, 5, 4)
    assert block.seen == [(2, 5, 0)]


def test_undocumented_offsets_read_zero_and_are_told_once(
    block: Sample, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert block.read(0x14, 4) == 0
            block.write(0x18, 1, 4)
    assert [record.getMessage() for record in caplog.records] == [
        "sample: read of undocumented offset 0x014 (told once)",
        "sample: write to undocumented offset 0x018 (told once)",
    ]


def test_an_engine_may_serve_only_words_without_side_effects(block: Sample) -> None:
    assert block.registers.plain_words() == [0, 1, 2, 4]
    # COMPUTED (3) has no writer, so storing to it needs no call; FLAGS and WATCHED do.
    assert block.registers.storage_words() == {0: 0xFFFFFFFF, 1: 0x0F, 3: 0xFFFFFFFF}


def test_a_gated_block_sees_every_write(block: Sample) -> None:
    gated = RegisterFile(block, Sample.REGISTERS, 0x40, gated=True)
    assert gated.storage_words() == {}
    assert gated.plain_words() == block.registers.plain_words()


def test_a_block_survives_pickling(block: Sample) -> None:
    block.write(0x00, 0xDEADBEEF, 4)
    copy = pickle.loads(pickle.dumps(block))
    assert copy.read(0x00, 4) == 0xDEADBEEF
    copy.write(0x10, 3, 4)
    assert copy.seen == [(3, 0, 3)]
    assert block.seen == []
