"""Words, numbers and strings of a platform description, for the parser above it."""

from __future__ import annotations

import re
from typing import NoReturn

from renode_wifi.emulation.platform.syntax import Description, Position, Problem

KEYWORDS = frozenset(
    ("using", "new", "as", "preinit", "init", "reset", "local", "none", "empty")
    + ("true", "True", "false", "False")
)

_NAME = re.compile(r"[^\W\d_]\w*")
NUMBER = re.compile(r"-?(?:0x[0-9A-Fa-f]+(?:_[0-9A-Fa-f]+)*|[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?)")
NATURAL = re.compile(r"0x[0-9A-Fa-f]+(?:_[0-9A-Fa-f]+)*|[0-9]+(?:_[0-9]+)*")
_STRING = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_SPACE = re.compile(r"\s*")

MAX_NUMBER = 2**64 - 1
RENODE_WORDS = {
    "; (or a new line in front of the next entry)": "end of input",
    "value": "constructor or property value or none keyword or empty keyword",
    "} (end of the attributes)": "attribute list end",
}
"""What Renode's parser calls what is expected."""
MAX_NESTING = 50


class Scanner:
    """A place in a text that has been laid out. result: what is read from it; makes errors."""

    def __init__(self, text: str, result: Description) -> None:
        self.text = text
        self.result = result
        self.index = 0
        self.depth = 0
        self.line_starts = [0]
        self.line_starts += [match.end() for match in re.finditer("\n", text)]
        self.line = 0
        self.skip()

    def skip(self) -> None:
        match = _SPACE.match(self.text, self.index)
        assert match is not None
        self.index = match.end()

    @property
    def position(self) -> Position:
        return self.position_of(self.index)

    def position_of(self, index: int) -> Position:
        starts = self.line_starts
        while self.line + 1 < len(starts) and starts[self.line + 1] <= index:
            self.line += 1
        while starts[self.line] > index:
            self.line -= 1
        return Position(self.result.file, self.line + 1, index - starts[self.line] + 1)

    def sees(self, text: str) -> bool:
        return self.text.startswith(text, self.index)

    def sees_any_of(self, characters: str) -> bool:
        return self.index < len(self.text) and self.text[self.index] in characters

    def accept(self, text: str) -> bool:
        if not self.sees(text):
            return False
        self.index += len(text)
        self.skip()
        return True

    def expect(self, text: str, what: str) -> None:
        if not self.accept(text):
            self.fail(f"{text} ({what})" if what else text)

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.index)
        if match is not None:
            self.index = match.end()
            self.skip()
        return match

    def end(self) -> None:
        if self.index < len(self.text):
            self.fail("nothing more")

    def fail(self, *expected: str) -> NoReturn:
        """Report what is there instead of what may be there."""
        index = self.index
        if index >= len(self.text):
            # Point behind the last character, not behind the empty lines at the end.
            index = max(0, len(self.text.rstrip()) - 1)
            found = "the end"
        elif self.text[index] in "{};":
            # What the layout pass added stands for the end of the line.
            position = self.position_of(index)
            line = self.result.source.split("\n")[position.line - 1]
            found = "the end of the line" if position.column > len(line) else self.text[index]
        else:
            found = re.match(r"[\w.]+|.", self.text[index:], re.S).group()  # type: ignore[union-attr]
        wanted = " or ".join(expected)
        if wanted in RENODE_WORDS and found not in ("the end", "the end of the line"):
            # As Renode says it, which looks at one character at a time.
            wanted = RENODE_WORDS[wanted] + (f", not {found}" if found[1:] else "")
            found = f"'{found[0]}'"
        raise self.result.error(
            Problem.SYNTAX,
            f"Syntax error, unexpected {found}; expected {wanted}",
            self.position_of(index),
            "see Renode's platform description format; attributes are indented by four spaces",
        )

    def word(self) -> str | None:
        """The name that stands here, keyword or not, without going past it."""
        match = _NAME.match(self.text, self.index)
        return match.group() if match else None

    def keyword(self, word: str) -> bool:
        if self.word() != word:
            return False
        self.index += len(word)
        self.skip()
        return True

    @property
    def sees_name(self) -> bool:
        word = self.word()
        return word is not None and word not in KEYWORDS

    def name(self, what: str) -> str:
        word = self.word()
        if word is None:
            self.fail(what)
        if word in KEYWORDS:
            self.fail(f"{what} ({word} is a keyword)")
        self.index += len(word)
        self.skip()
        return word

    def type_name(self) -> str:
        names = [self.name("type name")]
        while self.accept("."):
            names.append(self.name("type name"))
        return ".".join(names)

    def natural(self, what: str) -> int:
        start = self.index
        match = self.match(NATURAL)
        if match is None:
            self.fail(what)
        return self.integer(match.group(), start)

    def integer(self, text: str, start: int) -> int:
        digits = text.lstrip("-").replace("_", "")
        base = 10
        if digits.startswith("0x"):
            digits, base = digits[2:], 16
        # int() of an endless string of digits takes its time, and Python refuses it.
        number = int(digits, base) if len(digits) <= 40 else MAX_NUMBER + 1
        if number > MAX_NUMBER:
            raise self.result.error(
                Problem.SYNTAX,
                "Syntax error, number does not fit into 64 bits",
                self.position_of(start),
                "write at most 0xFFFFFFFFFFFFFFFF",
            )
        return -number if text.startswith("-") else number

    def string(self, what: str) -> str:
        match = self.match(_STRING)
        if match is None:
            self.fail(what)
        return re.sub(r'\\(["\\])', r"\1", match.group(1))

    def descend(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.result.error(
                Problem.SYNTAX,
                f"Syntax error, more than {MAX_NESTING} levels of nesting",
                self.position,
                "give inner objects entries of their own",
            )

    def ascend(self) -> None:
        self.depth -= 1
