"""Robot Framework keywords. The names and arguments that Renode has too are Renode's.

Library    renode_wifi.RenodeWifi
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

from robot.api import logger
from robot.api.deco import keyword, library

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.console import UartLine
from renode_wifi.emulation.board.session import Session, Snapshot
from renode_wifi.emulation.engines import select as engines
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb import offer
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.suites.qualification import DEFAULT_TIME, Qualification, read_expected
from renode_wifi.emulation.suites.unity import TestResult

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.servers import Server
    from renode_wifi.peripherals.network.world import World

DEFAULT_UART_TIMEOUT = 8.0
"""Seconds of virtual time, as in Renode."""


@library(scope="TEST", version="1.0", doc_format="TEXT")
class RenodeWifi:
    """Emulated Wi-Fi boards. Timeouts are seconds of virtual time."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, engine: str = "auto") -> None:
        self.ROBOT_LIBRARY_LISTENER = self
        self.engine = engine
        self._session: Session | None = None
        self._testers: dict[int, str] = {}
        self._tester_ids = itertools.count()
        self._default_timeout = DEFAULT_UART_TIMEOUT
        self._default_tester: int | None = None
        self._failing: list[tuple[str, re.Pattern[str]]] = []
        self._snapshots: dict[str, Snapshot] = {}

    def end_test(self, data: object, result: object) -> None:
        """Robot's listener method: leave nothing running behind a test."""
        if self._session is not None:
            for console in self._session.consoles.values():
                text = "\n".join(map(str, console.lines))
                logger.info(f"{console.name}:\n{text}")
            self._session.close()
            self._session = None

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = Session(engines.start_empty(self.engine))
            offer(self._session.engine)
        return self._session

    # -- boards -------------------------------------------------------------------------------

    @keyword
    def create_board(
        self,
        name: str,
        image: str | list[str] | None = None,
        world: str | None = None,
        seed: int | None = None,
    ) -> None:
        """Start a board, with its console as default UART.

        image: firmware to run, a file or a list of files; world: world file (the default world
        without one).
        """
        self.reset_emulation()
        self._session = Board(name, image, world, seed, self.engine)
        offer(self._session.engine)
        self._default_tester = self.create_terminal_tester(self._session.uart.name)

    @keyword
    def board_names(self) -> list[str]:
        """Names for `Create Board`."""
        return boards.names()

    @keyword
    def run_for(self, seconds: float) -> None:
        """Let the board run for that much virtual time."""
        self.session.run(seconds)
        self._check_failing()

    @keyword
    def virtual_time(self) -> float:
        """Seconds of virtual time since power-on."""
        return self.session.now

    @keyword
    def take_snapshot(self, name: str = "default") -> None:
        """Keep the whole board as it is now."""
        self._snapshots[name] = self.session.snapshot()

    @keyword
    def restore_snapshot(self, name: str = "default") -> None:
        """Go back to a kept moment."""
        if name not in self._snapshots:
            raise RenodeWifiError(
                f"there is no snapshot {name!r}", cure="take it with `Take Snapshot` in this test"
            )
        self.session.restore(self._snapshots[name])

    @keyword
    def get_server(self, name: str) -> Server:
        """A server of the world by its name in the world file."""
        server: Server = self.session.world.server(name)
        return server

    @keyword
    def get_world(self) -> World:
        """The world around the board."""
        return self.session.world

    @keyword
    def qualify(
        self,
        junit: str | None = None,
        json: str | None = None,
        expected: str | None = None,
        time: float = DEFAULT_TIME,
    ) -> list[TestResult]:
        """Run the board's Unity test image to its end; fails unless every test ends as it should.

        junit, json: reports to write; expected: YAML of known outcomes. Returns the results.
        """
        known = {} if expected is None else read_expected(Path(expected))
        run = Qualification(
            self.session,
            known,
            None if junit is None else Path(junit),
            None if json is None else Path(json),
            lambda result: logger.info(f"{result.key}: {result.outcome.value}", also_console=True),
        )
        end = run.run(time)
        if not run.good:
            wrong = "\n".join(f"{key}: {what}" for key, what in run.deviations())
            raise AssertionError(f"{end.value}\n{wrong}")
        return run.results

    # -- Renode's control keywords ------------------------------------------------------------

    @keyword
    def execute_command(self, command: str, machine: str | None = None) -> str:
        """Run a monitor command; returns what it prints."""
        if machine is not None:
            self.session.execute(f'mach set "{machine}"')
        return self.session.execute(command)

    @keyword
    def execute_script(self, path: str) -> str:
        """Run a `.resc` script."""
        return self.session.execute(f"include @{Path(path).as_posix()}")

    @keyword
    def start_emulation(self) -> None:
        """Renode's `start`. Here virtual time passes while a keyword waits for something."""
        self.session.execute("start")

    @keyword
    def reset_emulation(self) -> None:
        """Drop all machines."""
        if self._session is not None:
            self._session.close()
        self._session = None
        self._testers.clear()
        self._default_tester = None
        self._failing.clear()

    # -- Renode's UART keywords ---------------------------------------------------------------

    @keyword
    def set_default_uart_timeout(self, timeout: float) -> None:
        self._default_timeout = timeout

    @keyword
    def create_terminal_tester(
        self,
        uart: str,
        timeout: float | None = None,
        machine: str | None = None,
        defaultPauseEmulation: bool = False,
    ) -> int:
        """Watch a UART, for example sysbus.usart1; returns the tester's id.

        machine: whose UART it is; to be given where there are several machines.
        """
        if timeout is not None:
            self._default_timeout = timeout
        tester = next(self._tester_ids)
        name = self.session.engine.source(uart.rsplit(".", 1)[-1], machine)
        self._testers[tester] = name
        console = self.session.console(name)
        console.listeners.append(self._on_line)
        if self._default_tester is None:
            self._default_tester = tester
        return tester

    @keyword
    def set_default_tester(self, id: int) -> None:
        self._default_tester = id

    @keyword
    def wait_for_line_on_uart(
        self,
        content: str,
        timeout: float | None = None,
        testerId: int | None = None,
        treatAsRegex: bool = False,
        includeUnfinishedLine: bool = False,
        pauseEmulation: bool = False,
        matchNextLine: bool = False,
    ) -> UartLine:
        """Run until a line contains `content` (or matches it as a regular expression)."""
        name = self._uart(testerId)
        pattern = content if treatAsRegex else re.escape(content)
        if includeUnfinishedLine and re.search(pattern, self.session.console(name).pending):
            return UartLine(self.session.engine.now, self.session.console(name).pending)
        line = self.session.wait_for_line(pattern, self._timeout(timeout), name)
        self._check_failing()
        return line

    @keyword
    def wait_for_next_line_on_uart(
        self, timeout: float | None = None, testerId: int | None = None
    ) -> UartLine:
        """Run until the next line is complete."""
        return self.session.wait_for_line("", self._timeout(timeout), self._uart(testerId))

    @keyword
    def wait_for_prompt_on_uart(
        self,
        prompt: str,
        testerId: int | None = None,
        timeout: float | None = None,
        treatAsRegex: bool = False,
        pauseEmulation: bool = False,
    ) -> str:
        """Run until the unfinished line contains `prompt`."""
        found = self.session.wait_for_prompt(prompt, self._timeout(timeout), self._uart(testerId))
        self._check_failing()
        return found

    @keyword
    def should_not_be_on_uart(
        self,
        content: str,
        timeout: float | None = None,
        testerId: int | None = None,
        treatAsRegex: bool = False,
    ) -> None:
        """Run for the timeout; fails when a line contains `content`."""
        console = self.session.console(self._uart(testerId))
        first = len(console.lines)
        self.session.run(self._timeout(timeout))
        pattern = re.compile(content if treatAsRegex else re.escape(content))
        index = console.find(pattern, first)
        if index is not None:
            raise AssertionError(f"unexpected line on {console.name}: {console.lines[index]}")

    @keyword
    def write_to_uart(self, content: str, testerId: int | None = None) -> None:
        self.session.write(content, self._uart(testerId))

    @keyword
    def write_line_to_uart(
        self, content: str = "", testerId: int | None = None, waitForEcho: bool = True
    ) -> None:
        """Type a line, ended by CR as from a terminal."""
        name = self._uart(testerId)
        self.session.write(content + "\r", name)
        if waitForEcho and content:
            self.session.wait_for_prompt(content, self._timeout(None), name)

    @keyword
    def write_char_on_uart(self, character: str, testerId: int | None = None) -> None:
        self.session.write(character, self._uart(testerId))

    @keyword
    def test_if_uart_is_idle(self, timeout: float, testerId: int | None = None) -> None:
        """Fails when a byte is sent within the timeout."""
        console = self.session.console(self._uart(testerId))
        before = console.save()
        self.session.run(timeout)
        if console.save() != before:
            raise AssertionError(f"{console.name} is not idle")

    @keyword
    def register_failing_uart_string(
        self, pattern: str, treatAsRegex: bool = False, testerId: int | None = None
    ) -> None:
        """From now on a line that contains `pattern` fails the test."""
        expression = re.compile(pattern if treatAsRegex else re.escape(pattern))
        self._failing.append((self._uart(testerId), expression))

    @keyword
    def unregister_failing_uart_string(
        self, pattern: str, treatAsRegex: bool = False, testerId: int | None = None
    ) -> None:
        wanted = pattern if treatAsRegex else re.escape(pattern)
        self._failing = [entry for entry in self._failing if entry[1].pattern != wanted]

    @keyword
    def get_terminal_tester_report(self, testerId: int | None = None) -> str:
        """All lines so far, with virtual time."""
        return "\n".join(map(str, self.session.console(self._uart(testerId)).lines))

    # -- inner --------------------------------------------------------------------------------

    def _uart(self, tester: int | None) -> str:
        chosen = self._default_tester if tester is None else int(tester)
        if chosen is None or chosen not in self._testers:
            raise RenodeWifiError(
                "there is no terminal tester", cure="use `Create Terminal Tester` first"
            )
        return self._testers[chosen]

    def _timeout(self, timeout: float | None) -> float:
        return self._default_timeout if timeout is None else float(timeout)

    def _on_line(self, line: UartLine) -> None:
        if any(pattern.search(line.text) for _, pattern in self._failing):
            self.session.stop()

    def _check_failing(self) -> None:
        for name, pattern in self._failing:
            console = self.session.console(name)
            index = console.find(pattern)
            if index is not None:
                raise AssertionError(f"failing line on {name}: {console.lines[index]}")
