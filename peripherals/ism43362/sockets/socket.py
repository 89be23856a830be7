"""One of the module's four sockets: its settings, its traffic, and who waits for it."""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.clock import MILLISECOND, Callback, Event
from renode_wifi.peripherals.ism43362.faults import FaultKind
from renode_wifi.peripherals.ism43362.messages.argument import ANY
from renode_wifi.peripherals.ism43362.messages.asynchronous import AsynchronousMessage
from renode_wifi.peripherals.ism43362.messages.data import NOT_SENT
from renode_wifi.peripherals.ism43362.messages.reply import DONE, ConnectionLost, Error, Ok, Reply
from renode_wifi.peripherals.ism43362.messages.transport import (
    WAITING_ON_CONNECTION,
    Accepted,
    Protocol,
)
from renode_wifi.peripherals.ism43362.sockets.connection import Remote, StreamConnection
from renode_wifi.peripherals.ism43362.sockets.datagrams import Datagrams
from renode_wifi.peripherals.ism43362.sockets.environment import Environment
from renode_wifi.peripherals.ism43362.transaction import Transaction
from renode_wifi.peripherals.network.contract.station import Station
from renode_wifi.peripherals.network.contract.stream import Failure, Listener, Stream
from renode_wifi.peripherals.network.tls.settings import TlsSettings

ANY_PORT = 0


class Socket:
    """One of the four, with its settings, its connection or server, and who waits for it."""

    def __init__(self, environment: Environment, number: int) -> None:
        profile = environment.profile
        self.environment = environment
        self.number = number
        self.protocol = Protocol.TCP
        self.local_port = 0
        self.remote_address = ANY
        self.remote_port = 0
        self.backlog = 1
        self.accept_loop = False
        self.verification = profile.default_verification
        self.keep_alive = 0
        """ns without traffic until the peer is probed; 0: never."""
        self.read_mode = 0
        self.read_size = profile.longest_read
        self.read_timeout = 5_000
        self.write_size = profile.longest_write
        self.write_timeout = 5_000

        self.connection: StreamConnection | None = None
        self.datagrams: Datagrams | None = None
        self.listener: Listener | None = None
        self.queue: list[Stream] = []
        self.serving = False
        self._last_sender: Remote | None = None
        self._reader: Transaction | None = None
        self._writer: Transaction | None = None
        self._unsent = b""
        self._announced = 0
        self._timer: Event | None = None

    @property
    def is_udp(self) -> bool:
        return self.protocol in (Protocol.UDP, Protocol.UDP_LITE)

    # Client (P6)

    def connect(self, transaction: Transaction) -> Reply | None:
        profile = self.environment.profile
        station = self.environment.access.joined
        if station is None:
            return Error("not joined")
        if profile.refused_restart and self.started:
            return Error("already started")
        if self.is_udp:
            self.close()
            return self._open_client(station)
        if self.remote_address == ANY or self.remote_port == 0:
            return Error("no remote host")
        octets = self.remote_address.packed
        if profile.refuse_unusual_addresses and (255 in octets or 0 in (octets[0], octets[3])):
            return Error("address refused")
        if self.environment.faults.spoils(FaultKind.CONNECT_FAILS, "P6"):
            return Error("no answer")
        self.close()
        if self.protocol not in (Protocol.TCP, Protocol.TLS):
            return Error("protocol not supported")
        self.connection = self._new_connection((self.remote_address, self.remote_port))
        tls = self._tls_settings() if self.protocol is Protocol.TLS else None
        self.connection.connect(station, tls, partial(self._connected, transaction))
        return None

    @property
    def started(self) -> bool:
        """There is a client on it."""
        if self.serving:
            return False
        return self.datagrams is not None or (self.connection is not None and self.connection.alive)

    def _new_connection(self, remote: Remote) -> StreamConnection:
        environment = self.environment
        connection = StreamConnection(
            environment.surroundings, environment.profile, self.number, self.on_change, remote
        )
        connection.keep_alive(self.keep_alive)
        return connection

    def set_keep_alive(self, period: int) -> None:
        """period: ns without traffic until the peer is probed; 0: never."""
        self.keep_alive = period
        if self.connection is not None:
            self.connection.keep_alive(period)

    def _tls_settings(self) -> TlsSettings:
        """A copy of the credentials: the next socket may overwrite the set."""
        profile, dns = self.environment.profile, self.environment.dns
        credentials = self.environment.credentials.current
        present = self.verification == 2
        verify = present or (self.verification == 1 and profile.verify_without_certificate)
        name = None
        if profile.server_name == "last-dns" and dns.last_address == self.remote_address:
            name = dns.last_name
        return TlsSettings(
            ca=credentials.ca or None,
            certificate=(credentials.certificate or None) if present else None,
            key=(credentials.key or None) if present else None,
            server_name=name,
            verify=verify,
            minimum_version=profile.minimum_tls,
            maximum_version=profile.maximum_tls,
            ciphers=profile.ciphers,
            when=profile.certificate_time or None,
        )

    def _connected(self, transaction: Transaction, problem: str) -> None:
        profile = self.environment.profile
        secure = self.protocol is Protocol.TLS
        duration = profile.connect_time_ms + (profile.handshake_time_ms if secure else 0)
        transaction.extra_time += duration * MILLISECOND
        if problem:
            self.connection = None
            transaction.finish(Error(problem))
        else:
            transaction.finish(Ok())

    def _open_client(self, station: Station) -> Reply:
        if not self.environment.profile.udp_port_from_p4:
            return self._open_datagrams(station, self.local_port)
        reply = self._open_datagrams(station, self.remote_port)
        if isinstance(reply, Error):
            # Another socket has that port: the module chooses one.
            reply = self._open_datagrams(station, ANY_PORT)
        return reply

    def _open_datagrams(self, station: Station, local_port: int) -> Reply:
        datagrams = Datagrams(self)
        port = station.datagrams(local_port, datagrams)
        if isinstance(port, Failure):
            return Error(port.value)
        datagrams.port = port
        self.datagrams = datagrams
        self._trace("socket", state="open", port=port.port)
        return DONE

    def close(self) -> None:
        """Give up connection, server and datagrams; fine when there are none."""
        self.close_client()
        self._stop_serving()

    def drop(self) -> None:
        """The network is gone: nothing is sent any more, and readers see a dead connection."""
        if self.connection is not None:
            self.connection.abort()
        self._stop_serving()
        self.on_change()

    def _stop_serving(self) -> None:
        self.serving = False
        self._last_sender = None
        for stream in self.queue:
            stream.abort()
        self.queue.clear()
        if self.listener is not None:
            self.listener.close()
            self.listener = None
        if self.datagrams is not None:
            if self.datagrams.port is not None:
                self._trace("socket", state="closed", port=self.datagrams.port.port)
                self.datagrams.port.close()
            self.datagrams = None

    # Server (P5, P7)

    def serve(self) -> Reply:
        access = self.environment.access
        station = access.station
        if station is None or (station.lease is None and not access.access_point):
            return Error("not joined")
        self.close()
        if self.is_udp:
            reply = self._open_datagrams(station, self.local_port)
            self.serving = self.datagrams is not None
            return reply
        if self.protocol is not Protocol.TCP:
            return Error("protocol not supported")
        listener = station.listen(self.local_port, self._accepted, self.backlog)
        if isinstance(listener, Failure):
            return Error(listener.value)
        self.listener = listener
        self.serving = True
        self._trace("socket", state="listening", port=listener.port)
        # Not an asynchronous message: ST's driver takes one without "Accepted" for an error.
        return Ok(WAITING_ON_CONNECTION)

    def _accepted(self, stream: Stream) -> None:
        """Later clients wait until the host is done with this one, even if it has left."""
        if self.connection is not None:
            if len(self.queue) < self.backlog:
                self.queue.append(stream)
            else:
                stream.abort()
            return
        self._serve_client(stream)

    def _serve_client(self, stream: Stream) -> None:
        self.connection = self._new_connection(stream.remote)
        self.connection.take_over(stream)
        self.remote_address, self.remote_port = stream.remote
        if not self.environment.faults.spoils(FaultKind.ACCEPT_SILENT, "P5"):
            self.environment.messages.post(Accepted("TCP", *stream.remote).emit())
        self.on_change()

    def close_client(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def next_client(self) -> None:
        while self.queue and self.connection is None:
            stream = self.queue.pop(0)
            if stream.open or stream.available:
                self._serve_client(stream)
            else:
                stream.close()

    @property
    def takes_datagrams(self) -> bool:
        return not (self.serving and self.environment.profile.broken_udp_server)

    def on_datagram(self, sender: Remote) -> None:
        if self.serving and sender != self._last_sender:
            self._last_sender = sender
            self.environment.messages.post(Accepted("UDP", *sender).emit())
        self.on_change()

    # Data (R0, S3)

    def read(self, transaction: Transaction) -> Reply | None:
        reply = self._read_now(transaction)
        if reply is None:
            self._reader = transaction
            self._wait(self.read_timeout, self._read_timed_out)
        return reply

    def _read_now(self, transaction: Transaction) -> Reply | None:
        profile = self.environment.profile
        connection, data = self.connection, b""
        if self.datagrams is not None:
            data = self.datagrams.take(self.read_size)
        elif connection is not None and connection.available:
            data = connection.receive(self.read_size)
        elif (connection is None and self.listener is None) or (
            connection is not None and not connection.alive
        ):
            return ConnectionLost()
        if not data:
            return None
        self._trace("payload", direction="received", size=len(data))
        transaction.extra_time += len(data) * profile.read_byte_time_ns
        if profile.messages_in_reads:
            text = self.environment.messages.take()
            if text:
                data = AsynchronousMessage(text).emit() + data
        return Ok(data)

    def _read_timed_out(self) -> None:
        self._timer = None
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.finish(Ok())

    def write(self, transaction: Transaction, data: bytes) -> Reply | None:
        transaction.extra_time += len(data) * self.environment.profile.write_byte_time_ns
        if self.datagrams is not None and self.datagrams.port is not None:
            if self.remote_address == ANY or self.remote_port == 0:
                return Error("no remote host")
            self.datagrams.port.send_to((self.remote_address, self.remote_port), data)
            self._trace("payload", direction="sent", size=len(data))
            return Ok(b"%d" % len(data))
        if self.connection is None or not self.connection.alive:
            return ConnectionLost()
        sent = self._send(self.connection, data)
        if sent == len(data):
            return Ok(b"%d" % sent)
        self._writer, self._unsent, self._announced = transaction, data[sent:], len(data)
        self._wait(self.write_timeout, self._write_timed_out)
        return None

    def _send(self, connection: StreamConnection, data: bytes) -> int:
        sent = connection.send(data)
        if sent:
            self._trace("payload", direction="sent", size=sent)
        return sent

    def _write_timed_out(self) -> None:
        self._timer = None
        writer, self._writer = self._writer, None
        if writer is not None:
            sent = self._announced - len(self._unsent)
            # ST's driver takes any OK but -1 for all of it.
            writer.finish(Ok(b"%d" % sent if sent else NOT_SENT))

    def on_change(self) -> None:
        """Data, room or an end came: whoever waits may go on."""
        if self._reader is not None:
            reply = self._read_now(self._reader)
            if reply is not None:
                reader, self._reader = self._reader, None
                self._stop_waiting()
                reader.finish(reply)
        elif self._writer is not None:
            self._write_more(self._writer)

    def _write_more(self, writer: Transaction) -> None:
        connection = self.connection
        reply: Reply
        if connection is None or not connection.alive:
            reply = ConnectionLost()
        else:
            self._unsent = self._unsent[self._send(connection, self._unsent) :]
            if self._unsent:
                return
            reply = Ok(b"%d" % self._announced)
        self._writer = None
        self._stop_waiting()
        writer.finish(reply)

    def _wait(self, milliseconds: int, callback: Callback) -> None:
        """0: for as long as it takes."""
        if milliseconds:
            clock = self.environment.surroundings.clock
            self._timer = clock.schedule(milliseconds * MILLISECOND, callback)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def reset(self) -> None:
        """RESET: what waits is forgotten with the rest."""
        self._stop_waiting()
        self._reader = self._writer = None
        if self.connection is not None:
            self.connection.abort()
        self._stop_serving()

    def _trace(self, event: str, **fields: object) -> None:
        self.environment.surroundings.trace(event, socket=self.number, **fields)
