"""A command window: an AT command's name and what follows it ("AT Command Syntax").

A request is `NAME` or `NAME=argument`, ended by a carriage return; commands that carry data have
it directly after that. Drivers add line feeds, padding and surplus bytes, which mean nothing.
"""

from __future__ import annotations

import re
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass

MAX_TEXT = 512
"""Bytes of a request up to its carriage return; a URL or a host name of 255 fits."""

_NAME = re.compile(rb"[A-Z][A-Z0-9?]")


class BadRequest(Exception):
    """What is wrong with a request. `{name}` stands for the command's name."""

    def reason(self, name: str) -> str:
        """The text of an error reply to `name`."""
        return str(self).replace("{name}", name)


@late_dataclass(frozen=True)
class Request:
    """One command. data: what follows the name, from `=` or the carriage return on."""

    name: str
    data: bytes = b"\r"

    @property
    def text(self) -> str:
        """The command as a person would write it."""
        return self.name + self.data.partition(b"\r")[0].decode("latin-1")

    @classmethod
    def parse(cls, window: bytes) -> Self:
        """Read the bytes of one command window. Raises BadRequest."""
        text, end, _ = window.partition(b"\r")
        if not end:
            raise BadRequest("no carriage return")
        if len(text) > MAX_TEXT:
            raise BadRequest("too long")
        name = text.partition(b"=")[0]
        if _NAME.fullmatch(name) is None:
            raise BadRequest("no such command")
        return cls(name.decode("ascii"), window[len(name) :])

    def emit(self) -> bytes:
        return self.name.encode("ascii") + self.data


def printable(window: bytes) -> str:
    """What was received instead of a command, short enough for a trace."""
    return window[:64].decode("latin-1").encode("unicode_escape").decode("ascii")
