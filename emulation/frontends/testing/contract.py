"""`pytest --contract`: a test fails at its end when its firmware broke the port contract."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from renode_wifi.emulation.board.board import Board
    from renode_wifi.emulation.observers.contract.monitor import ContractMonitor

MONITOR: pytest.StashKey[ContractMonitor] = pytest.StashKey()


def add_options(group: pytest.OptionGroup) -> None:
    group.addoption(
        "--contract",
        action="store_true",
        help="fail a test whose firmware relies on what its port of Secure Sockets doesn't promise",
    )
    group.addoption(
        "--silence",
        action="append",
        default=[],
        metavar="RULE=REASON",
        help="a finding of this rule of --contract is known",
    )


def watch(request: pytest.FixtureRequest, board: Board) -> None:
    """Begin, if that was asked for. Raises RenodeWifiError."""
    option = request.config.getoption
    if option("--contract"):
        # pytest loads this file for every project where the package is installed.
        from renode_wifi.emulation.observers.contract.monitor import ContractMonitor, silences

        silenced = silences(option("--silence"), "--silence")
        request.node.stash[MONITOR] = ContractMonitor(board, silenced)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    yield
    monitor = item.stash.get(MONITOR, None)
    if monitor is None:
        return
    from renode_wifi.emulation.observers.contract.report import as_text, summary

    monitor.end()
    text = "\n".join(map(as_text, monitor.findings))
    if monitor.failing:
        pytest.fail(f"{summary(monitor.findings)}\n{text}", pytrace=False)
    if text:
        item.add_report_section("call", "port contract", text)
