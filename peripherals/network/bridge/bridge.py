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

from renode_wifi.peripherals.base.clock import MILLISECOND, Event
from renode_wifi.peripherals.network.bridge.host_port import HostPort, SocketPort, Target
from renode_wifi.peripherals.network.bridge.streams import (
    CONNECT_GRACE,
    BridgedStream,
    DatagramFlow,
    ExposedConnection,
)
from renode_wifi.peripherals.network.contract.stream import Failure, StreamEvents
from renode_wifi.peripherals.network.stack.host import Host
from renode_wifi.peripherals.network.stack.tcp import Address

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.stack.internet import Internet
    from renode_wifi.peripherals.network.stack.wireless import WirelessStation

POLL = 1 * MILLISECOND
"""Virtual time between two looks at the host's sockets."""
IDLE_POLL = 10 * MILLISECOND
"""The same while only listeners are open."""
LAG = 20 * MILLISECOND
"""Virtual time this far behind wall time isn't made up for by a sprint."""


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
