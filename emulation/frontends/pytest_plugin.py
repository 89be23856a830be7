"""pytest fixtures for firmware tests: `pytest --board b_l475e_iot01a --image build/firmware.elf`.

    def test_it_joins(board):
        board.wait_for_line("WiFi connected", timeout=30)

Options can also be given for one test: `@pytest.mark.board("b_l475e_iot01a", image="x.elf")`.

    def test_suite(qualify):
        qualify(expected="known.yaml")

runs an image that is itself a Unity suite; each of its tests is reported as a test of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.console import UartConsole
from renode_wifi.emulation.engines import select as engines
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb import offer, serve
from renode_wifi.emulation.frontends.recording import KINDS
from renode_wifi.emulation.frontends.testing import contract, dut, interrupt
from renode_wifi.emulation.frontends.testing.artifacts import Artifacts
from renode_wifi.emulation.frontends.testing.current import CurrentWorld
from renode_wifi.emulation.frontends.testing.kept import KeptMoments
from renode_wifi.emulation.frontends.testing.reports import report_firmware_test
from renode_wifi.emulation.suites.qualification import (
    DEFAULT_TEST_TIME,
    DEFAULT_TIME,
    Qualification,
    read_expected,
)
from renode_wifi.emulation.suites.unity import Outcome, TestResult
from renode_wifi.emulation.visible import visible

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World

MARK_OPTIONS = "image=…, world=…, seed=…, engine=…"
ARTIFACTS = pytest.StashKey[Artifacts]()
MOMENTS = pytest.StashKey[KeptMoments]()
FAILED = pytest.StashKey[bool]()
PYTEST_EMBEDDED = "pytest_embedded"
"""Its name as a plugin."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("renode-wifi", "emulated Wi-Fi boards")
    group.addoption("--board", metavar="NAME", help="board of the `board` fixture")
    group.addoption(
        "--image", action="append", metavar="FILE", help="firmware image to run on it, or several"
    )
    group.addoption("--world", metavar="FILE", help="world file around it (default: <home>)")
    group.addoption(
        "--engine",
        choices=engines.NAMES,
        default="auto",
        help="what runs it (default: %(default)s)",
    )
    group.addoption(
        "--gdb",
        type=int,
        metavar="PORT",
        help="serve a debugger on that port of this host; each test waits for it",
    )
    group.addoption(
        "--artifacts",
        type=Path,
        metavar="FOLDER",
        help="keep console, trace and whereabouts of each failed test in a folder of its own there",
    )
    group.addoption(
        "--record",
        metavar="KIND,…",
        default="",
        help=f"with --artifacts: files about the run as well ({', '.join(KINDS)})",
    )
    contract.add_options(group)
    group.addoption("--seed", type=int, metavar="N", help="seed instead of the world file's")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"board(name, {MARK_OPTIONS}): the board for this test")
    config.stash[MOMENTS] = KeptMoments()
    config.pluginmanager.register(contract, "renode-wifi-contract")
    if config.getoption("--board") and not config.getoption("--full-trace"):
        config.pluginmanager.register(interrupt, "renode-wifi-interrupt")
    # Without --board the fixture `dut` is pytest-embedded's, if that is installed.
    if config.getoption("--board") or not config.pluginmanager.hasplugin(PYTEST_EMBEDDED):
        config.pluginmanager.register(dut, "renode-wifi-dut")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the board printed beside the failure."""
    report = yield
    running = getattr(item, "funcargs", {}).get("board")
    if call.when == "call" and isinstance(running, Board):
        report.sections.append(("Captured uart", visible("\n".join(map(str, running.uart.lines)))))
    artifacts = item.stash.get(ARTIFACTS, None)
    if report.failed and artifacts is not None and call.when == "call":
        item.stash[FAILED] = True
        artifacts.keep(report.longreprtext)
        report.sections.append(("Artifacts", str(artifacts.folder)))
        item.user_properties.append(("artifacts", str(artifacts.folder)))
    return report


@pytest.fixture
def board(request: pytest.FixtureRequest) -> Iterator[Board]:
    """A board with the image of the command line (or of the test's mark) just started."""
    option = request.config.getoption
    settings = _settings(request)
    if settings["name"] is None:
        pytest.fail("which board? Run pytest with --board NAME (see `renode-wifi boards`)", False)
    artifacts = None
    try:
        running = Board(**settings)
        if option("--artifacts") is not None:
            kinds = [kind for kind in option("--record").split(",") if kind]
            artifacts = Artifacts(option("--artifacts"), request.node.nodeid, running, kinds)
            request.node.stash[ARTIFACTS] = artifacts
        contract.watch(request, running)
    except RenodeWifiError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    with running:
        offer(running.engine)
        if option("--gdb") is not None:
            _serve_debugger(request.config, running, option("--gdb"))
        yield running
    if artifacts is not None:
        artifacts.close(failed=request.node.stash.get(FAILED, False))


def _settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Of a test's board: the command line's, and over them those of its mark."""
    option = request.config.getoption
    settings: dict[str, Any] = {
        "name": option("--board"),
        "image": option("--image"),
        "world": option("--world"),
        "seed": option("--seed"),
        "engine": option("--engine"),
    }
    mark = request.node.get_closest_marker("board")
    if mark is not None:
        if len(mark.args) > 1 or not set(mark.kwargs) <= set(settings):
            pytest.fail(f"the mark `board` takes a board's name and {MARK_OPTIONS}", False)
        settings.update(mark.kwargs)
        if mark.args:
            settings["name"] = mark.args[0]
    return settings


def _serve_debugger(config: pytest.Config, board: Board, port: int) -> None:
    server = serve(board.engine, port)
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter is None:
        return
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture is not None else nullcontext():
        reporter.ensure_newline()
        reporter.write_line(f"the board waits: (gdb) target remote {server.host}:{server.port}")
        reporter.flush()  # Whoever reads a pipe is to read it now.


@pytest.fixture
def world(board: Board) -> World:
    """The world around the board: access points, servers, faults."""
    board.world  # noqa: B018 - Fails here where there is none.
    return cast("World", CurrentWorld(board))


@pytest.fixture
def uart(board: Board) -> UartConsole:
    """The board's console."""
    return board.uart


@pytest.fixture
def board_at(
    request: pytest.FixtureRequest, board: Board
) -> Callable[[str, Callable[[Board], object]], Board]:
    """Brings the board to a moment that is kept: `board_at("joined", join)`.

    The first test that asks for a moment runs `join(board)`; in the tests behind it the board goes
    on from a snapshot, if their settings are the same.
    """

    def bring(moment: str, prepare: Callable[[Board], object]) -> Board:
        key = (moment, repr(sorted(_settings(request).items(), key=str)))
        request.config.stash[MOMENTS].bring(board, key, prepare)
        return board

    return bring


@pytest.fixture
def qualify(request: pytest.FixtureRequest, board: Board) -> Callable[..., Qualification]:
    """Runs the board's Unity suite to its end: `qualify(expected=…, junit=…, json=…, time=…)`."""

    def run(
        expected: Path | str | None = None,
        junit: Path | str | None = None,
        json: Path | str | None = None,
        time: float = DEFAULT_TIME,
        test_time: float = DEFAULT_TEST_TIME,
    ) -> Qualification:
        """Reports each firmware test as a test of its own, and fails unless all end as they should.

        expected: YAML of known outcomes, which are reported as xfailed. junit, json: reports to
        write. time, test_time: as those of `Qualification.run`.
        """
        suite = Qualification(
            board,
            {} if expected is None else read_expected(Path(expected)),
            None if junit is None else Path(junit),
            None if json is None else Path(json),
        )
        suite.on_test = lambda result: _report(request.node, suite, result)
        end = suite.run(time, test_time)
        for result in suite.results:
            if result.outcome is Outcome.UNFINISHED:
                _report(request.node, suite, result)
        if not suite.good:
            wrong = [f"{key}: {what}" for key, what in suite.deviations()]
            pytest.fail("\n".join([end.value, *wrong, board.crash_report()]).rstrip(), False)
        return suite

    return run


def _report(item: pytest.Item, suite: Qualification, result: TestResult) -> None:
    """Report a firmware test as pytest's own tests are."""
    wrong = dict(suite.deviations()).get(result.key)
    known = suite.expected.get(result.key)
    place = f"{result.file}:{result.line}: " if result.file else ""
    if wrong is not None:
        text = f"{wrong}: {place}{result.message}".rstrip(": ")
        report_firmware_test(item, result, "failed", text)
    elif result.outcome is Outcome.PASSED:
        report_firmware_test(item, result, "passed", "")
    else:
        reason = None if known is None else known.reason
        report_firmware_test(item, result, "skipped", place + result.message, reason)
