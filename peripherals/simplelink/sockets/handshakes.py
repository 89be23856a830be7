"""TLS on stream sockets: how a handshake starts, and how its end is reported."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Protocol

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.network.tls.client import TlsStream, judge_chain
from renode_wifi.peripherals.network.tls.expiry import first_expiry
from renode_wifi.peripherals.network.tls.settings import TlsProblem, TlsVerdict, load_certificates
from renode_wifi.peripherals.simplelink.device import Device
from renode_wifi.peripherals.simplelink.files.catalogue import climb
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.messages.sockets import SocketEvent, word
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.sockets import options, tls
from renode_wifi.peripherals.simplelink.sockets.socket import Socket
from renode_wifi.peripherals.simplelink.sockets.stream import StreamSocket, StreamState
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable
from renode_wifi.peripherals.simplelink.transaction import Services

EVENT_ACCEPT_FAILED = 0
EVENT_NOT_ENCRYPTED = 2
EVENT_SECURED = 3
EVENT_HANDSHAKE_FAILED = 4
EVENT_WRONG_ROOT = 5
"""Types of event 100F (sl_socket.h)."""
SETTLE_TIME = 2 * MILLISECOND
"""Between the end of TLS and the look whether the peer has closed TCP too."""


class HandshakeListener(Protocol):
    """Who waits for the outcome of a handshake."""

    def secured(self, socket: StreamSocket, status: int) -> None:
        """A handshake in a connect or an accept has come to its end."""

    def changed(self, socket: Socket) -> None: ...


class Handshakes:
    """Makes the connections of secure sockets secure.

    A handshake comes about in a connect, by STARTTLS (`after_tcp`), or in an accept (`acceptor`),
    and its outcome goes to whoever waits there.
    """

    def __init__(
        self,
        services: Services,
        table: SocketTable,
        device: Device,
        files: FileSystem,
        listener: HandshakeListener,
    ) -> None:
        self.services = services
        self.table = table
        self.device = device
        self.files = files
        self.listener = listener

    def notify(self, socket: Socket, kind: int, value: int, extra: bytes = b"") -> None:
        event = SocketEvent(socket.number, kind, value, extra)
        self.services.host.event(Opcode.SOCKET_EVENT, event)

    def refusal(self, socket: Socket) -> int:
        """0, or why STARTTLS is not possible."""
        if not isinstance(socket, StreamSocket):
            return Error.OPERATION_NOT_SUPPORTED
        if socket.state is StreamState.LISTENING:
            return Error.TLS_NOT_WHEN_LISTENING
        if socket.state is StreamState.HANDSHAKE:
            return Error.TLS_DURING_HANDSHAKE
        if socket.state is not StreamState.OPEN:
            return Error.NOT_CONNECTED
        if socket.secure:
            return Error.INVALID
        if socket.outbox:
            return Error.TLS_TX_NOT_EMPTY
        if socket.stream is not None and socket.stream.available:
            return Error.TLS_RX_NOT_EMPTY
        count = sum(other.secure for other in self.table.all())
        return Error.TLS_TOO_MANY if count >= self.services.profile.secure_sockets else 0

    def start(self, socket: StreamSocket) -> None:
        """STARTTLS."""
        socket.secure = True
        self.begin(socket)

    def begin(self, socket: StreamSocket) -> None:
        services = self.services
        server = socket.acceptor is not None
        settings = tls.settings_of(socket.options, self.files, services.profile, server)
        stream = socket.stream
        assert stream is not None
        started_open = socket.state is StreamState.OPEN
        socket.become(StreamState.HANDSHAKE)
        socket.after_tcp = started_open
        if isinstance(settings, int):
            self.failed(socket, settings)
            return
        timeout = services.profile.handshake_timeout_ms * MILLISECOND
        socket.timer = services.host.after(timeout, partial(self._timed_out, socket))
        surroundings = services.surroundings
        socket.stream = TlsStream(
            stream, settings, socket, surroundings.clock, surroundings.random("tls")
        )

    def _timed_out(self, socket: StreamSocket) -> None:
        socket.timer = None
        if socket.state is StreamState.HANDSHAKE:
            self.failed(socket, Error.TLS_HANDSHAKE_TIMED_OUT)

    def done(self, socket: StreamSocket, verdict: TlsVerdict) -> None:
        if socket.state is not StreamState.HANDSHAKE:
            return
        socket.stop_timer()
        stream = socket.stream
        self.services.surroundings.trace(
            "tls",
            socket=socket.number,
            problem=verdict.problem.value if verdict.problem is not None else "",
            detail=verdict.detail,
            version=verdict.version,
            cipher=verdict.cipher,
            expires=first_expiry(stream.peer_chain if isinstance(stream, TlsStream) else ()),
            date=self.device.date,
        )
        status = tls.error_of(verdict)
        if status:
            self.failed(socket, status, verdict)
            return
        if not self._is_expected_peer(socket):
            self.failed(socket, Error.TLS_WRONG_PEER)
            return
        socket.verdict = verdict
        socket.verification = self._reservation(socket)
        socket.become(StreamState.OPEN)
        if socket.acceptor is None and socket.after_tcp:
            self.notify(socket, EVENT_SECURED, socket.verification)
        else:
            self.listener.secured(socket, socket.verification)
        self.listener.changed(socket)

    def _is_expected_peer(self, socket: StreamSocket) -> bool:
        """By the certificate of SL_SO_SECURE_FILES_PEER_CERT_OR_DH_KEY_FILE_NAME, of clients."""
        stream = socket.stream
        assert isinstance(stream, TlsStream)
        name = socket.options.text(options.PEER_FILE)
        if not name or stream.settings.server:
            return True
        try:
            expected = load_certificates(self.files.content(name) or b"")
        except ValueError:
            return False
        return stream.peer_chain[:1] == expected[:1]

    def _reservation(self, socket: StreamSocket) -> int:
        """With which error a connection that stands is nevertheless reported."""
        stream = socket.stream
        assert isinstance(stream, TlsStream)
        if stream.settings.server:
            return 0
        if not stream.settings.verify:
            return Error.TLS_NOT_VERIFIED
        problem, _ = judge_chain(stream.peer_chain, replace(stream.settings, when=self.device.date))
        if problem in (TlsProblem.EXPIRED, TlsProblem.NOT_YET_VALID):
            return Error.TLS_DATE
        disabled = (options.LEVEL_SOCKET, options.DISABLE_STORE) in socket.options.values
        catalogue = None if disabled else self.files.catalogue
        if catalogue is None:
            return 0
        try:
            path = climb(stream.peer_chain, load_certificates(stream.settings.ca or b""))
        except ValueError:
            # OpenSSL takes certificates that stricter parsers don't.
            return Error.TLS_UNKNOWN_ROOT
        if any(map(catalogue.revokes, path)):
            return Error.TLS_REVOKED
        return 0 if catalogue.knows(path[-1]) else Error.TLS_UNKNOWN_ROOT

    def failed(self, socket: StreamSocket, status: int, verdict: TlsVerdict | None = None) -> None:
        socket.stop_timer()
        if socket.stream is not None:
            socket.stream.abort()
            socket.stream = None
        if socket.acceptor is not None:
            self.listener.secured(socket, status)
            return
        if verdict is not None and verdict.problem is TlsProblem.UNKNOWN_ROOT:
            extra = verdict.detail.encode()[: SocketEvent.MAX_EXTRA]
            self.notify(socket, EVENT_WRONG_ROOT, status, extra)
        if socket.after_tcp:
            socket.become(StreamState.BROKEN)
            self.notify(socket, EVENT_HANDSHAKE_FAILED, status)
            self.listener.changed(socket)
        else:
            socket.become(StreamState.IDLE)
            self.listener.secured(socket, status)

    def ended(self, socket: StreamSocket) -> None:
        """The peer has closed TLS in good order; TCP may follow."""
        self.services.host.after(SETTLE_TIME, partial(self._settle, socket))

    def _settle(self, socket: StreamSocket) -> None:
        """With TCP still open, the connection has fallen back to plain."""
        stream = socket.stream
        if socket.state is not StreamState.OPEN or not isinstance(stream, TlsStream):
            return
        if stream.stream.open:
            self.notify(socket, EVENT_NOT_ENCRYPTED, Error.TLS_CLOSED)
            socket.verification = Error.TLS_CLOSED
        socket.become(StreamState.ENDED)
        self.listener.changed(socket)

    def option(self, socket: StreamSocket, name: int) -> bytes | None:
        """What the handshake brought about; None for options that have nothing to do with it."""
        verdict, stream = socket.verdict, socket.stream
        if verdict is None or not isinstance(stream, TlsStream):
            return None
        chosen = stream.alpn or ""
        bit = tls.protocol_bit(chosen)
        if name == options.CONNECTION_PARAMETERS:
            return tls.connection_parameters(verdict, socket.verification == 0, bit).emit()
        if name == options.ALPN:
            return word(bit)
        return chosen.encode() if name == options.ALPN_GENERAL else None
