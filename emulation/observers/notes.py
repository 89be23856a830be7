"""What happens in a run, noted in its order and looked at later: a run is held up for no more than
a note of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from renode_wifi.emulation.platform.trace import TraceFields, TraceListener

if TYPE_CHECKING:
    from renode_wifi.emulation.board.session import Session

MAX_KEPT = 200_000
"""Events; with more, they are looked at during the run."""
UNNOTED = "uart"
"""An event for each byte of a console, whose lines are known otherwise."""

Event = tuple[int, str, str, TraceFields, int | None]
"""Time in ns, source, event, fields, and what ran, if somebody wants to know."""


class NotedCalls(Protocol):
    """Calls of the firmware, which the core notes by itself."""

    def take(self) -> bytes:
        """Those that were not taken yet."""

    def replay(self, taken: bytes) -> None:
        """Look at them."""

    def context(self) -> int:
        """What runs now."""

    def at(self, time: int, context: int | None) -> None:
        """The event that is looked at next happened then; in what, if that was noted."""


class Notes:
    """Of one session. `flush` calls the listeners with what was noted since the last time."""

    def __init__(self, session: Session) -> None:
        self._kept: list[Event | tuple[NotedCalls, bytes]] = []
        self._listeners: list[tuple[TraceListener, Collection[str] | None]] = []
        self._calls: list[NotedCalls] = []
        self._contextual: Collection[str] = ()
        self._flushing = False
        session.subscribe(self.on_trace)

    def add(self, listener: TraceListener, events: Collection[str] | None = None) -> None:
        """From here on; without `events` of all."""
        self.flush()
        self._listeners.append((listener, events))

    def remove(self, listener: TraceListener) -> None:
        self._listeners = [each for each in self._listeners if each[0] != listener]

    def follow(self, calls: NotedCalls) -> None:
        """Let calls come in their order among the events."""
        self._calls.append(calls)

    def want_context(self, events: Collection[str]) -> None:
        """What ran is noted with these events."""
        self._contextual = {*self._contextual, *events}

    def on_trace(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        """For `Session.subscribe`."""
        if event == UNNOTED:
            return
        context = None
        for calls in self._calls:
            taken = calls.take()
            if taken:
                self._kept.append((calls, taken))
            if event in self._contextual:
                context = calls.context()
        self._kept.append((time, source, event, fields, context))
        if len(self._kept) >= MAX_KEPT:
            self.flush()

    def flush(self) -> None:
        """Look at what was noted."""
        if self._flushing:
            return
        self._flushing = True
        kept, self._kept = self._kept, []
        try:
            for note in kept:
                if len(note) == 2:
                    note[0].replay(note[1])
                    continue
                time, source, event, fields, context = note
                for calls in self._calls:
                    calls.at(time, context)
                self.pass_on(time, source, event, fields)
            for calls in self._calls:
                calls.replay(calls.take())
        finally:
            self._flushing = False

    def pass_on(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        """Call the listeners with an event."""
        for listener, events in self._listeners:
            if events is None or event in events:
                listener(time, source, event, fields)


_notes: WeakKeyDictionary[Session, Notes] = WeakKeyDictionary()


def notes_of(session: Session) -> Notes:
    """Those of a session, which all its observers share."""
    notes = _notes.get(session)
    if notes is None:
        notes = _notes[session] = Notes(session)
    return notes
