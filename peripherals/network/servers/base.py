"""What all in-world servers share: listening, connections and their record, TLS on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from renode_wifi.peripherals.network.contract.stream import Failure, Stream
from renode_wifi.peripherals.network.stack.host import PortListener
from renode_wifi.peripherals.network.stack.tcp import Address, Connection
from renode_wifi.peripherals.network.stack.udp import PortSocket
from renode_wifi.peripherals.network.tls.endpoint import EndpointSettings, State, TlsEndpoint
from renode_wifi.peripherals.network.tls.settings import ClientCertificate, TlsVerdict
from renode_wifi.peripherals.network.worldfile.models import ServerSettings, TlsServerSettings

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World

SEND_BUFFER = 16_384
"""Bytes a server holds for a client that doesn't read, before it stops reading itself."""
KEPT = 1_048_576
"""Bytes received per connection that are kept for tests; more are only counted."""


class Server:
    """One server of the world file. `start` and `stop` may be called at any time."""

    def __init__(self, world: World, settings: ServerSettings) -> None:
        self.world = world
        self.settings = settings
        self.name = settings.name
        self.running = False

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        """Stop listening and reset every connection, as a killed server process does."""
        raise NotImplementedError


class ServerConnection:
    """A client of a server, while it lasts and as a record afterwards."""

    def __init__(self, server: TcpServer, stream: Connection, number: int) -> None:
        self.server = server
        self.stream = stream
        self.number = number
        """Counted from 1 for each server."""
        self.remote: Address = stream.remote
        self.opened_at = server.world.clock.now
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
        if server.settings.tls is not None:
            self.endpoint = TlsEndpoint(
                server.tls_settings, server.world.secret(f"{server.name}/{number}")
            )

    @property
    def open(self) -> bool:
        return self.closed_at is None

    @property
    def secure(self) -> bool:
        return self.endpoint is None or self.endpoint.state in (State.OPEN, State.CLOSED)

    # For the protocol

    def send(self, data: bytes) -> None:
        """Send, now or when the client has read enough."""
        if not self.open or not data:
            return
        self.sent_count += len(data)
        if self.endpoint is None:
            self._out += data
        else:
            self._tell_tls_data(data, to_client=True)
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

    # StreamEvents

    def on_connected(self, stream: Stream) -> None:
        """Never called: the connection stands before the server gets it."""

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None:
        """Never called: the connection stands before the server gets it."""

    def on_data(self, stream: Stream) -> None:
        if not self.server.reads or self.server.hanging:
            return
        while self.open and stream.available and len(self._out) < SEND_BUFFER:
            data = stream.receive(SEND_BUFFER)
            if self.endpoint is None:
                self._deliver(data)
            else:
                self.endpoint.feed(data)
                self._after_tls()

    def on_writable(self, stream: Stream) -> None:
        self._flush()
        if self.open:
            self.on_data(stream)

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        if not self.open:
            return
        if failure is not None:
            self._note_closed(failure)
            return
        if self.endpoint is not None and self.endpoint.state is State.HANDSHAKE:
            self.endpoint.feed_end()
            self._after_tls()
        if self.open:
            self.server.client_ended(self)

    # Within

    def _deliver(self, data: bytes) -> None:
        self.received_count += len(data)
        if len(self.received) < KEPT:
            self.received += data
        self.server.received(self, data)

    def _after_tls(self) -> None:
        endpoint = self.endpoint
        assert endpoint is not None
        if self.tls is None and endpoint.verdict is not None:
            self._note_handshake(endpoint)
        data = endpoint.take_plaintext()
        if data:
            self._tell_tls_data(data, to_client=False)
            self._deliver(data)
        self._flush()
        if not self.open:
            return
        if endpoint.state is State.FAILED:
            self.stream.close()
            self._note_closed(Failure.RESET)
        elif endpoint.state is State.CLOSED:
            self.server.client_ended(self)

    def _note_handshake(self, endpoint: TlsEndpoint) -> None:
        assert endpoint.verdict is not None
        self.tls = verdict = endpoint.verdict
        self.alpn = endpoint.alpn
        self.server_name = endpoint.requested_name
        self.peer_certificate = endpoint.peer_chain[0] if endpoint.peer_chain else None
        self.server.world.internet.trace(
            "tls",
            flow=self.stream.flow,
            server=self.server.name,
            problem=None if verdict.problem is None else verdict.problem.name,
            detail=verdict.detail,
            version=verdict.version,
            cipher=verdict.cipher,
            alpn=self.alpn,
            server_name=self.server_name,
        )
        if verdict.problem is None:
            self.server.opened(self)

    def _tell_tls_data(self, data: bytes, *, to_client: bool) -> None:
        ends = (self.stream.source, self.stream.destination)
        source, destination = ends if to_client else ends[::-1]
        self.server.world.internet.trace(
            "tls-data", flow=self.stream.flow, origin=source, destination=destination, data=data
        )

    def _flush(self) -> None:
        if self.endpoint is not None:
            self._out += self.endpoint.take_outgoing()
        while self._out:
            sent = self.stream.send(bytes(self._out))
            if not sent:
                return
            del self._out[:sent]
        if self._ending and self.open:
            self.stream.close()
            self._note_closed(None)

    def _note_closed(self, failure: Failure | None) -> None:
        self.closed_at = self.server.world.clock.now
        self.failure = failure
        self.server.closed(self)


class TcpServer(Server):
    """A server of connections. Protocols override the methods at its end."""

    reads = True

    def __init__(self, world: World, settings: ServerSettings) -> None:
        super().__init__(world, settings)
        self.connections: list[ServerConnection] = []
        """Every connection since the start, the ended ones too."""
        self.hanging = False
        self._listener: PortListener | None = None
        self._tls_settings: EndpointSettings | None = None

    @property
    def open_connections(self) -> list[ServerConnection]:
        return [connection for connection in self.connections if connection.open]

    @property
    def received_bytes(self) -> bytes:
        """What all clients sent, connection by connection."""
        return b"".join(bytes(connection.received) for connection in self.connections)

    def start(self) -> None:
        if not self.running:
            host = self.world.internet.host(self.settings.address)
            listener = host.listen(self.settings.port, self.accept)
            assert isinstance(listener, PortListener), "the world file names a port twice"
            self._listener = listener
            self.running = True

    def stop(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self.running = False
        self.reset_connections()

    def reset_connections(self) -> None:
        for connection in self.open_connections:
            connection.abort()

    def cut_connections(self) -> None:
        """Of what is sent next on each connection half arrives, then a reset."""
        for connection in self.open_connections:
            connection.stream.reset_in_next_data()

    def hang(self, hanging: bool) -> None:
        """Stop to read and answer, or go on; connections stay, as those of a stuck process do."""
        self.hanging = hanging
        if not hanging:
            for connection in self.open_connections:
                connection.on_data(connection.stream)

    def accept(self, stream: Stream) -> None:
        assert isinstance(stream, Connection)
        connection = ServerConnection(self, stream, len(self.connections) + 1)
        self.connections.append(connection)
        stream.events = connection
        if connection.endpoint is None:
            self.opened(connection)

    # TLS

    @property
    def tls_settings(self) -> EndpointSettings:
        if self._tls_settings is None:
            assert self.settings.tls is not None
            self._tls_settings = self._make_tls(self.settings.tls)
        return self._tls_settings

    def use_certificate(self, certificate: bytes, key: bytes) -> None:
        """Present another certificate from the next connection on (PEM)."""
        from dataclasses import replace

        self._tls_settings = replace(self.tls_settings, certificate=certificate, key=key)

    def _make_tls(self, tls: TlsServerSettings) -> EndpointSettings:
        certificate, key = tls.certificate, tls.key
        if certificate is None or key is None:
            address = self.settings.address
            names = (*tls.names, *self.world.internet.names.of(address), str(address))
            authority = self.world.authority if tls.trusted else self.world.strange_authority
            certificate, key = authority.server(names, tls.key_type)
        ca = tls.client_ca
        if ca is None and tls.client_certificate in (
            ClientCertificate.OPTIONAL,
            ClientCertificate.REQUIRED,
        ):
            ca = self.world.ca_pem
        return EndpointSettings(
            server=True,
            certificate=certificate,
            key=key,
            ca=ca,
            client_certificate=tls.client_certificate,
            minimum_version=tls.minimum_version,
            maximum_version=tls.maximum_version,
            ciphers=tls.ciphers,
            alpn=tls.alpn,
            when=self.world.settings.when,
        )

    # The protocol

    def opened(self, connection: ServerConnection) -> None:
        """A client is there (with TLS: after the handshake)."""

    def received(self, connection: ServerConnection, data: bytes) -> None:
        """Plaintext from a client."""

    def client_ended(self, connection: ServerConnection) -> None:
        """The client will send no more."""
        connection.end()

    def closed(self, connection: ServerConnection) -> None:
        """The connection is over."""


class UdpServer(Server):
    """A server of datagrams."""

    def __init__(self, world: World, settings: ServerSettings) -> None:
        super().__init__(world, settings)
        self.datagrams: list[tuple[Address, bytes]] = []
        """Sender and content of each datagram that came."""
        self._socket: PortSocket | None = None

    def start(self) -> None:
        if not self.running:
            host = self.world.internet.host(self.settings.address)
            socket = host.datagrams(self.settings.port, self)
            assert isinstance(socket, PortSocket), "the world file names a port twice"
            self._socket = socket
            self.running = True

    def stop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self.running = False

    def on_datagram(self, sender: Address, data: bytes) -> None:
        self.datagrams.append((sender, data))
        self.received(sender, data)

    def send(self, remote: Address, data: bytes) -> None:
        if self._socket is not None:
            self._socket.send_to(remote, data)

    def received(self, sender: Address, data: bytes) -> None:
        """A datagram came."""
