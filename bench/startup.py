"""From nothing to the first console line, and the memory of one board, as whole processes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL_SECONDS, GOAL_MEGABYTES = 0.4, 100
RUNS = 7
BOARDS = ("b_l475e_iot01a", "cc3220sf_launchxl")
FIRST_LINE = """
import os, sys
from renode_wifi.emulation.board.board import Board
board = Board(*sys.argv[1:])
board.wait_for_line("probe: ")
os.write(1, b"\\n")
sys.stdin.read()
"""
WHOLE = """
import sys
from renode_wifi.emulation.board.board import Board
board = Board(*sys.argv[1:])
board.wait_for_line("probe: PASSED")
"""


def _environment() -> dict[str, str]:
    """As a user has it: with Python's cache of compiled modules."""
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def _command(program: str, board: str) -> list[str]:
    image = ROOT / "firmware" / "probe" / f"{board}.elf"
    return [sys.executable, "-c", program, board, str(image)]


def first_line(board: str) -> float:
    """Seconds until the process has seen the board's first line."""
    started = time.perf_counter()
    process = subprocess.Popen(
        _command(FIRST_LINE, board),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(),
    )
    assert process.stdout is not None
    process.stdout.readline()
    seconds = time.perf_counter() - started
    process.communicate()
    return seconds


def peak_memory(board: str) -> float:
    """MB of resident memory at most, of a process that runs the whole probe."""
    pid = os.fork()
    if pid == 0:
        os.execv(sys.executable, _command(WHOLE, board))
    _, _, usage = os.wait4(pid, 0)
    kilobyte = 1024 if sys.platform != "darwin" else 1
    return usage.ru_maxrss * kilobyte / 1e6


def main() -> None:
    for board in BOARDS:
        first_line(board)
        seconds = [first_line(board) for _ in range(RUNS)]
        print(
            f"cold start to first UART line: median {statistics.median(seconds):.2f} s,"
            f" best {min(seconds):.2f} s (goal: {GOAL_SECONDS} s; {board})"
        )
        memory = peak_memory(board)
        print(f"peak memory of one board: {memory:.0f} MB (goal: {GOAL_MEGABYTES} MB; {board})")
