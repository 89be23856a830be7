from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.engines.renode import protocol

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(TEXT, min_size=1))
def test_fields_survive_a_line(fields: list[str]) -> None:
    line = protocol.encode(fields)
    assert "\n" not in line
    assert "\r" not in line
    assert protocol.decode(line) == fields


@given(st.text(alphabet="\\tnrx\tab"))
def test_any_line_decodes_or_is_refused(line: str) -> None:
    try:
        fields = protocol.decode(line)
    except protocol.ProtocolError:
        return
    assert protocol.decode(protocol.encode(fields)) == fields


@given(st.integers(0, 10**30))
def test_times_are_read_whole(value: int) -> None:
    assert protocol.whole(str(value)) == value


@given(st.integers())
def test_integers_survive(value: int) -> None:
    assert protocol.unpack(protocol.pack_integer(value)) == value


@given(TEXT)
def test_texts_survive(value: str) -> None:
    assert protocol.unpack(protocol.pack_text(value)) == value


@given(st.binary())
def test_bytes_survive(value: bytes) -> None:
    assert protocol.unpack(protocol.pack_bytes(value)) == value


@pytest.mark.parametrize("field", ["", "x5", "ifive", "bxy"])
def test_what_is_no_value_is_refused(field: str) -> None:
    with pytest.raises(protocol.ProtocolError):
        protocol.unpack(field)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("hello", "not renode-wifi"),
        ("renode-wifi\t999\tsecret", "different installations"),
        ("renode-wifi\t3\tguess!", "does not know the token"),
        ("renode-wifi\t3\tsecre", "does not know the token"),
    ],
)
def test_another_greeting_is_refused(line: str, problem: str) -> None:
    with pytest.raises(protocol.ProtocolError, match=problem):
        protocol.check_greeting(line, "secret")


def test_whoever_knows_the_token_is_let_in() -> None:
    protocol.check_greeting(protocol.greeting("secret"), "secret")
