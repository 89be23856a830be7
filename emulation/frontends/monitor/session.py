"""Carries out monitor lines, and lets time pass as they ask."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from renode_wifi.emulation.board.console import UartLine
from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.contract import offer_contract
from renode_wifi.emulation.frontends.gdb import Killed
from renode_wifi.emulation.frontends.monitor.lines import INTERRUPTED
from renode_wifi.emulation.frontends.recording import offer_recordings
from renode_wifi.emulation.platform.core import Stop
from renode_wifi.emulation.platform.machine import LOG
from renode_wifi.emulation.script.tokens import join_lines
from renode_wifi.emulation.terminals.pace import RealTime
from renode_wifi.emulation.visible import visible
from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND

RUN = "lets a second of virtual time pass, as an empty line does; `run 10` ten"
RUN_HELP = f"  run            {RUN}"
HELP = ("help", "?", "h")
IDLE_SLICE = 20 * MILLISECOND
"""Virtual time that passes at once for debuggers and terminals while the prompt waits."""


class MonitorSession:
    """write: prints a line."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self.engine = EmbeddedEngine.empty()
        self.session = Session(self.engine)
        offer_recordings(self.session)
        offer_contract(self.session)
        self.is_ended = False
        self.is_given_up = False
        """The next line is not to be carried out."""
        self.was_interrupted = False
        """Ctrl-C came while the last line was carried out."""
        self._write = write
        self._shown: dict[str, str] = {}
        """Serial ports whose lines are printed, with the unfinished line that was."""
        self._watches: list[_Watch] = []
        self._pace = RealTime()
        """Of people at terminals."""
        self._log = LogDisplay(write)

    @property
    def prompt(self) -> str:
        machine = self.engine.script.machine
        return f"({machine.name if machine is not None else 'monitor'}) "

    @property
    def is_over(self) -> bool:
        return self.is_ended or self.engine.script.requests.quit

    def end(self) -> None:
        """No further line is carried out, and the run under way stops."""
        self.is_ended = True
        if self.engine.is_running:
            self.session.stop()

    def give_up(self) -> None:
        """The line that is carried out next is interrupted at once, unless `ask` comes before."""
        self.is_given_up = True

    def ask(self) -> None:
        """A new line is about to be typed."""
        self.is_given_up = False

    def carry_out(self, text: str) -> None:
        """Run a line, or several that were pasted. Ctrl-C ends the run that is under way, and what
        was pasted behind it, not the session. Raises RenodeWifiError."""
        self._watches.clear()
        self.was_interrupted = False
        lines = [line for _, line in join_lines(text) if line.strip()]
        for line in lines or [text]:
            self._carry_out(line)
            if self.was_interrupted or self.is_over:
                return

    def _carry_out(self, line: str) -> None:
        with self._interruptible():
            if self.is_given_up:
                self.is_given_up, self.was_interrupted = False, True
                raise KeyboardInterrupt
            words = line.split()
            if not words or words[0] == "run":
                self.run(_seconds(words[1]) if len(words) > 1 else 1.0)
                return
            if words[0] in HELP and words[1:] == ["run"]:
                self._write(f"run [seconds]\n  {RUN}")
                return
            printed = self.session.execute(line)
            if printed:
                self._write(printed)
            if words[0] in HELP and not words[1:]:
                self._write(RUN_HELP)
            self._show_consoles()
            self._take_watches()

    def run(self, seconds: float) -> None:
        """Let virtual time pass, if the emulation is started."""
        if not self.engine.script.requests.started:
            self._write("The emulation is paused; `start` it first.")
            return
        end = self.engine.now + round(seconds * SECOND)
        try:
            stop = self.engine.run(end)
        except Killed as error:
            self._write(error.message)
            return
        self._show_pending()
        if stop is Stop.REQUEST and self.engine.now < end:
            self._write(f"stopped at {self.engine.now / SECOND:.6f} s")
        if report := self.session.crash_report():
            self._write(visible(report))

    def idle(self) -> bool:
        """Do what debuggers and terminals ask while nobody types. False: nothing was to be done.

        Raises KeyboardInterrupt once the session is to end.
        """
        if self.is_ended:
            raise KeyboardInterrupt
        control, terminals = self.engine.control, self.engine.terminals
        if control is not None:
            control.poll()
        terminals.poll()
        self._watch()
        wants_to_run = terminals.is_live if control is None else control.wants_to_run
        if not wants_to_run or not self.engine.script.requests.started:
            return False
        before = self.engine.now
        try:
            self.engine.run(before + IDLE_SLICE)
        except Killed as error:
            self._write(error.message)
        if control is None:
            self._pace.wait(self.engine.now)
        return self.engine.now > before

    def close(self) -> None:
        self._log.remove()
        self.session.close()

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        def interrupt(number: int, frame: object) -> None:
            self.was_interrupted = True
            # Between two instructions, which a KeyboardInterrupt would not be.
            if not self.engine.is_running:
                raise KeyboardInterrupt
            self.session.stop()

        previous = signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        except KeyboardInterrupt:
            self._write(INTERRUPTED)
        finally:
            signal.signal(signal.SIGINT, previous)

    def _take_watches(self) -> None:
        now = time.monotonic()
        asked = self.engine.script.requests.watches
        self._watches = [_Watch(line, period / 1000, now + period / 1000) for line, period in asked]
        asked.clear()

    def _watch(self) -> None:
        """Repeat what was asked for by `watch`, until another line is typed."""
        for watch in self._watches:
            if time.monotonic() >= watch.due:
                watch.due = time.monotonic() + watch.period
                try:
                    self._write(self.session.execute(watch.line))
                except RenodeWifiError as error:
                    self._write(str(error))
                    self._watches.remove(watch)
                    return

    def _show_consoles(self) -> None:
        for uart in self.engine.script.requests.analyzers:
            name = uart.rsplit(".", 1)[-1]
            if name not in self._shown:
                self._shown[name] = ""
                self.session.console(name).listeners.append(_Show(name, self._write))

    def _show_pending(self) -> None:
        """Prompts end without a line feed."""
        for name, shown in self._shown.items():
            console = self.session.console(name)
            line = str(UartLine(console.pending_since, console.pending)) if console.pending else ""
            if line and line != shown:
                self._write(visible(f"{name} {line}"))
            self._shown[name] = line


class LogDisplay(logging.Handler):
    """Prints the machines' log from Info on, as Renode does; `logLevel` changes that."""

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__()
        self._write = write
        self._logger = logging.getLogger(LOG)
        self._before = self._logger.level, self._logger.propagate
        if self._logger.level == logging.NOTSET:
            self._logger.setLevel(logging.INFO)
        self._logger.propagate = False
        self._logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self._write(f"[{record.levelname}] {record.getMessage()}")

    def remove(self) -> None:
        self._logger.removeHandler(self)
        level, self._logger.propagate = self._before
        self._logger.setLevel(level)


@dataclass
class _Watch:
    """A line to repeat. period: in seconds of real time. due: by the host's monotonic clock."""

    line: str
    period: float
    due: float


class _Show:
    """Prints a UART's lines, as Renode's analyzer window does."""

    def __init__(self, name: str, write: Callable[[str], None]) -> None:
        self.name = name
        self.write = write

    def __call__(self, line: UartLine) -> None:
        self.write(visible(f"{self.name} {line}"))


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
