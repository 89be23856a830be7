"""Signals that end a command: it comes to its end at once, and its reports are complete."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType, TracebackType
from typing import Self

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Interruption:
    """While it is entered, a signal to end sets `asked` and calls `stop`; before there is anything
    to stop it is a KeyboardInterrupt, and so is the second one, for whom the end takes too long.
    """

    def __init__(self) -> None:
        self.asked = False
        self.stop: Callable[[], None] | None = None
        self._previous = ExitStack()

    def __enter__(self) -> Self:
        # Only the main thread may have handlers of signals.
        if threading.current_thread() is threading.main_thread():
            for name in NAMES:
                number = getattr(signal, name, None)
                if number is not None and not self._is_ignored(number):
                    self._previous.callback(
                        signal.signal, number, signal.signal(number, self._on_signal)
                    )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._previous.close()

    @staticmethod
    def _is_ignored(number: int) -> bool:
        """`nohup` has the signal of a closed terminal ignored."""
        hangup = getattr(signal, "SIGHUP", None)
        return number == hangup and signal.getsignal(number) is signal.SIG_IGN

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.stop is None or self.asked:
            self.asked = True
            raise KeyboardInterrupt
        self.asked = True
        self.stop()
