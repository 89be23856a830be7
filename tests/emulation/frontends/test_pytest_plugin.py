"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.platform import boards

# A pytest within pytest must not load again what can be loaded only once (OpenSSL's bindings),
# nor models, whose snapshots know their classes.
for name in boards.names():
    Board(name).close()
pytest_plugins = ["pytester"]
IMAGE = Path(__file__).resolve().parents[3] / "firmware" / "shell" / "b_l475e_iot01a.elf"
UNITY = IMAGE.parents[1] / "unity"
TEST = """
def test_it_starts(board, world, uart):
    assert "b_l475e" in board.wait_for_line("shell:", timeout=1).text
    assert world.server("echo").running
    assert uart is board.uart
"""


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    # labgrid's plugin can be loaded once in a process only.
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:labgrid", *arguments)


def test_board_and_image_come_from_the_command_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TEST)
    run(pytester, "--board", "b_l475e_iot01a", "--image", str(IMAGE)).assert_outcomes(passed=1)


def test_a_mark_decides_for_one_test(pytester: pytest.Pytester) -> None:
    mark = (
        f"import pytest\npytestmark = pytest.mark.board('b_l475e_iot01a', image={str(IMAGE)!r})\n"
    )
    pytester.makepyfile(mark + TEST)
    run(pytester).assert_outcomes(passed=1)


def test_a_mark_that_says_something_else_is_one_message(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import pytest\npytestmark = pytest.mark.board('b_l475e_iot01a', imag='x.elf')\n" + TEST
    )
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the mark `board` takes*image=*"])


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
    result.stdout.no_fnmatch_line("*another exception*")


def test_a_failing_test_shows_the_console(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "def test_it(board):\n    board.wait_for_line('shell:')\n    assert False\n"
    )
    result = run(pytester, "--board", "b_l475e_iot01a", "--image", str(IMAGE))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*shell: b_l475e_iot01a*"])


def test_a_wait_in_vain_points_at_the_line_of_the_test(pytester: pytest.Pytester) -> None:
    file = pytester.makepyfile("def test_it(board):\n    board.wait_for_line('x', timeout=0.01)\n")
    result = run(pytester, "--board", "b_l475e_iot01a", "--image", str(IMAGE))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*no line matches 'x'*", f"{file.name}:2: BoardTimeout"])
    result.stdout.no_fnmatch_line("*session.py*")


def test_each_firmware_test_is_reported_as_a_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_suite(qualify):\n    qualify(expected='known.yaml')\n")
    known = "Suite.fails: {outcome: failed, reason: it is meant to}\n"
    pytester.path.joinpath("known.yaml").write_text(known)
    image = UNITY / "b_l475e_iot01a-finishes.elf"
    options = ["--board", "b_l475e_iot01a", "--image", str(image), "-v", "--junitxml=out.xml"]
    result = run(pytester, *options)
    # The two that pass, and the test around them.
    result.assert_outcomes(passed=3, xfailed=1, skipped=1)
    result.stdout.fnmatch_lines(["*test_suite?Suite.passes? PASSED*"])
    assert pytester.path.joinpath("out.xml").read_text().count("<testcase") == 5


def test_a_crash_fails_the_firmware_test_under_way(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_suite(qualify):\n    qualify()\n")
    image = UNITY / "b_l475e_iot01a-crashes.elf"
    result = run(pytester, "--board", "b_l475e_iot01a", "--image", str(image))
    result.assert_outcomes(passed=1, skipped=1, failed=3)
    result.stdout.fnmatch_lines(["*unity.c:12: Expected 1 Was 2*", "*HardFault*"])
    result.stdout.fnmatch_lines(["FAILED *Suite.crashes?*"])


def test_the_plugin_loads_neither_engine_nor_observers_until_a_test_asks() -> None:
    """pytest loads it in every project where the package is installed."""
    program = (
        "import sys; import renode_wifi.emulation.frontends.pytest_plugin;"
        " print(*(name for name in sys.modules if name.startswith('renode_wifi')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    loaded = done.stdout.split()
    assert "renode_wifi.emulation.frontends.pytest_plugin" in loaded
    assert "renode_wifi.emulation.engines.embedded.engine" not in loaded
    assert "renode_wifi.emulation.observers.contract.monitor" not in loaded


@pytest.mark.parametrize("full", [False, True])
def test_ctrl_c_shows_where_it_was_and_all_frames_only_if_asked_to(
    pytester: pytest.Pytester, full: bool
) -> None:
    pytester.makepyfile(
        "def stop(*values):\n    raise KeyboardInterrupt('here')\n"
        "def test_it(board):\n    board.uart.listeners.append(stop)\n    board.run(1)\n"
    )
    arguments = ["--board", "b_l475e_iot01a", "--image", str(IMAGE), *["--full-trace"] * full]
    # In this process it would end these tests, too.
    result = pytester.runpytest_subprocess("-s", "-p", "no:cacheprovider", *arguments)
    assert result.ret is pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*.py:2: KeyboardInterrupt*"])
    assert ("board.run(1)" in result.stdout.str()) is full
