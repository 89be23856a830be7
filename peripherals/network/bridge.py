"""The way from the world to sockets of the host, in bridged mode.

Host and guest live in different time. Two rules keep them together. While the guest awaits
something of the host (a connection, a name, an answer to what it has just sent), its clock stands
still, up to `grace` of wall time: a peer's real latency then costs no virtual time. Beyond that,
and while anything bridged is open, virtual time never runs ahead of wall time, so that a peer has
the time to answer that it would have had; a peer that stays silent leaves the guest's time-outs
exact. Both happen in `poll`, an event of the guest's clock.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND, Event
from renode_wifi.peripherals.network.host import Host
from renode_wifi.peripherals.network.host_port import HostPort, SocketPort, Target
from renode_wifi.peripherals.network.station import Failure, Stream, StreamEvents
from renode_wifi.peripherals.network.tcp import Address, State

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.internet import Internet
    from renode_wifi.peripherals.network.wireless import WirelessStation

POLL = 1 * MILLISECOND
"""Virtual time between two looks at the host's sockets."""
IDLE_POLL = 10 * MILLISECOND
"""The same while only listeners are open."""
CONNECT_GRACE = 10 * SECOND
"""Wall time for which the guest's clock stands still for one connection or one name."""
LAG = 20 * MILLISECOND
"""Virtual time this far behind wall time isn't made up for by a sprint."""
BUFFER = 16_384
"""Bytes held per direction and connection."""


class BridgedStream:
    """A connection of the guest that is a socket of the host; a `Stream`."""

    def __init__(
        self,
        bridge: Bridge,
        host: Host,
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
        self.state = State.CONNECTING
        self.patience = CONNECT_GRACE
        """Wall time for which the guest's clock may still stand still for this one."""
        self.grace = bridge.grace
        """Patience after the next send; halved for each send that stays without answer."""
        self._inbox = bytearray()
        self._outbox = bytearray()
        self._held_up = False
        self._fin_wanted = False
        self._fin_sent = False
        self._fin_received = False
        self._closing = False

    # Stream

    @property
    def open(self) -> bool:
        return self.state is State.OPEN and not self._fin_received and not self._fin_wanted

    @property
    def available(self) -> int:
        return len(self._inbox)

    def send(self, data: bytes) -> int:
        if self.state is not State.OPEN or self._fin_wanted:
            return 0
        taken = bytes(data[: BUFFER - len(self._outbox)])
        self._held_up = len(taken) < len(data)
        if taken:
            self._trace_data(self.source, self.destination, taken)
            self._outbox += taken
            if self.patience <= 0:
                self.patience = self.grace
                self.grace //= 2
            self._write()
        return len(taken)

    def receive(self, limit: int) -> bytes:
        data = bytes(self._inbox[:limit])
        del self._inbox[:limit]
        return data

    def peek(self, limit: int) -> bytes:
        return bytes(self._inbox[:limit])

    def shutdown(self) -> None:
        if self.state is State.OPEN and not self._fin_wanted:
            self._fin_wanted = True
            self._write()

    def close(self) -> None:
        if self.state is State.CONNECTING:
            self.abort()
        elif self.state is State.OPEN:
            self.shutdown()
            self.state = State.OVER
            self._closing = True
            self.patience = 0
            self._finish_closing()

    def abort(self) -> None:
        if self.state is not State.OVER or self._closing:
            self._trace_end("reset", self.source, self.destination)
            self._end(reset=True)

    def go_silent(self) -> None:
        """The station left the air. The host's peer sees the socket close, sooner than in life."""
        self._end(reset=True)

    # What the bridge does

    @property
    def waiting(self) -> bool:
        """The guest is waiting for this one."""
        return self.patience > 0

    def lose(self) -> None:
        """The socket is gone: the world was restored from a snapshot."""
        if self.state is State.CONNECTING:
            self._end()
            self.events.on_connect_failed(self, Failure.TIMED_OUT)
        elif self.state is State.OPEN:
            self._trace_end("reset", self.destination, self.source)
            self._end()
            self.events.on_closed(self, Failure.RESET)
        else:
            self._end()

    def pump(self) -> None:
        """Move what the host has."""
        if self.state is State.CONNECTING:
            self._check_connected()
        if self.state is State.OPEN and self._outbox:
            self._write()
        if self.state is State.OPEN and len(self._inbox) < BUFFER and not self._fin_received:
            self._read()
        if self._closing:
            self._finish_closing()

    # Within

    def _check_connected(self) -> None:
        result = self.bridge.port.connected(self.handle)
        internet = self.bridge.internet
        if isinstance(result, Failure):
            internet.trace(
                "connect-failed", flow=self.flow, destination=self.destination, failure=result.name
            )
            self.bridge.tell_unreachable(self.remote, result)
            self._end()
            self.events.on_connect_failed(self, result)
        elif result:
            self.state = State.OPEN
            self.patience = 0
            internet.trace(
                "connected", flow=self.flow, origin=self.source, destination=self.destination
            )
            self.events.on_connected(self)

    def _write(self) -> None:
        while self._outbox:
            sent = self.bridge.port.send(self.handle, bytes(self._outbox))
            if isinstance(sent, Failure):
                # The reading side tells of the broken connection, after what it still holds.
                self._outbox.clear()
                break
            if not sent:
                return
            del self._outbox[:sent]
        if self._fin_wanted and not self._fin_sent:
            self._fin_sent = True
            self._trace_end("fin", self.source, self.destination)
            self.bridge.port.shutdown(self.handle)
        if self._held_up and self.state is State.OPEN and not self._fin_wanted:
            self._held_up = False
            self.bridge.internet.clock.schedule(0, self._tell_writable)

    def _tell_writable(self) -> None:
        if self.state is State.OPEN:
            self.events.on_writable(self)

    def _read(self) -> None:
        data = self.bridge.port.receive(self.handle)
        if data is None:
            self._fin_received = True
            self.patience = 0
            self._trace_end("fin", self.destination, self.source)
            self.events.on_closed(self, None)
        elif isinstance(data, Failure):
            self._trace_end("reset", self.destination, self.source)
            self._end()
            self.events.on_closed(self, data)
        elif data:
            self.patience = 0
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
        self.state = State.OVER
        self.patience = 0
        self._closing = False
        self.bridge.forget(self, reset=reset)

    def _trace_end(self, event: str, origin: str, destination: str) -> None:
        self.bridge.internet.trace(event, flow=self.flow, origin=origin, destination=destination)

    def _trace_data(self, origin: str, destination: str, data: bytes) -> None:
        self.bridge.internet.trace(
            "data", flow=self.flow, origin=origin, destination=destination, data=data
        )


class ExposedConnection:
    """A client on the host that talks to a listener of the station."""

    def __init__(self, bridge: Bridge, handle: int) -> None:
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
    """Datagrams of one guest port to one forwarded address."""

    def __init__(self, host: Host, port: int, remote: Address, handle: int) -> None:
        self.host = host
        self.port = port
        self.remote = remote
        self.handle = handle


class Bridge:
    """All that the world has on the host. port: where the sockets are; not saved with the world."""

    def __init__(self, internet: Internet, port: HostPort | None = None) -> None:
        self.internet = internet
        self.settings = internet.settings.bridge
        self.grace = self.settings.grace
        self.port: HostPort = port or SocketPort()
        self.streams: list[BridgedStream] = []
        self.flows: list[DatagramFlow] = []
        self.exposed: list[ExposedConnection] = []
        self.stations: list[WirelessStation] = []
        self._lookups: list[tuple[int, WirelessStation, str, Callable[[Any], None]]] = []
        self._lookup_patience = 0
        self._listeners: list[tuple[int, int]] = []
        self._next_poll: Event | None = None
        self._lost = False
        self._pace_virtual = 0
        self._pace_wall = 0
        self._paced = False
        self._open_listeners()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "port": None, "_lost": True}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.port = SocketPort()

    def close(self) -> None:
        """Let go of every socket of the host."""
        self.port.close_all()
        self.streams.clear()
        self.flows.clear()
        self.exposed.clear()
        self._listeners.clear()
        if self._next_poll is not None:
            self._next_poll.cancel()

    # For the world

    def connect(
        self,
        host: Host,
        local_port: int,
        remote: Address,
        events: StreamEvents,
        flow: int,
        target: Target,
    ) -> BridgedStream:
        handle = self.port.open_stream(target)
        stream = BridgedStream(self, host, (host.address, local_port), remote, events, flow, handle)
        self.streams.append(stream)
        host.bridged.append(stream)
        self._ensure_poll(POLL)
        return stream

    def send_datagram(
        self, host: Host, port: int, remote: Address, data: bytes, target: Target
    ) -> None:
        for flow in self.flows:
            if flow.host is host and flow.port == port and flow.remote == remote:
                break
        else:
            flow = DatagramFlow(host, port, remote, self.port.open_datagrams(target))
            self.flows.append(flow)
        self.port.send(flow.handle, data)
        self._lookup_patience = max(self._lookup_patience, self.grace)
        self._ensure_poll(POLL)

    def resolve(self, station: WirelessStation, name: str, done: Callable[[Any], None]) -> None:
        self._lookups.append((self.port.start_lookup(name), station, name, done))
        self._lookup_patience = CONNECT_GRACE
        self._ensure_poll(POLL)

    def forget(self, stream: BridgedStream, *, reset: bool) -> None:
        if stream in self.streams:
            self.streams.remove(stream)
            self.port.close(stream.handle, reset=reset)
        if stream in stream.host.bridged:
            stream.host.bridged.remove(stream)

    def end_exposed(self, connection: ExposedConnection, *, reset: bool = False) -> None:
        if connection in self.exposed:
            self.exposed.remove(connection)
            self.port.close(connection.handle, reset=reset)

    def tell_unreachable(self, remote: Address, failure: Failure) -> None:
        """A forward whose end isn't there is a mistake of the user's more often than not."""
        for forward in self.settings.forwards:
            if (forward.address, forward.port) == remote:
                self.internet.machine.log.warning(
                    "world: nothing answers at %s:%d of the host (%s), where %s forwards %s:%d; "
                    "start the server there, or correct the forward",
                    forward.host,
                    forward.host_port,
                    "no such host, or no route to it"
                    if failure is Failure.UNREACHABLE
                    else failure.value,
                    forward.where,
                    *remote,
                )

    # Time

    def _ensure_poll(self, delay: int) -> None:
        pending = self._next_poll
        if pending is not None:
            if pending.time <= self.internet.clock.now + delay:
                return
            pending.cancel()
        self._next_poll = self.internet.clock.schedule(delay, self.poll)

    def poll(self) -> None:
        """Move bytes, and let the guest's clock stand still for what the guest is waiting for."""
        self._next_poll = None
        if self._lost:
            self._recover()
        self._pump()
        self._stand_still()
        self._keep_pace()
        if self.streams or self._lookups or self.flows or self.exposed:
            self._ensure_poll(POLL)
        elif self._listeners:
            self._ensure_poll(IDLE_POLL)
        else:
            self._paced = False

    def _waiting(self) -> bool:
        return self._lookup_patience > 0 or any(stream.waiting for stream in self.streams)

    def _stand_still(self) -> None:
        while self._waiting():
            longest = max(self._lookup_patience, *(stream.patience for stream in self.streams), 0)
            start = self.port.wall_time()
            self.port.wait(longest)
            spent = max(1, self.port.wall_time() - start)
            for stream in self.streams:
                stream.patience -= spent
            self._lookup_patience -= spent
            self._pump()
            # The clock stood still: the time spent is no lead that wall time has.
            self._pace_wall += spent

    def _keep_pace(self) -> None:
        now, wall = self.internet.clock.now, self.port.wall_time()
        if not self._paced:
            self._paced = True
            self._pace_virtual, self._pace_wall = now, wall
            return
        ahead = (now - self._pace_virtual) - (wall - self._pace_wall)
        if ahead < -LAG:
            self._pace_virtual, self._pace_wall = now, wall
        while ahead > 0:
            before = self.port.wall_time()
            self.port.wait(ahead)
            self._pump()
            ahead -= max(1, self.port.wall_time() - before)

    def _pump(self) -> None:
        for stream in list(self.streams):
            stream.pump()
        for connection in list(self.exposed):
            connection.pump()
        for flow in self.flows:
            self._pump_datagrams(flow)
        self._pump_lookups()
        for handle, port in self._listeners:
            self._accept(handle, port)

    def _pump_datagrams(self, flow: DatagramFlow) -> None:
        while True:
            data = self.port.receive(flow.handle)
            if not isinstance(data, bytes) or not data:
                return
            self._lookup_patience = 0
            flow.host.arrive_datagram(flow.remote, flow.port, data)

    def _pump_lookups(self) -> None:
        still = []
        for handle, station, name, done in self._lookups:
            answer = self.port.lookup_result(handle)
            if answer is None:
                still.append((handle, station, name, done))
                continue
            if isinstance(answer, IPv4Address):
                self.internet.outside_names[answer] = name
            self.internet.clock.schedule(0, partial(station.answer, name, answer, done))
        if self._lookups and not still:
            self._lookup_patience = 0
        self._lookups = still

    # Restoring

    def _recover(self) -> None:
        """After a restore: no socket is left, so that every connection has broken."""
        self._lost = False
        self._paced = False
        for stream in list(self.streams):
            stream.lose()
        for connection in self.exposed:
            if connection.stream is not None:
                connection.stream.abort()
        self.exposed.clear()
        self.flows.clear()
        for _, station, name, done in self._lookups:
            self.internet.clock.schedule(0, partial(station.answer, name, Failure.TIMED_OUT, done))
        self._lookups.clear()
        self._lookup_patience = 0
        self._listeners.clear()
        self._open_listeners()

    # Listeners

    def _open_listeners(self) -> None:
        for expose in self.settings.expose:
            handle = self.port.listen((expose.host, expose.host_port), expose.where)
            self._listeners.append((handle, expose.port))
        if self._listeners:
            self._ensure_poll(IDLE_POLL)

    def _accept(self, handle: int, port: int) -> None:
        while (client := self.port.accept(handle)) is not None:
            connection = ExposedConnection(self, client)
            lease = next((s.lease for s in self.stations if s.lease is not None), None)
            self.exposed.append(connection)
            if lease is None:
                self.end_exposed(connection, reset=True)
                continue
            gateway = self.internet.host(lease.gateway)
            connection.stream = gateway.connect((lease.address, port), connection)
