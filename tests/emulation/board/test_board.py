"""The board API on the embedded engine, driven with the project's own guests."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board, BoardTimeout
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.core import Stop

FIRMWARE = Path(__file__).resolve().parents[3] / "firmware"
BOARD = "b_l475e_iot01a"
PROBE = FIRMWARE / "probe" / f"{BOARD}.elf"
SHELL = FIRMWARE / "shell" / f"{BOARD}.elf"
BOTH = pytest.mark.parametrize("name", [BOARD, "cc3220sf_launchxl"])


def probe(name: str) -> Board:
    return Board(name, FIRMWARE / "probe" / f"{name}.elf")


def command(board: Board, text: str) -> str:
    board.wait_for_prompt("> ")
    board.write(text + "\r")
    return board.wait_for_line(r"^(ok|error) .* in \d+ ms$", timeout=60).text


def transcript(board: Board) -> list[str]:
    return [str(line) for line in board.uart.lines]


def record(board: Board) -> list[tuple[object, ...]]:
    """All that is traced from now on, but the console's bytes."""
    events: list[tuple[object, ...]] = []
    board.subscribe(
        lambda time, source, event, fields: (
            None if event == "uart" else events.append((time, source, event, repr(fields)))
        )
    )
    return events


@BOTH
def test_the_probe_passes_and_runs_the_same_twice(name: str) -> None:
    runs = []
    for _ in range(2):
        with probe(name) as board:
            events = record(board)
            board.wait_for_line("probe: PASSED", timeout=20)
            runs.append((transcript(board), events))
    assert runs[0][1]
    assert runs[0] == runs[1]


def test_a_folder_beside_the_program_holds_the_files_of_the_radio(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"kept in the serial flash")
    name = "cc3220sf_launchxl"
    with Board(name, [FIRMWARE / "probe" / f"{name}.elf", tmp_path]) as board:
        (radio,) = board.engine.machine.radios()  # type: ignore[attr-defined]
        assert radio.files.content("notes.txt") == b"kept in the serial flash"
        board.wait_for_line("probe: PASSED", timeout=20)


def test_a_radio_without_files_takes_no_folder(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"nowhere to keep")
    with pytest.raises(RenodeWifiError, match=r"no file system for notes\.txt"):
        Board(BOARD, [PROBE, tmp_path])


@BOTH
def test_slices_and_restored_snapshots_leave_the_run_as_it_is(name: str) -> None:
    with probe(name) as board:
        board.wait_for_line("probe: PASSED", timeout=20)
        straight = transcript(board)
    pieces = random.Random(7)
    with probe(name) as board:
        while "probe: PASSED" not in board.uart.text:
            board.run(pieces.uniform(0.0001, 0.2))
            snapshot = board.snapshot()
            if pieces.random() < 0.6:
                board.run(pieces.uniform(0.001, 0.05))
                board.restore(snapshot)
        assert transcript(board) == straight


def test_a_snapshot_goes_into_another_board_of_its_kind() -> None:
    with Board(BOARD, SHELL) as first:
        command(first, "start")
        first.wait_for_prompt("> ")
        kept = first.snapshot()
        expected = command(first, "join renode-wifi no-board-farm")
    with Board(BOARD, SHELL) as second:
        second.restore(kept)
        second.write("join renode-wifi no-board-farm\r")
        assert second.wait_for_line("^(ok|error) .* ms$", timeout=30).text == expected


def test_waiting_in_vain_reports_what_was_seen() -> None:
    with Board(BOARD, PROBE) as board:
        board.wait_for_line("probe: b_l475e")
        with pytest.raises(
            BoardTimeout, match=r"(?s)'never' on usart1 within 0\.01 s.*probe: b_l4"
        ):
            board.wait_for_line("never", timeout=0.01)
        with pytest.raises(BoardTimeout, match="no prompt"):
            board.wait_for_prompt("never", timeout=0.01)


def test_a_wait_does_not_return_a_line_twice() -> None:
    with Board(BOARD, SHELL) as board:
        first = command(board, "nonsense")
        assert "unknown command" in first
        with pytest.raises(BoardTimeout):
            board.wait_for_line("unknown command", timeout=0.01)
        assert board.wait_for_line("unknown command", start=0).text == first


def test_reset_starts_the_firmware_again() -> None:
    with Board(BOARD, PROBE) as board:
        board.wait_for_line("probe: b_l475e")
        board.reset()
        board.wait_for_line("probe: b_l475e", timeout=1)
        assert board.now < 1


def test_a_run_stops_when_asked_and_goes_on() -> None:
    with Board(BOARD, PROBE) as board:
        board.uart.listeners.append(lambda line: board.stop())
        assert board.run(1) is Stop.REQUEST
        assert board.now < 0.1
        board.uart.listeners.clear()
        assert board.run(0.1) is Stop.TIME


def test_an_image_of_another_board_is_refused() -> None:
    with pytest.raises(RenodeWifiError, match="does not fit cc3220sf_launchxl"):
        Board("cc3220sf_launchxl", PROBE)


def test_an_unknown_serial_port_is_reported_with_those_there_are() -> None:
    with Board(BOARD) as board, pytest.raises(RenodeWifiError, match="usart1"):
        board.write("x", uart="uart9")


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_time_does_not_run_back(seconds: float) -> None:
    with Board(BOARD, SHELL) as board, pytest.raises(RenodeWifiError, match="0 or more"):
        board.run(seconds)


def test_an_unknown_engine_is_reported() -> None:
    with pytest.raises(RenodeWifiError, match="embedded"):
        Board(BOARD, engine="steam")


def test_a_step_of_closing_that_fails_leaves_out_no_other() -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("fails")
        raise ValueError("of a step")

    board = Board("b_l475e_iot01a")
    board.closing += [partial(done.append, "first"), fail, partial(done.append, "last")]
    with pytest.raises(ValueError, match="of a step"):
        board.close()
    assert done == ["first", "fails", "last"]
