"""What Renode's log tester does with the log; no Robot Framework in it (LogTester.cs)."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

from renode_wifi.emulation.frontends.robot.errors import KeywordException
from renode_wifi.emulation.frontends.robot.terminal_tester import Pattern
from renode_wifi.emulation.script.commands.logs import LOG_LEVELS

MAX_ENTRIES = 100_000
"""What a tester keeps; the oldest are forgotten first. A loop that logs makes millions."""
Entry = tuple[int, str]
"""Level and message."""
Condition = Callable[[Entry], bool]


class LogTester(logging.Handler):
    """Keeps what is logged. timeout: seconds of virtual time, for waits that give none."""

    def __init__(self, timeout: float, stop: Callable[[], None]) -> None:
        super().__init__()
        self.timeout = timeout
        self.entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)
        self.failing: list[Pattern] = []
        self._stop = stop
        self._waiting: Condition | None = None

    def emit(self, record: logging.LogRecord) -> None:
        entry = (record.levelno, record.getMessage())
        self.entries.append(entry)
        if self._waiting is not None and (self.is_failing(entry) or self._waiting(entry)):
            self._waiting = None
            self._stop()

    def is_failing(self, entry: Entry) -> bool:
        return any(pattern.find(entry[1]) for pattern in self.failing)

    def wait(self, condition: Condition) -> None:
        """From here on stop where an entry meets the condition."""
        self._waiting = condition

    def take(self, condition: Condition, keep: bool) -> str | None:
        """The first entry that meets the condition; it and those before are forgotten."""
        for index, entry in enumerate(self.entries):
            if condition(entry):
                if not keep:
                    for _ in range(index + 1):
                        self.entries.popleft()
                return entry[1]
        return None


def condition(pattern: Pattern, level: int | None) -> Condition:
    """level: of Python's logging; None: any."""
    return lambda entry: level in (None, entry[0]) and pattern.find(entry[1]) is not None


def log_level(text: str | None) -> int | None:
    """Renode's name of a level, or its number, as one of Python's logging."""
    if text is None:
        return None
    names = list(LOG_LEVELS)
    name = text.strip().capitalize()
    if name.lstrip("-").isdigit() and -1 <= int(name) < len(names) - 1:
        name = names[int(name) + 1]
    if name not in LOG_LEVELS:
        raise KeywordException(
            f"{text!r} is not a log level", f"levels: {', '.join(names)}, or -1 to 3"
        )
    return LOG_LEVELS[name]
