"""Monitor lines cut into tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.platform.syntax import Range
from renode_wifi.emulation.script.tokens import Token, TokenError, TokenKind, TokenValue, tokenize


def one(text: str) -> Token:
    (token,) = tokenize(text)
    return token


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("mach", TokenKind.LITERAL, "mach"),
        ("sysbus.usart1", TokenKind.LITERAL, "sysbus.usart1"),
        ("-", TokenKind.LITERAL, "-"),
        ("# all of it; here", TokenKind.COMMENT, "# all of it; here"),
        (":name: Board", TokenKind.COMMENT, ":name: Board"),
        ("$bin", TokenKind.VARIABLE, "bin"),
        ("$machine_0.bin", TokenKind.VARIABLE, "machine_0.bin"),
        ("@a/b\\ c.elf", TokenKind.PATH, "a/b c.elf"),
        ("@https://x.org/y", TokenKind.PATH, "https://x.org/y"),
        ('"say \\"hi\\""', TokenKind.STRING, 'say "hi"'),
        ("'it'", TokenKind.STRING, "it"),
        ('"""\none\ntwo\n"""', TokenKind.STRING, "one\ntwo"),
        ("`echo 1`", TokenKind.EXECUTION, "echo 1"),
        ("0x1F", TokenKind.NUMBER, 31),
        ("-12", TokenKind.NUMBER, -12),
        ("1e3", TokenKind.NUMBER, 1000),
        ("0.25", TokenKind.NUMBER, 0.25),
        ("00:00:01.5", TokenKind.TIME, "00:00:01.5"),
        ("true", TokenKind.BOOLEAN, True),
        ("False", TokenKind.BOOLEAN, False),
        ("null", TokenKind.NULL, None),
        ("<0x10, 0x1F>", TokenKind.RANGE, Range(0x10, 0x20)),
        ("<0x10 16>", TokenKind.RANGE, Range(0x10, 0x20)),
        ("<0x10, +0x10>", TokenKind.RANGE, Range(0x10, 0x20)),
        ("<16, +16>", TokenKind.RANGE, Range(16, 32)),
    ],
)
def test_tokens(text: str, kind: TokenKind, value: TokenValue) -> None:
    token = one(text)
    assert (token.kind, token.value) == (kind, value)
    assert str(token) == text


def test_line_of_several_commands() -> None:
    assert [token.kind for token in tokenize("$a?=@x; [1, 2] =")] == [
        TokenKind.VARIABLE,
        TokenKind.ASSIGN_IF_UNSET,
        TokenKind.PATH,
        TokenKind.SPLIT,
        TokenKind.LEFT_BRACKET,
        TokenKind.NUMBER,
        TokenKind.COMMA,
        TokenKind.NUMBER,
        TokenKind.RIGHT_BRACKET,
        TokenKind.ASSIGN,
    ]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ('echo "open', 6, ""),
        ("echo %", 6, ""),
        ("sysbus Tag <2, 1>", 12, "ends before it starts"),
        ("cpu PC " + "9" * 50, 8, "too long"),
    ],
)
def test_place_of_what_is_no_token(line: str, column: int, reason: str) -> None:
    with pytest.raises(TokenError) as caught:
        tokenize(line)
    assert caught.value.column == column
    assert reason in caught.value.message
    assert caught.value.cure


@given(st.text(max_size=60))
def test_any_text_is_cut_or_refused(line: str) -> None:
    found = tokens_or_error(line)
    if isinstance(found, TokenError):
        assert 1 <= found.column <= len(line)
    else:
        assert sum(len(token.text) for token in found) <= len(line)


def tokens_or_error(line: str) -> list[Token] | TokenError:
    try:
        return tokenize(line)
    except TokenError as error:
        return error
