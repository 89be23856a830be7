"""`renode-wifi qualify`: run a Unity test image to its end."""

from __future__ import annotations

import argparse
import sys
import time as host_time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.console import UartLine
from renode_wifi.emulation.frontends.cli.arguments import (
    add_board_arguments,
    add_image_arguments,
    read_image,
    seconds,
)
from renode_wifi.emulation.frontends.cli.output import OutputFile, check_files
from renode_wifi.emulation.frontends.cli.signals import Interruption
from renode_wifi.emulation.frontends.cli.startup import without_collector
from renode_wifi.emulation.frontends.cli.streams import drop_unread
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.suites.qualification import (
    DEFAULT_TEST_TIME,
    DEFAULT_TIME,
    End,
    Expectation,
    Qualification,
    read_expected,
)
from renode_wifi.emulation.suites.report import write_unfinished
from renode_wifi.emulation.suites.unity import Outcome, TestResult
from renode_wifi.emulation.visible import visible

EXIT_CODES = """\
exit codes:
  0    the suite finished, every test as it should
  1    a test failed, ended otherwise than --expected says, or was not seen although the
       firmware counts it
  2    wrong arguments, image, board or world
  4    the firmware crashed
  5    the suite did not come to its end in time
  130  interrupted
  141  the reader of the results went away
"""
EXITS = {End.CRASHED: 4, End.HUNG: 5, End.TIME: 5, End.INTERRUPTED: 130}


def add(command: argparse.ArgumentParser) -> None:
    command.description = "Run a Unity test image to its end, test by test."
    command.epilog = EXIT_CODES
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    add_board_arguments(command)
    add_image_arguments(command)
    command.add_argument("--junit", type=Path, metavar="FILE", help="results as JUnit XML")
    command.add_argument("--json", type=Path, metavar="FILE", help="results as JSON")
    command.add_argument(
        "--expected",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="YAML of known outcomes with their reasons; can be repeated; <name>: of the package",
    )
    command.add_argument(
        "--label",
        type=_label,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="what the JSON shall say of the image: project, tag, configuration, …",
    )
    command.add_argument(
        "--time",
        type=seconds,
        default=DEFAULT_TIME,
        metavar="SECONDS",
        help="virtual, for the run (default: %(default)g)",
    )
    command.add_argument(
        "--test-time",
        type=seconds,
        default=DEFAULT_TEST_TIME,
        metavar="SECONDS",
        help="virtual, in which some test must end (default: %(default)g)",
    )
    command.add_argument(
        "--uart-log",
        type=Path,
        metavar="FILE",
        help="the console, with the times at which lines began and, if they took longer, ended",
    )
    command.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    check_files(options)
    expected: dict[str, Expectation] = {}
    for path in options.expected:
        expected |= read_expected(path)
    boards.find(options.board)
    image = read_image(options)
    with ExitStack() as stack:
        interruption = stack.enter_context(Interruption())
        write_unfinished(options.junit, options.json, image)
        log = None
        if options.uart_log is not None:
            log = stack.enter_context(OutputFile(options.uart_log))
        with without_collector():
            board = stack.enter_context(
                Board(options.board, image, options.world, options.seed, options.engine)
            )
        show = partial(_show, interruption)
        run = Qualification(board, expected, options.junit, options.json, show, dict(options.label))
        if log is not None:
            board.uart.listeners.append(_Log(log))
        run.on_progress = _Progress(interruption)
        interruption.stop = run.interrupt
        end = run.run(options.time, options.test_time)
        if interruption.asked:
            drop_unread()
        _summary(run, end)
        if end is not End.FINISHED:
            return EXITS[end]
        return 0 if run.good else 1


class _Progress:
    """Says which test is running, and for how long in virtual time: on a terminal in a line that is
    written again and again, elsewhere now and then."""

    def __init__(self, interruption: Interruption) -> None:
        self._interruption = interruption
        self._is_terminal = sys.stderr.isatty()
        self._period = 0.5 if self._is_terminal else 20.0
        self._last = host_time.monotonic()

    def __call__(self, name: str, seconds: float, now: float) -> None:
        real = host_time.monotonic()
        if real - self._last < self._period:
            return
        self._last = real
        text = visible(f"   running  {seconds:9.3f} s  {name}")
        end = "\x1b[K\r" if self._is_terminal else "\n"
        self._interruption.write(sys.stderr, f"{text}  (at {now:.0f} s){end}")


class _Log:
    """Keeps the console in a file, time-stamped."""

    def __init__(self, file: OutputFile) -> None:
        self._file = file

    def __call__(self, line: UartLine) -> None:
        self._file.write(f"{visible(line.span)}\n")
        self._file.flush()


def _label(text: str) -> tuple[str, str]:
    key, separator, value = text.partition("=")
    if not (key and separator):
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return key, value


def _show(interruption: Interruption, result: TestResult) -> None:
    if sys.stderr.isatty():
        interruption.write(sys.stderr, "\x1b[K")
    line = f"{result.outcome.value:>10}  {result.duration:9.3f} s  {result.group}.{result.name}"
    if result.outcome is Outcome.FAILED:
        line += f"\n{'':24}{result.file}:{result.line}: {result.message}"
    interruption.write(sys.stdout, f"{visible(line)}\n")


def _summary(run: Qualification, end: End) -> None:
    count = dict.fromkeys(Outcome, 0)
    for result in run.results:
        count[result.outcome] += 1
    counts = ", ".join(f"{number} {outcome.value}" for outcome, number in count.items() if number)
    print(
        f"{end.value} at {run.board.now:.3f} s of virtual time"
        f" ({run.real_seconds:.1f} s of real time): {counts or 'no tests'}"
    )
    for key, wrong in run.deviations():
        print(visible(f"  {key}: {wrong}"))
    for problem in run.problems():
        print(visible(f"  {problem}"))
    for result in run.results:
        known = run.expected.get(result.key)
        if known is not None and known.outcome is result.outcome:
            print(visible(f"  {result.key}: {result.outcome.value}, as known: {known.reason}"))
    if report := run.whereabouts:
        print(visible(report), file=sys.stderr)
