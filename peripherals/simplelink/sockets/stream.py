"""A TCP socket, plain or secure: client, server, or the end of an accepted connection."""

from __future__ import annotations

from collections import deque
from enum import Enum

from renode_wifi.peripherals.base.clock import Event
from renode_wifi.peripherals.base.idle_timer import IdleTimer
from renode_wifi.peripherals.network.contract.stream import Failure, Listener, Stream
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.settings import TlsProblem, TlsVerdict
from renode_wifi.peripherals.simplelink.messages.sockets import NOWHERE, Address
from renode_wifi.peripherals.simplelink.opcodes import Error
from renode_wifi.peripherals.simplelink.sockets.options import RECEIVE_BUFFER, SocketKind
from renode_wifi.peripherals.simplelink.sockets.socket import FAILURES, Owner, Socket


class StreamState(Enum):
    """Of a stream socket."""

    IDLE = "idle"
    CONNECTING = "connecting"
    HANDSHAKE = "handshake"
    OPEN = "open"
    ENDED = "ended"
    """The peer has closed; what it sent can still be read."""
    BROKEN = "broken"
    LISTENING = "listening"


class StreamSocket(Socket):
    """Listens to its stream, and notifies its owner."""

    kind = SocketKind.STREAM

    def __init__(self, owner: Owner, number: int, secure: bool = False) -> None:
        super().__init__(owner, number, secure)
        self.state = StreamState.IDLE
        self.stream: Stream | None = None
        self.remote: Address = NOWHERE
        self.outbox = bytearray()
        """Taken from the host and not yet by the network."""
        self.listener: Listener | None = None
        self.backlog = 1
        self.reservation = False
        """A socket is kept free for the next connection to this listening one."""
        self.arrived: deque[Stream] = deque()
        self.accepting = False
        """An accept command waits for a peer."""
        self.acceptor: StreamSocket | None = None
        """The listening socket, until the host knows this accepted one."""
        self.secured: deque[StreamSocket] = deque()
        """Accepted connections whose handshake is done, for the next accept command."""
        self.connecting = False
        """A connect command waits for its outcome."""
        self.outcome: int | None = None
        """How a connection ended or began that nobody waited for."""
        self.verdict: TlsVerdict | None = None
        self.verification = 0
        """0, or the error with which the secure connection stands nevertheless."""
        self.after_tcp = False
        """TLS was started by STARTTLS, on a connection that stood already."""
        self.closing = False
        """The host has closed it; what is in the outbox is still sent."""
        self.timer: Event | None = None
        self.keep_alive: IdleTimer | None = None

    @property
    def reserved(self) -> int:
        return int(self.reservation)

    @property
    def hidden(self) -> bool:
        return self.closing or self.acceptor is not None

    @property
    def readable(self) -> bool:
        if self.state is StreamState.LISTENING:
            return bool(self.arrived or self.secured)
        if self.state in (StreamState.ENDED, StreamState.BROKEN):
            return True
        return (
            self.state is StreamState.OPEN and self.stream is not None and self.stream.available > 0
        )

    @property
    def writable(self) -> bool:
        """sl_socket.h, sl_Select: only connecting is monitored, not room for data."""
        return self.outcome is not None or self.connected or self.state is StreamState.BROKEN

    @property
    def fails_to_send(self) -> bool:
        # Sends have no answer: a socket without connection must be known before the first one.
        return self.state not in (StreamState.OPEN, StreamState.ENDED, StreamState.HANDSHAKE)

    @property
    def unsent(self) -> int:
        return len(self.outbox)

    @property
    def connected(self) -> bool:
        return self.state in (StreamState.OPEN, StreamState.ENDED)

    def become(self, state: StreamState) -> None:
        if state is not self.state:
            self.state = state
            self.owner.trace(self, state=state.value)
            self.owner.refresh()
            if state is StreamState.OPEN:
                self.apply_receive_buffer()
                self.owner.opened(self)

    # Sending

    def send(self, data: bytes) -> None:
        self.outbox += data
        self.flush()

    def flush(self) -> None:
        while self.outbox and self.stream is not None and self.connected:
            taken = self.stream.send(bytes(self.outbox))
            if not taken:
                break
            self._touch()
            del self.outbox[:taken]
        self.owner.refresh()

    # From the network

    def on_connected(self, stream: Stream) -> None:
        self.stop_timer()
        self.owner.connected(self)

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None:
        self.stream = None
        self.owner.connect_failed(self, FAILURES[failure])

    def on_handshake(self, stream: TlsStream, verdict: TlsVerdict) -> None:
        self.stop_timer()
        self.owner.handshake_done(self, verdict)

    def on_data(self, stream: Stream) -> None:
        self._touch()
        self.owner.changed(self)

    def on_writable(self, stream: Stream) -> None:
        self.flush()
        self.owner.flushed(self)

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        if self.state is StreamState.HANDSHAKE:
            self.owner.handshake_done(self, TlsVerdict(TlsProblem.PEER_CLOSED))
        elif self.connected:
            if failure is not None:
                self.owner.broken(self)
            elif isinstance(stream, TlsStream):
                self.owner.tls_ended(self, stream)
            else:
                self.become(StreamState.ENDED)
                self.owner.changed(self)

    def lost(self) -> None:
        if self.listener is not None:
            self.listener = None
        elif self.state in (StreamState.OPEN, StreamState.ENDED, StreamState.HANDSHAKE):
            self.owner.broken(self)
        elif self.state is StreamState.CONNECTING:
            self.owner.connect_failed(self, Error.UNREACHABLE)

    def joined(self) -> None:
        if self.state is StreamState.LISTENING and self.listener is None:
            self.owner.joined(self)

    def on_arrival(self, stream: Stream) -> None:
        """A peer has connected to the listening socket."""
        if len(self.arrived) >= self.backlog:
            stream.abort()
            return
        self.arrived.append(stream)
        self.owner.changed(self)

    def apply_receive_buffer(self) -> None:
        size = self.options.number(RECEIVE_BUFFER)
        if size and self.stream is not None:
            self.stream.set_receive_window(size)

    def stop_keep_alive(self) -> None:
        if self.keep_alive is not None:
            self.keep_alive.stop()
            self.keep_alive = None

    def _touch(self) -> None:
        """There is traffic."""
        if self.keep_alive is not None:
            self.keep_alive.touch()

    def stop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def release(self) -> None:
        self.stop_timer()
        self.stop_keep_alive()
        if self.listener is not None:
            self.listener.close()
            self.listener = None
        while self.arrived:
            self.arrived.popleft().abort()
        if self.stream is not None:
            if self.state is StreamState.CONNECTING:
                self.stream.abort()
            else:
                self.stream.close()
            self.stream = None
        self.outbox.clear()
