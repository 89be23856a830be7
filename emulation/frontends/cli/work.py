"""What commands have in common that do many runs: where they are done, what is left, progress."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.explore.progress import Progress
from renode_wifi.emulation.explore.workers import cluster, processes
from renode_wifi.emulation.frontends.cli.arguments import integer

REPORT_EVERY, TERMINAL_EVERY = 5.0, 0.2
"""Seconds between two lines of progress: where there is no terminal, and on one."""


def add_work_arguments(command: argparse.ArgumentParser, out: str) -> None:
    """out: the default of `--out`."""
    command.add_argument(
        "--jobs", type=integer, default=1, metavar="N", help="processes (default: %(default)s)"
    )
    command.add_argument("--scheduler", metavar="tcp://…", help="of a Dask cluster, which works")
    command.add_argument(
        "--out",
        type=Path,
        default=Path(out),
        metavar="FOLDER",
        help="results; those of the same that were broken off are gone on with"
        " (default: %(default)s)",
    )


def workers(options: argparse.Namespace) -> Callable[[], tuple[Executor, int]]:
    """Makes what the work is done on, and says how many workers it has. Raises RenodeWifiError."""
    jobs: int = options.jobs
    scheduler: str | None = options.scheduler
    if jobs < 1:
        raise RenodeWifiError(f"--jobs {jobs} does nothing", cure="give 1 or more")
    if scheduler is None:
        return lambda: (processes(jobs), jobs)
    return lambda: cluster(scheduler)


class ProgressLine:
    """Progress on standard error: one line that changes on a terminal, else a line now and then.

    what: is done, in plural.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._reported = 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        finished = progress.done == progress.total
        terminal = sys.stderr.isatty()
        if not finished and now - self._reported < (TERMINAL_EVERY if terminal else REPORT_EVERY):
            return
        self._reported = now
        minutes, rest = divmod(round(progress.left), 60)
        text = (
            f"renode-wifi: {progress.done} of {progress.total} {self._what},"
            f" {progress.failing} failing, {progress.rate:.1f} per second,"
            f" {minutes}:{rest:02d} left"
        )
        end = "\n" if finished or not terminal else ""
        print(f"\r{text}\x1b[K" if terminal else text, end=end, file=sys.stderr, flush=True)
