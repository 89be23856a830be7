"""The HTTP server of the network processor, while there is an address (SWRU455, HTTP Server).

Pages are files in `www/`; user tokens in them are asked of the host. What is posted to user tokens
is reported to it. Any other resource is a request to the host's REST handler (netapp.h,
SL_NETAPP_REQUEST_...), whose answers may come in parts.
"""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus

from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.messages.basic import OK, BasicResponse
from renode_wifi.peripherals.simplelink.messages.layout import WireError
from renode_wifi.peripherals.simplelink.messages.netapp_http import (
    CONTINUATION,
    ERROR,
    MAX_DATA,
    MAX_TOKEN_NAME,
    METADATA,
    GetToken,
    NetAppData,
    NetAppReceive,
    NetAppRequest,
    NetAppResponse,
    PostToken,
    SendToken,
    emit_metadata,
    number,
    number_of,
    parse_metadata,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction
from renode_wifi.peripherals.simplelink.wlan.web import Answer, Exchange, Handle, WebServer

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

PAGES, STARTS = "www", ("/index.html", "/main.html")
TOKEN = re.compile(rb"__SL_G_U[\w.]{2}")
"""A user token in a page."""
POSTED = "__SL_P_U"
MAX_TEXT = 255
HOST_TIMEOUT = 5 * SECOND
"""For an answer of the host; then a token is empty, and a resource is not found."""
MAX_REQUESTS = 4


@dataclass
class _Page:
    """A page that waits for the values of its tokens."""

    exchange: Exchange
    content: bytes
    kind: str
    names: list[bytes]
    values: dict[bytes, bytes] = field(default_factory=dict)
    timer: Event | None = None


@dataclass
class _Pending:
    """A request that the host has; `rest` of its body it has not read yet."""

    exchange: Exchange
    rest: bytes
    metadata: bytes = b""
    content: bytes = b""
    timer: Event | None = None


class HttpService:
    """port, enabled: as the host has set them. Provisioning may take all requests."""

    def __init__(self, services: Services, files: FileSystem) -> None:
        self.services = services
        self.files = files
        self.port = 80
        self.enabled = True
        self._provisioning: Handle | None = None
        self._pages: list[_Page] = []
        self._requests: dict[int, _Pending] = {}
        self._next = 1
        self.web = WebServer(services.network, self._on_request)
        services.network.watch(self.refresh)

    def refresh(self) -> None:
        """Listen, or stop listening, as settings and the network say."""
        self.web.close()
        if self.enabled or self._provisioning is not None:
            self.web.open(self.port)

    def serve(self, handle: Handle | None) -> None:
        """Let provisioning answer all requests; None: no longer."""
        self._provisioning = handle
        self.refresh()

    def stopped(self) -> None:
        self._provisioning = None
        self._pages.clear()
        self._requests.clear()
        self.web.close()

    # Requests

    def _on_request(self, exchange: Exchange) -> None:
        if self._provisioning is not None:
            self._provisioning(exchange)
            return
        page = self._page(exchange.path) if exchange.method in ("GET", "HEAD") else None
        if page is not None:
            self._serve_page(exchange, *page)
        elif exchange.method == "POST" and self._report_tokens(exchange):
            exchange.respond(Answer())
        elif exchange.method in METHODS:
            self._ask_host(exchange)
        else:
            exchange.respond(Answer(HTTPStatus.NOT_IMPLEMENTED))

    def _page(self, path: str) -> tuple[bytes, str] | None:
        for name in STARTS if path == "/" else (path,):
            content = self.files.content(f"{PAGES}{name}")
            if content is not None:
                return content, mimetypes.guess_type(name)[0] or "text/html"
        return None

    # Tokens

    def _serve_page(self, exchange: Exchange, content: bytes, kind: str) -> None:
        names = list(dict.fromkeys(TOKEN.findall(content))) if "image" not in kind else []
        page = _Page(exchange, content, kind, names)
        self._pages.append(page)
        self._fill(page)

    def _fill(self, page: _Page) -> None:
        """Ask for the next token, or give the page."""
        if page.timer is not None:
            page.timer.cancel()
            page.timer = None
        missing = [name for name in page.names if name not in page.values]
        if missing:
            page.timer = self.services.host.after(HOST_TIMEOUT, partial(self._fail, page))
            self.services.host.event(Opcode.HTTP_GET_TOKEN, GetToken(missing[0]))
            return
        self._pages.remove(page)
        content = page.content
        for name, value in page.values.items():
            content = content.replace(name, value)
        page.exchange.respond(Answer(HTTPStatus.OK, content, page.kind))

    def _fail(self, page: _Page) -> None:
        page.timer = None
        missing = next(name for name in page.names if name not in page.values)
        page.values[missing] = b""
        self._fill(page)

    def take_token(self, transaction: Transaction, message: SendToken) -> BasicResponse | None:
        """The host's driver sends it from its receiving context, and waits for no answer."""
        for page in self._pages:
            waits = page.timer is not None and message.name not in page.values
            if waits and message.name in page.names:
                page.values[message.name] = message.value
                self._fill(page)
                break
        return None

    def _report_tokens(self, exchange: Exchange) -> bool:
        """Whether anything was posted to a user token."""
        found = [name for name in exchange.parameters if name.startswith(POSTED)]
        for name in found:
            value = exchange.parameters[name]
            parts = (exchange.path.encode("latin-1"), name.encode("latin-1"))
            action, token = parts[0][:MAX_TEXT], parts[1][:MAX_TOKEN_NAME]
            message = PostToken(action, token, value.encode("latin-1")[:MAX_TEXT])
            self.services.host.event(Opcode.HTTP_POST_TOKEN, message)
        return bool(found)

    # The host's REST handler

    def _ask_host(self, exchange: Exchange) -> None:
        if len(self._requests) >= MAX_REQUESTS:
            exchange.respond(Answer(HTTPStatus.SERVICE_UNAVAILABLE))
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
            exchange.respond(Answer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))
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
            pending.exchange.respond(Answer(HTTPStatus.NOT_FOUND))

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

    def receive(self, transaction: Transaction, message: NetAppReceive) -> BasicResponse | None:
        """sl_NetAppRecv: the next part of a request's body."""
        pending = self._requests.get(message.handle)
        if pending is None:
            return BasicResponse(Error.INVALID)
        self._await(message.handle, pending)
        transaction.status(0)
        part = pending.rest[: min(message.limit, MAX_DATA)]
        pending.rest = pending.rest[len(part) :]
        flags = CONTINUATION if pending.rest else 0
        self.services.host.event(Opcode.NETAPP_RECEIVED, NetAppData(message.handle, part, flags))
        return None

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
            pending.exchange.respond(Answer(HTTPStatus.INTERNAL_SERVER_ERROR))
            return
        kind = metadata.get(CONTENT_TYPE, b"text/html").decode("latin-1")
        more = tuple(
            (name, metadata[number].decode("latin-1"))
            for number, name in ANSWERED.items()
            if number in metadata
        )
        pending.exchange.respond(Answer(code, pending.content, kind, more))

    HANDLERS = (
        Handler(Opcode.HTTP_SEND_TOKEN, SendToken, take_token),
        Handler(Opcode.NETAPP_RESPONSE, NetAppResponse, take_response),
        Handler(Opcode.NETAPP_SEND, NetAppData, send),
        Handler(Opcode.NETAPP_RECEIVE, NetAppReceive, receive),
    )
