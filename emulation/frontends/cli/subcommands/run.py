"""`renode-wifi run`: run an image and watch its console."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.console import UartLine
from renode_wifi.emulation.frontends.cli.arguments import (
    add_board_arguments,
    add_fault_argument,
    add_image_arguments,
    host_and_port,
    read_image,
    seconds,
)
from renode_wifi.emulation.frontends.cli.consoles import add_console_arguments, connect_consoles
from renode_wifi.emulation.frontends.cli.observe import NOT_ENDED, Observers, add_observer_arguments
from renode_wifi.emulation.frontends.cli.output import OutputFile, ReportFile, check_files
from renode_wifi.emulation.frontends.cli.signals import Interruption
from renode_wifi.emulation.frontends.cli.startup import without_collector
from renode_wifi.emulation.frontends.cli.streams import drop_unread
from renode_wifi.emulation.frontends.gdb import Killed, offer, serve
from renode_wifi.emulation.observers.traffic import Traffic
from renode_wifi.emulation.patterns import compiled
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.core import OnFault, Stop
from renode_wifi.emulation.visible import visible
from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND

EXIT_CODES = """\
exit codes:
  0    --until was seen; or --time passed and no --until was asked for
  1    --time passed before --until was seen
  2    wrong arguments, image, board or world
  3    --fail-on was seen
  4    the firmware crashed
  6    --contract found something
  130  interrupted
  141  the reader of the console went away
"""
EXIT_SEEN, EXIT_TIME, EXIT_ERROR, EXIT_FAILED, EXIT_CRASH, EXIT_INTERRUPTED = 0, 1, 2, 3, 4, 130
EXIT_CONTRACT = 6
DEFAULT_SECONDS = 60.0
ENDLESS_SECONDS = 1e9
STATUS_SLICE = 50 * MILLISECOND
"""Virtual time between looks at the status line; how a run is cut changes nothing in it."""

QUIET = 2 * MILLISECOND
"""Virtual time without a byte after which a line under way is a prompt. A character at 9600 baud
takes half of it."""
UNFINISHED = "\0"


def add(command: argparse.ArgumentParser) -> None:
    command.description = "Run a firmware image; its console appears with virtual time stamps."
    command.epilog = EXIT_CODES
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    add_board_arguments(command)
    add_image_arguments(command)
    command.add_argument("--until", metavar="REGEX", help="end well when a console line matches")
    command.add_argument("--fail-on", metavar="REGEX", help="end badly when a console line matches")
    command.add_argument(
        "--time",
        type=seconds,
        metavar="SECONDS",
        help=f"virtual time to run at most (default: {DEFAULT_SECONDS:g}; no end with --gdb or -i)",
    )
    command.add_argument(
        "--gdb",
        type=host_and_port,
        metavar="[HOST:]PORT",
        help="serve a debugger, and wait for it before the first instruction (0: any free port)",
    )
    command.add_argument(
        "--gdb-attach", action="store_true", help="don't wait for the debugger of --gdb"
    )
    add_fault_argument(command)
    add_console_arguments(command)
    command.add_argument(
        "--script",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="monitor commands that are carried out before the image starts; may be repeated",
    )
    command.add_argument("--uart-log", type=Path, metavar="FILE", help="the console, time-stamped")
    add_observer_arguments(command)
    command.add_argument("--json", type=Path, metavar="FILE", help="the outcome as JSON")
    command.add_argument(
        "--raw",
        action="store_true",
        help="let the terminal obey what the firmware prints: colours, but also any other sequence",
    )
    command.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    check_files(options)
    until = _expression(options.until, "--until")
    fail_on = _expression(options.fail_on, "--fail-on")
    boards.find(options.board)  # A wrong name first: `make demo` names the image by it.
    image = read_image(options)
    outcome: dict[str, Any] = {
        "board": options.board,
        "image": str(image.path),
        "engine": options.engine,
        "exit_code": EXIT_ERROR,
        "reason": NOT_ENDED,
    }
    with ExitStack() as stack:
        interruption = stack.enter_context(Interruption())
        uart_log = report = None
        if options.uart_log is not None:
            uart_log = stack.enter_context(OutputFile(options.uart_log))
        observers = stack.enter_context(Observers(options))
        image = observers.with_symbols(image)
        if options.json is not None:
            report = stack.enter_context(ReportFile(options.json, _as_json(outcome)))
        try:
            with without_collector():
                board = stack.enter_context(
                    Board(
                        options.board,
                        image,
                        options.world,
                        options.seed,
                        options.engine,
                        OnFault(options.on_fault),
                    )
                )
            outcome["engine"] = board.engine.name
            for script in options.script:
                board.execute(f"include @{str(script.absolute()).replace(' ', chr(92) + ' ')}")
            traffic = Traffic(board)
            observers.attach(board)
            watch = _Watch(board, until, fail_on, uart_log, options.raw, interruption)
            offer(board.engine)
            limit = DEFAULT_SECONDS if options.time is None else options.time
            if options.gdb is not None:
                _serve_debugger(board, options.gdb, not options.gdb_attach)
            if options.gdb is not None or options.interactive:
                limit = options.time or ENDLESS_SECONDS
            watch.is_shown = not connect_consoles(options, board)
            _observe(board, watch, traffic, limit, outcome)
            unfinished = None if outcome["exit_code"] == EXIT_SEEN else str(outcome["reason"])
            if not observers.end(unfinished) and outcome["exit_code"] == EXIT_SEEN:
                outcome.update(exit_code=EXIT_CONTRACT, reason="the port contract is broken")
        except KeyboardInterrupt:
            outcome.update(exit_code=EXIT_INTERRUPTED, reason="interrupted")
            raise
        except Exception as error:
            outcome["reason"] = str(error)
            raise
        finally:
            if report is not None:
                report.write(_as_json(outcome))
    if interruption.asked:
        drop_unread()
    if outcome["crash"]:
        print(visible(outcome["crash"]), file=sys.stderr)
    if outcome.get("where"):
        print(visible(outcome["where"]), file=sys.stderr)
    if board.handled_faults:
        print(f"renode-wifi: {handled_faults(board)}", file=sys.stderr)
    print(
        f"renode-wifi: {outcome['reason']} at {outcome['virtual_seconds']:.6f} s"
        f" ({outcome['wall_seconds']:.1f} s of real time)",
        file=sys.stderr,
    )
    code: int = outcome["exit_code"]
    return code


def _serve_debugger(board: Board, place: tuple[str, int], wait: bool) -> None:
    host, port = place
    server = serve(board.engine, port, host, wait)
    waits = "the board waits for a debugger" if wait else "the board runs"
    print(
        f"renode-wifi: GDB server on {server.host}:{server.port}; {waits}\n"
        f"  (gdb) target remote {server.host}:{server.port}",
        file=sys.stderr,
        flush=True,
    )


def _as_json(outcome: dict[str, Any]) -> str:
    return json.dumps(outcome, indent=2) + "\n"


def _observe(
    board: Board, watch: _Watch, traffic: Traffic, seconds: float, outcome: dict[str, Any]
) -> None:
    """Run, and complete `outcome` however that ends."""
    started = time.monotonic()
    try:
        try:
            stop = _run(board, watch, traffic, seconds)
        except Killed:
            watch.interruption.asked, stop = True, Stop.REQUEST
        watch.finish()
    finally:
        outcome.update(
            virtual_seconds=board.now,
            wall_seconds=round(time.monotonic() - started, 3),
            instructions=board.engine.instructions,
            traffic=traffic.as_dict(),
            crash=board.crash_report() or None,
            handled_faults=board.handled_fault_count,
            uart_forgotten=board.uart.forgotten,
            uart=[{"time": line.time, "text": line.text} for line in board.uart.lines],
        )
    code = watch.code(stop)
    outcome.update(exit_code=code, reason=watch.reason(stop))
    if code in (EXIT_TIME, EXIT_INTERRUPTED):
        outcome["where"] = board.whereabouts()


class _Watch:
    """Shows the console, keeps its log, and sees what ends the run."""

    def __init__(
        self,
        board: Board,
        until: re.Pattern[str] | None,
        fail_on: re.Pattern[str] | None,
        log: TextIO | None,
        raw: bool,
        interruption: Interruption,
    ) -> None:
        self.board = board
        self.until = until
        self.fail_on = fail_on
        self.log = log
        self.shown: Callable[[str], str] = str if raw else visible
        self.interruption = interruption
        self.is_shown = True
        self.seen: UartLine | None = None
        self.failed: UartLine | None = None
        self.prompted = False
        """The line under way matches; it may go on."""
        self._last_byte = 0
        board.uart.listeners.append(self.on_line)
        if until is not None or fail_on is not None:
            board.uart.byte_listeners.append(self.on_byte)

    @property
    def done(self) -> bool:
        return self.interruption.asked or self.seen is not None or self.failed is not None

    def on_line(self, line: UartLine) -> None:
        self.prompted = False
        text = f"{self.shown(str(line))}\n"
        if self.log is not None:
            self.log.write(text)
            self.log.flush()
        if self.is_shown:
            self.interruption.write(sys.stdout, text)
        if self.done:
            return
        if self.fail_on is not None and self.fail_on.search(line.text):
            self.failed = line
        elif self.until is not None and self.until.search(line.text):
            self.seen = line
        if self.done:
            self.board.stop()

    def on_byte(self, time: int, byte: int) -> None:
        """Look at the line under way: a prompt has no line feed."""
        self._last_byte = time
        if self.done or self.prompted or not self.board.uart.pending:
            return
        # With something behind it, what is to match the end of a line does not match here.
        text = self.board.uart.pending + UNFINISHED
        if any(wanted and wanted.search(text) for wanted in (self.fail_on, self.until)):
            self.prompted = True
            self.board.stop()

    @property
    def settled_at(self) -> int:
        """When a line under way that matches counts as complete (ns)."""
        return self._last_byte + QUIET

    def settle(self) -> None:
        """No more came: the line under way is a prompt."""
        self.prompted = False
        if not self.done and self.board.uart.pending:
            self.board.uart.flush()

    def finish(self) -> None:
        """Show the line that the guest had not ended yet: no output is lost."""
        if self.board.uart.pending:
            self.board.uart.flush()

    def code(self, stop: Stop) -> int:
        if self.failed is not None:
            return EXIT_FAILED
        if self.seen is not None:
            return EXIT_SEEN
        if self.interruption.asked:
            return EXIT_INTERRUPTED
        if stop is Stop.CRASH:
            return EXIT_CRASH
        return EXIT_TIME if self.until is not None else EXIT_SEEN

    def reason(self, stop: Stop) -> str:
        if self.failed is not None:
            return f"--fail-on matched {self.failed.text!r}"
        if self.seen is not None:
            return f"--until matched {self.seen.text!r}"
        if self.interruption.asked:
            return "interrupted"
        if stop is Stop.CRASH:
            return "the firmware crashed"
        return "--until was not seen" if self.until is not None else "the time is over"


def _run(board: Board, watch: _Watch, traffic: Traffic, seconds: float) -> Stop:
    engine = board.engine
    end = engine.now + round(seconds * SECOND)
    watch.interruption.stop = board.stop
    with ExitStack() as stack:
        show = None
        if watch.is_shown and sys.stderr.isatty() and sys.stdout.isatty():
            show = stack.enter_context(_status_line())
        started = time.monotonic()
        while True:
            until = end if show is None else min(end, engine.now + STATUS_SLICE)
            stop = engine.run(min(until, watch.settled_at) if watch.prompted else until)
            if watch.prompted and engine.now >= watch.settled_at:
                watch.settle()
            if watch.done or stop is Stop.CRASH or engine.now >= end:
                return stop
            if show is not None:
                show(_status(board, traffic, time.monotonic() - started))


@contextmanager
def _status_line() -> Iterator[Callable[[str], None]]:
    """A line below the console's that is written anew; gone at the end."""
    # Slow to load, and of no use but to a terminal.
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(stderr=True), refresh_per_second=4, transient=True) as live:
        yield lambda status: live.update(Text(status))


def _status(board: Board, traffic: Traffic, wall: float) -> str:
    speed = board.now / wall if wall > 0 else 0.0
    mips = board.engine.instructions / wall / 1e6 if wall > 0 else 0.0
    return (
        f"{board.now:9.3f} s virtual  {speed:5.1f}x real time  {mips:4.0f} MIPS"
        f"  sockets {traffic.open}  sent {traffic.sent} B  received {traffic.received} B"
    )


def handled_faults(board: Board) -> str:
    """How many faults the firmware's own handlers took, and the first of them."""
    count, first = board.handled_fault_count, board.handled_faults[0]
    return (
        f"the firmware's own handlers took {count} fault{'s' if count > 1 else ''},"
        f" the first at {first.time / SECOND:.6f} s: {first.cause}, {board.place(first.pc)}"
    )


def _expression(text: str | None, option: str) -> re.Pattern[str] | None:
    return None if text is None else compiled(text, option=option)
