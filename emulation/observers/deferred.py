"""What models trace, looked at later: a run is held up for no more than a note of it."""

from __future__ import annotations

from renode_wifi.emulation.platform.trace import TraceFields, TraceListener

MAX_KEPT = 200_000
"""Events; with more, they are looked at during the run."""


class Deferred:
    """Keeps what is traced until `flush`, and then calls the listener with it."""

    def __init__(self, listener: TraceListener) -> None:
        self._listener = listener
        self._kept: list[tuple[int, str, str, TraceFields]] = []

    def on_trace(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        """For `Session.subscribe`."""
        self._kept.append((time, source, event, fields))
        if len(self._kept) >= MAX_KEPT:
            self.flush()

    def flush(self) -> None:
        kept, self._kept = self._kept, []
        listener = self._listener
        for each in kept:
            listener(*each)
