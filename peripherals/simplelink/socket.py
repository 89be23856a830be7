"""One socket of the network processor: what it is, what it holds, what the host waits for on it."""

from __future__ import annotations

from collections import deque
from enum import Enum
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.clock import MILLISECOND, Event
from renode_wifi.peripherals.network.contract.datagrams import DatagramSocket
from renode_wifi.peripherals.network.contract.stream import Failure, Listener, Stream
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.settings import TlsProblem, TlsVerdict
from renode_wifi.peripherals.simplelink.opcodes import Error
from renode_wifi.peripherals.simplelink.options import Options
from renode_wifi.peripherals.simplelink.wire import Command

if TYPE_CHECKING:
    from renode_wifi.peripherals.simplelink.sockets import Sockets

Address = tuple[IPv4Address, int]

ANY = IPv4Address(0)
LOOPBACK = IPv4Address("127.0.0.1")
MOST_DATAGRAMS = 32
"""Datagrams kept for a host that doesn't receive them."""
SETTLE_TIME = 2 * MILLISECOND
"""Between the end of TLS and the look whether the peer has closed TCP too."""

FAILURES = {
    Failure.NOT_JOINED: Error.UNREACHABLE,
    Failure.REFUSED: Error.REFUSED,
    Failure.UNREACHABLE: Error.UNREACHABLE,
    Failure.DENIED: Error.UNREACHABLE,
    Failure.TIMED_OUT: Error.TIMED_OUT,
    Failure.RESET: Error.GENERAL,
    Failure.ADDRESS_IN_USE: Error.ADDRESS_IN_USE,
}


class State(Enum):
    """Of a stream socket."""

    IDLE = "idle"
    CONNECTING = "connecting"
    HANDSHAKE = "handshake"
    OPEN = "open"
    ENDED = "ended"
    """The peer has closed; what it sent can still be read."""
    BROKEN = "broken"
    LISTENING = "listening"


class Socket:
    """What all sockets have. secure: made as a secure one, or made so by STARTTLS."""

    def __init__(self, sockets: Sockets, number: int, secure: bool = False) -> None:
        self.sockets = sockets
        self.number = number
        self.secure = secure
        self.options = Options()
        self.port = 0
        """Local port, as bound; 0: none yet."""
        self.receiving: Command | None = None
        """A receive command that waits for data."""
        self.deadline: Event | None = None
        """Of the receive command."""

    def stop_receiving(self) -> Command | None:
        command, self.receiving = self.receiving, None
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None
        return command

    @property
    def readable(self) -> bool:
        """For `select`: a receive (or accept) would not wait."""
        raise NotImplementedError

    @property
    def writable(self) -> bool:
        raise NotImplementedError

    @property
    def fails_to_send(self) -> bool:
        """The host's next send on it is to fail."""
        return False

    def joined(self) -> None:
        """The station has got an address."""

    def lost(self) -> None:
        """The station has lost its network."""

    def release(self) -> None:
        """Let go of everything outside."""


class DatagramSocketModel(Socket):
    """A UDP socket."""

    def __init__(self, sockets: Sockets, number: int) -> None:
        super().__init__(sockets, number)
        self.peer: Address | None = None
        self.waiting: deque[tuple[Address, bytes]] = deque()
        self._outside: DatagramSocket | None = None

    @property
    def readable(self) -> bool:
        return bool(self.waiting)

    @property
    def writable(self) -> bool:
        return True

    def attach(self) -> None:
        """Open the port in the network, as far as there is one."""
        processor = self.sockets.processor
        station = processor.station
        if self._outside is None and station is not None and processor.lease is not None:
            outside = station.datagrams(self.port, self)
            if not isinstance(outside, Failure):
                self._outside = outside
                self.port = outside.port

    def joined(self) -> None:
        if self.port:
            self.attach()

    def lost(self) -> None:
        self._outside = None

    def send_to(self, remote: Address, data: bytes) -> Error | None:
        if remote[0] == LOOPBACK:
            if not self.port:
                self.port = self.sockets.free_port()
            self.sockets.loop_back((LOOPBACK, self.port), remote[1], data)
            return None
        self.attach()
        if self._outside is None:
            return Error.UNREACHABLE
        self._outside.send_to(remote, data)
        return None

    def on_datagram(self, sender: Address, data: bytes) -> None:
        if self.peer is not None and self.peer != sender:
            return
        if len(self.waiting) < MOST_DATAGRAMS:
            self.waiting.append((sender, data))
            self.sockets.changed(self)

    def release(self) -> None:
        if self._outside is not None:
            self._outside.close()
            self._outside = None
        self.waiting.clear()


class StreamSocket(Socket):
    """A TCP socket, plain or secure: client, server, or the end of an accepted connection."""

    def __init__(self, sockets: Sockets, number: int, secure: bool = False) -> None:
        super().__init__(sockets, number, secure)
        self.state = State.IDLE
        self.stream: Stream | None = None
        self.remote: Address = (ANY, 0)
        self.outbox = bytearray()
        """Taken from the host and not yet by the network."""
        self.listener: Listener | None = None
        self.backlog = 1
        self.arrived: deque[Stream] = deque()
        self.accepting: Command | None = None
        self.acceptor: StreamSocket | None = None
        """The listening socket, until the host has heard of this accepted one."""
        self.secured: deque[StreamSocket] = deque()
        """Accepted connections whose handshake is done, for the next accept command."""
        self.connecting: Command | None = None
        """A connect command whose outcome the host waits for."""
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

    @property
    def readable(self) -> bool:
        if self.state is State.LISTENING:
            return bool(self.arrived or self.secured)
        if self.state in (State.ENDED, State.BROKEN):
            return True
        return self.state is State.OPEN and self.stream is not None and self.stream.available > 0

    @property
    def writable(self) -> bool:
        if self.state in (State.OPEN, State.ENDED):
            return not self.outbox
        return self.state is State.BROKEN

    @property
    def fails_to_send(self) -> bool:
        # Sends have no answer: a socket without connection must be known before the first one.
        return self.state not in (State.OPEN, State.ENDED, State.HANDSHAKE)

    @property
    def connected(self) -> bool:
        return self.state in (State.OPEN, State.ENDED)

    def become(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self.sockets.trace(self, state=state.value)
            self.sockets.refresh()

    # Sending

    def send(self, data: bytes) -> None:
        self.outbox += data
        self.flush()

    def flush(self) -> None:
        while self.outbox and self.stream is not None and self.connected:
            taken = self.stream.send(bytes(self.outbox))
            if not taken:
                break
            del self.outbox[:taken]
        self.sockets.refresh()

    # What the network tells

    def on_connected(self, stream: Stream) -> None:
        self.stop_timer()
        self.sockets.on_connected(self)

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None:
        self.stream = None
        self.sockets.connect_failed(self, FAILURES[failure])

    def on_handshake(self, stream: TlsStream, verdict: TlsVerdict) -> None:
        self.stop_timer()
        self.sockets.handshakes.on_handshake(self, verdict)

    def on_data(self, stream: Stream) -> None:
        self.sockets.changed(self)

    def on_writable(self, stream: Stream) -> None:
        self.flush()
        self.sockets.flushed(self)

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        if self.state is State.HANDSHAKE:
            self.sockets.handshakes.on_handshake(self, TlsVerdict(TlsProblem.PEER_CLOSED))
        elif self.state in (State.OPEN, State.ENDED):
            if failure is not None:
                self.sockets.broken(self)
            elif isinstance(stream, TlsStream):
                self.sockets.processor.after(SETTLE_TIME, self._settle)
            else:
                self.become(State.ENDED)
                self.sockets.changed(self)

    def _settle(self) -> None:
        """TLS has ended in good order: has the peer closed TCP with it?"""
        stream = self.stream
        if self.state is not State.OPEN or not isinstance(stream, TlsStream):
            return
        self.sockets.handshakes.ended(self, tcp_open=stream.stream.open)

    def lost(self) -> None:
        if self.listener is not None:
            self.listener = None
        elif self.state in (State.OPEN, State.ENDED, State.HANDSHAKE):
            self.sockets.broken(self)
        elif self.state is State.CONNECTING:
            self.sockets.connect_failed(self, Error.UNREACHABLE)

    def joined(self) -> None:
        if self.state is State.LISTENING and self.listener is None:
            self.sockets.open_listener(self)

    def on_arrival(self, stream: Stream) -> None:
        """A peer has connected to the listening socket."""
        if len(self.arrived) >= self.backlog:
            stream.abort()
            return
        self.arrived.append(stream)
        self.sockets.changed(self)

    def stop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def release(self) -> None:
        self.stop_timer()
        if self.listener is not None:
            self.listener.close()
            self.listener = None
        while self.arrived:
            self.arrived.popleft().abort()
        if self.stream is not None:
            if self.state is State.CONNECTING:
                self.stream.abort()
            else:
                self.stream.close()
            self.stream = None
        self.outbox.clear()
