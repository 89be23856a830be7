"""Who listens to what the models trace."""

from __future__ import annotations

import logging
from collections.abc import Callable

TraceFields = dict[str, object]
"""Fields of an event, by name: numbers, texts, bytes, and lists of them."""

TraceListener = Callable[[int, str, str, TraceFields], None]
"""Called with (time in ns, source, event, fields) for everything that models trace."""


WIRES = ("uart-received",)
"""Events of what goes over wires: so many that only those who ask for them by name get them."""


class Listeners:
    """Listeners of everything but what goes over wires, and of single events."""

    def __init__(self) -> None:
        self._all: list[TraceListener] = []
        self._by_event: dict[str, list[TraceListener]] = {event: [] for event in WIRES}

    def of(self, event: str) -> list[TraceListener]:
        """Those who listen to `event`, in the order in which they came."""
        return self._by_event.get(event, self._all)

    def add(self, listener: TraceListener, event: str | None = None) -> None:
        """Notify `listener` of everything that is traced, or of one event only."""
        if event is not None:
            self._by_event.setdefault(event, list(self._all)).append(listener)
            return
        self._all.append(listener)
        for name, listeners in self._by_event.items():
            if name not in WIRES:
                listeners.append(listener)

    def remove(self, listener: TraceListener) -> None:
        for listeners in (self._all, *self._by_event.values()):
            if listener in listeners:
                listeners.remove(listener)


class ModelLevel(logging.Filter):
    """Of the log, where a model's messages begin with its name: keeps back those below `level`."""

    def __init__(self, name: str, level: int) -> None:
        super().__init__(name)
        self.level = level

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= self.level or not record.getMessage().startswith(f"{self.name}:")


class ModelLevels:
    """Those that one machine's models have in a log."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._own: dict[str, ModelLevel] = {}

    def set(self, name: str, level: int) -> None:
        """From which level on messages of one model are logged."""
        if name in self._own:
            self._log.removeFilter(self._own[name])
        self._own[name] = ModelLevel(name, level)
        self._log.addFilter(self._own[name])

    def clear(self) -> None:
        for level in self._own.values():
            self._log.removeFilter(level)
        self._own.clear()

    def by_model(self) -> dict[str, int]:
        return {name: own.level for name, own in self._own.items()}
