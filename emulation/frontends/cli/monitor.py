"""`renode-wifi monitor`: an interactive session with Renode's monitor commands."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from renode_wifi.emulation.board.console import UartLine
from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.cli.subcommand import Subparsers
from renode_wifi.emulation.frontends.gdb import offer
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.script.tokens import TRIPLE
from renode_wifi.peripherals.base.clock import SECOND

RUN_HELP = (
    "  run            lets a second of virtual time pass, as an empty line does; `run 10` ten"
)
INTRODUCTION = """\
Commands are those of Renode's monitor: `help` lists them. While the emulation is started, an empty
line (or `run`) lets a second of virtual time pass; `run 10` ten; Ctrl-C ends it early. `quit` ends
the session."""


def add(subparsers: Subparsers) -> None:
    command = subparsers.add_parser(
        "monitor",
        help="type monitor commands, as in Renode",
        description="An interactive monitor on the embedded engine.",
        epilog=INTRODUCTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "script", nargs="?", metavar="SCRIPT", help="a .resc file, or the name of a board"
    )
    command.add_argument(
        "-e", dest="commands", action="append", default=[], metavar="COMMAND", help="run first"
    )
    command.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    engine = EmbeddedEngine.empty()
    session = Session(engine)
    offer(engine)
    shown: set[str] = set()
    try:
        if options.script is not None:
            engine.execute(f"include @{_script(options.script)}")
        for line in options.commands:
            _carry_out(session, line, shown)
        if sys.stdin.isatty():
            print(INTRODUCTION)
        while not engine.script.requests.quit:
            line = _read(engine)
            if line is None:
                break
            try:
                _carry_out(session, line, shown)
            except RenodeWifiError as error:
                print(error)
    finally:
        session.close()
    return 0


def _script(name: str) -> Path:
    path = Path(name)
    return path if path.suffix == ".resc" else boards.find(name).script


def _read(engine: EmbeddedEngine) -> str | None:
    """A command: several lines while a triple-quoted text is open; None at the end of input."""
    machine = engine.script.machine
    prompt = f"({machine.name if machine is not None else 'monitor'}) "
    text = ""
    while True:
        try:
            text += input(prompt if sys.stdin.isatty() else "")
        except EOFError:
            return text or None
        if _is_complete(text):
            return text
        text += "\n"
        prompt = "... "


def _is_complete(text: str) -> bool:
    """False while a triple-quoted text is open: more lines are to come."""
    return text.count(TRIPLE) % 2 == 0


def _carry_out(session: Session, line: str, shown: set[str]) -> None:
    words = line.split()
    if not words or words[0] == "run":
        _run(session, _seconds(words[1]) if len(words) > 1 else 1.0)
        return
    printed = session.execute(line)
    if printed:
        print(printed)
    if words == ["help"]:
        print(RUN_HELP)
    engine = session.engine
    assert isinstance(engine, EmbeddedEngine)
    for uart in engine.script.requests.analyzers:
        name = uart.rsplit(".", 1)[-1]
        if name not in shown:
            shown.add(name)
            session.console(name).listeners.append(_Show(name))


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e9:
        raise RenodeWifiError(
            f"{text!r} is not a number of seconds above 0", cure="write `run 10`, or `run`"
        )
    return seconds


def _run(session: Session, seconds: float) -> None:
    engine = session.engine
    assert isinstance(engine, EmbeddedEngine)
    if not engine.script.requests.started:
        print("The emulation is paused; `start` it first.")
        return
    # Between two instructions, which a KeyboardInterrupt would not be.
    previous = signal.signal(signal.SIGINT, lambda *_: session.stop())
    try:
        session.engine.run(session.engine.now + round(seconds * SECOND))
    finally:
        signal.signal(signal.SIGINT, previous)
    if report := session.crash_report():
        print(report)


class _Show:
    """Prints a UART's lines, as Renode's analyzer window does."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, line: UartLine) -> None:
        print(f"{self.name} {line}", flush=True)
