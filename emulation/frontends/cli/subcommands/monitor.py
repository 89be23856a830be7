"""`renode-wifi monitor`: an interactive session with Renode's monitor commands."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.cli.signals import ENDING, heeded
from renode_wifi.emulation.frontends.gdb import offer
from renode_wifi.emulation.frontends.monitor.completion import complete
from renode_wifi.emulation.frontends.monitor.reader import Reader, new_reader
from renode_wifi.emulation.frontends.monitor.session import MonitorSession
from renode_wifi.emulation.platform import boards

INTRODUCTION = """\
Commands are those of Renode's monitor: `help` lists them, Tab completes them. While the emulation
is started, an empty line (or `run`) lets a second of virtual time pass; `run 10` ten; Ctrl-C ends
it early. `quit` ends the session."""


def add(command: argparse.ArgumentParser) -> None:
    command.description = "An interactive monitor on the embedded engine."
    command.epilog = INTRODUCTION
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.add_argument(
        "script", nargs="?", metavar="SCRIPT", help="a .resc file, or the name of a board"
    )
    command.add_argument(
        "-e", dest="commands", action="append", default=[], metavar="COMMAND", help="run first"
    )
    command.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    session = MonitorSession(lambda text: print(text, flush=True))
    offer(session.engine)
    try:
        ending = _Ending(session)
        reader = new_reader(
            lambda line: complete(session.engine.script, line),
            session.idle,
            session.ask,
            lambda: session.is_given_up,
        )
        with ending.heeded(), reader.attached():
            if options.script is not None:
                session.carry_out(f"include @{_script(options.script)}")
            for line in options.commands:
                session.carry_out(line)
            ending.reader = reader
            if sys.stdin.isatty():
                print(INTRODUCTION)
            _converse(session, reader)
    finally:
        session.close()
    return 0


class _Ending:
    """SIGTERM, and SIGHUP of a closed terminal, end the session; a run that is under way first."""

    def __init__(self, session: MonitorSession) -> None:
        self._session = session
        self.reader: Reader | None = None

    def on_signal(self, number: int, frame: object) -> None:
        self._session.end()
        asks = self.reader is not None and self.reader.asks
        if not self._session.engine.is_running and not asks:
            raise KeyboardInterrupt

    @contextmanager
    def heeded(self) -> Iterator[None]:
        with heeded(ENDING, self.on_signal):
            yield
            if self._session.is_ended:
                raise KeyboardInterrupt


def _converse(session: MonitorSession, reader: Reader) -> None:
    # The prompt takes Ctrl-C as a key, and a run handles the signal. In between it gives up the
    # line that was entered: an exception would end whatever it falls into.
    if not reader.handles_interrupts:
        _take_lines(session, reader)
        return
    previous = signal.signal(signal.SIGINT, lambda number, frame: session.give_up())
    try:
        _take_lines(session, reader)
    finally:
        signal.signal(signal.SIGINT, previous)


def _take_lines(session: MonitorSession, reader: Reader) -> None:
    while not session.is_over:
        try:
            line = reader.read(session.prompt)
            if line is None or session.is_over:
                return
            session.carry_out(line)
        except KeyboardInterrupt:
            continue  # At the prompt Ctrl-C gives up the line.
        except RenodeWifiError as error:
            print(error)
        if session.was_interrupted:
            reader.discard()  # As the terminal does with what has not been read yet.


def _script(name: str) -> Path:
    path = Path(name)
    return path if path.suffix == ".resc" else boards.find(name).script
