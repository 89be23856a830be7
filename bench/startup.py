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
FIRST_LINE = """
import os, sys
from renode_wifi.emulation.board import Board
board = Board("b_l475e_iot01a", sys.argv[1])
board.wait_for_line("probe: ")
os.write(1, b"\\n")
sys.stdin.read()
"""
WHOLE = """
import sys
from renode_wifi.emulation.board import Board
board = Board("b_l475e_iot01a", sys.argv[1])
board.wait_for_line("probe: PASSED")
"""


def _environment() -> dict[str, str]:
    """As a user has it: with Python's cache of compiled modules."""
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def first_line() -> float:
    """Seconds until the process has seen the board's first line."""
    image = str(ROOT / "firmware" / "probe" / "b_l475e_iot01a.elf")
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", FIRST_LINE, image],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(),
    )
    assert process.stdout is not None
    process.stdout.readline()
    seconds = time.perf_counter() - started
    process.communicate()
    return seconds


def peak_memory() -> float:
    """MB of resident memory at most, of a process that runs the whole probe."""
    image = str(ROOT / "firmware" / "probe" / "b_l475e_iot01a.elf")
    pid = os.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", WHOLE, image])
    _, _, usage = os.wait4(pid, 0)
    kilobyte = 1024 if sys.platform != "darwin" else 1
    return usage.ru_maxrss * kilobyte / 1e6


def main() -> None:
    first_line()
    seconds = [first_line() for _ in range(RUNS)]
    print(
        f"cold start to first UART line: median {statistics.median(seconds):.2f} s,"
        f" best {min(seconds):.2f} s (goal: {GOAL_SECONDS} s)"
    )
    print(f"peak memory of one board: {peak_memory():.0f} MB (goal: {GOAL_MEGABYTES} MB)")
