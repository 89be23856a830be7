"""Qualification runs, with a board whose console is played."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as xml
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.crash import Crash
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.emulation.suites.qualification import End, Qualification, read_expected
from renode_wifi.emulation.suites.unity import Outcome
from renode_wifi.emulation.visible import visible

SECOND = 1_000_000_000
REGISTERS = {"pc": 0x0800_0100, "lr": 0, "sp": 0x2000_1000}


class Player:
    """An engine that prints a line each virtual second."""

    name = "player"
    instructions = 0
    world = None

    def __init__(self, lines: list[str], crash: bool = False) -> None:
        self.now = 0
        self.crash: Crash | None = None
        self.fault_listeners: list[Any] = []
        self._lines = lines
        self._crash = crash
        self._stop = False
        self._listeners: list[Any] = []

    def subscribe(self, listener: Any, event: str | None = None) -> None:
        self._listeners.append(listener)

    def request_stop(self) -> None:
        self._stop = True

    def registers(self) -> dict[str, int]:
        return {}

    def run(self, until: int) -> Stop:
        self._stop = False
        while self._lines and self.now < until:
            self.now += SECOND
            for byte in self._lines.pop(0).encode() + b"\n":
                for listener in self._listeners:
                    listener(self.now, "usart1", "uart", {"byte": byte})
            if self._stop:
                return Stop.REQUEST
        if self._crash and not self._lines:
            self.crash = Crash("HardFault: nothing there", self.now, REGISTERS)
            return Stop.CRASH
        self.now = max(self.now, until)
        return Stop.TIME

    def read_memory(self, address: int, length: int) -> bytes:
        return bytes(length)

    def load(self, image: Image) -> None: ...
    def reset(self) -> None: ...
    def write_uart(self, name: str, data: bytes) -> None: ...
    def execute(self, command: str) -> str:
        return ""

    def save(self) -> bytes:
        return b""

    def restore(self, state: bytes) -> None: ...
    def close(self) -> None: ...


SUITE = [
    "---------STARTING TESTS---------",
    "TEST(G, good) PASS",
    "TEST(G, bad)/src/test.c:12::FAIL: no \x01 luck",
    "IGNORE_TEST(G, later)",
    "3 Tests 1 Failures 1 Ignored ",
    "-------ALL TESTS FINISHED-------",
    "never read",
]


def play(lines: list[str], crash: bool = False, **options: Any) -> Qualification:
    return Qualification(Session(Player(list(lines), crash), "usart1"), **options)


def test_a_suite_is_read_to_its_end_and_reported(tmp_path: Path) -> None:
    junit, report = tmp_path / "out.xml", tmp_path / "out.json"
    reported = []
    run = play(SUITE, junit=junit, json_file=report, on_test=reported.append)
    assert run.run() is End.FINISHED
    assert [result.outcome for result in reported] == [
        Outcome.PASSED,
        Outcome.FAILED,
        Outcome.IGNORED,
    ]
    assert not run.good
    assert run.deviations() == [("G.bad", "failed, not passed")]
    suite = xml.parse(junit).getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    content = json.loads(report.read_text())
    assert content["end"] == "finished"
    assert content["totals"] == {"tests": 3, "failures": 1, "ignored": 1}
    assert content["tests"][1]["file"] == "/src/test.c"


def test_a_known_failure_is_as_it_should_be(tmp_path: Path) -> None:
    expected = tmp_path / "expected.yaml"
    expected.write_text("G.bad: {outcome: failed, reason: 'port.c:7'}\n")
    run = play(SUITE, expected=read_expected(expected), junit=tmp_path / "out.xml")
    run.run()
    assert run.good
    assert "port.c:7" in (tmp_path / "out.xml").read_text()


def test_a_known_failure_that_passes_is_a_deviation(tmp_path: Path) -> None:
    expected = tmp_path / "expected.yaml"
    expected.write_text(
        "G.good: {outcome: failed, reason: x}\nG.gone: {outcome: failed, reason: x}\n"
        "Other.one: {outcome: failed, reason: of a group that was not run}\n"
    )
    run = play(SUITE, expected=read_expected(expected), junit=tmp_path / "out.xml")
    run.run()
    assert dict(run.deviations()) == {
        "G.good": "passed, not failed",
        "G.bad": "failed, not passed",
        "G.gone": "expected, but never run",
    }


def test_a_crash_leaves_complete_reports(tmp_path: Path) -> None:
    junit, report = tmp_path / "out.xml", tmp_path / "out.json"
    run = play([*SUITE[:2], "TEST(G, fatal)"], crash=True, junit=junit, json_file=report)
    assert run.run() is End.CRASHED
    content = json.loads(report.read_text())
    assert [test["outcome"] for test in content["tests"]] == ["passed", "unfinished"]
    assert "HardFault: nothing there" in content["crash"]
    case = xml.parse(junit).getroot().findall("testsuite/testcase")[1]
    error = case.find("error")
    assert error is not None
    assert "HardFault" in (error.text or "")


def run_errors(junit: Path) -> list[str]:
    """What the report says of the run as a whole."""
    root = xml.parse(junit).getroot()
    return [str(e.get("message")) for e in root.findall("testsuite[@name='renode-wifi']//error")]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([], "the time is over"),
        (SUITE[:2], "the time is over"),
        (SUITE[:1] + SUITE[-2:], "no test was seen"),
        ([*SUITE[:2], *SUITE[3:]], "the firmware counts 3 tests, 1 failures, 1 ignored, but"),
        ([*SUITE[:2], "1 Tests 0 Failures 0 Ignored", "FAIL", SUITE[-2]], "the firmware says FAIL"),
    ],
)
def test_a_run_that_is_not_what_it_seems_is_an_error(
    tmp_path: Path, lines: list[str], problem: str
) -> None:
    junit, report = tmp_path / "out.xml", tmp_path / "out.json"
    run = play(lines, junit=junit, json_file=report)
    run.run(time=100, test_time=1000)
    assert not run.good
    (error,) = run_errors(junit)
    assert error.startswith(problem)
    assert json.loads(report.read_text())["problems"] == [error]


def test_until_its_end_a_run_is_an_error(tmp_path: Path) -> None:
    junit = tmp_path / "out.xml"
    play(SUITE, junit=junit).write()
    assert run_errors(junit) == ["the run did not come to its end"]


def test_an_error_of_the_emulator_is_one_of_the_report(tmp_path: Path) -> None:
    junit = tmp_path / "out.xml"

    def fail(result: object) -> None:
        raise RuntimeError("a bug")

    run = play(SUITE, junit=junit, on_test=fail)
    with pytest.raises(RuntimeError):
        run.run()
    assert run_errors(junit) == ["a bug"]


@pytest.mark.parametrize("text", ["\x1b[31m", "\x00", "\ufffe", "]]>", "\u202e", "<a&\"'>"])
def test_every_reader_of_xml_reads_the_report(tmp_path: Path, text: str) -> None:
    junit = tmp_path / "out.xml"
    lines = [f"TEST(G{text}, n{text}) PASS", f"TEST(G, o){text}", f"x:1::FAIL: {text}", SUITE[-2]]
    play(lines, junit=junit).run()
    cases = xml.parse(junit).getroot().findall("testsuite/testcase")
    assert [case.get("name") for case in cases] == [f"n{visible(text)}", "o"]


def test_a_test_without_progress_is_a_hang() -> None:
    run = play([*SUITE[:2], "TEST(G, endless)"])
    assert run.run(time=1000, test_time=100) is End.HUNG


def test_the_time_of_the_run_is_bounded() -> None:
    run = play(["log"] * 1000)
    assert run.run(time=50, test_time=1000) is End.TIME


def test_an_interrupt_ends_the_run() -> None:
    run = play(SUITE)
    run.interrupt()
    assert run.run() is End.INTERRUPTED


@pytest.mark.parametrize(
    "text", ["[", "just text", "G.a: failed", "G.a: {outcome: splendid, reason: x}", "G.a: {}"]
)
def test_bad_expectations_are_reported_with_file_and_cure(tmp_path: Path, text: str) -> None:
    path = tmp_path / "expected.yaml"
    path.write_text(text)
    with pytest.raises(RenodeWifiError, match=r"expected\.yaml"):
        read_expected(path)


def test_missing_expectations_and_folders_are_reported(tmp_path: Path) -> None:
    with pytest.raises(RenodeWifiError, match=r"cannot read.*\n.*<b_l475e_iot01a-module-tls>"):
        read_expected(tmp_path / "none.yaml")
    run = play(SUITE, junit=tmp_path / "none" / "out.xml")
    with pytest.raises(RenodeWifiError, match="cannot write"):
        run.run()


def test_expectations_that_are_not_text_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "expected.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RenodeWifiError, match="not YAML"):
        read_expected(path)


def test_a_report_into_a_pipe_leaves_the_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    play(SUITE, json_file=pipe).write()
    assert json.loads(os.read(reader, 65536))["end"] is None
    os.close(reader)
    assert pipe.is_fifo()
