"""One addressable thing in the world: a server's machine, or a station that has joined."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address
from typing import Protocol

from renode_wifi.peripherals.network.contract.datagrams import DatagramEvents
from renode_wifi.peripherals.network.contract.packets import TCP, UDP, IpPacket, PacketFilter
from renode_wifi.peripherals.network.contract.stream import Failure, Stream, StreamEvents
from renode_wifi.peripherals.network.stack.outside import Attached
from renode_wifi.peripherals.network.stack.tcp import (
    GIVE_UP,
    Address,
    Connection,
    Medium,
    NoEvents,
    TcpState,
)
from renode_wifi.peripherals.network.stack.udp import PortSocket

FIRST_EPHEMERAL = 49_152
LAST_EPHEMERAL = 65_535
"""RFC 6335 section 6."""

MAX_LINGERING = 64
"""Closed connections whose peers have not closed; the oldest of more is reset."""
MAX_CONNECTIONS = 1_024
"""Connections of one host; more fail at once."""

Accepted = Callable[[Stream], None]


class Network(Medium, Protocol):
    """What a host asks of the network that it is on."""

    def connect(
        self, source: Host, remote: Address, events: StreamEvents, local_port: int
    ) -> Stream: ...

    def refuse(
        self, host: Host, remote: Address, events: StreamEvents, failure: Failure
    ) -> Stream: ...

    def send_datagram(self, source: Host, port: int, remote: Address, data: bytes) -> None: ...


class ListenerOwner(Protocol):
    def stop_listening(self, listener: PortListener) -> None: ...


class PortListener:
    """A `Listener`: `accepted` gets this host's end of each new connection."""

    def __init__(self, host: ListenerOwner, port: int, accepted: Accepted) -> None:
        self.host = host
        self.port = port
        self.accepted = accepted

    def close(self) -> None:
        self.host.stop_listening(self)


class Host:
    """Ports, listeners and connections under one address."""

    def __init__(self, internet: Network, address: IPv4Address) -> None:
        self.internet = internet
        self.address = address
        self.connections: list[Connection] = []
        self.bridged: list[Attached] = []
        """Connections that are sockets of the host computer."""
        self._listeners: dict[int, PortListener] = {}
        self._datagrams: dict[int, PortSocket] = {}
        self._next_port = FIRST_EPHEMERAL
        self.sleep = 0
        """How often it is awake to receive (ns); 0: it always is."""

        self.filter: PacketFilter | None = None

    def takes(
        self, protocol: int, source: Address, destination: Address, data: bytes = b""
    ) -> bool:
        """Whether a packet comes to this host's stack."""
        packets = self.filter
        return packets is None or packets.passes(IpPacket(protocol, source, destination, data))

    def awake(self, time: int) -> int:
        """When the host receives what reaches its access point at `time` (ns)."""
        return -(-time // self.sleep) * self.sleep if self.sleep else time

    # TCP

    def connect(self, remote: Address, events: StreamEvents, local_port: int = 0) -> Stream:
        if len(self.connections) + len(self.bridged) >= MAX_CONNECTIONS:
            return self.internet.refuse(self, remote, events, Failure.ADDRESS_IN_USE)
        self._drop_lingering()
        return self.internet.connect(self, remote, events, local_port or self._ephemeral())

    def _drop_lingering(self) -> None:
        lingering = [connection for connection in self.connections if connection.lingering]
        for connection in lingering[: max(0, len(lingering) - MAX_LINGERING)]:
            connection.drop()

    def new_connection(
        self, local_port: int, remote: Address, events: StreamEvents, flow: int
    ) -> Connection:
        connection = Connection(
            self.internet, self, (self.address, local_port), remote, events, flow
        )
        self.connections.append(connection)
        return connection

    def listen(self, port: int, accepted: Accepted) -> PortListener | Failure:
        if port == 0:
            port = self._ephemeral()
        if port in self._listeners:
            return Failure.ADDRESS_IN_USE
        listener = PortListener(self, port, accepted)
        self._listeners[port] = listener
        return listener

    def stop_listening(self, listener: PortListener) -> None:
        if self._listeners.get(listener.port) is listener:
            del self._listeners[listener.port]

    def arrive_syn(self, client: Connection) -> None:
        """A connection attempt reached this host."""
        if client.state is not TcpState.CONNECTING:
            return
        if not self.takes(TCP, client.local, client.remote):
            self.internet.clock.schedule(GIVE_UP, partial(client.fail, Failure.TIMED_OUT))
            return
        listener = self._listeners.get(client.remote[1])
        server = self.new_connection(client.remote[1], client.local, NoEvents(), client.flow)
        server.client = False
        server.hermetic = client.hermetic
        server.peer, client.peer = client, server
        if listener is None:
            server.abort()
            return
        server.establish()
        server.answer()
        listener.accepted(server)

    def forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)

    # UDP

    def datagrams(self, port: int, events: DatagramEvents) -> PortSocket | Failure:
        if port == 0:
            port = self._ephemeral()
        if port in self._datagrams:
            return Failure.ADDRESS_IN_USE
        socket = PortSocket(self, port, events)
        self._datagrams[port] = socket
        return socket

    def send_datagram(self, port: int, remote: Address, data: bytes) -> None:
        self.internet.send_datagram(self, port, remote, data)

    def close_datagrams(self, socket: PortSocket) -> None:
        if self._datagrams.get(socket.port) is socket:
            del self._datagrams[socket.port]

    def arrive_datagram(
        self, source: Address, port: int, data: bytes, destination: IPv4Address | None = None
    ) -> None:
        """destination: None for this host's address."""
        if not self.takes(UDP, source, (destination or self.address, port), data):
            return
        socket = self._datagrams.get(port)
        if socket is not None and socket.takes(destination or self.address):
            socket.events.on_datagram(source, data)

    # Both

    def vanish(self) -> None:
        """The host is off the network; its peers are not notified."""
        for connection in list(self.connections):
            connection.go_silent()
        for stream in list(self.bridged):
            stream.go_silent()
        self._listeners.clear()
        for socket in list(self._datagrams.values()):
            socket.close()

    def _ephemeral(self) -> int:
        used = {connection.local[1] for connection in self.connections}
        used |= {stream.local[1] for stream in self.bridged}
        for _ in range(FIRST_EPHEMERAL, LAST_EPHEMERAL + 1):
            port = self._next_port
            self._next_port = FIRST_EPHEMERAL if port == LAST_EPHEMERAL else port + 1
            if port not in used and port not in self._listeners and port not in self._datagrams:
                return port
        return 0
