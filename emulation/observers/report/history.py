"""What a page shows of a run, collected while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.observers.notes import notes_of
from renode_wifi.emulation.observers.timeline.activity import shown
from renode_wifi.emulation.observers.timeline.lanes import Details, Lane
from renode_wifi.emulation.platform.trace import TraceFields

CALLS, NETWORK = "calls", "network"
ARGUMENTS = 160


@dataclass
class Track:
    """Slices (begin, end, name, details) and events (time, name, details) of a lane."""

    slices: list[tuple[int, int, str, Details]] = field(default_factory=list)
    events: list[tuple[int, str, Details]] = field(default_factory=list)


@dataclass(frozen=True)
class CallRow:
    """A call of the network API. Times are ns."""

    started: int
    finished: int
    task: str
    function: str
    arguments: str
    result: str


class History:
    """A sink of a timeline, and a listener of what models trace."""

    def __init__(self) -> None:
        self.tracks: dict[Lane, Track] = {}
        self.calls: list[CallRow] = []
        self.faults: list[tuple[int, str]] = []
        self.served: list[tuple[int, str, str]] = []
        """Time, server and what it saw."""
        self._open: dict[Lane, list[tuple[int, str, Details]]] = {}
        self._arguments: dict[object, str] = {}

    def attach(self, board: Session) -> None:
        notes_of(board).add(self._on_trace)

    # A sink

    def begin(self, lane: Lane, time: int, name: str, details: Details) -> None:
        opened = self._open.get(lane)
        if opened is None:
            opened = self._open[lane] = []
        opened.append((time, name, details))

    def end(self, lane: Lane, time: int, details: Details) -> None:
        began, name, first = self._open[lane].pop()
        self._track(lane).slices.append(
            (began, time, name, {**first, **details} if details else first)
        )

    def instant(self, lane: Lane, time: int, name: str, details: Details) -> None:
        self._track(lane).events.append((time, name, details))

    def _track(self, lane: Lane) -> Track:
        track = self.tracks.get(lane)
        if track is None:
            track = self.tracks[lane] = Track()
        return track

    # Tables

    def _on_call(self, time: int, source: str, fields: TraceFields) -> None:
        arguments = fields["arguments"]
        assert isinstance(arguments, dict)
        named = {name: "NULL" if value is None else value for name, value in arguments.items()}
        text = ", ".join(f"{name}={value}" for name, value in shown(named).items())
        self._arguments[fields["number"]] = text[:ARGUMENTS]

    def _on_return(self, time: int, source: str, fields: TraceFields) -> None:
        started = fields["started"]
        assert isinstance(started, int)
        result = fields.get("ending") or fields.get("result")
        self.calls.append(
            CallRow(
                started,
                time,
                str(fields["task"]),
                str(fields["function"]),
                self._arguments.pop(fields["number"], ""),
                "" if result is None else str(result),
            )
        )

    def _on_fault(self, time: int, source: str, fields: TraceFields) -> None:
        self.faults.append((time, f"{source}: {_said(fields)}"))

    def _on_trace(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        handler = {"call": self._on_call, "return": self._on_return, "fault": self._on_fault}
        if event in handler:
            handler[event](time, source, fields)
        if source.rpartition("/")[2] == NETWORK and "server" in fields:
            left = {name: value for name, value in fields.items() if name not in ("server", "flow")}
            self.served.append((time, str(fields["server"]), f"{event} {_said(left)}".rstrip()))


def _said(fields: TraceFields) -> str:
    """Those that have a value."""
    given = {name: value for name, value in fields.items() if value is not None and value != ""}
    return " ".join(f"{name}={value}" for name, value in shown(given).items())
