"""A small HTTP/1.1 server (RFC 9112): pages of the world file, keep-alive, uploads recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from renode_wifi.peripherals.network.servers.base import ServerConnection, TcpServer
from renode_wifi.peripherals.network.worldfile.models import ServerSettings

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World

LONGEST_HEAD = 16_384
LONGEST_BODY = 1_048_576

Page = tuple[int, str, bytes]
"""Status, content type, body."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    version: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass
class RequestParser:
    """Bytes in, requests out; `problem` is the status that ends the connection."""

    problem: int | None = None
    _buffer: bytearray = field(default_factory=bytearray)
    _head: Request | None = None
    _body_length: int = 0

    def feed(self, data: bytes) -> list[Request]:
        self._buffer += data
        requests = []
        while self.problem is None:
            if self._head is None and not self._read_head():
                break
            head = self._head
            if head is None or len(self._buffer) < self._body_length:
                break
            body = bytes(self._buffer[: self._body_length])
            del self._buffer[: self._body_length]
            requests.append(Request(head.method, head.path, head.version, head.headers, body))
            self._head = None
        return requests

    def _read_head(self) -> bool:
        """Whether a whole head was there."""
        while self._buffer[:2] == b"\r\n":
            del self._buffer[:2]
        end = self._buffer.find(b"\r\n\r\n", 0, LONGEST_HEAD)
        if end < 0:
            if len(self._buffer) >= LONGEST_HEAD:
                self.problem = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            return False
        lines = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        words = lines[0].split(" ")
        if len(words) != 3 or words[2] not in ("HTTP/1.0", "HTTP/1.1"):
            self.problem = HTTPStatus.BAD_REQUEST
            return False
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                self.problem = HTTPStatus.BAD_REQUEST
                return False
            headers[name.lower()] = value.strip()
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers:
            self.problem = HTTPStatus.NOT_IMPLEMENTED
        elif not (length.isascii() and length.isdigit()):
            self.problem = HTTPStatus.BAD_REQUEST
        elif int(length) > LONGEST_BODY:
            self.problem = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        if self.problem is not None:
            return False
        self._body_length = int(length)
        self._head = Request(words[0], words[1], words[2], headers, b"")
        return True


class HttpServer(TcpServer):
    """`pages` may be changed while it runs; `requests` records what came."""

    def __init__(self, world: World, settings: ServerSettings) -> None:
        super().__init__(world, settings)
        self.pages: dict[str, Page] = dict(settings.options.get("pages", {}))
        self.requests: list[Request] = []

    def opened(self, connection: ServerConnection) -> None:
        connection.state = RequestParser()

    def received(self, connection: ServerConnection, data: bytes) -> None:
        parser: RequestParser = connection.state
        for request in parser.feed(data):
            self.requests.append(request)
            self._answer(connection, request)
        if parser.problem is not None:
            connection.send(_response((parser.problem, "text/plain", b""), close=True))
            connection.end()

    def _answer(self, connection: ServerConnection, request: Request) -> None:
        page = self.pages.get(request.path.partition("?")[0])
        if page is None:
            page = (HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"no such page\n")
        elif request.method not in ("GET", "HEAD", "POST", "PUT"):
            page = (HTTPStatus.METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", b"")
        wish = request.headers.get("connection", "").lower()
        close = wish == "close" or (request.version == "HTTP/1.0" and wish != "keep-alive")
        connection.send(_response(page, close=close, head=request.method == "HEAD"))
        if close:
            connection.end()


def _response(page: Page, *, close: bool, head: bool = False) -> bytes:
    status, content_type, body = page
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = "Status"
    lines = (
        f"HTTP/1.1 {int(status)} {reason}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        f"Connection: {'close' if close else 'keep-alive'}",
        "",
        "",
    )
    return "\r\n".join(lines).encode() + (b"" if head else body)
