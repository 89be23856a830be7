"""Text of the firmware as data, also in logs."""

from __future__ import annotations

import logging

import pytest

from renode_wifi.emulation.engines.embedded.engine import new_machine
from renode_wifi.emulation.visible import visible_log


def test_a_log_shows_control_characters(caplog: pytest.LogCaptureFixture) -> None:
    log = visible_log("renode_wifi.test.visible")
    log.warning("joins %r as %s", b"lab", "\x1b[2J\x07lab\u202e")
    assert caplog.messages == ["joins b'lab' as \\x1b[2J\\x07lab\\u202e"]


def test_a_logger_that_is_asked_for_twice_shows_escapes_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(2):
        log = visible_log("renode_wifi.test.twice")
    log.warning("\\x1b \x1b")
    assert caplog.messages == ["\\x1b \\x1b"]


def test_models_log_visible_text(caplog: pytest.LogCaptureFixture) -> None:
    machine = new_machine("machine-0")
    with caplog.at_level(logging.INFO):
        machine.log.info("a name of the guest: %s", "\x9b31m")
    assert caplog.messages == ["a name of the guest: \\x9b31m"]
