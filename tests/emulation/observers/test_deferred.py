"""Events are looked at when a run is over."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.observers import deferred
from renode_wifi.emulation.observers.deferred import Deferred


def test_events_wait_in_their_order_until_they_are_asked_for() -> None:
    seen: list[tuple[object, ...]] = []
    kept = Deferred(lambda *event: seen.append(event))
    kept.on_trace(1, "nwp", "message", {"opcode": "SEND"})
    kept.on_trace(2, "nwp", "socket", {})
    assert seen == []
    kept.flush()
    assert seen == [(1, "nwp", "message", {"opcode": "SEND"}), (2, "nwp", "socket", {})]
    kept.flush()
    assert len(seen) == 2


def test_a_long_run_does_not_keep_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deferred, "MAX_KEPT", 3)
    seen: list[int] = []
    kept = Deferred(lambda time, source, event, fields: seen.append(time))
    for time in range(5):
        kept.on_trace(time, "", "", {})
    assert seen == [0, 1, 2]
