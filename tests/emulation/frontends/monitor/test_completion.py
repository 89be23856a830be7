"""What Tab offers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renode_wifi.emulation.frontends.monitor.completion import complete
from renode_wifi.emulation.script.interpreter import Interpreter
from tests.emulation.guest import CHIP, monitor_with


@pytest.fixture(scope="module")
def monitor() -> Interpreter:
    made = monitor_with(CHIP)
    made.execute("$name='a'; alias warm 'help'")
    made.execute('macro reset "help"')
    return made


def offered(monitor: Interpreter, line: str) -> list[str]:
    return [candidate.text for candidate in complete(monitor, line)[1]]


@pytest.mark.parametrize(
    ("line", "word", "some"),
    [
        ("sta", "sta", ["start"]),
        ("", "", ["help", "sysbus", "sysbus.cpu", "cpu", "warm"]),
        ("he", "he", ["help"]),
        ("sysbus.c", "sysbus.c", ["sysbus.cpu"]),
        ("help; mach cr", "cr", ["create"]),
        ("mach ", "", ["add", "clear", "create", "rem", "set"]),
        ("numbersMode d", "d", ["Decimal"]),
        ("showAnalyzer sysbus.f", "sysbus.f", ["sysbus.flash"]),
        ("sysbus ReadD", "ReadD", ["ReadDoubleWord"]),
        ("cpu P", "P", ["PC", "PerformanceInMips"]),
        ("echo $n", "$n", ["$name"]),
        ("runMacro $r", "$r", ["$reset"]),
        ("help sysbus Write", "Write", ["WriteByte", "WriteDoubleWord", "WriteWord"]),
        ("help hel", "hel", ["help"]),
    ],
)
def test_what_may_follow(monitor: Interpreter, line: str, word: str, some: list[str]) -> None:
    assert complete(monitor, line)[0] == word
    assert set(some) <= set(offered(monitor, line))


@pytest.mark.parametrize(
    "line", ["nothing ", "sysbus ReadByte ", 'echo "sta', "$bin=sta", "quit x"]
)
def test_nothing_is_offered_where_nothing_is_known(monitor: Interpreter, line: str) -> None:
    assert offered(monitor, line) == []


def test_commands_are_offered_with_what_they_do(monitor: Interpreter) -> None:
    (start,) = [each for each in complete(monitor, "start")[1] if each.text == "start"]
    assert start.about == "starts the emulation, after running a script if given"


def test_files_are_completed(
    monitor: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "build folder").mkdir()
    (tmp_path / "build folder" / "app.elf").touch()
    (tmp_path / "board.resc").touch()
    (tmp_path / ".hidden").touch()
    monkeypatch.chdir(tmp_path)
    assert {"@board.resc", "@build\\ folder/"} <= set(offered(monitor, "include @"))
    assert "@.hidden" not in offered(monitor, "include @")
    assert "@board.resc" in offered(monitor, "include @bo")
    assert offered(monitor, "$bin=@build\\ folder/a") == ["@build\\ folder/app.elf"]
    assert offered(monitor, f"sysbus LoadELF @{tmp_path}/bo") == [f"@{tmp_path}/board.resc"]
    assert offered(monitor, "include @nowhere/x") == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_no_line_breaks_completion(monitor: Interpreter, line: str) -> None:
    word, _ = complete(monitor, line)
    assert line.endswith(word)
