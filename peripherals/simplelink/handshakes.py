"""TLS on stream sockets: how a handshake starts, and what the host hears of its end."""

from __future__ import annotations

import struct
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.network.tls.client import TlsStream, judge_chain
from renode_wifi.peripherals.network.tls.settings import TlsProblem, TlsVerdict
from renode_wifi.peripherals.simplelink import options, tls
from renode_wifi.peripherals.simplelink.opcodes import Error
from renode_wifi.peripherals.simplelink.socket import Socket, State, StreamSocket
from renode_wifi.peripherals.simplelink.wire import Command

if TYPE_CHECKING:
    from renode_wifi.peripherals.simplelink.sockets import Sockets

EVENT_NOT_ENCRYPTED = 2
EVENT_SECURED = 3
EVENT_HANDSHAKE_FAILED = 4
EVENT_WRONG_ROOT = 5
"""Types of event 100F (sl_socket.h)."""


class Handshakes:
    """Makes the connections of secure sockets secure.

    A handshake comes about in a connect, by STARTTLS (`after_tcp`), or in an accept (`acceptor`),
    and its outcome goes to whoever waits there.
    """

    def __init__(self, sockets: Sockets) -> None:
        self.sockets = sockets
        self.processor = sockets.processor

    def start(self, command: Command, socket: Socket) -> None:
        status: int = 0
        if not isinstance(socket, StreamSocket):
            status = Error.OPERATION_NOT_SUPPORTED
        elif socket.state is State.LISTENING:
            status = Error.TLS_NOT_WHEN_LISTENING
        elif socket.state is State.HANDSHAKE:
            status = Error.TLS_DURING_HANDSHAKE
        elif socket.state is not State.OPEN:
            status = Error.NOT_CONNECTED
        elif socket.secure:
            status = Error.INVALID
        elif socket.outbox:
            status = Error.TLS_TX_NOT_EMPTY
        elif socket.stream is not None and socket.stream.available:
            status = Error.TLS_RX_NOT_EMPTY
        else:
            count = sum(other.secure for other in self.sockets.all())
            if count >= self.processor.profile.secure_sockets:
                status = Error.TLS_TOO_MANY
        self.sockets.answer(command, status, socket.number)
        if status == 0 and isinstance(socket, StreamSocket):
            socket.secure = True
            self.begin(socket)

    def begin(self, socket: StreamSocket) -> None:
        processor = self.processor
        server = socket.acceptor is not None
        settings = tls.settings_of(socket.options, self.sockets.files, processor.profile, server)
        stream = socket.stream
        assert stream is not None
        started_open = socket.state is State.OPEN
        socket.become(State.HANDSHAKE)
        socket.after_tcp = started_open
        if isinstance(settings, int):
            self.failed(socket, settings)
            return
        timeout = processor.profile.handshake_timeout_ms * MILLISECOND
        socket.timer = processor.after(timeout, partial(self._timed_out, socket))
        machine = processor.machine
        socket.stream = TlsStream(
            stream, settings, socket, machine.clock, machine.random(f"{processor.name}/tls")
        )

    def _timed_out(self, socket: StreamSocket) -> None:
        socket.timer = None
        if socket.state is State.HANDSHAKE:
            self.failed(socket, Error.TLS_HANDSHAKE_TIMED_OUT)

    def on_handshake(self, socket: StreamSocket, verdict: TlsVerdict) -> None:
        if socket.state is not State.HANDSHAKE:
            return
        socket.stop_timer()
        problem = verdict.problem.value if verdict.problem is not None else ""
        self.processor.machine.trace(
            self.processor.name,
            "tls",
            socket=socket.number,
            problem=problem,
            detail=verdict.detail,
            version=verdict.version,
            cipher=verdict.cipher,
        )
        status = tls.error_of(verdict)
        if status:
            self.failed(socket, status, verdict)
            return
        socket.verdict = verdict
        socket.verification = self._reservation(socket)
        socket.become(State.OPEN)
        self._done(socket, socket.verification)
        self.sockets.changed(socket)

    def _reservation(self, socket: StreamSocket) -> int:
        """With which error a connection that stands is nevertheless reported."""
        stream = socket.stream
        assert isinstance(stream, TlsStream)
        if stream.settings.server:
            return 0
        if not stream.settings.verify:
            return Error.TLS_NOT_VERIFIED
        problem, _ = judge_chain(
            stream.peer_chain, replace(stream.settings, when=self.sockets.device.date)
        )
        if problem in (TlsProblem.EXPIRED, TlsProblem.NOT_YET_VALID):
            return Error.TLS_DATE
        disabled = (options.LEVEL_SOCKET, options.DISABLE_STORE) in socket.options.values
        if self.processor.profile.certificate_store and not disabled:
            return Error.TLS_UNKNOWN_ROOT
        return 0

    def _done(self, socket: StreamSocket, status: int) -> None:
        if socket.acceptor is not None:
            socket.acceptor.secured.append(socket)
            self.sockets.changed(socket.acceptor)
        elif socket.after_tcp:
            self.sockets.notify(socket, EVENT_SECURED, status)
        else:
            self.sockets.connect_done(socket, status)

    def failed(self, socket: StreamSocket, status: int, verdict: TlsVerdict | None = None) -> None:
        socket.stop_timer()
        if socket.stream is not None:
            socket.stream.abort()
            socket.stream = None
        if socket.acceptor is not None:
            self.sockets.not_accepted(socket, status)
            return
        if verdict is not None and verdict.problem is TlsProblem.UNKNOWN_ROOT:
            self.sockets.notify(socket, EVENT_WRONG_ROOT, status, verdict.detail.encode()[:127])
        if socket.after_tcp:
            socket.become(State.BROKEN)
            self.sockets.notify(socket, EVENT_HANDSHAKE_FAILED, status)
            self.sockets.changed(socket)
        else:
            socket.become(State.IDLE)
            self.sockets.connect_done(socket, status)

    def ended(self, socket: StreamSocket, tcp_open: bool) -> None:
        """The peer closed TLS; with TCP still open, the connection has fallen back to plain."""
        if tcp_open:
            self.sockets.notify(socket, EVENT_NOT_ENCRYPTED, Error.TLS_CLOSED)
            socket.verification = Error.TLS_CLOSED
        socket.become(State.ENDED)
        self.sockets.changed(socket)

    def option(self, socket: StreamSocket, name: int) -> bytes | None:
        """What the handshake brought about; None for options that have nothing to do with it."""
        verdict, stream = socket.verdict, socket.stream
        if verdict is None or not isinstance(stream, TlsStream):
            return None
        chosen = stream.alpn or ""
        if name == options.CONNECTION_PARAMETERS:
            validated = socket.verification == 0
            return tls.connection_parameters(verdict, validated, tls.protocol_bit(chosen))
        if name == options.ALPN:
            return struct.pack("<I", tls.protocol_bit(chosen))
        return chosen.encode() if name == options.ALPN_GENERAL else None
