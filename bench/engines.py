"""The same programs on the embedded engine and on Renode, each from power-on to a line of its own.

Both run without a brake: virtual time passes as fast as the machine lets it. Two figures per run:
the time until the board can run (process, platform, world), and the time that the program takes.
Renode's runs are cold in a process of their own, and warm in one that has run the program before.
The probes talk to servers all the time; the suite mostly sleeps. Of images that are named, such as
a qualification test, the real time that a second of virtual time takes is measured.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from bench.renode import find_renode
from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.engines.renode import driven

FIRMWARE = Path(__file__).resolve().parent.parent / "firmware"
PROBE_DONE = "probe: (PASSED|FAILED)"
SUITE_DONE = "Tests [0-9]+ Failures"
PROGRAMS = (
    ("ST probe", "b_l475e_iot01a", "probe/b_l475e_iot01a.elf", PROBE_DONE),
    ("TI probe", "cc3220sf_launchxl", "probe/cc3220sf_launchxl.elf", PROBE_DONE),
    ("ST suite", "b_l475e_iot01a", "unity/b_l475e_iot01a-finishes.elf", SUITE_DONE),
)
TIMEOUT = 60.0
STEP = 1.0
"""Seconds of virtual time between looks at the clock."""


class Run(NamedTuple):
    """Seconds of real time, and the virtual time of the program's end."""

    program: float
    start: float
    virtual: float


class Subject(NamedTuple):
    """An image that is run for `virtual` seconds, or for `real` ones at most."""

    board: str
    image: Path
    world: Path | None
    virtual: float
    real: float = 120.0


def run(engine: str, board_name: str, image: str, until: str) -> Run:
    begun = time.perf_counter()
    with Board(board_name, FIRMWARE / image, engine=engine) as board:
        started = time.perf_counter()
        board.wait_for_line(until, TIMEOUT)
        return Run(time.perf_counter() - started, started - begun, board.now)


def pace(engine: str, subject: Subject) -> tuple[float, float]:
    """Virtual seconds, and real seconds for each of them; the start is left out."""
    with Board(subject.board, subject.image, engine=engine, world=subject.world) as board:
        begun = time.perf_counter()
        while board.now < subject.virtual and time.perf_counter() - begun < subject.real:
            board.run(min(STEP, subject.virtual - board.now))
        return board.now, (time.perf_counter() - begun) / board.now


def quit_time() -> float:
    """Seconds until the Renode that waits for its next run has ended."""
    begun = time.perf_counter()
    driven.end_idle()
    return time.perf_counter() - begun


def main(subjects: Sequence[Subject] = ()) -> None:
    has_renode = find_renode() is not None
    if subjects:
        _compare_images(subjects, has_renode)
        return
    table = Table(
        *("program", "virtual s", "embedded s", "Renode cold s", "warm s", "ratio"),
        *("its start", "Renode's cold", "warm", "quit"),
        box=None,
    )
    for name, board, image, until in PROGRAMS:
        print(f"  {name} ...", file=sys.stderr, flush=True)
        # The first run compiles and caches what a later one finds.
        own = min(run("embedded", board, image, until) for _ in range(2))
        row = [name, f"{own.virtual:.2f}", f"{own.program:.3f}"]
        if has_renode:
            driven.end_idle()
            cold = run("renode", board, image, until)
            warm = min(run("renode", board, image, until) for _ in range(2))
            row += [f"{cold.program:.1f}", f"{warm.program:.2f}"]
            row += [f"{warm.program / own.program:.0f}"]
            row += [f"{own.start:.2f}", f"{cold.start:.1f}", f"{warm.start:.2f}"]
            row += [f"{quit_time():.2f}"]
        else:
            row += ["not found", "", "", f"{own.start:.2f}", "", "", ""]
        table.add_row(*row)
    Console(soft_wrap=True).print(table)


def _compare_images(subjects: Sequence[Subject], has_renode: bool) -> None:
    table = Table(
        *("image", "board", "virtual s", "embedded s per virtual s", "Renode s per virtual s"),
        box=None,
    )
    for subject in subjects:
        print(f"  {subject.image.name} ...", file=sys.stderr, flush=True)
        virtual, own = pace("embedded", subject)
        row = [subject.image.stem, subject.board, f"{virtual:.0f}", f"{own:.2f}"]
        if has_renode:
            virtual, other = pace("renode", subject)
            row[2] += f", {virtual:.0f}"
            row.append(f"{other:.2f}")
        else:
            row.append("not found")
        table.add_row(*row)
    driven.end_idle()
    Console(soft_wrap=True).print(table)
