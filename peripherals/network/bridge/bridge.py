"""The way from the world to sockets of the host, in bridged mode.

Host and guest live in different time. Two rules keep them together. While the guest awaits
something of the host (a connection, a name, an answer to what it has just sent), its clock stands
still, up to `grace` of wall time: a peer's real latency then costs no virtual time. Beyond that,
and while anything bridged is open, virtual time never runs ahead of wall time, so that a peer has
the time to answer that it would have had; a peer that stays silent leaves the guest's time-outs
exact. Both happen in `poll`, an event of the guest's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from ipaddress import IPv4Address
from typing import Any

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND, Event
from renode_wifi.peripherals.network.bridge.guard import EgressGuard
from renode_wifi.peripherals.network.bridge.host_port import HostPort, MayConnect, SocketPort
from renode_wifi.peripherals.network.bridge.streams import (
    CONNECT_GRACE,
    BridgedStream,
    DatagramFlow,
    ExposedConnection,
)
from renode_wifi.peripherals.network.contract.names import normalise
from renode_wifi.peripherals.network.contract.station import Lease
from renode_wifi.peripherals.network.contract.stream import Failure, StreamEvents
from renode_wifi.peripherals.network.stack.internet import Internet
from renode_wifi.peripherals.network.stack.outside import Inside, Resolved, Target
from renode_wifi.peripherals.network.stack.tcp import Address
from renode_wifi.peripherals.network.worldfile.bridge import BridgeSettings

POLL = 1 * MILLISECOND
"""Virtual time between two looks at the host's sockets."""
IDLE_POLL = 10 * MILLISECOND
"""The same while only listeners are open."""
STANDING_LOOK = 50 * MILLISECOND
"""Wall time, while the guest's clock stands still, between two looks whether a run is to end."""
LAG = 20 * MILLISECOND
"""Virtual time this far behind wall time isn't made up for by a sprint."""
FLOW_IDLE = 120 * SECOND
"""Virtual time after which a silent UDP flow is closed, as a NAT does (RFC 4787 section 4.3)."""
MAX_STREAMS = 256
"""Bridged connections; more fail as if the peer did not answer."""
MAX_FLOWS = 64
"""Bridged UDP flows; the one that has been silent longest makes room."""
MAX_EXPOSED = 64
"""Clients of exposed listeners; more are reset."""
MAX_TAKEN = 64
"""Datagrams of a flow, and clients of a listener, that are taken at one look at the host's sockets:
those who send without end don't stop the clock."""


class Bridge:
    """All that the world has on the host; `stack.outside.Outside` for the network.

    leases: of the stations in the world, for exposed listeners. port: where the sockets are; not
    saved with the world.
    """

    def __init__(
        self,
        internet: Internet,
        leases: Callable[[], Iterable[Lease]],
        port: HostPort | None = None,
    ) -> None:
        self.internet = internet
        self.settings = internet.settings.bridge
        self.grace = self.settings.grace
        self.port: HostPort = port or SocketPort()
        self.guard = EgressGuard(self.settings.forwards, self.settings.egress, self._is_own)
        self.streams: list[BridgedStream] = []
        self.flows: list[DatagramFlow] = []
        self.exposed: list[ExposedConnection] = []
        self._leases = leases
        self._lookups: list[tuple[int, str, Resolved]] = []
        self._lookup_grace = 0
        self._listeners: list[tuple[int, int]] = []
        self._next_poll: Event | None = None
        self._lost = False
        self._pace_virtual = 0
        self._pace_wall = 0
        self._paced = False
        self._open_listeners()

    def __getstate__(self) -> dict[str, Any]:
        names = self.guard.names
        return {**self.__dict__, "port": None, "guard": None, "names": names, "_lost": True}

    def __setstate__(self, state: dict[str, Any]) -> None:
        names = state.pop("names")
        self.__dict__.update(state)
        if not isinstance(self.settings, BridgeSettings):
            raise ValueError("a bridge without settings")
        self.port = SocketPort()
        # Of the settings, which are the world file's and no snapshot's.
        settings = self.settings
        self.guard = EgressGuard(settings.forwards, settings.egress, self._is_own, names)

    def _is_own(self, address: IPv4Address) -> bool:
        return self.port.is_own(address)

    def close(self) -> None:
        """Let go of every socket of the host."""
        self.port.close_all()
        self.streams.clear()
        self.flows.clear()
        self.exposed.clear()
        self._listeners.clear()
        if self._next_poll is not None:
            self._next_poll.cancel()

    @property
    def now(self) -> int:
        return self.internet.clock.now

    # For the network

    def target(self, remote: Address, protocol: str) -> Target | None:
        # A server of the world is nearer than the host, unless the user forwards its very port.
        if self.guard.forward(remote, protocol) is None and remote[0] in self.internet.hosts:
            return None
        return self.guard.target(remote, protocol)

    def refusal(self, remote: Address, protocol: str) -> tuple[str, str]:
        return self.guard.refusal(remote, protocol)

    def _allowed(self, remote: Address, protocol: str) -> MayConnect:
        forward = self.guard.forward(remote, protocol)
        if forward is None:
            return partial(_is, remote[0])
        return partial(self.guard.may_connect_forward, forward)

    def connect(
        self,
        host: Inside,
        local_port: int,
        remote: Address,
        events: StreamEvents,
        flow: int,
        target: Target,
    ) -> BridgedStream:
        allowed = self._allowed(remote, "tcp") if len(self.streams) < MAX_STREAMS else _never
        handle = self.port.open_stream(target, allowed)
        stream = BridgedStream(self, host, (host.address, local_port), remote, events, flow, handle)
        self.streams.append(stream)
        host.bridged.append(stream)
        self._ensure_poll(POLL)
        return stream

    def send_datagram(
        self, host: Inside, port: int, remote: Address, data: bytes, target: Target
    ) -> None:
        flow = next((flow for flow in self.flows if flow.joins(host, port, remote)), None)
        if flow is None:
            if len(self.flows) >= MAX_FLOWS:
                self._close_flow(min(self.flows, key=lambda flow: flow.last_used))
            handle = self.port.open_datagrams(target, self._allowed(remote, "udp"))
            flow = DatagramFlow(host, port, remote, handle)
            self.flows.append(flow)
        flow.last_used = self.internet.clock.now
        self.port.send(flow.handle, data)
        self._lookup_grace = max(self._lookup_grace, self.grace)
        self._ensure_poll(POLL)

    def resolve(self, name: str, done: Resolved) -> None:
        if normalise(name) is None:
            self.later(partial(done, Failure.UNREACHABLE))
            return
        self._lookups.append((self.port.start_lookup(name), name, done))
        self._lookup_grace = CONNECT_GRACE
        self._ensure_poll(POLL)

    # For streams

    def trace(self, event: str, **fields: object) -> None:
        self.internet.trace(event, **fields)

    def later(self, callback: Callable[[], None]) -> None:
        """Call back as an event of its own, now."""
        self.internet.clock.schedule(0, callback)

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

    def log_unreachable(self, remote: Address, failure: Failure) -> None:
        """A forward whose end isn't there is a mistake of the user's more often than not."""
        forward = self.guard.forward(remote, "tcp")
        if forward is not None:
            reasons = {
                Failure.UNREACHABLE: "no such host, or no route to it",
                Failure.DENIED: "the name leads to an address that forwards must write themselves",
            }
            self.internet.machine.log.warning(
                "world: nothing answers at %s:%d of the host (%s), where %s forwards %s:%d; "
                "start the server there, or correct the forward",
                forward.host,
                forward.host_port,
                reasons.get(failure, failure.value),
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
        return self._lookup_grace > 0 or any(stream.waiting for stream in self.streams)

    def _stand_still(self) -> None:
        while self._waiting() and not self.internet.machine.is_stopping():
            longest = max(self._lookup_grace, *(stream.budget for stream in self.streams), 0)
            start = self.port.wall_time()
            self.port.wait(min(longest, STANDING_LOOK))
            spent = max(1, self.port.wall_time() - start)
            for stream in self.streams:
                stream.budget -= spent
            self._lookup_grace -= spent
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
        for flow in list(self.flows):
            self._pump_datagrams(flow)
        self._pump_lookups()
        for handle, port in self._listeners:
            self._accept(handle, port)

    def _pump_datagrams(self, flow: DatagramFlow) -> None:
        now = self.internet.clock.now
        if now - flow.last_used > FLOW_IDLE:
            self._close_flow(flow)
            return
        for _ in range(MAX_TAKEN):
            data = self.port.receive(flow.handle)
            if not isinstance(data, bytes) or not data:
                return
            self._lookup_grace = 0
            flow.last_used = now
            flow.host.arrive_datagram(flow.remote, flow.port, data)

    def _close_flow(self, flow: DatagramFlow) -> None:
        self.flows.remove(flow)
        self.port.close(flow.handle)

    def _pump_lookups(self) -> None:
        still = []
        for handle, name, done in self._lookups:
            found = self.port.lookup_result(handle)
            if found is None:
                still.append((handle, name, done))
                continue
            answer: IPv4Address | Failure
            if isinstance(found, Failure):
                answer = found
            else:
                known = self.guard.note_answer(name, found)
                answer = known[0] if known else Failure.UNREACHABLE
            self.later(partial(done, answer))
        if self._lookups and not still:
            self._lookup_grace = 0
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
        for _, _, done in self._lookups:
            self.later(partial(done, Failure.TIMED_OUT))
        self._lookups.clear()
        self._lookup_grace = 0
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
        for _ in range(MAX_TAKEN):
            if (client := self.port.accept(handle)) is None:
                return
            connection = ExposedConnection(self, client)
            lease = next(iter(self._leases()), None)
            self.exposed.append(connection)
            if lease is None or len(self.exposed) > MAX_EXPOSED:
                self.end_exposed(connection, reset=True)
                continue
            gateway = self.internet.host(lease.gateway)
            stream = gateway.connect((lease.address, port), connection)
            stream.hermetic = False
            connection.stream = stream


def _is(expected: IPv4Address, address: IPv4Address) -> bool:
    return address == expected


def _never(address: IPv4Address) -> bool:
    return False
