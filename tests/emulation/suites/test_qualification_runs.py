"""Qualification of a suite of our own on a board: killed, crashed, hung, and in tables."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.frontends.cli import main
from renode_wifi.emulation.suites.qualification import End, Qualification

ROOT = Path(__file__).resolve().parents[3]
BOARD = "b_l475e_iot01a"
FAILS = "Suite.fails: {outcome: failed, reason: 'unity.c:12'}\n"


def image(last: str) -> str:
    return str(ROOT / "firmware" / "unity" / f"{BOARD}-{last}.elf")


def arguments(last: str, folder: Path) -> list[str]:
    reports = ["--junit", str(folder / "out.xml"), "--json", str(folder / "out.json")]
    return ["qualify", "--board", BOARD, "--image", image(last), *reports]


def reports(folder: Path) -> tuple[dict[str, Any], list[xml.Element]]:
    content: dict[str, Any] = json.loads((folder / "out.json").read_text())
    return content, xml.parse(folder / "out.xml").getroot().findall("testsuite/testcase")


def outcomes(content: dict[str, Any]) -> list[tuple[str, str]]:
    return [(test["name"], test["outcome"]) for test in content["tests"]]


BEFORE_THE_LAST = [("passes", "passed"), ("fails", "failed"), ("is_ignored", "ignored")]


def test_a_suite_ends_well_with_what_is_known_of_it(tmp_path: Path) -> None:
    expected = tmp_path / "expected.yaml"
    expected.write_text(FAILS)
    command = [*arguments("finishes", tmp_path), "--expected", str(expected)]
    assert main([*command, "--label", "tag=v1", "--expected", f"<{BOARD}-module-tls>"]) == 0
    content, cases = reports(tmp_path)
    assert outcomes(content) == [*BEFORE_THE_LAST, ("finishes", "passed")]
    assert content["labels"] == {"tag": "v1"}
    assert content["image"] == f"{BOARD}-finishes.elf"
    assert content["tests"][0]["duration"] == pytest.approx(0.25, abs=0.002)
    assert len(cases) == 4


def test_a_crash_leaves_all_results_and_its_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments("crashes", tmp_path)) == 4
    content, cases = reports(tmp_path)
    assert outcomes(content) == [*BEFORE_THE_LAST, ("crashes", "unfinished")]
    assert "HardFault" in content["crash"]
    assert "unity.c:" in content["crash"]
    error = cases[-1].find("error")
    assert error is not None
    assert "HardFault" in str(error.text)
    assert "HardFault" in capsys.readouterr().err


def test_a_hang_is_reported(tmp_path: Path) -> None:
    assert main([*arguments("hangs", tmp_path), "--test-time", "0.6"]) == 5
    content, cases = reports(tmp_path)
    assert outcomes(content) == [*BEFORE_THE_LAST, ("hangs", "unfinished")]
    assert content["end"] == "hung"
    assert "main+0x36 (unity.c:" in content["whereabouts"]
    error = cases[-1].find("error")
    assert error is not None
    assert "main+0x36 (unity.c:" in str(error.text)


def test_comments_alone_expect_nothing_special(tmp_path: Path) -> None:
    expected = tmp_path / "expected.yaml"
    expected.write_text("# nothing is known yet\n")
    assert main([*arguments("finishes", tmp_path), "--expected", str(expected)]) == 1
    assert reports(tmp_path)[0]["deviations"] == {"Suite.fails": "failed, not passed"}


def test_the_console_file_says_when_slow_lines_ended(tmp_path: Path) -> None:
    log = tmp_path / "console.txt"
    assert main([*arguments("finishes", tmp_path), "--uart-log", str(log)]) == 1
    lines = log.read_text().splitlines()
    assert "[   0.000390 to 0.250386] TEST(Suite, passes) PASS" in lines
    assert "[   0.750390] IGNORE_TEST(Suite, is_ignored)" in lines


def test_progress_names_what_is_under_way() -> None:
    seen: list[tuple[str, float, float]] = []
    with Board(BOARD, image("hangs")) as board:
        run = Qualification(board)
        run.on_progress = lambda name, seconds, now: seen.append((name, seconds, now))
        assert run.run(60, 3.5) is End.HUNG
        assert board.now == pytest.approx(0.75 + 3.5, abs=0.3)
    assert seen[0] == ("before the first test", 0.0, 0.0)
    names = [name for name, _, _ in seen]
    assert names[1:] == ["Suite.hangs"] * (len(seen) - 1)
    assert seen[-1][1] == pytest.approx(seen[-1][2] - 0.75, abs=0.01)


def test_a_firmware_that_prints_names_with_results_is_said_to_be_behind_the_last_test() -> None:
    with Board(BOARD, image("hangs")) as board:
        board.run(0.3)
        run = Qualification(board)
        run.reader.feed(0, 100_000_000, "TEST(Suite, passes) PASS")
        assert run.under_way() == ("after Suite.passes", pytest.approx(0.2))


def test_a_run_without_a_board_leaves_no_older_report(tmp_path: Path) -> None:
    for name in ("out.json", "out.xml"):
        (tmp_path / name).write_text("an older run's")
    assert main([*arguments("finishes", tmp_path), "--world", str(tmp_path / "none.yaml")]) == 2
    content, cases = reports(tmp_path)
    assert content["end"] is None
    assert content["problems"]
    assert [case.find("error") is not None for case in cases] == [True]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_suite_killed_in_the_middle_leaves_complete_reports(
    tmp_path: Path, number: signal.Signals
) -> None:
    command = [sys.executable, "-m", "renode_wifi.emulation", *arguments("hangs", tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    report = tmp_path / "out.json"
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        while '"hangs"' not in (report.read_text() if report.exists() else ""):
            assert process.poll() is None
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == (130 if number is signal.SIGTERM else -number), errors
    content, cases = reports(tmp_path)
    assert outcomes(content) == [*BEFORE_THE_LAST, ("hangs", "unfinished")]
    assert len(cases) >= 3
    assert content["end"] == ("interrupted" if number is signal.SIGTERM else None)


@pytest.mark.parametrize("label", ["tag", "=v1"])
def test_a_label_without_key_or_value_is_refused(tmp_path: Path, label: str) -> None:
    with pytest.raises(SystemExit):
        main([*arguments("finishes", tmp_path), "--label", label])
