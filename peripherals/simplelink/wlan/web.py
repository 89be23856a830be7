"""The HTTP server of the network processor, as far as provisioning uses it, and pages in `www/`.

SWRA513, "Provisioning HTTP/HTTPS Server APIs": applications read text files and post parameters,
which are answered without content.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from renode_wifi.peripherals.network.contract.stream import Failure, Stream
from renode_wifi.peripherals.network.servers.http_requests import RequestParser
from renode_wifi.peripherals.simplelink.network import NetworkAccess

PORT = 80
MAX_CLIENTS = 4
"""Connections at once; the oldest one makes room."""

Parameters = dict[str, str]


@dataclass(frozen=True)
class Answer:
    status: HTTPStatus = HTTPStatus.NO_CONTENT
    content: bytes = b""

    def emit(self) -> bytes:
        length = f"Content-Length: {len(self.content)}\r\n" if self.content else ""
        head = (
            f"HTTP/1.1 {self.status} {self.status.phrase}\r\n"
            f"Connection: close\r\n{length}Content-Type: text/html\r\n\r\n"
        )
        return head.encode("latin-1") + self.content


Handle = Callable[[str, str, Parameters], Answer]
"""Method, path and what was posted."""


class WebServer:
    """Listens in the network that the processor is in. handle: answers requests."""

    def __init__(self, network: NetworkAccess, handle: Handle) -> None:
        self.network = network
        self.handle = handle
        self._close: Callable[[], None] | None = None
        self._clients: list[_Client] = []

    def open(self) -> None:
        self.close()
        station = self.network.station
        if station is not None:
            listener = station.listen(PORT, self._accept)
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
        client = _Client(stream, self.handle, partial(self._gone))
        self._clients.append(client)
        stream.events = client

    def _gone(self, client: _Client) -> None:
        if client in self._clients:
            self._clients.remove(client)


class _Client:
    """One connection: a request, an answer, the end."""

    def __init__(self, stream: Stream, handle: Handle, gone: Callable[[_Client], None]) -> None:
        self.stream = stream
        self.handle = handle
        self.gone = gone
        self.parser = RequestParser()
        self._out = b""

    def on_connected(self, stream: Stream) -> None:
        """It is connected already."""

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None:
        """It is connected already."""

    def on_data(self, stream: Stream) -> None:
        while data := stream.receive(4096):
            self.parser.feed(data)
        request = self.parser.next()
        if request is not None:
            # Parameters are ISO-8859-1, as applications of SimpleLink write them.
            posted = parse_qs(request.body.decode("latin-1"), True, encoding="latin-1")
            parameters = {name: values[0] for name, values in posted.items()}
            path = urlsplit(request.path).path
            self._answer(self.handle(request.method, path, parameters))
        elif self.parser.problem is not None:
            self._answer(Answer(HTTPStatus(self.parser.problem)))

    def _answer(self, answer: Answer) -> None:
        self._out += answer.emit()
        self.on_writable(self.stream)

    def on_writable(self, stream: Stream) -> None:
        if self._out:
            self._out = self._out[stream.send(self._out) :]
            if not self._out:
                stream.close()
                self.gone(self)

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        self.gone(self)
