"""No test depends on the speed of the machine it runs on, or on the log levels of another."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

from renode_wifi.emulation.platform.machine import LOG

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def log_level() -> Iterator[None]:
    """All machines of a process share a log: the level that a test's script sets ends with it."""
    log = logging.getLogger(LOG)
    level, propagates = log.level, log.propagate
    yield
    log.setLevel(level)
    log.propagate = propagates
