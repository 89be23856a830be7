"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
IMAGE = Path(__file__).resolve().parents[2] / "firmware" / "shell" / "b_l475e_iot01a.elf"
TEST = """
def test_it_starts(board, world, uart):
    assert "b_l475e" in board.wait_for_line("shell:", timeout=1).text
    assert world.server("echo").running
    assert uart is board.uart
"""


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def test_board_and_image_come_from_the_command_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TEST)
    run(pytester, "--board", "b_l475e_iot01a", "--image", str(IMAGE)).assert_outcomes(passed=1)


def test_a_mark_decides_for_one_test(pytester: pytest.Pytester) -> None:
    mark = (
        f"import pytest\npytestmark = pytest.mark.board('b_l475e_iot01a', image={str(IMAGE)!r})\n"
    )
    pytester.makepyfile(mark + TEST)
    run(pytester).assert_outcomes(passed=1)


def test_a_missing_board_says_what_to_give(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TEST)
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*--board NAME*"])


def test_a_wrong_image_is_one_message(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TEST)
    result = run(pytester, "--board", "b_l475e_iot01a", "--image", "nowhere.elf")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*nowhere.elf*"])


def test_a_failing_test_shows_the_console(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "def test_it(board):\n    board.wait_for_line('shell:')\n    assert False\n"
    )
    result = run(pytester, "--board", "b_l475e_iot01a", "--image", str(IMAGE))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*shell: b_l475e_iot01a*"])
