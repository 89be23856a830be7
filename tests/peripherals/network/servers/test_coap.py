"""The CoAP server, and its messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.network.servers import coap
from renode_wifi.peripherals.network.servers.coap_messages import (
    BlockOption,
    CoapError,
    CoapMessage,
    MessageType,
    OptionNumber,
)
from tests.peripherals.network.rig import GATEWAY, Recorder, Rig, joined

OPTIONS = st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=300)), max_size=5).map(
    lambda options: tuple(sorted(options, key=lambda option: option[0]))
)
MESSAGES = st.builds(
    CoapMessage,
    st.sampled_from(MessageType),
    st.integers(1, 255),
    st.integers(0, 0xFFFF),
    st.binary(max_size=8),
    OPTIONS,
    st.binary(max_size=100),
)


@given(MESSAGES)
def test_messages_survive_the_wire(message: CoapMessage) -> None:
    assert CoapMessage.parse(message.emit()) == message


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_an_error(data: bytes) -> None:
    try:
        message = CoapMessage.parse(b"\x40" + data)
    except CoapError:
        return
    assert CoapMessage.parse(message.emit()) == message


@given(st.integers(0, (1 << 20) - 1), st.booleans(), st.sampled_from([16 << n for n in range(7)]))
def test_blocks_survive_the_wire(number: int, more: bool, size: int) -> None:
    block = BlockOption(number, more, size)
    assert BlockOption.parse(block.emit()) == block
    with pytest.raises(CoapError):
        BlockOption.parse(b"\x0f")


WORLD = f"""
servers:
  things:
    type: coap
    port: 5683
    resources: {{/lamp: "on", /long: "{"0123456789" * 250}"}}
"""


class Device:
    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.events = Recorder()
        self.socket = rig.station.datagrams(40_000, self.events)
        self.identifier = 0

    def send(self, data: bytes) -> list[CoapMessage]:
        self.events.log.clear()
        self.socket.send_to((GATEWAY, 5683), data)
        self.rig.run()
        return [CoapMessage.parse(answer) for _, answer in self.events.log]

    def ask(
        self,
        method: int,
        path: str,
        payload: bytes = b"",
        *options: tuple[int, bytes],
        type: MessageType = MessageType.CONFIRMABLE,
    ) -> CoapMessage:
        self.identifier += 1
        parts = [(int(OptionNumber.URI_PATH), part.encode()) for part in path.split("/")[1:]]
        whole = tuple(sorted([*parts, *options], key=lambda option: option[0]))
        message = CoapMessage(type, method, self.identifier, b"tok", whole, payload)
        (answer,) = self.send(message.emit())
        assert answer.token == b"tok"
        return answer


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(joined(tmp_path, WORLD))


def test_a_resource_is_read_written_made_and_deleted(device: Device) -> None:
    answer = device.ask(coap.GET, "/lamp")
    assert (answer.type, answer.identifier) == (MessageType.ACKNOWLEDGEMENT, 1)
    assert (answer.code, answer.payload) == (coap.CONTENT, b"on")
    assert device.ask(coap.PUT, "/lamp", b"off").code == coap.CHANGED
    assert device.ask(coap.POST, "/new/one", b"1").code == coap.CREATED
    assert device.ask(coap.GET, "/new/one").payload == b"1"
    listed = device.ask(coap.GET, "/.well-known/core")
    assert listed.payload == b"</lamp>,</long>,</new/one>"
    assert listed.values(OptionNumber.CONTENT_FORMAT) == [b"\x28"]
    assert device.ask(coap.DELETE, "/lamp").code == coap.DELETED
    assert device.ask(coap.GET, "/lamp").code == coap.NOT_FOUND
    assert device.ask(7, "/lamp").code == coap.NOT_ALLOWED
    requests = device.rig.world.server("things").requests
    assert requests[1] == coap.CoapRequest(coap.PUT, "/lamp", b"off")


def test_requests_without_confirmation_are_answered_likewise(device: Device) -> None:
    answer = device.ask(coap.GET, "/lamp", type=MessageType.NON_CONFIRMABLE)
    assert (answer.type, answer.payload) == (MessageType.NON_CONFIRMABLE, b"on")


def test_a_repeated_request_is_carried_out_once(tmp_path: Path) -> None:
    rig = joined(tmp_path, WORLD)
    device = Device(rig)
    request = CoapMessage(
        MessageType.CONFIRMABLE, coap.POST, 9, b"", ((OptionNumber.URI_PATH, b"x"),), b"1"
    ).emit()
    (first,) = device.send(request)
    (second,) = device.send(request)
    assert first == second
    assert first.code == coap.CREATED
    assert len(rig.world.server("things").requests) == 1


def test_a_ping_is_answered_and_garbage_is_not(device: Device) -> None:
    assert device.send(b"\x40\0\x12\x34") == [CoapMessage(MessageType.RESET, 0, 0x1234)]
    for garbage in (b"", b"\x40", b"\x80\1\0\1", b"\x60\0\0\1", b"\x50\0\0\1", b"\x40\1\0\1\xff"):
        assert device.send(garbage) == []


def test_options_that_have_to_be_understood_and_are_not(device: Device) -> None:
    assert device.ask(coap.GET, "/lamp", b"", (2049, b"")).code == coap.BAD_OPTION
    assert device.ask(coap.GET, "/lamp", b"", (2048, b"")).code == coap.CONTENT
    assert (
        device.ask(coap.GET, "/lamp", b"", (OptionNumber.BLOCK2, b"\x07")).code == coap.BAD_OPTION
    )


def test_a_form_that_nobody_has_is_not_acceptable(device: Device) -> None:
    """RFC 7252 section 5.10.4."""
    assert (
        device.ask(coap.GET, "/lamp", b"", (OptionNumber.ACCEPT, b"\x32")).code
        == coap.NOT_ACCEPTABLE
    )
    for text in (b"", b"\0"):
        assert device.ask(coap.GET, "/lamp", b"", (OptionNumber.ACCEPT, text)).code == coap.CONTENT


@pytest.mark.parametrize("size", [None, 64, 1024])
def test_long_content_comes_block_by_block(device: Device, size: int | None) -> None:
    content, number, more = b"", 0, True
    while more:
        block = BlockOption(number, False, size or 1024).emit()
        options = ((int(OptionNumber.BLOCK2), block),) if number or size else ()
        answer = device.ask(coap.GET, "/long", b"", *options)
        content += answer.payload
        more = BlockOption.parse(answer.values(OptionNumber.BLOCK2)[0]).more
        number += 1
    assert content == b"0123456789" * 250
    beyond = (int(OptionNumber.BLOCK2), BlockOption(number, False, size or 1024).emit())
    assert device.ask(coap.GET, "/long", b"", beyond).code == coap.BAD_OPTION


def test_uploads_come_block_by_block(device: Device) -> None:
    def put(number: int, more: bool, data: bytes) -> int:
        block = (int(OptionNumber.BLOCK1), BlockOption(number, more, 16).emit())
        return device.ask(coap.PUT, "/up", data, block).code

    assert put(0, True, b"a" * 16) == coap.CONTINUE
    assert put(1, True, b"b" * 16) == coap.CONTINUE
    assert put(2, False, b"c") == coap.CREATED
    assert device.ask(coap.GET, "/up").payload == b"a" * 16 + b"b" * 16 + b"c"
    assert put(0, True, b"a" * 16) == coap.CONTINUE
    assert put(2, True, b"c" * 16) == coap.INCOMPLETE
    assert put(0, True, b"short") == coap.BAD_REQUEST


def test_what_a_server_keeps_is_bounded(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coap, "MAX_RESOURCES", 3)
    monkeypatch.setattr(coap, "MAX_REMEMBERED", 2)
    monkeypatch.setattr(coap, "MAX_BODY", 20)
    assert device.ask(coap.PUT, "/a", b"").code == coap.CREATED
    assert device.ask(coap.PUT, "/b", b"").code == coap.TOO_LARGE
    for more in (True, False):
        block = (int(OptionNumber.BLOCK1), BlockOption(0 if more else 1, more, 16).emit())
        answer = device.ask(coap.PUT, "/a", b"x" * 16, block)
    assert answer.code == coap.TOO_LARGE
    assert answer.values(OptionNumber.BLOCK1) == []
    server = device.rig.world.server("things")
    assert len(server._answers) == 2
