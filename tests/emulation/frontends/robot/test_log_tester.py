"""What a log tester keeps, without Robot Framework."""

from __future__ import annotations

import logging

from renode_wifi.emulation.frontends.robot import log_tester
from renode_wifi.emulation.frontends.robot.log_tester import LogTester, condition
from renode_wifi.emulation.frontends.robot.terminal_tester import Pattern


def _log(tester: LogTester, *messages: str) -> None:
    for message in messages:
        tester.emit(logging.LogRecord("x", logging.INFO, "", 0, message, (), None))


def test_an_entry_that_is_taken_is_forgotten_with_those_before() -> None:
    tester = LogTester(1, lambda: None)
    _log(tester, "one", "two", "three")
    two = condition(Pattern("two", False), None)
    assert tester.take(two, keep=True) == "two"
    assert tester.take(two, keep=False) == "two"
    assert [message for _, message in tester.entries] == ["three"]
    assert tester.take(two, keep=False) is None


def test_a_loop_that_logs_does_not_grow_without_end() -> None:
    tester = LogTester(1, lambda: None)
    _log(tester, *map(str, range(log_tester.MAX_ENTRIES + 5)))
    assert len(tester.entries) == log_tester.MAX_ENTRIES
    assert tester.entries[0][1] == "5"
