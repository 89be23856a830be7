"""Boards with the calls of pytest-embedded's Dut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.session import BoardTimeout, GuestCrash
from renode_wifi.emulation.suites.dut import Dut
from renode_wifi.emulation.suites.unity import Outcome
from renode_wifi.emulation.suites.unity_output import unity_results

TALK = Path(__file__).resolve().parents[3] / "firmware" / "talk" / "b_l475e_iot01a.elf"
UNITY = TALK.parents[1] / "unity"


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


def test_unity_output_becomes_results() -> None:
    with Board("b_l475e_iot01a", UNITY / "b_l475e_iot01a-finishes.elf") as board:
        dut = Dut(board)
        dut.expect_unity_test_output(timeout=120)
        outcomes = {result.outcome for result in dut.unity_results}
    assert {Outcome.PASSED, Outcome.FAILED, Outcome.IGNORED} == outcomes


BASIC = """\
I (123) boot: a log line: with colons
test/test_wifi.c:12:test_joins:PASS
C:/src/test_wifi.c:20:not_a_windows_path:PASS
\x1b[31mtest/test_wifi.c:30:test_leaves:FAIL: Expected 1 Was 2\x1b[0m
test/test_wifi.c:40:test_scans:IGNORE
"""


def test_unity_without_its_fixtures() -> None:
    results = {result.name: result for result in unity_results(BASIC)}
    assert results["test_joins"].outcome is Outcome.PASSED
    assert results["test_joins"].key == "test_wifi.test_joins"
    failed = results["test_leaves"]
    assert (failed.outcome, failed.file, failed.line) == (Outcome.FAILED, "test/test_wifi.c", 30)
    assert failed.message == "Expected 1 Was 2"
    assert results["test_scans"].outcome is Outcome.IGNORED


@given(st.text(alphabet="ab:/.\n\r0PASFILGNORE[]()\x1b ", max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    for result in unity_results(text):
        assert result.name
