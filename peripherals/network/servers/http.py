"""A web server: pages of the world file, keep-alive, ranges, uploads recorded (RFC 9110)."""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from renode_wifi.peripherals.network.servers.base import TcpServer
from renode_wifi.peripherals.network.servers.connection import MAX_UNSENT, ServerConnection
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.servers.http_requests import HttpRequest, RequestParser
from renode_wifi.peripherals.network.servers.records import Records
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings

Page = tuple[int, str, bytes]
"""Status, content type, body."""
Headers = list[tuple[str, str]]

TEXT = "text/plain; charset=utf-8"
READING = ("GET", "HEAD")
WRITING = ("POST", "PUT", "PATCH")
"""Recorded, and answered as the page says: a world file's page stands for what a service does."""
ALLOWED = ", ".join((*READING, *WRITING, "OPTIONS"))
RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))", re.ASCII | re.IGNORECASE)
"""One range (RFC 9110 section 14.1.2). Several are answered with the whole page, as is allowed."""


class HttpServer(TcpServer):
    """`pages` may be changed while it runs; `requests` records what came."""

    def __init__(self, context: ServerContext, settings: ServerSettings) -> None:
        super().__init__(context, settings)
        self.pages: dict[str, Page] = {
            path: (page.status, page.content_type, page.body)
            for path, page in settings.pages.items()
        }
        self.requests: Records[HttpRequest] = Records()

    def opened(self, connection: ServerConnection) -> None:
        connection.state = RequestParser()

    def received(self, connection: ServerConnection, data: bytes) -> None:
        connection.state.feed(data)
        self.drained(connection)

    def drained(self, connection: ServerConnection) -> None:
        """Answer what has come, one by one: the client must read before more is made."""
        parser: RequestParser = connection.state
        while connection.open and connection.unsent < MAX_UNSENT:
            request = parser.next()
            if request is None:
                break
            self.requests.keep(request, len(request.body))
            self._answer(connection, request)
        else:
            return
        if parser.wants_continue:
            parser.wants_continue = False
            connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if parser.problem is not None:
            self._send(
                connection, parser.problem, [("Content-Type", "text/plain")], b"", close=True
            )

    def _answer(self, connection: ServerConnection, request: HttpRequest) -> None:
        status, headers, body = self._response(request)
        wishes = {wish.strip() for wish in request.headers.get("connection", "").lower().split(",")}
        close = "close" in wishes or (request.version == "HTTP/1.0" and "keep-alive" not in wishes)
        self._send(
            connection, status, headers, body, close=close, bodiless=request.method == "HEAD"
        )

    def _response(self, request: HttpRequest) -> tuple[int, Headers, bytes]:
        page = self.pages.get(_place(request.path))
        if request.method == "OPTIONS":
            return HTTPStatus.NO_CONTENT, [("Allow", ALLOWED)], b""
        if page is None:
            return HTTPStatus.NOT_FOUND, [("Content-Type", TEXT)], b"no such page\n"
        if request.method not in READING + WRITING:
            headers = [("Content-Type", TEXT), ("Allow", ALLOWED)]
            return HTTPStatus.METHOD_NOT_ALLOWED, headers, b""
        status, content_type, body = page
        headers = [("Content-Type", content_type)]
        if request.method in READING and status == HTTPStatus.OK:
            headers.append(("Accept-Ranges", "bytes"))
            if request.method == "GET" and "if-range" not in request.headers:
                return _part(request.headers.get("range", ""), headers, body)
        return status, headers, body

    def _send(
        self,
        connection: ServerConnection,
        status: int,
        headers: Headers,
        body: bytes,
        *,
        close: bool,
        bodiless: bool = False,
    ) -> None:
        lines = [("Date", self.context.date.http), *headers]
        if status >= HTTPStatus.OK and status not in (
            HTTPStatus.NO_CONTENT,
            HTTPStatus.NOT_MODIFIED,
        ):
            lines.append(("Content-Length", str(len(body))))
        else:
            bodiless = True
        lines.append(("Connection", "close" if close else "keep-alive"))
        head = "".join(f"{name}: {value}\r\n" for name, value in lines)
        connection.send(
            f"HTTP/1.1 {int(status)} {_reason(status)}\r\n{head}\r\n".encode("latin-1", "replace")
            + (b"" if bodiless else body)
        )
        if close:
            connection.end()


def _place(target: str) -> str:
    """The path of a target, which may be a whole address (RFC 9112 section 3.2.2)."""
    path = urlsplit(target).path if "://" in target.partition("?")[0] else target.partition("?")[0]
    return unquote(path, "latin-1") or "/"


def _part(wanted: str, headers: Headers, body: bytes) -> tuple[int, Headers, bytes]:
    """What a Range header asks of a page (RFC 9110 section 14.2)."""
    match = RANGE.fullmatch(wanted.replace(" ", ""))
    if match is None or (match[2] and int(match[2]) < int(match[1])):
        return HTTPStatus.OK, headers, body
    size = len(body)
    if match[1] is None:
        first, last = max(0, size - int(match[3])), size - 1
    else:
        first, last = int(match[1]), min(size - 1, int(match[2] or size))
    if first >= size or first > last:
        headers = [*headers, ("Content-Range", f"bytes */{size}")]
        return HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers, b""
    headers = [*headers, ("Content-Range", f"bytes {first}-{last}/{size}")]
    return HTTPStatus.PARTIAL_CONTENT, headers, body[first : last + 1]


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"
