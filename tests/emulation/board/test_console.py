"""A UART's console: what it keeps, and how it is shown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.board import console as module
from renode_wifi.emulation.board.console import UartConsole
from renode_wifi.emulation.visible import visible


def feed(console: UartConsole, text: bytes) -> None:
    for byte in text:
        console.feed(0, byte)


def test_a_flood_of_lines_keeps_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LINES", 100)
    console = UartConsole("usart1")
    for number in range(1000):
        feed(console, b"%d\n" % number)
    assert len(console.lines) <= 100
    assert console.forgotten + len(console.lines) == 1000
    assert console.lines[-1].text == "999"
    assert console.lines[0].text == str(console.forgotten)


def test_long_lines_count_by_their_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CHARACTERS", 1000)
    console = UartConsole("usart1")
    for _ in range(100):
        feed(console, b"x" * 99 + b"\n")
    assert sum(len(line.text) for line in console.lines) <= 1000


def test_a_line_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LINE", 10)
    console = UartConsole("usart1")
    feed(console, b"0123456789abc\n")
    assert [line.text for line in console.lines] == ["0123456789", "abc"]


def test_what_a_wait_has_returned_stays_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LINES", 8)
    console = UartConsole("usart1")
    feed(console, b"0\n1\n2\n3\n4\n5\n6\n7\n")
    console.position = 7
    saved = console.save()
    feed(console, b"8\n")
    assert console.lines[console.position].text == "7"
    console.restore(saved)
    assert (console.lines[console.position].text, console.forgotten) == ("7", 0)
    assert console.find(re.compile("0")) == 0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext, ü, 漢字, 😀, \u00a0", "plain\ttext, ü, 漢字, 😀, \u00a0"),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("\x9b31m\x7f\r\x00\x08", "\\x9b31m\\x7f\\x0d\\x00\\x08"),
        ("\u202eleft\u2066\u200b", "\\u202eleft\\u2066\\u200b"),
        ("\ud800\ufffe\U000e0001\u2028", "\\ud800\\ufffe\\U000e0001\\u2028"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    rest = visible(text).replace("\t", "").replace("\n", "")
    assert all(c.isprintable() or (c.isspace() and ord(c) >= 0xA0) for c in rest)
