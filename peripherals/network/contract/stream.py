"""A TCP connection as a radio sees it, and why network operations fail."""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Address
from typing import Protocol


class Failure(Enum):
    """Why a network operation ended without success."""

    NOT_JOINED = "the station has no address"
    REFUSED = "connection refused"
    UNREACHABLE = "no route to host"
    DENIED = "the world file does not allow this destination"
    TIMED_OUT = "no answer"
    RESET = "connection reset by peer"
    ADDRESS_IN_USE = "local port is taken"


class StreamEvents(Protocol):
    """What the owner of a `Stream` is notified of."""

    def on_connected(self, stream: Stream) -> None: ...

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None: ...

    def on_data(self, stream: Stream) -> None:
        """Bytes arrived: `stream.receive` gives them."""

    def on_writable(self, stream: Stream) -> None:
        """There is room again after `send` took less than it was given."""

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        """The peer closed (None) or the connection broke. Buffered data can still be received."""


class Stream(Protocol):
    """One TCP connection."""

    local: tuple[IPv4Address, int]
    remote: tuple[IPv4Address, int]
    events: StreamEvents
    hermetic: bool
    """Both ends are in the world: what is exchanged repeats from run to run."""

    @property
    def open(self) -> bool:
        """Connected, and not closed by either side."""

    @property
    def available(self) -> int:
        """Bytes that `receive` would give now."""

    def send(self, data: bytes) -> int:
        """Take as many bytes as the send window has room for; returns how many (0: none)."""

    def receive(self, limit: int) -> bytes:
        """Take up to `limit` received bytes; b"" when none are there."""

    def peek(self, limit: int) -> bytes: ...

    def set_receive_window(self, size: int) -> None:
        """Let the peer send no more than `size` bytes ahead of what was received."""

    def probe(self) -> None:
        """Keep-alive: a peer that has vanished is noticed, and the connection ends by TIMED_OUT."""

    def shutdown(self) -> None:
        """Send FIN after what was sent; receiving goes on."""

    def close(self) -> None:
        """Let go of the connection: FIN after what was sent; no further events."""

    def abort(self) -> None:
        """RST; no further events."""


class Listener(Protocol):
    port: int

    def close(self) -> None: ...
