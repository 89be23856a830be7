"""Requests that the host answers, by its REST handler (netapp.h, SL_NETAPP_REQUEST_...)."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.handlers import AnyHandler, Handler
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.basic import OK, BasicResponse
from renode_wifi.peripherals.simplelink.messages.layout import WireError
from renode_wifi.peripherals.simplelink.messages.netapp_http import (
    CONTINUATION,
    ERROR,
    MAX_DATA,
    METADATA,
    NetAppData,
    NetAppReceive,
    NetAppRequest,
    NetAppResponse,
    emit_metadata,
    number,
    number_of,
    parse_metadata,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction
from renode_wifi.peripherals.simplelink.wlan.web import Exchange, WebAnswer

HTTP_SERVER = 1
"""The application's identifier in requests."""
METHODS = {"GET": 1, "POST": 2, "PUT": 3, "DELETE": 4}
PENDING = 1
"""Status of a response that comes later, by sl_NetAppSend."""
STATUS, VERSION, URI, QUERY, CONTENT_LENGTH, CONTENT_TYPE, LOCATION = range(7)
HEADERS = {
    "content-type": CONTENT_TYPE,
    "user-agent": 8,
    "cookie": 9,
    "upgrade": 11,
    "referer": 12,
    "accept": 13,
    "content-encoding": 14,
    "content-disposition": 15,
    "connection": 16,
    "host": 19,
    "accept-encoding": 20,
    "accept-language": 21,
    "content-language": 22,
    "origin": 23,
}
"""Types of metadata, by the field of a request that they hold."""
ANSWERED = {7: "Server", 10: "Set-Cookie", LOCATION: "Location", 14: "Content-Encoding", 17: "ETag"}
"""Fields of an answer that metadata may give."""

HOST_TIMEOUT = 5 * SECOND
"""For an answer of the host; then a resource is not found."""
MAX_REQUESTS = 4


@late_dataclass()
class _Pending:
    """A request that the host has; `rest` of its body it has not read yet."""

    exchange: Exchange
    rest: bytes
    metadata: bytes = b""
    content: bytes = b""
    timer: Event | None = None


class HostRequests:
    """Those that are under way."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._requests: dict[int, _Pending] = {}
        self._next = 1

    def stopped(self) -> None:
        self._requests.clear()

    def ask(self, exchange: Exchange) -> None:
        if len(self._requests) >= MAX_REQUESTS:
            exchange.respond(WebAnswer(HTTPStatus.SERVICE_UNAVAILABLE))
            return
        items = [(URI, exchange.path.encode("latin-1"))]
        if exchange.query:
            items.append((QUERY, exchange.query.encode("latin-1")))
        if exchange.body:
            items.append((CONTENT_LENGTH, number(len(exchange.body))))
        for name, kind in HEADERS.items():
            if name in exchange.headers:
                items.append((kind, exchange.headers[name].encode("latin-1")))
        metadata = emit_metadata(items)
        if len(metadata) > MAX_DATA:
            exchange.respond(WebAnswer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))
            return
        handle, self._next = self._next, self._next % 0xFFFF + 1
        first = exchange.body[: MAX_DATA - len(metadata)]
        pending = _Pending(exchange, exchange.body[len(first) :])
        self._requests[handle] = pending
        self._await(handle, pending)
        flags = CONTINUATION if pending.rest else 0
        self.services.host.event(
            Opcode.NETAPP_REQUEST,
            NetAppRequest(HTTP_SERVER, METHODS[exchange.method], handle, metadata, first, flags),
        )

    def _await(self, handle: int, pending: _Pending) -> None:
        if pending.timer is not None:
            pending.timer.cancel()
        pending.timer = self.services.host.after(HOST_TIMEOUT, partial(self._give_up, handle))

    def _give_up(self, handle: int) -> None:
        pending = self._requests.pop(handle, None)
        if pending is not None:
            pending.exchange.respond(WebAnswer(HTTPStatus.NOT_FOUND))

    def take_response(
        self, transaction: Transaction, message: NetAppResponse
    ) -> BasicResponse | None:
        """As for tokens, the driver waits for no answer."""
        pending = self._requests.get(message.handle)
        if pending is None:
            return None
        self._await(message.handle, pending)
        if message.status == PENDING:
            return None
        pending.metadata += message.metadata
        pending.content += message.payload
        if not message.flags & CONTINUATION:
            self._finish(message.handle, message.status)
        return None

    def send(self, transaction: Transaction, message: NetAppData) -> BasicResponse:
        """sl_NetAppSend: a part of a response."""
        pending = self._requests.get(message.handle)
        if pending is None:
            return BasicResponse(Error.INVALID)
        self._await(message.handle, pending)
        if message.flags & ERROR:
            self._give_up(message.handle)
            return OK
        if message.flags & METADATA:
            pending.metadata += message.data
        else:
            pending.content += message.data
        if not message.flags & CONTINUATION:
            self._finish(message.handle, HTTPStatus.OK)
        return OK

    def receive(self, transaction: Transaction, message: NetAppReceive) -> None:
        """sl_NetAppRecv: the next part of a request's body. The event is all that the driver waits
        for: a response would be taken for that of another command."""
        pending = self._requests.get(message.handle)
        if pending is None:
            self.services.host.event(Opcode.NETAPP_RECEIVED, NetAppData(message.handle, b"", ERROR))
            return
        self._await(message.handle, pending)
        part = pending.rest[: min(message.limit, MAX_DATA)]
        pending.rest = pending.rest[len(part) :]
        flags = CONTINUATION if pending.rest else 0
        self.services.host.event(Opcode.NETAPP_RECEIVED, NetAppData(message.handle, part, flags))

    def _finish(self, handle: int, status: int) -> None:
        pending = self._requests.pop(handle)
        if pending.timer is not None:
            pending.timer.cancel()
        try:
            metadata = parse_metadata(pending.metadata)
            if len(metadata.get(STATUS, b"")) == 2:
                status = number_of(metadata[STATUS])
            code = HTTPStatus(status)
        except (WireError, ValueError):
            pending.exchange.respond(WebAnswer(HTTPStatus.INTERNAL_SERVER_ERROR))
            return
        kind = metadata.get(CONTENT_TYPE, b"text/html").decode("latin-1")
        more = tuple(
            (name, metadata[number].decode("latin-1"))
            for number, name in ANSWERED.items()
            if number in metadata
        )
        pending.exchange.respond(WebAnswer(code, pending.content, kind, more))

    HANDLERS: tuple[AnyHandler, ...] = (
        Handler(Opcode.NETAPP_RESPONSE, NetAppResponse, take_response),
        Handler(Opcode.NETAPP_SEND, NetAppData, send),
        Handler(Opcode.NETAPP_RECEIVE, NetAppReceive, receive),
    )
