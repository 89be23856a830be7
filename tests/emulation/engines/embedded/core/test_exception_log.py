"""The core's notes of handlers, by a guest with vectors of several timers."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.engines.embedded.logs import exceptions
from renode_wifi.emulation.platform.core import ExceptionEntry

GUEST = Path(__file__).parents[5] / "firmware/blocks/tim_vectors.elf"
NONE = 0xFFFF


def entries(ignored: int = NONE) -> list[ExceptionEntry]:
    found: list[ExceptionEntry] = []
    with Board("b_l475e_iot01a", GUEST, engine="embedded") as board:
        assert isinstance(board.engine, EmbeddedEngine)
        log = board.engine.machine.core.log_exceptions(ignored, 0, 0)
        log.listeners.append(found.extend)
        board.run(0.2)
        log.flush()
    return found


def test_what_begins_returns_in_the_order_of_time() -> None:
    found = entries()
    assert found
    times = [time for time, *_ in found]
    assert times == sorted(times)
    begun = [current for _, _, current, returned, _ in found if current and not returned]
    ended = [returned for _, _, _, returned, _ in found if returned]
    assert sorted(begun) == sorted(ended)
    assert all(place for _, place, current, _, _ in found if current)


def test_an_exception_can_be_left_out() -> None:
    one = next(current for _, _, current, _, _ in entries() if current)
    left = entries(ignored=one)
    assert not any(one in (current, returned) for _, _, current, returned, _ in left)


def test_a_full_log_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = entries()
    monkeypatch.setattr(exceptions, "CAPACITY", 3)
    monkeypatch.setattr(exceptions, "MAX_KEPT", 6)
    assert entries() == whole
