"""HTTP/1.1 requests without I/O: bytes in, requests out, parsed by h11 (RFC 9112)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from renode_wifi.peripherals.base.late import late_dataclass

if TYPE_CHECKING:
    import h11

MAX_HEAD = 16_384
MAX_BODY = 1_048_576


@late_dataclass(frozen=True)
class HttpRequest:
    method: str
    path: str
    version: str
    headers: dict[str, str]
    """Names in lower case; fields of one name are joined (RFC 9110 section 5.3)."""
    body: bytes


class RequestParser:
    """`problem` is the status that ends the connection.

    Each request has an h11 connection of its own. A saved parser is what that connection was fed.
    max_body: bytes of a request's content.
    """

    def __init__(self, max_body: int = MAX_BODY) -> None:
        self.max_body = max_body
        self.problem: int | None = None
        self.wants_continue = False
        """The client waits for 100 (Continue) before it sends the body."""
        self._waiting = bytearray()
        """Not yet given to h11."""
        self._fed = bytearray()
        self._begin()

    def _begin(self) -> None:
        # Imported when a client comes: most runs have none, and pay for it with their start.
        import h11

        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)
        self._head: h11.Request | None = None
        self._body = bytearray()
        self._continued = False

    def __getstate__(self) -> dict[str, Any]:
        return {
            "max_body": self.max_body,
            "problem": self.problem,
            "waiting": bytes(self._waiting),
            "fed": bytes(self._fed),
            "continued": self._continued,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["max_body"])  # type: ignore[misc]
        self.feed(state["fed"])
        self.next()
        self.feed(state["waiting"])
        self.problem = state["problem"]
        self._continued = state["continued"]
        self.wants_continue = False

    def feed(self, data: bytes) -> None:
        self._waiting += data

    def next(self) -> HttpRequest | None:
        """The next request that has come whole; None: not yet, or there is a `problem`."""
        import h11

        if not self._fed:
            # RFC 9112 section 2.2: empty lines before a request line are ignored.
            self._waiting = self._waiting.lstrip(b"\r\n")
        if self.problem is not None or not self._waiting:
            return None
        self._fed += self._waiting
        self._connection.receive_data(bytes(self._waiting))
        self._waiting.clear()
        try:
            request = self._advance()
        except h11.RemoteProtocolError as error:
            self.problem = error.error_status_hint
            return None
        if request is not None:
            self._waiting += self._connection.trailing_data[0]
            self._fed.clear()
            self._begin()
        return request

    def _advance(self) -> HttpRequest | None:
        import h11

        while True:
            event = self._connection.next_event()
            if isinstance(event, h11.Request):
                self._head = event
                if _head_size(event) > MAX_HEAD:
                    self.problem = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                elif event.http_version not in (b"1.0", b"1.1"):
                    self.problem = HTTPStatus.HTTP_VERSION_NOT_SUPPORTED
                elif _length(event) > self.max_body:
                    self.problem = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            elif isinstance(event, h11.Data):
                self._body += event.data
                if len(self._body) > self.max_body:
                    self.problem = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            elif isinstance(event, h11.EndOfMessage):
                assert self._head is not None
                return _request(self._head, bytes(self._body))
            else:
                if self._connection.they_are_waiting_for_100_continue and not self._continued:
                    self._continued = self.wants_continue = True
                return None
            if self.problem is not None:
                return None


def _length(head: h11.Request) -> int:
    return next((int(value) for name, value in head.headers if name == b"content-length"), 0)


def _head_size(head: h11.Request) -> int:
    """About as many bytes as came; h11 bounds only what comes in parts."""
    fields = sum(len(name) + len(value) + 4 for name, value in head.headers)
    return len(head.method) + len(head.target) + fields


def _request(head: h11.Request, body: bytes) -> HttpRequest:
    headers: dict[str, str] = {}
    for name, value in head.headers:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    version = f"HTTP/{head.http_version.decode()}"
    return HttpRequest(head.method.decode(), head.target.decode("latin-1"), version, headers, body)
