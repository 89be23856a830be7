"""A serial port on the standard streams: the board gets each character as it is typed."""

from __future__ import annotations

import codecs
import os
import select
import sys
from collections.abc import Callable
from typing import TextIO

from renode_wifi.emulation.errors import RenodeWifiError

OBEYED = "\r\n\t\b"
"""Control characters without which a board's prompt cannot be used."""


class StdioTerminal:
    """shown: makes text out of what the board sends, such as `visible`. A terminal that is standard
    input passes on keys as they are pressed, but for those of signals, and shows them only if the
    board echoes.

    Raises RenodeWifiError where standard input cannot be looked at without waiting.
    """

    def __init__(
        self, shown: Callable[[str], str], stdin: int | None = None, stdout: TextIO | None = None
    ) -> None:
        if os.name == "nt":
            raise RenodeWifiError(
                "standard input cannot be shared on Windows", cure="take a socket: tcp:PORT"
            )
        self._shown = shown
        self._stdin: int | None = _standard_input() if stdin is None else stdin
        self._stdout = stdout or sys.stdout
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._text: list[str] = []
        self._line_is_open = False
        self._restore = None if self._stdin is None else _unbuffered(self._stdin)

    @property
    def is_live(self) -> bool:
        return self._stdin is not None

    def write(self, byte: int) -> None:
        self._text.append(self._decoder.decode(bytes((byte,))))

    def poll(self) -> bytes:
        if self._text:
            text = "".join(self._text)
            self._text.clear()
            self._line_is_open = not text.endswith("\n")
            self._stdout.write("".join(c if c in OBEYED else self._shown(c) for c in text))
            self._stdout.flush()
        if self._stdin is None or not select.select([self._stdin], [], [], 0)[0]:
            return b""
        try:
            data = os.read(self._stdin, 4096)
        except OSError:
            data = b""
        if not data:
            self._stdin = None  # Its end: the run goes on.
        return data

    def close(self) -> None:
        if self._line_is_open:
            self._line_is_open = False
            self._stdout.write("\n")
            self._stdout.flush()
        if self._restore is not None:
            self._restore()
            self._restore = None


def _standard_input() -> int | None:
    return None if sys.stdin is None or sys.stdin.closed else sys.stdin.fileno()


def _unbuffered(descriptor: int) -> Callable[[], None] | None:
    """Have keys arrive as they are pressed. Returns what undoes it."""
    if not os.isatty(descriptor):
        return None
    import termios

    before = termios.tcgetattr(descriptor)
    changed = termios.tcgetattr(descriptor)
    changed[0] &= ~(termios.ICRNL | termios.IXON)
    changed[3] &= ~(termios.ICANON | termios.ECHO)
    termios.tcsetattr(descriptor, termios.TCSADRAIN, changed)
    return lambda: termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
