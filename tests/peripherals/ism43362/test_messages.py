"""AT commands and replies as values: what is emitted is parsed as the same, for every message."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.handlers import Message
from renode_wifi.peripherals.ism43362 import messages
from renode_wifi.peripherals.ism43362.messages import (
    access_point,
    argument,
    asynchronous,
    credentials,
    data,
    dns,
    ping,
    reply,
    request,
    scan,
    station,
    system,
    transport,
)
from renode_wifi.peripherals.ism43362.messages.reply import (
    OK_TAIL,
    PROMPT,
    ConnectionLost,
    Error,
    ListingLine,
    Ok,
    Reply,
    Style,
    Usage,
)
from renode_wifi.peripherals.ism43362.messages.request import BadRequest, Request
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.ism43362.scan import SECURITY_NAMES
from tests.peripherals.ism43362.rig import Rig
from tests.peripherals.message_types import message_types

BYTE = st.integers(0, 0xFF)
PORT = st.integers(0, 0xFFFF)
NUMBER = st.integers(0, argument.MAX_NUMBER)
FLAG = st.booleans()
ADDRESS = st.ip_addresses(v=4)
BINARY = st.binary(max_size=80)
LINE = BINARY.map(lambda value: value.replace(b"\r", b""))
FIELD = LINE.map(lambda value: value.replace(b",", b""))
WORD = st.from_regex("[A-Za-z0-9.]{1,20}", fullmatch=True)
MAC = st.binary(min_size=6, max_size=6)


def outcome(function: Callable[..., Any], *arguments: object) -> Any:
    """What the function returns, or its reason to refuse."""
    try:
        return function(*arguments)
    except BadRequest as problem:
        return problem.reason("P1")


def numbers(kind: type[argument.Number]) -> st.SearchStrategy[argument.Number]:
    return st.integers(kind.MINIMUM, kind.MAXIMUM).map(kind)


VALUES: dict[type[Any], st.SearchStrategy[Any]] = {
    request.Request: st.builds(
        Request,
        st.from_regex("[A-Z][A-Z0-9?]", fullmatch=True),
        st.one_of(
            st.builds(lambda text, rest: b"=" + text + b"\r" + rest, LINE, BINARY),
            BINARY.map(lambda rest: b"\r" + rest),
        ),
    ),
    argument.Bare: st.builds(argument.Bare),
    argument.Text: LINE.map(argument.Text),
    argument.OptionalText: st.none().map(argument.OptionalText) | LINE.map(argument.OptionalText),
    argument.Address: ADDRESS.map(argument.Address),
    access_point.ApSsid: st.builds(
        access_point.ApSsid, FLAG, LINE.filter(lambda ssid: 0 < len(ssid) <= 32)
    ),
    access_point.ApStarted: st.builds(access_point.ApStarted, LINE, BYTE, ADDRESS),
    access_point.LeaseAssigned: st.builds(access_point.LeaseAssigned, MAC, ADDRESS),
    access_point.ApClient: st.builds(access_point.ApClient, MAC, ADDRESS),
    access_point.ApSettings: st.builds(
        access_point.ApSettings, FIELD, ADDRESS, BYTE, FIELD, BYTE, BYTE, BYTE, FLAG
    ),
    asynchronous.AsynchronousMessage: BINARY.map(asynchronous.AsynchronousMessage),
    credentials.SelectCredentials: st.builds(
        credentials.SelectCredentials, st.integers(0, 1), st.integers(0, 3)
    ),
    credentials.StoreCredential: st.builds(
        credentials.StoreCredential,
        st.integers(0, 3),
        st.sampled_from(credentials.CredentialKind),
        BINARY,
    ),
    data.Write: BINARY.map(data.Write),
    data.WriteFixed: BINARY.map(data.WriteFixed),
    data.ReadSettings: st.builds(data.ReadSettings, PORT, NUMBER, BYTE),
    data.WriteSettings: st.builds(data.WriteSettings, PORT, NUMBER),
    dns.HostName: st.from_regex("[a-z0-9.-]{1,60}", fullmatch=True).map(dns.HostName),
    ping.PingLine: st.builds(ping.PingLine, ADDRESS, st.none() | NUMBER),
    ping.PingSettings: st.builds(ping.PingSettings, ADDRESS, BYTE, PORT),
    scan.ScanMode: st.integers(0, 3).map(scan.ScanMode),
    scan.ScanLine: st.builds(
        scan.ScanLine,
        st.integers(1, 2000),
        BINARY,
        MAC,
        st.integers(-120, 0),
        st.sampled_from(sorted(SECURITY_NAMES.values())),
        st.integers(1, 14),
    ),
    station.Joined: st.builds(station.Joined, LINE, ADDRESS),
    station.NotJoined: st.builds(
        station.NotJoined, LINE, st.sampled_from([b"Failed", b"Disconnected"])
    ),
    station.NetworkReport: st.builds(
        station.NetworkReport,
        FIELD,
        FIELD,
        BYTE,
        FLAG,
        st.tuples(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS),
        BYTE,
        FLAG,
        BYTE,
        FIELD,
        FLAG,
    ),
    system.MacAddress: MAC.map(system.MacAddress),
    system.ProductName: LINE.filter(lambda name: 0 < len(name) <= 32).map(system.ProductName),
    system.PowerManagement: st.builds(system.PowerManagement, BYTE, BYTE),
    system.Identification: st.builds(
        system.Identification, WORD, WORD, WORD, WORD, WORD, NUMBER, LINE
    ),
    system.SystemSettings: st.builds(system.SystemSettings, MAC, ADDRESS, BYTE, LINE, FIELD),
    transport.ServerCommand: st.sampled_from(transport.ServerMode).map(transport.ServerCommand),
    transport.KeepAlive: st.builds(
        transport.KeepAlive, FLAG, st.integers(0, argument.Milliseconds.MAXIMUM)
    ),
    transport.Accepted: st.builds(
        transport.Accepted, st.sampled_from(["TCP", "UDP"]), ADDRESS, PORT
    ),
    transport.TransportSettings: st.builds(
        transport.TransportSettings,
        BYTE,
        ADDRESS,
        PORT,
        ADDRESS,
        PORT,
        FLAG,
        FLAG,
        BYTE,
        FLAG,
        BYTE,
    ),
}
MESSAGES = message_types(messages)
COMMANDS = Rig(world=False).module.processor.handlers


@pytest.mark.parametrize("kind", MESSAGES, ids=[kind.__name__ for kind in MESSAGES])
@settings(max_examples=20)
@given(drawn=st.data())
def test_a_message_is_parsed_as_it_was_emitted(kind: type[Message], drawn: st.DataObject) -> None:
    values = numbers(kind) if issubclass(kind, argument.Number) else VALUES[kind]
    message = drawn.draw(values)
    assert kind.parse(message.emit()) == message


@given(st.sampled_from(sorted(COMMANDS)), st.binary(max_size=60))
def test_any_argument_is_a_message_or_refused(name: str, argument_and_payload: bytes) -> None:
    kind, _ = COMMANDS[name]
    for window in (argument_and_payload, b"=" + argument_and_payload, b"\r"):
        assert outcome(kind.parse, window)


# Requests


@pytest.mark.parametrize(
    ("window", "name", "rest"),
    [
        (b"I?\r\n", "I?", b"\r\n"),
        (b"C0\r", "C0", b"\r"),
        (b"C1=my ap\r", "C1", b"=my ap\r"),
        (b"C2=a=b,c\r\n", "C2", b"=a=b,c\r\n"),
        (b"R0=\r\n", "R0", b"=\r\n"),
        (b"S3=0003\r\r\nX\n", "S3", b"=0003\r\r\nX\n"),
    ],
)
def test_requests_of_the_known_drivers(window: bytes, name: str, rest: bytes) -> None:
    assert Request.parse(window) == Request(name, rest)
    assert Request.parse(window).text == window.partition(b"\r")[0].decode()


@pytest.mark.parametrize(
    "window",
    [b"", b"\r", b"\r\n", b"C0", b"c0\r", b"C\r", b"C00\r", b"\0\0\r", b"=\r", b"C1" + b"x" * 600],
)
def test_what_is_no_request(window: bytes) -> None:
    with pytest.raises(BadRequest):
        Request.parse(window)


def test_overlong_text_is_refused_whatever_follows() -> None:
    with pytest.raises(BadRequest, match="too long"):
        Request.parse(b"C1=" + b"x" * request.MAX_TEXT + b"\r")


@given(st.binary(max_size=700))
def test_any_bytes_give_a_request_or_a_reason(window: bytes) -> None:
    request_or_reason = outcome(Request.parse, window)
    assert isinstance(request_or_reason, str) or request_or_reason.emit() == window


# Arguments


@given(st.binary(max_size=30))
def test_any_text_is_a_number_within_limits_or_refused(text: bytes) -> None:
    number = outcome(argument.number, text, 9, 2)
    assert number in (*range(2, 10), "not a number", "not within 2 and 9")


@given(st.integers(0, 4000))
def test_numbers_may_have_leading_zeros(value: int) -> None:
    assert argument.number(b"%04d" % value, 4000) == value


def test_a_missing_argument_is_reported_with_the_command() -> None:
    with pytest.raises(BadRequest) as problem:
        argument.Port.parse(b"\r")
    assert problem.value.reason("P4") == "P4=<value>"


def test_an_address_is_dotted() -> None:
    assert argument.Address.parse(b"= 10.0.0.1 \r").value == IPv4Address("10.0.0.1")
    with pytest.raises(BadRequest) as problem:
        argument.Address.parse(b"=10.0.1\r")
    assert problem.value.reason("P3") == "P3=<a.b.c.d>"


def test_fields_are_counted() -> None:
    assert argument.fields(b"=0,3\r", 2) == ([b"0", b"3"], b"")
    with pytest.raises(BadRequest, match="takes 2 values"):
        argument.fields(b"=0\r", 2)


@given(st.binary(max_size=100), st.binary(max_size=10))
def test_a_payload_is_as_long_as_announced(payload: bytes, surplus: bytes) -> None:
    assert data.Write.parse(b"=%d\r" % len(payload) + payload + surplus).data == payload
    with pytest.raises(BadRequest, match="announced"):
        data.Write.parse(b"=%d\r" % (len(payload) + len(surplus) + 1) + payload + surplus)


# Replies


def test_reply_forms() -> None:
    assert Ok().emit() == b"\r\n\r\nOK\r\n> "
    assert Ok(b"1").emit() == b"\r\n1\r\nOK\r\n> "
    assert Error().emit() == b"\r\nERROR\r\n> "
    assert Error("why").emit() == b"\r\nERROR: why\r\n> "
    failed = Error("", b"[JOIN   ] x,Failed").emit()
    assert failed == b"\r\n[JOIN   ] x,Failed\r\nERROR\r\n> "
    assert Usage("P1=<value>").emit() == b"\r\nERROR\r\nUSAGE: P1=<value>\r\n> "
    assert ListingLine(b"#001").emit() == b"\r\n#001\r\n> "
    assert ConnectionLost().emit() == b"\r\n-1\r\nERROR\r\n> "


def test_a_firmware_may_word_its_replies_otherwise() -> None:
    style = Style(error_text=False, extra_line_before_ok=True, connection_lost=b"\r\n-1\r\n> ")
    assert Ok().emit(style) == b"\r\n\r\n\r\nOK\r\n> "
    assert Ok(b"1").emit(style) == b"\r\n1\r\nOK\r\n> "
    assert Error("why").emit(style) == b"\r\nERROR\r\n> "
    assert Usage("why").emit(style) == b"\r\nERROR\r\nUSAGE: \r\n> "
    assert ConnectionLost().emit(style) == b"\r\n-1\r\n> "
    assert ModuleProfile(error_text=False, extra_line_before_ok=True, closed_reply=b"x").style == (
        Style(False, True, b"x")
    )


PLAIN = st.binary(max_size=50).filter(lambda value: b"\r" not in value and value != b"-1")
REASON = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=50)
REPLIES = st.one_of(
    st.builds(Ok, st.binary(max_size=80).filter(lambda value: b"ERROR" not in value)),
    st.builds(Error, REASON, PLAIN),
    st.builds(Usage, REASON),
    st.builds(ListingLine, PLAIN),
    st.builds(ConnectionLost),
)


@given(REPLIES)
def test_a_reply_is_parsed_as_it_was_emitted(value: Reply) -> None:
    assert reply.parse(value.emit()) == value


@given(st.binary(max_size=80))
@example(b"\r\n> ")
def test_any_bytes_are_a_reply_or_refused(received: bytes) -> None:
    for text in (received, b"\r\n" + received + PROMPT, b"\r\nERROR" + received + PROMPT):
        try:
            value = reply.parse(text)
        except ValueError:
            continue
        assert value.emit() == text


@given(st.text(max_size=50), st.binary(max_size=50))
def test_an_error_is_one_for_every_driver(reason: str, before: bytes) -> None:
    reason = reason.replace("OK", "")
    before = before.replace(b"OK", b"")
    for text in (Error(reason, before).emit(), Usage(reason).emit()):
        assert b"\r\nERROR" in text
        assert not text.endswith(OK_TAIL)
        assert text.endswith(PROMPT)
