"""Events and calls are looked at when a run is over, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.observers import notes
from renode_wifi.emulation.observers.notes import Notes
from renode_wifi.emulation.platform.trace import TraceFields


class NoBoard(Session):
    def __init__(self) -> None:
        """Nothing but a subscription is asked of it."""

    def subscribe(self, listener: object) -> None: ...


class Calls:
    """Of what is noted: one call is under way whenever `pending` is set."""

    def __init__(self, seen: list[object]) -> None:
        self.pending = b""
        self.seen = seen
        self.ran = 7

    def take(self) -> bytes:
        taken, self.pending = self.pending, b""
        return taken

    def replay(self, taken: bytes) -> None:
        self.seen.extend(taken)

    def context(self) -> int:
        return self.ran

    def at(self, time: int, context: int | None) -> None:
        self.seen.append((time, context))


def listener(seen: list[object]) -> Callable[[int, str, str, TraceFields], None]:
    return lambda time, source, event, fields: seen.append((time, event))


def test_events_wait_in_their_order_until_they_are_asked_for() -> None:
    seen: list[object] = []
    kept = Notes(NoBoard())
    kept.add(listener(seen))
    kept.on_trace(1, "nwp", "message", {"opcode": "SEND"})
    kept.on_trace(2, "nwp", "socket", {})
    assert seen == []
    kept.flush()
    assert seen == [(1, "message"), (2, "socket")]
    kept.flush()
    assert len(seen) == 2


def test_calls_come_in_their_order_among_events_with_what_ran_then() -> None:
    seen: list[object] = []
    kept, calls = Notes(NoBoard()), Calls(seen)
    kept.follow(calls)
    kept.want_context(["at"])
    kept.add(listener(seen), ["at", "dns"])
    calls.pending = b"\1"
    kept.on_trace(10, "wifi", "at", {})
    calls.ran = 8
    kept.on_trace(20, "network", "dns", {})
    kept.on_trace(21, "usart1", "uart", {})
    calls.pending = b"\2"
    assert seen == []
    kept.flush()
    assert seen == [1, (10, 7), (10, "at"), (20, None), (20, "dns"), 2]


def test_who_comes_later_is_not_called_with_what_was_before() -> None:
    first: list[object] = []
    second: list[object] = []
    kept = Notes(NoBoard())
    kept.add(listener(first))
    kept.on_trace(1, "", "a", {})
    kept.add(listener(second))
    kept.on_trace(2, "", "b", {})
    kept.flush()
    assert (first, second) == ([(1, "a"), (2, "b")], [(2, "b")])


def test_a_long_run_does_not_keep_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MAX_KEPT", 3)
    seen: list[object] = []
    kept = Notes(NoBoard())
    kept.add(listener(seen))
    for time in range(5):
        kept.on_trace(time, "", "", {})
    assert seen == [(0, ""), (1, ""), (2, "")]
