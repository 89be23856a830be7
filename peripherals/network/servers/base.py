"""What all in-world servers share: listening, their connections, TLS settings, and records."""

from __future__ import annotations

from dataclasses import replace

from renode_wifi.peripherals.network.contract.stream import Stream
from renode_wifi.peripherals.network.servers.connection import ServerConnection
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.servers.records import MAX_BYTES, Records
from renode_wifi.peripherals.network.servers.spoiling import Spoiling
from renode_wifi.peripherals.network.stack.host import PortListener
from renode_wifi.peripherals.network.stack.tcp import Address, Connection
from renode_wifi.peripherals.network.stack.udp import PortSocket
from renode_wifi.peripherals.network.tls.endpoint import EndpointSettings
from renode_wifi.peripherals.network.tls.settings import ClientCertificate
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings, TlsServerSettings

MAX_OPEN = 64
"""Open connections of one server; for one more, the one that has been silent longest is reset."""
MAX_CONNECTIONS = 1_000
"""Connections of one server that are kept as a record, the last ones."""


class Server:
    """One server of the world file. `start` and `stop` may be called at any time."""

    def __init__(self, context: ServerContext, settings: ServerSettings) -> None:
        self.context = context
        self.settings = settings
        self.name = settings.name
        self.running = False

    def start(self) -> None:
        """Listen again, after `stop`."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop listening and reset every connection, as a killed server process does."""
        raise NotImplementedError


class TcpServer(Server):
    """A server of connections. Protocols override the methods at its end."""

    UDP = False
    reads = True

    def __init__(self, context: ServerContext, settings: ServerSettings) -> None:
        super().__init__(context, settings)
        self.connections: list[ServerConnection] = []
        """The connections since the start, the ended ones too (the last ones of many)."""
        self.accepted = 0
        self.hanging = False
        self.spoiling = Spoiling()
        self._listener: PortListener | None = None
        self._tls: EndpointSettings | None = None

    @property
    def open_connections(self) -> list[ServerConnection]:
        return [connection for connection in self.connections if connection.open]

    @property
    def received_bytes(self) -> bytes:
        """What all clients sent, connection by connection."""
        return b"".join(bytes(connection.received) for connection in self.connections)

    def start(self) -> None:
        if not self.running:
            host = self.context.internet.host(self.settings.address)
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

    def close_connections(self) -> None:
        """End this side's direction of each connection, and read on."""
        for connection in self.open_connections:
            connection.stream.shutdown()

    def corrupt_connections(self) -> None:
        """The last bit of what is sent next on each connection with TLS is wrong."""
        for connection in self.open_connections:
            connection.corrupt_next()

    def drip(self, lots: tuple[int, int] | None) -> None:
        """Send so many bytes at a time, one lot every so many ns; None: as fast as can be."""
        self.spoiling.drip = lots
        for connection in self.open_connections:
            connection.on_writable(connection.stream)

    def hang(self, hanging: bool) -> None:
        """Stop to read and answer, or go on; connections stay, as those of a stuck process do."""
        self.hanging = hanging
        if not hanging:
            for connection in self.open_connections:
                connection.on_data(connection.stream)

    def accept(self, stream: Stream) -> None:
        assert isinstance(stream, Connection)
        self._make_room()
        self.accepted += 1
        connection = ServerConnection(self, stream, self.accepted)
        self.connections.append(connection)
        stream.events = connection
        if connection.endpoint is None:
            self.opened(connection)

    def _make_room(self) -> None:
        """Stay within the bounds before one more connection is taken."""
        open_ones = self.open_connections
        if len(open_ones) >= MAX_OPEN:
            min(open_ones, key=lambda connection: connection.last_received).abort()
        while len(self.connections) >= MAX_CONNECTIONS:
            oldest = next(index for index, kept in enumerate(self.connections) if not kept.open)
            del self.connections[oldest]
        kept = sum(len(connection.received) for connection in self.connections)
        for connection in self.connections:
            if kept > MAX_BYTES and not connection.open:
                kept -= len(connection.received)
                connection.received = bytearray()

    # TLS

    def tls_settings(self) -> EndpointSettings | None:
        """For a connection that starts now; None: without TLS."""
        if self.settings.tls is None:
            return None
        if self._tls is None:
            self._tls = self._make_tls(self.settings.tls)
        own = replace(self._tls, when=self.context.date.when)
        return self.spoiling.settings(own, self._tls_names(self.settings.tls), self.context.pki)

    def _tls_names(self, tls: TlsServerSettings) -> tuple[str, ...]:
        address = self.settings.address
        return (*tls.names, *self.context.internet.names.of(address), str(address))

    def use_certificate(self, certificate: bytes, key: bytes) -> None:
        """Present another certificate from the next connection on (PEM)."""
        assert self.settings.tls is not None, "the server has no TLS"
        own = self._tls or self._make_tls(self.settings.tls)
        self._tls = replace(own, certificate=certificate, key=key)

    def _make_tls(self, tls: TlsServerSettings) -> EndpointSettings:
        certificate, key = tls.certificate, tls.key
        if certificate is None or key is None:
            pki = self.context.pki
            authority = pki.trusted if tls.trusted else pki.untrusted
            certificate, key = authority.server(self._tls_names(tls), tls.key_type)
        ca = b"".join(tls.client_ca) or None
        if ca is None and tls.client_certificate in (
            ClientCertificate.OPTIONAL,
            ClientCertificate.REQUIRED,
        ):
            ca = self.context.pki.trusted.certificate
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
        )

    # The protocol

    def opened(self, connection: ServerConnection) -> None:
        """A client is there (with TLS: after the handshake)."""

    def received(self, connection: ServerConnection, data: bytes) -> None:
        """Plaintext from a client."""

    def client_ended(self, connection: ServerConnection) -> None:
        """The client will send no more."""
        connection.end()

    def drained(self, connection: ServerConnection) -> None:
        """All that was sent has left the server."""

    def closed(self, connection: ServerConnection) -> None:
        """The connection is over."""


class UdpServer(Server):
    """A server of datagrams."""

    UDP = True

    def __init__(self, context: ServerContext, settings: ServerSettings) -> None:
        super().__init__(context, settings)
        self.datagrams: Records[tuple[Address, bytes]] = Records()
        """Sender and content of the datagrams that came (the last ones of many)."""
        self._socket: PortSocket | None = None

    def start(self) -> None:
        if not self.running:
            host = self.context.internet.host(self.settings.address)
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
        self.datagrams.keep((sender, data), len(data))
        self.received(sender, data)

    def send(self, remote: Address, data: bytes) -> None:
        if self._socket is not None:
            self._socket.send_to(remote, data)

    def received(self, sender: Address, data: bytes) -> None:
        """A datagram came."""
