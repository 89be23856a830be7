"""What goes over the bridge: connections and datagrams with one end at a socket of the host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.bridge.host_port import HostPort
from renode_wifi.peripherals.network.contract.stream import Failure, Stream, StreamEvents
from renode_wifi.peripherals.network.stack.outside import Inside
from renode_wifi.peripherals.network.stack.tcp import Address, TcpState

CONNECT_GRACE = 10 * SECOND
"""Wall time for which the guest's clock stands still for one connection or one name."""
MAX_TURNS = 16
"""Sends of one connection at one virtual time for which the clock stands still; a handshake of TLS
takes 3. A peer that makes the radio answer for ever doesn't stop the clock for ever."""
BUFFER = 16_384
"""Bytes held per direction and connection."""


class Keeper(Protocol):
    """The bridge, as what goes over it sees it."""

    port: HostPort
    grace: int

    @property
    def now(self) -> int: ...

    def trace(self, event: str, **fields: object) -> None: ...

    def later(self, callback: Callable[[], None]) -> None: ...

    def forget(self, stream: BridgedStream, *, reset: bool) -> None: ...

    def end_exposed(self, connection: ExposedConnection, *, reset: bool = False) -> None: ...

    def log_unreachable(self, remote: Address, failure: Failure) -> None: ...


class BridgedStream:
    """A connection of the guest that is a socket of the host; a `Stream`."""

    def __init__(
        self,
        bridge: Keeper,
        host: Inside,
        local: Address,
        remote: Address,
        events: StreamEvents,
        flow: int,
        handle: int,
    ) -> None:
        self.bridge = bridge
        self.host = host
        self.local = local
        self.remote = remote
        self.source = f"{local[0]}:{local[1]}"
        self.destination = f"{remote[0]}:{remote[1]}"
        self.events: StreamEvents = events
        self.flow = flow
        self.handle = handle
        self.hermetic = False
        self.state = TcpState.CONNECTING
        self.budget = CONNECT_GRACE
        """Wall time for which the guest's clock may still stand still for this one."""
        self.grace = bridge.grace
        """Budget after the next send; halved for each send that stays without answer."""
        self._inbox = bytearray()
        self._outbox = bytearray()
        self._held_up = False
        self._fin_wanted = False
        self._fin_sent = False
        self._fin_received = False
        self._closing = False
        self._turns_at, self._turns = 0, 0

    # Stream

    @property
    def open(self) -> bool:
        return self.state is TcpState.OPEN and not self._fin_received and not self._fin_wanted

    @property
    def available(self) -> int:
        return len(self._inbox)

    def send(self, data: bytes) -> int:
        if self.state is not TcpState.OPEN or self._fin_wanted:
            return 0
        taken = bytes(data[: BUFFER - len(self._outbox)])
        self._held_up = len(taken) < len(data)
        if taken:
            self._trace_data(self.source, self.destination, taken)
            self._outbox += taken
            if self.budget <= 0 and self._takes_turn():
                self.budget = self.grace
                self.grace //= 2
            self._write()
        return len(taken)

    def receive(self, limit: int) -> bytes:
        data = bytes(self._inbox[:limit])
        del self._inbox[:limit]
        return data

    def peek(self, limit: int) -> bytes:
        return bytes(self._inbox[:limit])

    def set_receive_window(self, size: int) -> None:
        """The host computer's stack keeps its own."""

    def probe(self) -> None:
        """The host computer's stack notices a peer that has vanished."""

    def shutdown(self) -> None:
        if self.state is TcpState.OPEN and not self._fin_wanted:
            self._fin_wanted = True
            self._write()

    def close(self) -> None:
        if self.state is TcpState.CONNECTING:
            self.abort()
        elif self.state is TcpState.OPEN:
            self.shutdown()
            self.state = TcpState.OVER
            self._closing = True
            self.budget = 0
            self._finish_closing()

    def abort(self) -> None:
        if self.state is not TcpState.OVER or self._closing:
            self._trace_end("reset", self.source, self.destination)
            self._end(reset=True)

    def go_silent(self) -> None:
        """The station left the air. The host's peer sees the socket close, sooner than in life."""
        self._end(reset=True)

    # What the bridge does

    @property
    def waiting(self) -> bool:
        """The guest is waiting for this one."""
        return self.budget > 0

    def lose(self) -> None:
        """The socket is gone: the world was restored from a snapshot."""
        if self.state is TcpState.CONNECTING:
            self._end()
            self.events.on_connect_failed(self, Failure.TIMED_OUT)
        elif self.state is TcpState.OPEN:
            self._trace_end("reset", self.destination, self.source)
            self._end()
            self.events.on_closed(self, Failure.RESET)
        else:
            self._end()

    def pump(self) -> None:
        """Move what the host has."""
        if self.state is TcpState.CONNECTING:
            self._check_connected()
        if self.state is TcpState.OPEN and self._outbox:
            self._write()
        if self.state is TcpState.OPEN and len(self._inbox) < BUFFER and not self._fin_received:
            self._read()
        if self._closing:
            self._finish_closing()

    # Within

    def _takes_turn(self) -> bool:
        if self._turns_at != self.bridge.now:
            self._turns_at, self._turns = self.bridge.now, 0
        self._turns += 1
        return self._turns <= MAX_TURNS

    def _check_connected(self) -> None:
        result = self.bridge.port.connected(self.handle)
        if isinstance(result, Failure):
            self.bridge.trace(
                "connect-failed", flow=self.flow, destination=self.destination, failure=result.name
            )
            self.bridge.log_unreachable(self.remote, result)
            self._end()
            self.events.on_connect_failed(self, result)
        elif result:
            self.state = TcpState.OPEN
            self.budget = 0
            self.bridge.trace(
                "connected", flow=self.flow, origin=self.source, destination=self.destination
            )
            self.events.on_connected(self)

    def _write(self) -> None:
        while self._outbox:
            sent = self.bridge.port.send(self.handle, bytes(self._outbox))
            if isinstance(sent, Failure):
                # The reading side reports the broken connection, after what it still holds.
                self._outbox.clear()
                break
            if not sent:
                return
            del self._outbox[:sent]
        if self._fin_wanted and not self._fin_sent:
            self._fin_sent = True
            self._trace_end("fin", self.source, self.destination)
            self.bridge.port.shutdown(self.handle)
        if self._held_up and self.state is TcpState.OPEN and not self._fin_wanted:
            self._held_up = False
            self.bridge.later(self._notify_writable)

    def _notify_writable(self) -> None:
        if self.state is TcpState.OPEN:
            self.events.on_writable(self)

    def _read(self) -> None:
        data = self.bridge.port.receive(self.handle)
        if data is None:
            self._fin_received = True
            self.budget = 0
            self._trace_end("fin", self.destination, self.source)
            self.events.on_closed(self, None)
        elif isinstance(data, Failure):
            self._trace_end("reset", self.destination, self.source)
            self._end()
            self.events.on_closed(self, data)
        elif data:
            self.budget = 0
            self.grace = self.bridge.grace
            self._trace_data(self.destination, self.source, data)
            self._inbox += data
            self.events.on_data(self)

    def _finish_closing(self) -> None:
        if self._outbox:
            self._write()
        if not self._outbox:
            self._end()

    def _end(self, *, reset: bool = False) -> None:
        self.state = TcpState.OVER
        self.budget = 0
        self._closing = False
        self.bridge.forget(self, reset=reset)

    def _trace_end(self, event: str, origin: str, destination: str) -> None:
        self.bridge.trace(event, flow=self.flow, origin=origin, destination=destination)

    def _trace_data(self, origin: str, destination: str, data: bytes) -> None:
        self.bridge.trace("data", flow=self.flow, origin=origin, destination=destination, data=data)


class ExposedConnection:
    """A client on the host that talks to a listener of the station."""

    def __init__(self, bridge: Keeper, handle: int) -> None:
        self.bridge = bridge
        self.handle = handle
        self.stream: Stream | None = None
        self._to_host = bytearray()
        self._to_guest = bytearray()
        self._guest_ended = False
        self._host_ended = False

    def on_connected(self, stream: Stream) -> None:
        self.pump()

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None:
        self.bridge.end_exposed(self, reset=True)

    def on_data(self, stream: Stream) -> None:
        self.pump()

    def on_writable(self, stream: Stream) -> None:
        self.pump()

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        self._to_host += stream.receive(stream.available)
        if failure is not None:
            self.bridge.end_exposed(self, reset=True)
        else:
            self._guest_ended = True
            self.pump()

    def pump(self) -> None:
        stream = self.stream
        if stream is None:
            return
        if len(self._to_host) < BUFFER:
            self._to_host += stream.receive(BUFFER)
        if self._to_host:
            sent = self.bridge.port.send(self.handle, bytes(self._to_host))
            if isinstance(sent, int):
                del self._to_host[:sent]
        if not self._host_ended and len(self._to_guest) < BUFFER:
            data = self.bridge.port.receive(self.handle)
            if isinstance(data, bytes):
                self._to_guest += data
            else:
                self._host_ended = True
        if self._to_guest:
            del self._to_guest[: stream.send(bytes(self._to_guest))]
        if (self._host_ended and not self._to_guest) or (self._guest_ended and not self._to_host):
            stream.close()
            self.bridge.end_exposed(self)


class DatagramFlow:
    """Datagrams of one guest port to one address outside."""

    def __init__(self, host: Inside, port: int, remote: Address, handle: int) -> None:
        self.host = host
        self.port = port
        self.remote = remote
        self.handle = handle
        self.last_used = 0

    def joins(self, host: Inside, port: int, remote: Address) -> bool:
        """Whether it carries datagrams between these."""
        return self.host is host and self.port == port and self.remote == remote
