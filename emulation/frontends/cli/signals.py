"""Signals that end a command: it comes to its end at once, and its reports are complete."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType, TracebackType
from typing import Self, TextIO

from renode_wifi.emulation.frontends.cli.streams import drop_unread

ENDING = ("SIGTERM", "SIGHUP")
"""What ends a session at a prompt, too."""
NAMES = ("SIGINT", *ENDING)

Handler = Callable[[int, FrameType | None], None]


@contextmanager
def heeded(names: tuple[str, ...], handler: Handler) -> Iterator[None]:
    """Let `handler` take the signals of these names, as far as the host has them.

    In a thread other than the main one, which may not have handlers, nothing changes. `nohup` has
    the signal of a closed terminal ignored: it stays so.
    """
    with ExitStack() as previous:
        if threading.current_thread() is threading.main_thread():
            for name in names:
                number = getattr(signal, name, None)
                if number is not None and not _is_ignored(number):
                    previous.callback(signal.signal, number, signal.signal(number, handler))
        yield


def _is_ignored(number: int) -> bool:
    hangup = getattr(signal, "SIGHUP", None)
    return number == hangup and signal.getsignal(number) is signal.SIG_IGN


class _WriteEnded(BaseException):
    """A signal to end has come while the terminal, or who reads our output, was waited for."""


class Interruption:
    """While it is entered, a signal to end sets `asked` and calls `stop`; before there is anything
    to stop it is a KeyboardInterrupt, and so is the second one, for whom the end takes too long.
    """

    def __init__(self) -> None:
        self.asked = self._writes = False
        self.stop: Callable[[], None] | None = None
        self._previous = ExitStack()

    def __enter__(self) -> Self:
        self._previous.enter_context(heeded(NAMES, self._on_signal))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._previous.close()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.stop is None or self.asked:
            self.asked = True
            raise KeyboardInterrupt
        self.asked = True
        self.stop()
        if self._writes:
            raise _WriteEnded

    def write(self, stream: TextIO, text: str) -> None:
        """To a standard stream. If nobody takes that, a signal to end is not to wait for it."""
        if self.asked:
            drop_unread()
        try:
            try:
                self._writes = True
                stream.write(text)
                stream.flush()
            finally:
                self._writes = False
        except _WriteEnded:
            drop_unread()
            stream.flush()
