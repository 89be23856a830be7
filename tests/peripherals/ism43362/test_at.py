"""Reading requests and writing replies."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.ism43362 import at
from renode_wifi.peripherals.ism43362.at import BadRequest, Request


def outcome(function: Callable[..., Any], *arguments: object) -> Any:
    """What the function returns, or its reason to refuse."""
    try:
        return function(*arguments)
    except BadRequest as problem:
        return str(problem)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (b"I?\r\n", Request("I?", None, b"\n")),
        (b"C0\r", Request("C0", None, b"")),
        (b"C1=my ap\r", Request("C1", b"my ap", b"")),
        (b"C2=a=b,c\r\n", Request("C2", b"a=b,c", b"\n")),
        (b"R0=\r\n", Request("R0", b"", b"\n")),
        (b"S3=0003\r\r\nX\n", Request("S3", b"0003", b"\r\nX\n")),
    ],
)
def test_requests_of_the_known_drivers(window: bytes, expected: Request) -> None:
    assert at.parse(window) == expected


@pytest.mark.parametrize(
    "window",
    [b"", b"\r", b"\r\n", b"C0", b"c0\r", b"C\r", b"C00\r", b"\0\0\r", b"=\r", b"C1" + b"x" * 600],
)
def test_what_is_no_request(window: bytes) -> None:
    with pytest.raises(BadRequest):
        at.parse(window)


def test_overlong_text_is_refused_whatever_follows() -> None:
    with pytest.raises(BadRequest, match="too long"):
        at.parse(b"C1=" + b"x" * at.LONGEST_TEXT + b"\r")


@given(st.binary(max_size=700))
def test_any_bytes_give_a_request_or_a_reason(window: bytes) -> None:
    request = outcome(at.parse, window)
    if isinstance(request, Request):
        assert window.startswith(request.text.encode("latin-1") + b"\r")


@given(st.from_regex(r"[A-Z][A-Z0-9?]", fullmatch=True), st.binary(max_size=200), st.binary())
def test_a_written_request_is_read_back(name: str, argument: bytes, rest: bytes) -> None:
    argument = argument.replace(b"\r", b"")
    assert at.parse(name.encode() + b"=" + argument + b"\r" + rest) == Request(name, argument, rest)


@given(st.binary(max_size=30))
def test_any_argument_is_a_number_within_limits_or_refused(argument: bytes) -> None:
    number = outcome(Request("P1", argument).number, 9, 2)
    assert number in (*range(2, 10), "not a number", "not within 2 and 9")


@given(st.integers(0, 4000))
def test_numbers_may_have_leading_zeros(value: int) -> None:
    assert Request("S3", b"%04d" % value).number(4000) == value


@given(st.ip_addresses(v=4))
def test_addresses_are_dotted(address: IPv4Address) -> None:
    assert Request("P3", str(address).encode()).address() == address


@given(st.binary(max_size=30))
def test_any_argument_is_an_address_or_refused(argument: bytes) -> None:
    address = outcome(Request("P3", argument).address)
    assert isinstance(address, IPv4Address) or address == "P3=<a.b.c.d>"


def test_missing_argument() -> None:
    with pytest.raises(BadRequest, match="P1=<value>"):
        Request("P1").number(3)


def test_fields() -> None:
    assert Request("PF", b"0,3").fields(2) == [b"0", b"3"]
    with pytest.raises(BadRequest, match="takes 2 values"):
        Request("PF", b"0").fields(2)


@given(st.binary(max_size=100), st.binary(max_size=10))
def test_payload_is_as_long_as_announced(data: bytes, surplus: bytes) -> None:
    request = Request("S3", b"%d" % len(data), data + surplus)
    assert request.payload(len(data)) == data
    with pytest.raises(BadRequest, match="announced"):
        request.payload(len(data) + len(surplus) + 1)


def test_reply_forms() -> None:
    assert at.success() == b"\r\n\r\nOK\r\n> "
    assert at.success(b"1") == b"\r\n1\r\nOK\r\n> "
    assert at.error() == b"\r\nERROR\r\n> "
    assert at.error("why") == b"\r\nERROR: why\r\n> "
    assert at.error("", b"[JOIN   ] x,Failed") == b"\r\n[JOIN   ] x,Failed\r\nERROR\r\n> "
    assert at.usage("P1=<value>") == b"\r\nERROR\r\nUSAGE: P1=<value>\r\n> "


@given(st.text(max_size=50), st.binary(max_size=50))
def test_an_error_is_one_for_every_driver(reason: str, data: bytes) -> None:
    reason = reason.replace("OK", "")
    data = data.replace(b"OK", b"")
    for reply in (at.error(reason, data), at.usage(reason)):
        assert b"\r\nERROR" in reply
        assert not reply.endswith(at.OK)
        assert reply.endswith(at.PROMPT)
