"""The terminal tester, byte by byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.frontends.robot.errors import KeywordException
from renode_wifi.emulation.frontends.robot.terminal_tester import (
    EndLineOption,
    Match,
    Pattern,
    TerminalTester,
)

MILLISECOND = 1_000_000


def fed(data: bytes, tester: TerminalTester | None = None) -> TerminalTester:
    tester = tester or TerminalTester("usart1", 1)
    for index, byte in enumerate(data):
        tester.feed((index + 1) * MILLISECOND, byte)
    return tester


def line(tester: TerminalTester, text: str, **options: bool) -> Match | None:
    regex = options.pop("regex", False)
    matcher = tester.line_matcher(
        Pattern(text, regex), options.get("unfinished", False), options.get("next_only", False)
    )
    return tester.begin(matcher)


def test_the_time_of_a_line_is_that_of_its_end() -> None:
    assert line(fed(b"ab\r\ncd"), "a") == Match("ab", 4 * MILLISECOND)


def test_nul_and_carriage_return_are_dropped() -> None:
    assert line(fed(b"a\0b\r\n"), "ab") == Match("ab", 5 * MILLISECOND)


def test_a_prompt_takes_all_that_came() -> None:
    tester = fed(b"one\ntwo> ")
    assert line(tester, ">", unfinished=True) == Match("two> ", 9 * MILLISECOND)
    assert tester.current == ""
    assert line(tester, "one") is None


def test_a_wait_under_way_matches_as_bytes_come() -> None:
    tester = fed(b"")
    results: list[Match | None] = []
    tester.on_result = lambda: results.append(tester.result)
    assert line(tester, "login:", unfinished=True) is None
    fed(b"login: ", tester)
    assert results == [Match("login:", 6 * MILLISECOND)]


def test_an_anchor_does_not_match_the_next_line_only() -> None:
    tester = fed(b"one\ntwo\n")
    assert line(tester, "two", next_only=True) is None
    assert line(tester, "one", next_only=True) is not None
    assert line(tester, "two", next_only=True) is not None


def test_groups_of_dotnet_expressions() -> None:
    found = line(fed(b"id=7 x\n"), r"(?<number>\d+) (y)?", regex=True)
    assert found is not None
    assert found.groups == ("7", "")


def test_a_wrong_expression_is_an_error() -> None:
    with pytest.raises(KeywordException, match="not a regular expression"):
        line(fed(b"x\n"), "(", regex=True)


def test_text_beyond_ascii_is_found_and_left_out_of_the_result() -> None:
    assert line(fed("Grüße\n".encode()), "Grüße") == Match("Gre", 8 * MILLISECOND)
    assert line(fed(b"\xff\xfe x\n"), "\xff") == Match(" x", 5 * MILLISECOND)


def test_lines_end_with_carriage_returns_on_request() -> None:
    tester = fed(b"a\r\nb\r", TerminalTester("usart1", 1, EndLineOption.CARRIAGE_RETURN))
    assert line(tester, "b") == Match("\nb", 5 * MILLISECOND)


def test_binary_mode_cuts_out_what_was_found() -> None:
    tester = fed(b"\x00\x01\n\xff\x02", TerminalTester("usart1", 1, binary=True))
    assert line(tester, "\n\xff", unfinished=True) == Match("\n\xff", 5 * MILLISECOND)
    assert tester.current == "\x02"


def test_lines_that_follow_each_other() -> None:
    tester = fed(b"a\nb\na\nc\n> ")
    patterns = [Pattern("a"), Pattern("c")]
    assert tester.begin(tester.lines_matcher([Pattern("b"), Pattern("c")], False)) is None
    assert tester.begin(tester.lines_matcher([Pattern("c"), Pattern(">")], True)) is not None
    tester = fed(b"a\nb\na\nc\n")
    assert tester.begin(tester.lines_matcher(patterns, False)) == Match("c", 8 * MILLISECOND)


def test_failing_strings() -> None:
    tester = fed(b"")
    tester.register_failing(Pattern("bad"))
    assert line(tester, "never") is None
    fed(b"bad\n", tester)
    assert tester.result == Match("bad", 4 * MILLISECOND, failing=True)


def test_a_report_has_what_was_waited_for() -> None:
    tester = fed(b"one\ntwo\n> ")
    line(tester, "one")
    line(tester, "three")
    tester.give_up("three")
    report = tester.report()
    for text in ("] one", ">>one<< event: success", "] two", ">>three<< event: failure", ">> "):
        assert text in report
    tester.clear_report()
    assert "one" not in tester.report()
    assert line(tester, "two") is None


@given(st.binary(max_size=60), st.booleans(), st.booleans())
def test_any_bytes_are_taken(data: bytes, binary: bool, carriage_return: bool) -> None:
    end = EndLineOption.CARRIAGE_RETURN if carriage_return else EndLineOption.LINE_FEED
    tester = fed(data, TerminalTester("usart1", 1, end, binary))
    state = tester.save()
    line(tester, "", unfinished=True)
    tester.restore(state)
    assert line(tester, "", unfinished=True) is not None
    tester.report()
