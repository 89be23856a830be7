"""The network processor's HTTP server: pages, tokens, and the host's REST handler."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.phone import DeviceAnswer, _Exchange, _request
from renode_wifi.peripherals.simplelink.http_server import requests
from renode_wifi.peripherals.simplelink.messages.layout import WireError
from renode_wifi.peripherals.simplelink.messages.netapp_http import (
    CONTINUATION,
    ERROR,
    METADATA,
    GetToken,
    NetAppData,
    NetAppReceive,
    NetAppRequest,
    NetAppResponse,
    PostToken,
    SendToken,
    emit_metadata,
    parse_metadata,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.rig import Rig

HTTP_SERVER = 1


class Browser:
    """A phone in the network that the device has joined."""

    def __init__(self, port: int = 80) -> None:
        self.rig = Rig()
        self.driver = self.rig.joined()
        self.port = port
        lease = self.rig.nwp.processor.netapp.services.network.lease
        assert lease is not None
        self.device = lease.address
        self.station = self.rig.world.station(b"\x02browser"[:6])
        self.station.join(b"fwemu-ap", b"fwemu-pass", None, lambda outcome: None)
        self.wait(3)

    def wait(self, seconds: float = 1) -> None:
        self.driver.run(int(seconds * SECOND))

    def send(self, method: str, path: str, body: bytes = b"") -> list[DeviceAnswer | None]:
        answers: list[DeviceAnswer | None] = []
        request = _request(method, self.device, path, body)
        self.station.connect((self.device, self.port), _Exchange(request, answers.append))
        self.wait()
        return answers

    def put(self, name: str, content: bytes) -> None:
        self.rig.nwp.files.provision(name, content)

    def request(self) -> NetAppRequest:
        message = self.driver.event(Opcode.NETAPP_REQUEST)
        assert message is not None
        return NetAppRequest.parse(message.body)

    def configure(self, option: int, value: bytes) -> int:
        body = struct.pack("<HHHH", 0, HTTP_SERVER, option, len(value)) + value
        return self.driver.status(Opcode.NETAPP_SET, body)


def status(code: int) -> bytes:
    return emit_metadata([(requests.STATUS, struct.pack("<H", code))])


def test_pages_are_files() -> None:
    """SWRU455M, HTTP Server: pages are files of the serial flash."""
    page = Browser()
    page.put("www/index.html", b"<html>")
    page.put("www/app.js", b"let x;")
    assert page.send("GET", "/") == [DeviceAnswer(200, b"<html>")]
    assert page.send("GET", "/app.js") == [DeviceAnswer(200, b"let x;")]
    assert page.send("TRACE", "/") == [DeviceAnswer(501, b"")]


def test_tokens_in_a_page_are_asked_of_the_host() -> None:
    """SWRU455M, HTTP Server: the host gives the values of its tokens."""
    page = Browser()
    page.put("www/led.html", b"led __SL_G_ULD of __SL_G_UNM, __SL_G_ULD")
    answers = page.send("GET", "/led.html")
    assert answers == []
    for name, value in ((b"__SL_G_ULD", b"on"), (b"__SL_G_UNM", b"lamp")):
        asked = page.driver.event(Opcode.HTTP_GET_TOKEN)
        assert asked is not None
        assert GetToken.parse(asked.body).name == name
        page.driver.post(Opcode.HTTP_SEND_TOKEN, SendToken(name, value).emit())
        page.wait()
    assert answers == [DeviceAnswer(200, b"led on of lamp, on")]


def test_a_token_that_the_host_does_not_know_is_not_available() -> None:
    """SWRU368C, User-Defined Tokens: after two seconds "Not Available" stands in its place."""
    page = Browser()
    page.put("www/led.html", b"led __SL_G_ULD.")
    answers = page.send("GET", "/led.html")
    assert answers == []
    page.wait(1.5)
    assert answers == [DeviceAnswer(200, b"led Not Available.")]


def test_posted_tokens_are_reported_to_the_host() -> None:
    """SWRU455M, HTTP Server: what is posted to user tokens is an event for the host."""
    page = Browser()
    assert page.send("POST", "/no_content", b"__SL_P_ULD=on&other=1") == [DeviceAnswer(204, b"")]
    event = page.driver.event(Opcode.HTTP_POST_TOKEN)
    assert event is not None
    assert PostToken.parse(event.body) == PostToken(b"/no_content", b"__SL_P_ULD", b"on")


def test_pages_may_be_in_a_folder_of_the_root() -> None:
    """TI's tools write /www/index.html where older examples have www/index.html."""
    page = Browser()
    page.put("/www/help.html", b"<h1>help</h1>")
    assert page.send("GET", "/help.html") == [DeviceAnswer(200, b"<h1>help</h1>")]
    page.put("www/help.html", b"old")
    assert page.send("GET", "/help.html") == [DeviceAnswer(200, b"<h1>help</h1>")]


def test_other_resources_are_the_host_s() -> None:
    """SWRU455M, HTTP Server: requests for what is no file go to the host's handler."""
    page = Browser()
    answers = page.send("PUT", "/light?level=7", b"{}")
    request = page.request()
    assert (request.application, request.kind, request.payload) == (1, 3, b"{}")
    metadata = parse_metadata(request.metadata)
    assert metadata[requests.URI] == b"/light"
    assert metadata[requests.QUERY] == b"level=7"
    assert metadata[requests.CONTENT_LENGTH] == struct.pack("<I", 2)
    items = [
        (requests.STATUS, struct.pack("<H", 201)),
        (requests.CONTENT_TYPE, b"application/json"),
    ]
    reply = NetAppResponse(request.handle, 0, emit_metadata(items), b"[1]")
    page.driver.post(Opcode.NETAPP_RESPONSE, reply.emit())
    page.wait()
    assert answers == [DeviceAnswer(201, b"[1]")]


def test_a_response_may_come_later_and_in_parts() -> None:
    page = Browser()
    answers = page.send("GET", "/slow")
    handle = page.request().handle
    page.driver.post(
        Opcode.NETAPP_RESPONSE, NetAppResponse(handle, requests.PENDING, b"", b"").emit()
    )
    page.wait(3)
    for flags, data in (
        (METADATA | CONTINUATION, status(200)),
        (CONTINUATION, b"first "),
        (0, b"last"),
    ):
        assert page.driver.status(Opcode.NETAPP_SEND, NetAppData(handle, data, flags).emit()) == 0
        assert not answers or data == b"last"
        page.wait(3)
    assert answers == [DeviceAnswer(200, b"first last")]
    assert page.driver.status(Opcode.NETAPP_SEND, NetAppData(handle, b"", 0).emit()) == (
        Error.INVALID
    )


def test_an_upload_may_be_larger_than_what_servers_of_the_world_take() -> None:
    page = Browser()
    body = bytes(1_500_000)
    request = f"PUT /image HTTP/1.1\r\nHost: box\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    page.station.connect((page.device, page.port), _Exchange(request + body, lambda answer: None))
    page.wait(5)
    assert parse_metadata(page.request().metadata)[requests.CONTENT_LENGTH] == struct.pack(
        "<I", len(body)
    )


def test_a_large_body_is_read_in_parts() -> None:
    page = Browser()
    body = bytes(range(256)) * 12
    answers = page.send("POST", "/upload", body)
    request = page.request()
    assert request.flags & CONTINUATION
    taken, flags = request.payload, request.flags
    while flags & CONTINUATION:
        ask = NetAppReceive(request.handle, 1000, 0).emit()
        # TI's driver awaits the event alone; it would take a response for that of another command.
        page.driver.post(Opcode.NETAPP_RECEIVE, ask)
        event = page.driver.event(Opcode.NETAPP_RECEIVED)
        assert page.driver.events == []
        assert event is not None
        part = NetAppData.parse(event.body)
        taken, flags = taken + part.data, part.flags
    assert taken == body
    reply = NetAppResponse(request.handle, 204, b"", b"")
    page.driver.post(Opcode.NETAPP_RESPONSE, reply.emit())
    page.wait()
    assert answers == [DeviceAnswer(204, b"")]
    page.driver.post(Opcode.NETAPP_RECEIVE, NetAppReceive(99, 10, 0).emit())
    event = page.driver.event(Opcode.NETAPP_RECEIVED)
    assert event is not None
    assert NetAppData.parse(event.body) == NetAppData(99, b"", ERROR)


def test_a_host_that_does_not_answer_has_no_such_resource() -> None:
    page = Browser()
    answers = page.send("GET", "/nothing")
    page.wait(6)
    assert answers == [DeviceAnswer(404, b"")]
    page.request()
    answers = page.send("GET", "/nonsense")
    reply = NetAppResponse(page.request().handle, 200, b"\1\xff", b"")
    page.driver.post(Opcode.NETAPP_RESPONSE, reply.emit())
    page.wait()
    assert answers == [DeviceAnswer(500, b"")]


def test_port_and_server_are_settings() -> None:
    """SWRU455M, HTTP Server: it can be stopped, and its port be set."""
    page = Browser()
    page.put("www/index.html", b"<html>")
    assert page.configure(0, struct.pack("<H", 8080)) == 0
    assert page.send("GET", "/") == [None]
    page.port = 8080
    assert page.send("GET", "/") == [DeviceAnswer(200, b"<html>")]
    page.driver.status(Opcode.NETAPP_STOP, struct.pack("<I", HTTP_SERVER))
    assert page.send("GET", "/") == [None]
    page.driver.status(Opcode.NETAPP_START, struct.pack("<I", HTTP_SERVER))
    assert page.send("GET", "/") == [DeviceAnswer(200, b"<html>")]


def test_a_page_that_waits_is_forgotten_without_power() -> None:
    page = Browser()
    page.put("www/led.html", b"led __SL_G_ULD")
    answers = page.send("GET", "/led.html")
    page.driver.off()
    page.driver.start()
    page.driver.post(Opcode.HTTP_SEND_TOKEN, SendToken(b"__SL_G_ULD", b"on").emit())
    page.wait(6)
    assert DeviceAnswer(200, b"led on") not in answers


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=40)), unique_by=lambda i: i[0]))
def test_metadata_survives_the_wire(items: list[tuple[int, bytes]]) -> None:
    assert parse_metadata(emit_metadata(items)) == dict(items)


@given(st.binary(max_size=40))
def test_damaged_messages_are_an_error_or_a_message(data: bytes) -> None:
    for kind in (GetToken, SendToken, PostToken, NetAppRequest, NetAppResponse, NetAppData):
        try:
            message = kind.parse(data)
        except WireError:
            continue
        assert kind.parse(message.emit()) == message
    with pytest.raises(WireError):
        parse_metadata(b"\1\xff")
