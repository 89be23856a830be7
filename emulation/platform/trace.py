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

    @classmethod
    def set(cls, log: logging.Logger, name: str, level: int) -> None:
        """In place of what was set for that model."""
        cls.remove(log, name)
        log.addFilter(cls(name, level))

    @classmethod
    def remove(cls, log: logging.Logger, name: str) -> None:
        for old in [item for item in log.filters if isinstance(item, cls)]:
            if old.name == name:
                log.removeFilter(old)

    @classmethod
    def all(cls, log: logging.Logger) -> dict[str, int]:
        """Levels by model."""
        return {item.name: item.level for item in log.filters if isinstance(item, cls)}
