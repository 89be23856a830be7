"""A crash that nobody asked for fails a test, whatever call lets time pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board, GuestCrash
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.core import Stop

BOARD = "b_l475e_iot01a"
TALK = Path(__file__).resolve().parents[3] / "firmware" / "talk" / f"{BOARD}.elf"


def typed(board: Board) -> Board:
    """The firmware is about to crash."""
    board.wait_for_prompt("talk>")
    board.write("crash\r")
    return board


@pytest.fixture
def board() -> Iterator[Board]:
    with Board(BOARD, TALK) as made:
        yield typed(made)


@pytest.mark.parametrize(
    "let_time_pass",
    [
        lambda board: board.run(1),
        lambda board: board.run_until(lambda: False, timeout=1),
        lambda board: board.wait_for_line("never", timeout=1),
        lambda board: board.wait_for_prompt("never", timeout=1),
        lambda board: board.wait_for_server("echo", "never", timeout=1),
        lambda board: board.wait_for_message("broker", "#", timeout=1),
        lambda board: board.execute('emulation RunFor "1"'),
    ],
)
def test_a_crash_fails_whatever_lets_time_pass(
    board: Board, let_time_pass: Callable[[Board], object]
) -> None:
    with pytest.raises(GuestCrash, match="HardFault"):
        let_time_pass(board)
    assert board.now < 0.6


def test_a_command_behind_a_crash_is_carried_out(board: Board) -> None:
    snapshot = board.snapshot()
    assert "HardFault" in board.wait_for_crash(1)
    assert board.execute("sysbus.cpu PC").startswith("0x")
    board.restore(snapshot)
    with pytest.raises(GuestCrash, match="HardFault"):
        board.run(1)
    board.reset()
    board.wait_for_prompt("talk>")


def test_a_crash_is_in_a_saved_state(board: Board, tmp_path: Path) -> None:
    board.wait_for_crash(1)
    board.execute(f"Save @{tmp_path}/crashed.save")
    board.reset()
    board.wait_for_prompt("talk>")
    board.execute(f"Load @{tmp_path}/crashed.save")
    assert board.crash is not None
    with pytest.raises(GuestCrash, match="HardFault"):
        board.run(1)


def test_what_a_fault_means_may_be_given_as_a_word() -> None:
    with Board(BOARD, TALK, on_fault="continue") as board:
        assert typed(board).run(1) is Stop.TIME
    with pytest.raises(RenodeWifiError, match="a fault can't mean 'explode'"):
        Board(BOARD, TALK, on_fault="explode")
