"""Boards with the calls of pytest-embedded's Dut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.dut import Dut
from renode_wifi.emulation.board.session import BoardTimeout, GuestCrash

TALK = Path(__file__).resolve().parents[3] / "firmware" / "talk" / "b_l475e_iot01a.elf"


@pytest.fixture
def dut() -> Iterator[Dut]:
    with Board("b_l475e_iot01a", TALK) as board:
        yield Dut(board)


def test_matches_go_on_behind_each_other(dut: Dut) -> None:
    assert dut.expect(r"value=(\d+) ").group(1) == b"42"
    assert dut.expect_exact("talk> ") == b"talk> "
    with pytest.raises(BoardTimeout, match="'first' did not come") as caught:
        dut.expect_exact("first", timeout=0.1)
    assert "board_get" in (caught.value.cure or "")


def test_the_first_of_several_counts(dut: Dut) -> None:
    assert dut.expect_exact([b"third", "second"]) == b"second"
    assert dut.expect([re.compile(b"g(ree)n"), "never"]).group(1) == b"ree"


def test_what_is_written_ends_with_a_line_feed(dut: Dut) -> None:
    dut.expect_exact("talk> ")
    dut.write("abc\r")
    assert dut.expect(b"unknown: (.*?)\r\n").group(1) == b"abc"


def test_a_crash_ends_the_wait(dut: Dut) -> None:
    dut.expect_exact("talk> ")
    dut.write("crash\r")
    with pytest.raises(GuestCrash):
        dut.expect("never")


def test_what_came_before_is_looked_at() -> None:
    with Board("b_l475e_iot01a", TALK) as board:
        board.run(0.1)
        assert Dut(board).expect_exact("second", timeout=0.1) == b"second"
