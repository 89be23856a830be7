"""Where the monitor's lines come from: a terminal with history and completion, or a stream."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Protocol

from renode_wifi.emulation.frontends.monitor.lines import CONTINUATION, Complete, is_complete


class Reader(Protocol):
    asks: bool
    """`read` is waiting and calls `idle` meanwhile; what that raises ends it."""
    handles_interrupts: bool
    """Ctrl-C is a key of its own; SIGINT need not interrupt `read`."""

    def attached(self) -> AbstractContextManager[None]:
        """Keys typed between two calls of `read` wait for the next one, as they were typed."""

    def discard(self) -> None:
        """Forget what was typed for the next calls of `read`."""

    def read(self, prompt: str) -> str | None:
        """The next line, several while a triple-quoted text is open; None at the end.

        Raises KeyboardInterrupt when the line under way is given up.
        """


class StreamReader:
    """Lines of standard input; with a prompt if that is a terminal."""

    asks = False
    handles_interrupts = False

    def __init__(self) -> None:
        self._is_terminal = sys.stdin.isatty()

    def attached(self) -> AbstractContextManager[None]:
        return nullcontext()

    def discard(self) -> None:
        """The stream may be a script, which goes on."""

    def read(self, prompt: str) -> str | None:
        text = ""
        while True:
            try:
                text += input(prompt if self._is_terminal else "")
            except EOFError:
                return text or None
            if is_complete(text):
                return text
            text += "\n"
            prompt = CONTINUATION


def history_file() -> Path:
    """Where typed lines are kept from session to session."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "renode-wifi" / "monitor-history"


def new_reader(
    complete: Complete,
    idle: Callable[[], bool],
    asking: Callable[[], None],
    is_given_up: Callable[[], bool],
) -> Reader:
    """idle: called while nobody types; False: there was nothing to do. asking: called when Ctrl-C
    begins to be a key of the reader's. is_given_up: it came as a signal since.

    Without a terminal, or without prompt_toolkit, lines have neither history nor completion.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return StreamReader()
    try:
        from renode_wifi.emulation.frontends.monitor.terminal import TerminalReader
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("prompt_toolkit"):
            raise
        print("For history and completion: pip install 'renode-wifi[monitor]'")
        return StreamReader()
    return TerminalReader(complete, idle, asking, is_given_up, history_file())
