"""The monitor's prompt in a terminal, by prompt_toolkit."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.eventloop import InputHookContext
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input, create_input
from prompt_toolkit.input.typeahead import clear_typeahead, get_typeahead, store_typeahead
from prompt_toolkit.keys import Keys
from prompt_toolkit.patch_stdout import patch_stdout

from renode_wifi.emulation.frontends.monitor.lines import (
    CONTINUATION,
    INTERRUPTED,
    Complete,
    is_complete,
)

if sys.platform != "win32":
    import termios

    from prompt_toolkit.input.vt100 import Vt100Input, raw_mode

    class _KeysWait(raw_mode):
        """The terminal neither edits nor echoes keys, as at the prompt. Ctrl-C is a signal; what
        was typed before it is forgotten."""

        @classmethod
        def _patch_lflag(cls, attrs: int) -> int:
            return super()._patch_lflag(attrs) | termios.ISIG

    class _KeysRead(raw_mode):
        def __init__(self, fileno: int, entered: Callable[[], None]) -> None:
            super().__init__(fileno)
            self._entered = entered

        def __enter__(self) -> None:
            super().__enter__()
            self._entered()

    class _Keys(Vt100Input):
        """asking: called once Ctrl-C is a key and no signal."""

        def __init__(self, asking: Callable[[], None]) -> None:
            super().__init__(sys.stdin)
            self._asking = asking

        def raw_mode(self) -> AbstractContextManager[None]:
            return _KeysRead(self.fileno(), self._asking)

        def cooked_mode(self) -> AbstractContextManager[None]:
            """While something is printed above the prompt."""
            return nullcontext()


IDLE_WAIT = 0.05
"""Seconds between looks at debuggers while nobody types."""


class TerminalReader:
    """Lines with history, editing and completion. history: its file; missing folders are made.
    asking: called when Ctrl-C begins to be a key. is_given_up: Ctrl-C came as a signal since."""

    handles_interrupts = True

    def __init__(
        self,
        complete: Complete,
        idle: Callable[[], bool],
        asking: Callable[[], None],
        is_given_up: Callable[[], bool],
        history: Path,
    ) -> None:
        self.asks = False
        self._idle = idle
        self._is_given_up = is_given_up
        self._is_leaving = False
        self._input = _new_input(asking)
        self._session: PromptSession[str] = PromptSession(
            input=self._input,
            history=_open_history(history),
            completer=_Completer(complete),
            complete_while_typing=False,
            enable_history_search=True,
            prompt_continuation=CONTINUATION,
            # Enter ends the line, unless a triple-quoted text is open.
            multiline=Condition(lambda: not is_complete(self._session.default_buffer.text)),
        )

    def discard(self) -> None:
        clear_typeahead(self._input)

    def attached(self) -> AbstractContextManager[None]:
        # The terminal's own line editing would take keys such as Ctrl-D that are meant for the
        # prompt to come, and show the others in the middle of what is printed.
        return nullcontext() if sys.platform == "win32" else _KeysWait(self._input.fileno())

    def read(self, prompt: str) -> str | None:
        self._is_leaving = False
        with patch_stdout(raw=True):
            self.asks = True
            try:
                line = self._session.prompt(prompt, inputhook=self._serve, handle_sigint=False)
            except EOFError:
                return None
            finally:
                self.asks = False
        if self._take_interrupt():
            print(INTERRUPTED)
            raise KeyboardInterrupt
        return line

    def _take_interrupt(self) -> bool:
        """Whether Ctrl-C was pressed since Enter: still as a key, or as a signal again."""
        before, after = get_typeahead(self._input), self._input.read_keys()
        if self._is_given_up():
            keys, is_interrupted = after, True
        else:
            keys = before + after
            ends = [number for number, press in enumerate(keys) if press.key == Keys.ControlC]
            keys, is_interrupted = keys[ends[-1] + 1 :] if ends else keys, bool(ends)
        store_typeahead(self._input, keys)
        return is_interrupted

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


def _new_input(asking: Callable[[], None]) -> Input:
    return create_input() if sys.platform == "win32" else _Keys(asking)


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
