"""A client of an in-world server: what it sent, TLS on top, and what is waiting to be sent."""

from __future__ import annotations

from typing import Any, Protocol

from renode_wifi.peripherals.network.contract.stream import Failure, Stream
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.servers.spoiling import HandshakeWatch, Spoiling
from renode_wifi.peripherals.network.stack.tcp import Address, Connection
from renode_wifi.peripherals.network.tls.endpoint import EndpointSettings, TlsEndpoint, TlsState
from renode_wifi.peripherals.network.tls.expiry import first_expiry
from renode_wifi.peripherals.network.tls.messages import INTERNAL_ERROR
from renode_wifi.peripherals.network.tls.settings import TlsVerdict

MAX_UNSENT = 16_384
"""Bytes a server holds for a client that doesn't read, before it stops reading itself."""
MAX_KEPT = 1_048_576
"""Bytes received per connection that are kept for tests; more are only counted."""


class ConnectionServer(Protocol):
    """What a connection asks of the server that it belongs to."""

    name: str
    context: ServerContext
    hanging: bool
    reads: bool
    spoiling: Spoiling

    def tls_settings(self) -> EndpointSettings | None:
        """For a connection that starts now; None: without TLS."""

    def opened(self, connection: ServerConnection) -> None: ...

    def received(self, connection: ServerConnection, data: bytes) -> None: ...

    def client_ended(self, connection: ServerConnection) -> None: ...

    def closed(self, connection: ServerConnection) -> None: ...

    def drained(self, connection: ServerConnection) -> None: ...


class ServerConnection:
    """A client of a server, while it lasts and as a record afterwards."""

    def __init__(self, server: ConnectionServer, stream: Connection, number: int) -> None:
        self.server = server
        self.stream = stream
        self.number = number
        """Counted from 1 for each server."""
        self.remote: Address = stream.remote
        self.opened_at = server.context.clock.now
        self.last_received = self.opened_at
        self.closed_at: int | None = None
        self.failure: Failure | None = None
        self.received = bytearray()
        """Plaintext, up to a megabyte."""
        self.received_count = 0
        self.sent_count = 0
        self.tls: TlsVerdict | None = None
        """With TLS: how the handshake went; None until it has ended."""
        self.alpn: str | None = None
        self.server_name: str | None = None
        self.peer_certificate: bytes | None = None
        """DER, where the client sent one."""
        self.state: Any = None
        """The protocol's own."""
        self.endpoint: TlsEndpoint | None = None
        self._ending = False
        self._out = bytearray()
        self._corrupt_next = False
        self._dripping = False
        self._watch: HandshakeWatch | None = None
        tls = server.tls_settings()
        if tls is not None:
            self.endpoint = TlsEndpoint(tls, server.context.pki.secret(f"{server.name}/{number}"))
            if server.spoiling.abort is not None:
                self._watch = HandshakeWatch(server.spoiling.abort)

    @property
    def open(self) -> bool:
        return self.closed_at is None

    @property
    def secure(self) -> bool:
        return self.endpoint is None or self.endpoint.state in (TlsState.OPEN, TlsState.CLOSED)

    @property
    def unsent(self) -> int:
        """Bytes that wait for the client to read."""
        return len(self._out)

    # For the protocol

    def send(self, data: bytes) -> None:
        """Send, now or when the client has read enough."""
        if not self.open or not data:
            return
        self.sent_count += len(data)
        if self.endpoint is None:
            self._out += data
        else:
            self._trace_tls_data(data, to_client=True)
            self.endpoint.write(data)
        self._flush()

    def end(self) -> None:
        """Close when everything has been sent."""
        if self.open and not self._ending:
            self._ending = True
            if self.endpoint is not None and self.secure:
                self.endpoint.close()
            self._flush()

    def abort(self) -> None:
        """Reset."""
        if self.open:
            self.stream.abort()
            self._note_closed(Failure.RESET)

    # Faults

    def corrupt_next(self) -> None:
        """The last bit of what is sent next is wrong, where TLS notices it."""
        self._corrupt_next = self.endpoint is not None

    def _break_off(self) -> None:
        """End a handshake as the fault of the server says."""
        assert self._watch is not None
        how = self._watch.abort.how
        self._watch = None
        if how == "reset":
            self.abort()
            return
        if how == "alert":
            self.stream.send(INTERNAL_ERROR)
        self.stream.close()
        self._note_closed(Failure.RESET)

    # StreamEvents

    def on_connected(self, stream: Stream) -> None:
        """Never called: the connection stands before the server gets it."""

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None:
        """Never called: the connection stands before the server gets it."""

    def on_data(self, stream: Stream) -> None:
        if not self.server.reads or self.server.hanging:
            return
        self.last_received = self.server.context.clock.now
        while self.open and stream.available and len(self._out) < MAX_UNSENT:
            data = stream.receive(MAX_UNSENT)
            if self.endpoint is None:
                self._deliver(data)
            elif self._watch is not None and self._watch.received(data) is not None:
                self._break_off()
            else:
                self.endpoint.feed(data)
                self._after_tls()

    def on_writable(self, stream: Stream) -> None:
        self._flush()
        if self.open and not self._out:
            self.server.drained(self)
        if self.open:
            self.on_data(stream)

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        if not self.open:
            return
        if failure is not None:
            self._note_closed(failure)
            return
        if self.endpoint is not None and self.endpoint.state is TlsState.HANDSHAKE:
            self.endpoint.feed_end()
            self._after_tls()
        if self.open:
            self.server.client_ended(self)

    # Within

    def _deliver(self, data: bytes) -> None:
        self.received_count += len(data)
        if len(self.received) < MAX_KEPT:
            self.received += data
        self.server.received(self, data)

    def _after_tls(self) -> None:
        endpoint = self.endpoint
        assert endpoint is not None
        if self.tls is None and endpoint.verdict is not None:
            self._note_handshake(endpoint)
        data = endpoint.take_plaintext()
        if data:
            self._trace_tls_data(data, to_client=False)
            self._deliver(data)
        self._flush()
        if not self.open:
            return
        if endpoint.state is TlsState.FAILED:
            self.stream.close()
            self._note_closed(Failure.RESET)
        elif endpoint.state is TlsState.CLOSED:
            self.server.client_ended(self)

    def _note_handshake(self, endpoint: TlsEndpoint) -> None:
        assert endpoint.verdict is not None
        self.tls = verdict = endpoint.verdict
        self.alpn = endpoint.alpn
        self.server_name = endpoint.requested_name
        self.peer_certificate = endpoint.peer_chain[0] if endpoint.peer_chain else None
        self.server.context.trace(
            "tls",
            flow=self.stream.flow,
            server=self.server.name,
            problem=None if verdict.problem is None else verdict.problem.name,
            detail=verdict.detail,
            version=verdict.version,
            cipher=verdict.cipher,
            alpn=self.alpn,
            server_name=self.server_name,
            expires=self._first_expiry(endpoint),
        )
        if verdict.problem is None:
            self.server.opened(self)

    def _first_expiry(self, endpoint: TlsEndpoint) -> int | None:
        """Of the certificates of both ends, as Unix time."""
        own = endpoint.settings.certificate
        return first_expiry([*endpoint.peer_chain, *([] if own is None else [own])])

    def _trace_tls_data(self, data: bytes, *, to_client: bool) -> None:
        ends = (self.stream.source, self.stream.destination)
        source, destination = ends if to_client else ends[::-1]
        self.server.context.trace(
            "tls-data", flow=self.stream.flow, origin=source, destination=destination, data=data
        )

    def _flush(self) -> None:
        if self.endpoint is not None and self._take_outgoing():
            self._break_off()
            return
        drip = self.server.spoiling.drip
        while self._out and not (drip is not None and self._dripping):
            lot = bytes(self._out if drip is None else self._out[: drip[0]])
            sent = self.stream.send(lot)
            if not sent:
                return
            del self._out[:sent]
            if drip is not None:
                self._dripping = True
                self.server.context.clock.schedule(drip[1], self._drip_on)
        if self._ending and self.open and not self._out:
            self.stream.close()
            self._note_closed(None)

    def _drip_on(self) -> None:
        self._dripping = False
        if self.open:
            self._flush()

    def _take_outgoing(self) -> bool:
        """What TLS wants to send; True: it is the last of a handshake that a fault ends."""
        assert self.endpoint is not None
        data = self.endpoint.take_outgoing()
        if data and self._corrupt_next:
            self._corrupt_next = False
            data = data[:-1] + bytes((data[-1] ^ 1,))
        end = None if self._watch is None or not data else self._watch.sent(data)
        if end is None:
            self._out += data
            return False
        self.stream.send(bytes(self._out) + data[:end])
        self._out.clear()
        return True

    def _note_closed(self, failure: Failure | None) -> None:
        self.closed_at = self.server.context.clock.now
        self.failure = failure
        self._out.clear()
        if self.endpoint is not None:
            self.endpoint.discard()
        self.server.closed(self)
