"""The board that a test module names in BOARD, composed by its script."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.engines.embedded.engine import new_script
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.script.interpreter import Interpreter


def composed(board: str) -> Interpreter:
    monitor = new_script()
    monitor.execute_script(boards.find(board).script)
    return monitor


@pytest.fixture
def monitor(request: pytest.FixtureRequest) -> Interpreter:
    return composed(request.module.BOARD)


@pytest.fixture(scope="module")
def machine(request: pytest.FixtureRequest) -> Machine:
    """Shared by the tests of a module, which leave it as it was."""
    return composed(request.module.BOARD).current
