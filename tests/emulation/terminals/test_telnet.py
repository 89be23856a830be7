"""What telnet clients type, however the bytes are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.terminals.telnet import (
    DO,
    DONT,
    IAC,
    SB,
    SE,
    WILL,
    WONT,
    TelnetFilter,
)

command = st.one_of(
    st.tuples(st.sampled_from([WILL, WONT, DO, DONT]), st.integers(0, 255)).map(
        lambda pair: bytes((IAC, *pair))
    ),
    st.integers(241, 249).map(lambda code: bytes((IAC, code))),
    st.tuples(st.integers(0, 254), st.binary(max_size=8).filter(lambda text: IAC not in text)).map(
        lambda pair: bytes((IAC, SB, pair[0])) + pair[1] + bytes((IAC, SE))
    ),
)
typed = st.binary(max_size=8)


@given(st.lists(st.tuples(typed, command), max_size=5), st.integers(1, 7))
def test_commands_are_taken_out(parts: list[tuple[bytes, bytes]], size: int) -> None:
    escape = bytes((IAC,))
    stream = b"".join(text.replace(escape, escape * 2) + command for text, command in parts)
    telnet = TelnetFilter()
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert b"".join(map(telnet.received, pieces)) == b"".join(text for text, _ in parts)


@pytest.mark.parametrize("tail", [b"", b"\xff", b"\xff\xfd", b"\xff\xfa\x01\x02\x03"])
def test_a_command_may_be_incomplete(tail: bytes) -> None:
    assert TelnetFilter().received(b"ab" + tail) == b"ab"
