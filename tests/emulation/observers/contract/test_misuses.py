"""Each rule finds the application of firmware/contract that breaks it, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.session import Snapshot
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.observers.calls.attach import record_calls
from renode_wifi.emulation.observers.calls.recorder import CallRecorder
from renode_wifi.emulation.observers.contract.monitor import ContractMonitor
from renode_wifi.emulation.observers.contract.port import PORTS
from renode_wifi.emulation.observers.contract.rule import Finding
from renode_wifi.emulation.observers.contract.rules import rules
from renode_wifi.emulation.observers.contract.rules.certificates import NEAR_EXPIRY
from renode_wifi.emulation.observers.contract.rules.memory import UNALIGNED, UNINITIALISED

GUESTS = Path(__file__).parents[4] / "firmware/contract"
CORRECT = "correct"
WITHOUT_RADIO = [rule for rule in rules() if rule not in (NEAR_EXPIRY, UNINITIALISED)]
"""The applications' port has no radio, and no TLS; test_certificates.py has that rule."""
CASES = [
    (board, rule.id)
    for board, port in PORTS.items()
    for rule in WITHOUT_RADIO
    if port.name in rule.basis
]
Booted = dict[str, tuple[Board, Snapshot, CallRecorder]]


@pytest.fixture(scope="module")
def booted() -> Iterator[Booted]:
    """Boards that ask which application is to run."""
    boards = {name: Board(name, GUESTS / f"{name}.elf") for name in PORTS}
    for board in boards.values():
        board.wait_for_line("which one")
    yield {name: (board, board.snapshot(), record_calls(board)) for name, board in boards.items()}
    for board in boards.values():
        board.close()


def found(booted: Booted, name: str, application: str) -> list[Finding]:
    board, start, recorder = booted[name]
    board.restore(start)
    monitor = ContractMonitor(board, recorder=recorder, costly=[UNALIGNED.id])
    board.write(f"{application}\n")
    board.wait_for_line("done")
    monitor.end()
    monitor.detach()
    return monitor.findings


@pytest.mark.parametrize(("board", "rule"), CASES)
def test_a_misuse_is_found_by_its_rule_alone(booted: Booted, board: str, rule: str) -> None:
    findings = found(booted, board, rule)
    assert {finding.rule.id for finding in findings} == {rule}
    for finding in findings:
        assert finding.task == "app"
        assert any(rule.replace("-", "_") in place for place in finding.places)


@pytest.mark.parametrize("board", PORTS)
def test_a_correct_application_gives_no_finding(booted: Booted, board: str) -> None:
    assert found(booted, board, CORRECT) == []


@pytest.mark.parametrize("board", PORTS)
@pytest.mark.parametrize("application", [CORRECT, UNINITIALISED.id])
def test_memory_that_nobody_has_written_is_followed_from_power_on(
    board: str, application: str
) -> None:
    with Board(board, GUESTS / f"{board}.elf") as running:
        monitor = ContractMonitor(running, costly=[UNINITIALISED.id])
        running.wait_for_line("which one")
        running.write(f"{application}\n")
        running.wait_for_line("done")
        monitor.end()
        with pytest.raises(RenodeWifiError, match="from power-on"):
            ContractMonitor(running, costly=[UNINITIALISED.id])
    found = [(finding.rule, finding.message) for finding in monitor.findings]
    message = "nobody has written 0x20008000 since power-on"
    assert found == [(UNINITIALISED, message)] * (application == UNINITIALISED.id)
    for finding in monitor.findings:
        assert any("uninitialised_read" in place for place in finding.places)
