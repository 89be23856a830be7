"""Each rule finds the application of firmware/contract that breaks it, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.session import Snapshot
from renode_wifi.emulation.observers.calls.attach import record_calls
from renode_wifi.emulation.observers.calls.recorder import CallRecorder
from renode_wifi.emulation.observers.contract.monitor import ContractMonitor
from renode_wifi.emulation.observers.contract.port import PORTS
from renode_wifi.emulation.observers.contract.rule import Finding
from renode_wifi.emulation.observers.contract.rules import rules
from renode_wifi.emulation.observers.contract.rules.certificates import NEAR_EXPIRY

GUESTS = Path(__file__).parents[4] / "firmware/contract"
CORRECT = "correct"
WITHOUT_RADIO = [rule for rule in rules() if rule.id != NEAR_EXPIRY.id]
"""The applications' port has no radio, and no TLS; test_certificates.py has the other rule."""
CASES = [
    (board, rule.id)
    for board, port in PORTS.items()
    for rule in WITHOUT_RADIO
    if port.name in rule.basis
]
COSTLY = [rule.id for rule in rules() if rule.is_costly]
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
    monitor = ContractMonitor(board, recorder=recorder, costly=COSTLY)
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
