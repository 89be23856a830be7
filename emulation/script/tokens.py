"""Monitor text cut into lines and tokens, by the rules of Renode's own monitor, in its order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.syntax import Range


class TokenKind(Enum):
    COMMENT = auto()
    EXECUTION = auto()
    VARIABLE = auto()
    LEFT_BRACKET = auto()
    RIGHT_BRACKET = auto()
    STRING = auto()
    RANGE = auto()
    PATH = auto()
    NUMBER = auto()
    TIME = auto()
    BOOLEAN = auto()
    NULL = auto()
    ASSIGN = auto()
    ASSIGN_IF_UNSET = auto()
    SPLIT = auto()
    COMMA = auto()
    LITERAL = auto()
    SPACE = auto()


TRIPLE = '"""'
"""Begins and ends a text over several lines."""

TokenValue = str | int | float | bool | Range | None


@dataclass(frozen=True)
class Token:
    """text: as written. value: what it stands for."""

    kind: TokenKind
    text: str
    value: TokenValue
    column: int = 1

    def __str__(self) -> str:
        return self.text


_HEX = r"0x[0-9A-Fa-f]+"
_INTEGER = r"[+-]?\d+"
_RULES: tuple[tuple[TokenKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, flags))
    for kind, pattern, flags in (
        (TokenKind.COMMENT, r"#[^\n]*", 0),
        (TokenKind.EXECUTION, r"`.*?`", 0),
        (TokenKind.VARIABLE, r"\$[0-9A-Za-z_.]+", 0),
        (TokenKind.LEFT_BRACKET, r"\[", 0),
        (TokenKind.RIGHT_BRACKET, r"\]", 0),
        (TokenKind.STRING, r'""".+?"""', re.S),
        (TokenKind.STRING, r"'[^'\\]*(?:\\.[^'\\]*)*'", re.S),
        (TokenKind.STRING, r'"[^"\\]*(?:\\.[^"\\]*)*"', re.S),
        (TokenKind.RANGE, rf"<\s*({_HEX}|{_INTEGER})\s*,\s*({_HEX}|{_INTEGER})\s*>", 0),
        (TokenKind.RANGE, rf"<\s*({_HEX}|{_INTEGER})\s*,\s*(\+(?:{_HEX}|\d+))\s*>", 0),
        (TokenKind.RANGE, rf"<\s*({_HEX}|{_INTEGER})\s+({_HEX}|\+?\d+)\s*>", 0),
        (TokenKind.PATH, r"@(?:(?!;)(?:\\ |\S))+", 0),
        (TokenKind.NUMBER, _HEX, 0),
        (TokenKind.TIME, r"(?:(?:[0-9]+:)?[0-9]+:)[0-9]+(?:\.[0-9]+)?", 0),
        (TokenKind.NUMBER, r"[+-]?\d+\.\d*(?:e[+-]?\d+)?", 0),
        (TokenKind.NUMBER, r"[+-]?\d+(?:e[+-]?\d+)?", 0),
        (TokenKind.BOOLEAN, r"true|false|True|False", 0),
        (TokenKind.NULL, r"null", 0),
        (TokenKind.ASSIGN, r"=", 0),
        (TokenKind.ASSIGN_IF_UNSET, r"\?=", 0),
        (TokenKind.SPLIT, r";", 0),
        (TokenKind.COMMA, r",", 0),
        (TokenKind.LITERAL, r"[\w.\-?][\w.\-?:]*", 0),
        (TokenKind.SPACE, r"\s+", 0),
        (TokenKind.COMMENT, r":[^\n]*", 0),
    )
)
MAX_NUMBER_LENGTH = 40


class TokenError(RenodeWifiError):
    """The line cannot be cut into tokens. column: where, from 1. tokens: those in front of it."""

    def __init__(self, line: str, column: int, tokens: list[Token], reason: str = "") -> None:
        super().__init__(
            f"Could not tokenize here:\n  | {line}\n  | {' ' * (column - 1)}^"
            + (f"\n  {reason}" if reason else ""),
            cure='put text into "quotes" and write paths as @path',
        )
        self.column = column
        self.tokens = tokens
        self.rest = line[column - 1 :]


def tokenize(line: str) -> list[Token]:
    """Cut a line into tokens, without white space. Raises TokenError only."""
    tokens: list[Token] = []
    index = 0
    while index < len(line):
        for kind, pattern in _RULES:
            match = pattern.match(line, index)
            if match is None:
                continue
            if kind is not TokenKind.SPACE:
                try:
                    value = _value(kind, match)
                except ValueError as error:
                    raise TokenError(line, index + 1, tokens, str(error)) from None
                tokens.append(Token(kind, match.group(), value, index + 1))
            index = match.end()
            break
        else:
            raise TokenError(line, index + 1, tokens)
    return tokens


def _value(kind: TokenKind, match: re.Match[str]) -> TokenValue:
    text = match.group()
    if kind is TokenKind.STRING:
        if text.startswith('"""'):
            return text[3:-3].strip("\r\n")
        return text[1:-1].replace("\\" + text[0], text[0])
    if kind is TokenKind.PATH:
        return text[1:].replace("\\ ", " ")
    if kind is TokenKind.VARIABLE:
        return text[1:]
    if kind is TokenKind.EXECUTION:
        return text[1:-1]
    if kind is TokenKind.NUMBER:
        return number(text)
    if kind is TokenKind.TIME:
        return text
    if kind is TokenKind.BOOLEAN:
        return text.lower() == "true"
    if kind is TokenKind.NULL:
        return None
    if kind is TokenKind.RANGE:
        return _range(match)
    return text


def number(text: str) -> int | float:
    """A number as people write it: 0x…, decimal, with or without fraction."""
    if len(text) > MAX_NUMBER_LENGTH:
        raise ValueError("the number is too long")
    if text.lower().startswith("0x"):
        return int(text, 16)
    if "." in text or "e" in text:
        value = float(text)
        return int(value) if "." not in text and abs(value) < 2**63 else value
    return int(text)


def _range(match: re.Match[str]) -> Range:
    """`<start, end>` has its end, too, other than in descriptions; `<start size>` and
    `<start, +size>` are relative."""
    start = int(number(match.group(1)))
    second = match.group(2)
    end = int(number(second.lstrip("+")))
    if "," not in match.group() or second.startswith("+"):
        end += start
    elif end < start:
        raise ValueError("the range ends before it starts")
    else:
        end += 1
    return Range(start, end)


def join_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; a triple-quoted text is one line with what stands before it."""
    pending: tuple[int, str] | None = None
    opened = False
    for number, line in enumerate(text.replace("\r", "").split("\n"), 1):
        has_quotes = line.count(TRIPLE) % 2 == 1
        if opened:
            assert pending is not None
            pending = (pending[0], f"{pending[1]}\n{line}")
            opened = not has_quotes
            continue
        if line.startswith(TRIPLE) and pending is not None:
            pending = (pending[0], f"{pending[1]} {line}")
        else:
            if pending is not None:
                yield pending
            pending = (number, line)
        opened = has_quotes
    if pending is not None:
        yield pending


def path_token(path: Path) -> Token:
    text = str(path)
    return Token(TokenKind.PATH, "@" + text.replace(" ", "\\ "), text)


def value_token(value: TokenValue) -> Token:
    if isinstance(value, bool):
        return Token(TokenKind.BOOLEAN, str(value), value)
    if isinstance(value, (int, float)):
        return Token(TokenKind.NUMBER, str(value), value)
    text = str(value)
    return Token(TokenKind.STRING, '"' + text.replace('"', '\\"') + '"', text)
