"""What a debugger costs that nobody uses: the node's program without one, with one that may be
asked for, and with a server that listens. In turn, in CPU time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.frontends.gdb import offer

ROOT = Path(__file__).resolve().parent.parent
BOARDS = ("b_l475e_iot01a", "cc3220sf_launchxl")
SECONDS, ROUNDS = 100.0, 5
GOAL = 1.02
"""Times the cost of nothing, for what is only offered. A listening server looks at its socket."""


def _offered(board: Board) -> None:
    offer(board.engine)


def _listening(board: Board) -> None:
    offer(board.engine)
    board.engine.execute("machine StartGdbServer 0")


NOTHING, OFFERED = "nothing", "offered"
STATES: dict[str, Callable[[Board], object]] = {
    NOTHING: lambda board: None,
    OFFERED: _offered,
    "listening": _listening,
}


def cost(name: str, prepare: Callable[[Board], object]) -> float:
    """CPU seconds of a run."""
    image = ROOT / "firmware" / "node" / f"{name}.elf"
    with Board(name, image, engine="embedded") as board:
        prepare(board)
        started = time.process_time()
        board.run(SECONDS)
        return time.process_time() - started


def main() -> None:
    for board in BOARDS:
        cost(board, STATES[NOTHING])  # What is loaded once.
        rounds = [
            {state: cost(board, prepare) for state, prepare in STATES.items()}
            for _ in range(ROUNDS)
        ]
        print(f"{board}, {SECONDS:g} virtual seconds, {ROUNDS} rounds:")
        for state in STATES:
            ratio = statistics.median(each[state] / each[NOTHING] for each in rounds)
            best = min(each[state] for each in rounds)
            goal = f" (goal {GOAL})" if state == OFFERED else ""
            print(f"  {state:<10} {best:6.3f} s, {ratio:5.3f} times nothing{goal}")
