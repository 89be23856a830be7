"""Faults at the points of the project's own guests: verdicts, resuming, workers, reproduction."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from xml.etree import ElementTree

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.explore.exploration import all_cells, laboratory, smallest
from renode_wifi.emulation.explore.idleness import is_idle
from renode_wifi.emulation.explore.laboratory import BUSY_SECONDS, Laboratory, Watch
from renode_wifi.emulation.explore.outcome import Verdict
from renode_wifi.emulation.explore.plan import Cell, Setup
from renode_wifi.emulation.frontends.cli import main
from tests.emulation.explore.ending import run

FIRMWARE = Path(__file__).resolve().parents[3] / "firmware"
BOARDS = ("b_l475e_iot01a", "cc3220sf_launchxl")


def setup_of(board: str) -> Setup:
    image = str(FIRMWARE / "probe" / f"{board}.elf")
    return Setup(board, (image,), None, "probe: PASSED", fail_on="FAILED", length=2.5, timeout=4)


def arguments(setup: Setup, out: Path, *more: str) -> list[str]:
    return [
        *("explore", "--board", setup.board, "--image", setup.image[0]),
        *("--recover", setup.recover, "--fail-on", "FAILED"),
        *("--length", str(setup.length), "--timeout", str(setup.timeout)),
        *("--out", str(out), *more),
    ]


@pytest.fixture(scope="module", params=BOARDS)
def room(request: pytest.FixtureRequest) -> Laboratory:
    return laboratory(setup_of(request.param))


def cell(room: Laboratory, do: str, family: str = "", name: str = "") -> Cell:
    for each in all_cells(room):
        point = each.point
        if each.do == do and point.family in (family, point.family) and name in point.name:
            if family and point.family != family:
                continue
            return each
    raise AssertionError(f"no cell for {do}")


def test_every_family_of_faults_has_cells(room: Laboratory) -> None:
    cells = all_cells(room)
    assert {each.point.family for each in cells} >= {"radio", "network", "time"}
    assert len({each.name for each in cells}) == len(cells)
    assert len(cells) > 300


def test_verdicts(room: Laboratory) -> None:
    assert room.run(cell(room, "sensor-reads")).verdict is Verdict.UNAFFECTED
    failed = room.run(cell(room, "dns-fails", "network", "join"))
    assert failed.verdict is Verdict.DEGRADED
    assert "FAILED" in failed.note
    hung = room.run(cell(room, "hang", "radio"))
    assert hung.verdict in (Verdict.HANG, Verdict.DEGRADED)
    power = room.run(cell(room, "power-cut"))
    assert (power.verdict, power.by) == (Verdict.RECOVERED, "itself")
    assert power.after is not None
    assert power.after > 0


@pytest.fixture(scope="module")
def node() -> Laboratory:
    """Firmware that tries again whatever happens, and says so."""
    image = str(FIRMWARE / "node" / "b_l475e_iot01a.elf")
    return Laboratory(Setup(BOARDS[0], (image,), None, "^published", length=3, timeout=20))


def test_firmware_that_tries_again_recovers_when_the_fault_is_over(node: Laboratory) -> None:
    outcome = node.run(cell(node, "server-stops", "network", "connect"))
    assert (outcome.verdict, outcome.by) == (Verdict.RECOVERED, "itself")
    assert outcome.note == "no broker"


def test_firmware_that_goes_on_without_its_work_fails(node: Laboratory) -> None:
    stops = cell(node, "server-stops", "network", "connect")
    for_good = replace(stops, arguments={"server": stops.arguments["server"]})
    outcome = node.run(for_good)
    assert outcome.verdict is Verdict.FAILS
    assert sum("no broker" in line for line in outcome.last) == 3
    # It is decided by the third time, not by the end of the time-out.
    assert node.board.now < for_good.point.time / 1e9 + node.setup.timeout


def test_silence_is_a_hang_and_an_end_needs_a_last_word(node: Laboratory) -> None:
    assert node.run(cell(node, "stuck-low", "radio")).verdict is Verdict.HANG


@pytest.mark.parametrize(
    ("function", "idle", "waits", "stuck"),
    [
        ("memcpy", False, True, True),
        ("memcpy", False, False, True),
        ("xTaskResumeAll", True, False, False),
        ("PowerCC32XX_sleepPolicy", False, True, False),
    ],
)
def test_silence_in_one_function_is_a_hang_unless_there_is_nothing_to_do(
    function: str, idle: bool, waits: bool, stuck: bool
) -> None:
    """The idle task runs through functions of the kernel, too."""
    watch = Watch(0)
    for _ in range(BUSY_SECONDS):
        watch.silent_second(function, idle=idle, waits=waits)
    assert watch.stuck is stuck


@pytest.mark.parametrize(
    ("function", "expected"), [("prvIdleTask", True), ("Power_sleep", True), ("main", False)]
)
def test_without_tasks_the_function_says_whether_firmware_is_idle(
    function: str, expected: bool
) -> None:
    symbols = SimpleNamespace(at=lambda address: (SimpleNamespace(name=function), 0))
    board = SimpleNamespace(
        image=SimpleNamespace(symbols=symbols),
        engine=SimpleNamespace(registers=lambda: {"pc": 1}, read_memory=None),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("renode_wifi.emulation.explore.idleness.symbol_address", lambda *_: None)
        patch.setattr(
            "renode_wifi.emulation.explore.idleness.FreeRtos",
            lambda *_: SimpleNamespace(threads=list),
        )
        assert is_idle(cast(Board, board)) is expected


def test_a_cell_has_the_same_outcome_whatever_was_before_it(room: Laboratory) -> None:
    one, other = cell(room, "server-resets"), cell(room, "ap-vanishes", "network", "connect")
    first = room.run(one)
    room.run(other)
    assert room.run(one) == first


def test_the_smallest_fault_has_the_same_verdict(room: Laboratory) -> None:
    lasting = cell(room, "dns-fails", "network", "join")
    outcome = smallest(room, lasting)
    assert outcome.verdict is room.run(lasting).verdict
    assert outcome.entry["for"] != lasting.arguments["for"]


@pytest.mark.parametrize("board", BOARDS)
def test_one_worker_and_two_have_the_same_results(tmp_path: Path, board: str) -> None:
    # A world without certificates, and a guest that is soon at its prompt: each worker makes both.
    world = tmp_path / "world.yaml"
    world.write_text("access_points: [{ssid: home}]\n")
    image = str(FIRMWARE / "shell" / f"{board}.elf")
    setup = Setup(board, (image,), str(world), "^shell: ", length=0.3, timeout=0.3)
    for jobs in ("1", "2"):
        command = arguments(setup, tmp_path / jobs, "--limit", "5", "--jobs", jobs)
        main([*command, "--world", str(world), "--every", "0.05"])
    first, second = (tmp_path / jobs / "results.jsonl" for jobs in ("1", "2"))
    assert first.read_text() == second.read_text()
    assert len(first.read_text().splitlines()) == 6
    suites = ElementTree.parse(tmp_path / "1" / "junit.xml").getroot()
    assert sum(int(suite.get("tests", "0")) for suite in suites) == 5
    assert "<table class=map>" in (tmp_path / "1" / "map.html").read_text()


def test_a_broken_run_is_gone_on_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    setup = setup_of(BOARDS[1])
    command = arguments(setup, tmp_path, "--limit", "5")
    main(command)
    path = tmp_path / "results.jsonl"
    whole = path.read_text()
    lines = whole.splitlines(keepends=True)
    path.write_text("".join(lines[:3]) + lines[3][:20])
    main(command)
    assert path.read_text() == whole
    assert main([*command[:-1], "4"]) == 2
    assert "the results there are of something else" in capsys.readouterr().err


def test_a_worker_that_ends_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "ended"
    monkeypatch.setenv("RENODE_WIFI_TEST_END", str(marker))
    assert run(3) == [0, 1, 4]
    assert marker.exists()


def test_a_failing_cell_leaves_a_world_file_that_shows_it_again(tmp_path: Path) -> None:
    setup = setup_of(BOARDS[1])
    main(arguments(setup, tmp_path, "--faults", "hang", "--points", "radio", "--limit", "6"))
    entries = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    failing = [entry for entry in entries[1:] if entry["verdict"] == "hang"]
    assert failing
    (world,) = (tmp_path / "failing").glob(f"{failing[0]['cell'].replace(':', '_')}.yaml")
    with Board(setup.board, setup.image[0], world) as board, pytest.raises(RenodeWifiError):
        board.wait_for_line("PASSED|FAILED", timeout=9)


def test_what_cannot_be_explored_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setup = setup_of(BOARDS[1])
    command = arguments(setup, tmp_path)
    for change, message in (
        (["--recover", "never"], "no console line of the first"),
        (["--recover", "("], "is not a regular expression"),
        (["--faults", "hangs"], "there is no fault 'hangs'"),
        (["--jobs", "0"], "--jobs 0 does nothing"),
        (["--cell", "9:none"], "there is no cell '9:none'"),
    ):
        assert main([*command, *change]) == 2
        assert message in capsys.readouterr().err
