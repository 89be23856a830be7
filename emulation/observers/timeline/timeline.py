"""Everything about a run, in a sink."""

from __future__ import annotations

from contextlib import suppress

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.observers.calls.attach import record_calls
from renode_wifi.emulation.observers.notes import notes_of
from renode_wifi.emulation.observers.timeline.activity import ActivityLanes
from renode_wifi.emulation.observers.timeline.lanes import Sink
from renode_wifi.emulation.observers.timeline.processor import ProcessorLanes


class Timeline:
    """Fills a sink from here on. On the embedded engine with the tasks, the handlers and, where
    the image has such functions, the calls of the network API."""

    def __init__(self, board: Session, sink: Sink) -> None:
        self._board = board
        self._activity = ActivityLanes(sink)
        self._notes = notes_of(board)
        self._processor: ProcessorLanes | None = None
        if isinstance(board.engine, EmbeddedEngine):
            self._processor = ProcessorLanes(board.engine.machine, sink)
            with suppress(RenodeWifiError):  # Without calls the rest is worth a look, too.
                record_calls(board, live=False)
        self._notes.add(self._activity.on_trace)
        if board.default_uart is not None:
            board.uart.listeners.append(self._activity.on_line)

    def finish(self) -> None:
        """The run is over: end what is under way."""
        if self._processor is not None:
            self._processor.finish()
        self._notes.flush()
        self._activity.finish(self._board.engine.now)
