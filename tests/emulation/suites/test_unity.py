"""Unity's console: results in every form the images print them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.suites.unity import Outcome, UnityReader

SECOND = 1_000_000_000


def read(*lines: str) -> UnityReader:
    reader = UnityReader()
    for number, text in enumerate(lines):
        reader.feed(number * SECOND, number * SECOND + 1, text)
    reader.close(len(lines) * SECOND)
    return reader


def test_a_pass_behind_its_name() -> None:
    reader = read("---------STARTING TESTS---------", "TEST(Full_TCP, AFQP_Shutdown) PASS")
    (result,) = reader.results
    assert (result.key, result.outcome) == ("Full_TCP.AFQP_Shutdown", Outcome.PASSED)
    assert result.duration == 1.0


def test_dots_of_the_idle_hook_do_not_matter() -> None:
    assert read("..TEST(G, a) PASS").results[0].outcome is Outcome.PASSED
    assert read("TEST(G, a). PASS").results[0].outcome is Outcome.PASSED


def test_a_failure_has_file_line_and_message() -> None:
    reader = read("TEST(G, a)/src/aws_test_tcp.c:2143::FAIL: Expected 0 to be less than 0. No.")
    (result,) = reader.results
    assert result.outcome is Outcome.FAILED
    assert (result.file, result.line) == ("/src/aws_test_tcp.c", 2143)
    assert result.message == "Expected 0 to be less than 0. No."


def test_an_ignored_test() -> None:
    assert read("IGNORE_TEST(G, a)").results[0].outcome is Outcome.IGNORED


def test_a_result_lines_after_its_name_keeps_what_was_printed() -> None:
    reader = read("TEST(G, a)", "12 3456 [task] hello", ".", " PASS", "TEST(G, b) PASS")
    first, second = reader.results
    assert first.outcome is second.outcome is Outcome.PASSED
    assert first.output == ["12 3456 [task] hello"]


def test_a_name_without_result_is_unfinished() -> None:
    reader = read("TEST(G, a) PASS", "TEST(G, b)", "log")
    assert [result.outcome for result in reader.results] == [Outcome.PASSED, Outcome.UNFINISHED]
    assert not reader.finished


def test_totals_and_the_end_are_seen() -> None:
    reader = read("47 Tests 1 Failures 2 Ignored ", "FAIL", "-------ALL TESTS FINISHED-------")
    assert reader.totals is not None
    assert (reader.totals.tests, reader.totals.failures, reader.totals.ignored) == (47, 1, 2)
    assert reader.finished


@given(st.lists(st.text()))
def test_any_text_is_read_without_error(lines: list[str]) -> None:
    for result in read(*lines).results:
        assert result.name


@given(
    st.lists(st.sampled_from(["TEST(G, a)", " PASS", "x:1::FAIL: no", "log", "IGNORE_TEST(G, b)"]))
)
def test_there_are_as_many_results_as_names(pieces: list[str]) -> None:
    names = sum("TEST(" in piece for piece in pieces)
    assert len(read(*pieces).results) == names


def test_a_name_cut_by_a_log_line_is_pieced_together() -> None:
    reader = read("TEST(G, fir12 3456 [task] hello", "13 3457 [task] more", "st) PASS")
    assert [(result.key, result.outcome) for result in reader.results] == [
        ("G.first", Outcome.PASSED)
    ]


def test_what_stands_before_a_cut_name_is_read_once() -> None:
    reader = UnityReader()
    reader.begin(0, 1, "TEST(G, a)")
    reader.feed(0, 2, "TEST(G, a) PASSTEST(G, fir1 2 [task] hello")
    reader.feed(3, 4, "st) PASS")
    assert [result.key for result in reader.results] == ["G.a", "G.first"]


def test_totals_of_several_suites_add_up_and_each_has_its_verdict() -> None:
    lines = ["2 Tests 0 Failures 1 Ignored", "OK", "3 Tests 1 Failures 0 Ignored", ".FAIL", "FAIL"]
    reader = read(*lines)
    assert reader.totals is not None
    assert vars(reader.totals) == {"tests": 5, "failures": 1, "ignored": 1}
    assert reader.verdicts == [True, False]
