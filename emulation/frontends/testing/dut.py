"""The fixture `dut`, in a plugin of its own: pytest-embedded has one of the same name."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.frontends.testing.reports import report_firmware_test
from renode_wifi.emulation.suites.dut import Dut
from renode_wifi.emulation.suites.unity import Outcome


@pytest.fixture
def dut(board: Board) -> Dut:
    """The board with the calls of pytest-embedded's `Dut`: expect, expect_exact, write, …"""
    return Dut(board)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fails a test at its end when a firmware test that it has looked at failed."""
    yield
    running = getattr(item, "funcargs", {}).get("dut")
    if not isinstance(running, Dut) or not running.unity_results:
        return
    failed = []
    for result in running.unity_results:
        outcome = "failed" if result.outcome is Outcome.FAILED else "passed"
        if result.outcome is Outcome.IGNORED:
            outcome = "skipped"
        report_firmware_test(item, result, outcome, result.message)
        if outcome == "failed":
            failed.append(f"{result.file}:{result.line}: {result.name}: {result.message}")
    if failed:
        raise AssertionError("firmware tests failed:\n" + "\n".join(failed))
