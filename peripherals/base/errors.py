"""The family of errors that this package raises for its users, and text that is fit to be shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

KEPT = ("\t", "\n")


class RenodeWifiError(Exception):
    """Something the user can mend. where: file, line, column or the thing at fault; cure: how."""

    def __init__(self, message: str, *, where: str | None = None, cure: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.cure = cure

    def __str__(self) -> str:
        text = self.message if self.where is None else f"{self.where}: {self.message}"
        # It may quote the firmware, a peer or a file.
        return visible(text if self.cure is None else f"{text}\n  {self.cure}")


def close_matches(
    word: str, known: Iterable[str], count: int = 1, cutoff: float = 0.6
) -> list[str]:
    """Names that the user may have meant, the likeliest first."""
    from difflib import get_close_matches

    return get_close_matches(word, known, count, cutoff)


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
