"""The monitor's prompt in a terminal, by prompt_toolkit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.eventloop import InputHookContext
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout

from renode_wifi.emulation.frontends.monitor.lines import CONTINUATION, Complete, is_complete

IDLE_WAIT = 0.05
"""Seconds between looks at debuggers while nobody types."""


class TerminalReader:
    """Lines with history, editing and completion. history: its file; missing folders are made."""

    handles_interrupts = True

    def __init__(self, complete: Complete, idle: Callable[[], bool], history: Path) -> None:
        self.asks = False
        self._idle = idle
        self._is_leaving = False
        self._session: PromptSession[str] = PromptSession(
            history=_open_history(history),
            completer=_Completer(complete),
            complete_while_typing=False,
            enable_history_search=True,
            prompt_continuation=CONTINUATION,
            # Enter ends the line, unless a triple-quoted text is open.
            multiline=Condition(lambda: not is_complete(self._session.default_buffer.text)),
        )

    def read(self, prompt: str) -> str | None:
        self._is_leaving = False
        with patch_stdout(raw=True):
            self.asks = True
            try:
                return self._session.prompt(prompt, inputhook=self._serve, handle_sigint=False)
            except EOFError:
                return None
            finally:
                self.asks = False

    def _serve(self, context: InputHookContext) -> None:
        while not context.input_is_ready():
            if self._is_leaving:
                return  # The prompt takes some turns of its loop to end.
            try:
                busy = self._idle()
            except KeyboardInterrupt as error:
                # Raised from here it would leave the terminal as the prompt has set it.
                app = self._session.app
                assert app.loop is not None
                self._is_leaving = True
                app.loop.call_soon_threadsafe(partial(app.exit, exception=error))
                return
            if not busy:
                time.sleep(IDLE_WAIT)


class _Completer(Completer):
    def __init__(self, complete: Complete) -> None:
        self._complete = complete

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        word, candidates = self._complete(document.text_before_cursor)
        for candidate in candidates:
            yield Completion(
                candidate.text, start_position=-len(word), display_meta=candidate.about
            )


def _open_history(path: Path) -> History:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8"):
            return FileHistory(str(path))
    except OSError:
        return InMemoryHistory()
