"""Text of the firmware as data: control characters are shown, and a terminal obeys none of them."""

from __future__ import annotations

import logging
import unicodedata

KEPT = ("\t", "\n")


def visible(text: str) -> str:
    """`text` with escapes in place of what is not a printable character, a tab or a line feed.

    That are the control characters of ASCII and Latin-1 (C0, C1), and Unicode's format characters,
    which change the direction of text or hide it.
    """
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable() or character in KEPT or unicodedata.category(character) == "Zs":
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class _Visible(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = visible(record.getMessage()), ()
        return True


_FILTER = _Visible()


def visible_log(name: str) -> logging.Logger:
    """The logger of that name. What firmware and its peers have a say in reaches its handlers as
    `visible` text."""
    log = logging.getLogger(name)
    log.addFilter(_FILTER)
    return log
