"""HTTP connections to the network processor: one request each, which may be answered later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from renode_wifi.peripherals.network.contract.stream import Failure, Stream
from renode_wifi.peripherals.network.servers.http_requests import RequestParser
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.settings import TlsVerdict
from renode_wifi.peripherals.simplelink.network import NetworkAccess

MAX_CLIENTS = 4
"""Connections at once; the oldest one makes room."""
MAX_UPLOAD = 4 * 1_048_576
"""Bytes of a request's content: a bundle of files for the serial flash is one request."""


class Form(dict[str, str]):
    """Of a form; of a name that is given several times, the first counts."""

    def __init__(self, posted: Mapping[str, Sequence[str]] | None = None) -> None:
        self._all = {name: list(values) for name, values in (posted or {}).items()}
        super().__init__({name: values[0] for name, values in self._all.items()})

    def several(self, name: str) -> list[str]:
        """All values of a name."""
        return self._all.get(name, [])

    def __reduce__(self) -> tuple[type[Form], tuple[dict[str, list[str]]]]:
        return Form, (self._all,)


@dataclass(frozen=True)
class WebAnswer:
    """more: further header fields."""

    status: HTTPStatus = HTTPStatus.NO_CONTENT
    content: bytes = b""
    kind: str = "text/html"
    more: tuple[tuple[str, str], ...] = ()

    def emit(self, with_content: bool = True) -> bytes:
        length = f"Content-Length: {len(self.content)}\r\n" if self.content else ""
        fields = "".join(f"{name}: {_line(value)}\r\n" for name, value in self.more)
        head = (
            f"HTTP/1.1 {self.status} {self.status.phrase}\r\n"
            f"Connection: close\r\n{length}{fields}Content-Type: {_line(self.kind)}\r\n\r\n"
        )
        return head.encode("latin-1") + (self.content if with_content else b"")


def _line(text: str) -> str:
    """The text without what would end a header field."""
    return text.replace("\r", "").replace("\n", "").partition("\0")[0]


Handle = Callable[["Exchange"], None]
"""Takes a request, and answers it by `respond`, at once or later."""


Secure = Callable[[Stream, "Exchange"], Stream]
"""Takes a connection and the owner of its plaintext, and begins TLS on it."""


class WebServer:
    """Listens in the network that the processor is in. handle: answers requests.

    secure: None: connections have no TLS.
    """

    def __init__(self, network: NetworkAccess, handle: Handle) -> None:
        self.network = network
        self.handle = handle
        self.secure: Secure | None = None
        self._close: Callable[[], None] | None = None
        self._clients: list[Exchange] = []

    def open(self, port: int) -> None:
        self.close()
        station = self.network.joined
        if station is not None:
            listener = station.listen(port, self._accept)
            if not isinstance(listener, Failure):
                self._close = listener.close

    def close(self) -> None:
        """Connections go on to their end."""
        if self._close is not None:
            self._close()
            self._close = None

    def _accept(self, stream: Stream) -> None:
        if len(self._clients) >= MAX_CLIENTS:
            self._clients.pop(0).stream.abort()
        client = Exchange(stream, self.handle, partial(self._gone))
        self._clients.append(client)
        if self.secure is None:
            stream.events = client
        else:
            client.stream = self.secure(stream, client)

    def _gone(self, client: Exchange) -> None:
        if client in self._clients:
            self._clients.remove(client)


class Exchange:
    """One connection: a request, an answer, the end."""

    method = path = query = ""
    headers: dict[str, str]
    body = b""
    parameters: Form
    """What was posted in a form."""

    def __init__(self, stream: Stream, handle: Handle, gone: Callable[[Exchange], None]) -> None:
        self.stream = stream
        self.handle = handle
        self.gone = gone
        self.parser = RequestParser(MAX_UPLOAD)
        self.headers, self.parameters = {}, Form()
        self._out = b""
        self._gone = False

    def on_connected(self, stream: Stream) -> None:
        """It is connected already."""

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None:
        """It is connected already."""

    def on_handshake(self, stream: TlsStream, verdict: TlsVerdict) -> None:
        if verdict.problem is not None:
            self._gone = True
            self.gone(self)

    def on_data(self, stream: Stream) -> None:
        while data := stream.receive(4096):
            self.parser.feed(data)
        request = self.parser.next()
        if request is not None:
            # Form are ISO-8859-1, as applications of SimpleLink write them.
            posted = parse_qs(request.body.decode("latin-1"), True, encoding="latin-1")
            self.parameters = Form(posted)
            target = urlsplit(request.path)
            self.method, self.path, self.query = request.method, target.path, target.query
            self.headers, self.body = request.headers, request.body
            self.handle(self)
        elif self.parser.problem is not None:
            self.respond(WebAnswer(HTTPStatus(self.parser.problem)))

    def respond(self, answer: WebAnswer) -> None:
        """Answer the request, unless its client has gone."""
        if not self._gone:
            self._out += answer.emit(self.method != "HEAD")
            self.on_writable(self.stream)

    def on_writable(self, stream: Stream) -> None:
        if self._out:
            self._out = self._out[stream.send(self._out) :]
            if not self._out:
                stream.close()
                self.gone(self)

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        """A client that only ends its side still gets its answer."""
        if failure is not None:
            self._gone = True
            self.gone(self)
