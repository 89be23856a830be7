"""pytest fixtures for firmware tests: `pytest --board b_l475e_iot01a --image build/firmware.elf`.

    def test_it_joins(board):
        board.wait_for_line("WiFi connected", timeout=30)

Options can also be given for one test: `@pytest.mark.board("b_l475e_iot01a", image="x.elf")`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from renode_wifi.emulation import engines
from renode_wifi.emulation.board import Board
from renode_wifi.emulation.console import UartConsole
from renode_wifi.emulation.errors import RenodeWifiError


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("renode-wifi", "emulated Wi-Fi boards")
    group.addoption("--board", metavar="NAME", help="board of the `board` fixture")
    group.addoption("--image", metavar="FILE", help="firmware image to run on it")
    group.addoption("--world", metavar="FILE", help="world file around it")
    group.addoption("--engine", choices=engines.NAMES, default="auto", help="what runs it")
    group.addoption("--seed", type=int, metavar="N", help="seed instead of the world file's")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "board(name, image=…, world=…, seed=…, engine=…): the board for this test"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the board printed beside the failure."""
    report = yield
    running = getattr(item, "funcargs", {}).get("board")
    if call.when == "call" and isinstance(running, Board):
        report.sections.append(("Captured uart", "\n".join(map(str, running.uart.lines))))
    return report


@pytest.fixture
def board(request: pytest.FixtureRequest) -> Iterator[Board]:
    """A board with the image of the command line (or of the test's mark) just started."""
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
        settings.update(mark.kwargs)
        if mark.args:
            settings["name"] = mark.args[0]
    if settings["name"] is None:
        pytest.fail("which board? Run pytest with --board NAME (see `renode-wifi boards`)", False)
    try:
        running = Board(**settings)
    except RenodeWifiError as error:
        pytest.fail(str(error), False)
    with running:
        yield running


@pytest.fixture
def world(board: Board) -> Any:
    """The world around the board: access points, servers, faults."""
    return board.world


@pytest.fixture
def uart(board: Board) -> UartConsole:
    """The board's console."""
    return board.uart
