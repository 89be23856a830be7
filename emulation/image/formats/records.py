"""Text formats of firmware: the lines that are records, as any system and editor leaves them."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

COMMENTS = ("#", ";")
DOS_END = "\x1a"
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks. PowerShell redirects a tool's output as UTF-16."""


def decoded(data: bytes) -> bytes:
    """The same text in one byte a character, without byte order mark."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace").removeprefix("\ufeff")
            return text.encode("latin-1", "replace")
    return data


def records(data: bytes) -> Iterator[tuple[int, str]]:
    """(number from 1 on, text) of each line that is neither empty nor a comment (#, ;)."""
    lines = decoded(data).decode("latin-1").splitlines()
    for number, raw in enumerate(lines, start=1):
        text = raw.strip(" \t\0" + DOS_END)
        if text and not text.startswith(COMMENTS):
            yield number, text
