"""Keywords that Renode has not: boards by name, snapshots, the world, crashes, Unity suites."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from robot.api import logger
from robot.libraries.BuiltIn import BuiltIn, RobotNotRunningError

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.session import Snapshot
from renode_wifi.emulation.engines.engine import Engine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb import serve
from renode_wifi.emulation.frontends.recording import record
from renode_wifi.emulation.frontends.robot.decorator import Replay, keyword
from renode_wifi.emulation.frontends.robot.keywords.uart import UartKeywords
from renode_wifi.emulation.frontends.robot.terminal_tester import Received
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.core import OnFault
from renode_wifi.emulation.suites.qualification import DEFAULT_TIME, Qualification, read_expected
from renode_wifi.emulation.suites.unity import TestResult

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.servers import Server
    from renode_wifi.peripherals.network.world import World


GDB = "${GDB}"
"""Of the command line: the port on which every board of `Create Board` waits for a debugger."""


class BoardKeywords(UartKeywords):
    """Times are seconds of virtual time."""

    def __init__(self, engine: str = "auto") -> None:
        super().__init__(engine)
        self._snapshots: dict[str, tuple[Snapshot, list[Received]]] = {}

    @keyword()
    def create_board(
        self,
        name: str,
        image: str | list[str] | None = None,
        world: str | None = None,
        seed: int | None = None,
        onFault: str = "report",
    ) -> None:
        """Start a board, with its console as default UART.

        image: firmware to run, a file or a list of files. world: world file (the default world
        without one). onFault: report lets the firmware's fault handlers run, and fails the test
        when they only loop; stop fails it at every fault; continue only at a lockup.
        """
        self.end_session()
        self.use(Board(name, image, world, seed, self.engine, OnFault(onFault)))
        _serve_if_asked(self.session.engine)
        self.watch_console(self.session.uart.name)

    @keyword(Replay.NEVER)
    def board_names(self) -> list[str]:
        """Names for `Create Board`."""
        return boards.names()

    @keyword()
    def run_for(self, seconds: float) -> None:
        """Let the board run for that much virtual time."""
        self.let_pass(seconds)
        self.check_failing_strings()

    @keyword(Replay.NEVER)
    def virtual_time(self) -> float:
        """Seconds of virtual time since power-on."""
        return self.session.now

    @keyword()
    def wait_for_crash(self, timeout: float) -> str:
        """Run until the firmware crashes, which fails no test that waits for it; the report."""
        with self.expecting_crash():
            report = self.session.wait_for_crash(timeout)
            self._crash_reported = True
            return report

    @keyword(Replay.NEVER)
    def take_snapshot(self, name: str = "default") -> None:
        """Keep the whole board as it is now."""
        testers = [tester.save() for tester in self.uart_testers.all()]
        self._snapshots[name] = self.session.snapshot(), testers

    @keyword(Replay.NEVER)
    def restore_snapshot(self, name: str = "default") -> None:
        """Go back to a kept moment."""
        if name not in self._snapshots:
            raise RenodeWifiError(
                f"there is no snapshot {name!r}", cure="take it with `Take Snapshot` in this test"
            )
        snapshot, testers = self._snapshots[name]
        self.session.restore(snapshot)
        for tester, received in zip(self.uart_testers.all(), testers, strict=False):
            tester.restore(received)

    def forget_snapshots(self) -> None:
        self._snapshots.clear()

    @keyword()
    def set_sensor(self, sensor: str, quantity: str, value: float) -> None:
        """Let a sensor, such as hts221, measure something else from now on.

        quantity: such as temperature (°C), humidity (%), pressure (hPa), acceleration_z (g).
        """
        self.session.set_sensor(sensor, quantity, value)

    @keyword(Replay.NEVER)
    def record_run(self, kind: str, path: str, settings: str = "") -> None:
        """Write a file about the run from here on, until the end of the test. kind: vcd,
        perfetto or report.

        settings: for vcd the signals, such as usart1,led1=gpioPortA.5.
        """
        file = Path(path).absolute()
        record(self.session, kind, file, settings)
        logger.info(f'<a href="{file.as_uri()}">{file.name}</a>', html=True)

    @keyword(Replay.NEVER)
    def get_server(self, name: str) -> Server:
        """A server of the world by its name in the world file."""
        server: Server = self.session.world.server(name)
        return server

    @keyword(Replay.NEVER)
    def get_world(self) -> World:
        """The world around the board."""
        return self.session.world

    @keyword(Replay.NEVER)
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


def _serve_if_asked(engine: Engine) -> None:
    """Let a board that has just started wait for a debugger, if the command line says so."""
    try:
        port = BuiltIn().get_variable_value(GDB)
    except RobotNotRunningError:
        return
    if port is None:
        return
    try:
        number = int(port)
    except ValueError:
        raise RenodeWifiError(
            f"{GDB} is {port!r}, which is no port", cure="robot --variable GDB:3333"
        ) from None
    server = serve(engine, number)
    logger.console(f"\nthe board waits: (gdb) target remote {server.host}:{server.port}")
