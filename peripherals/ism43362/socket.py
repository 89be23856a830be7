"""One of the module's four sockets: its settings, its traffic, and who waits for it."""

from __future__ import annotations

from collections import deque
from functools import partial
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.clock import MILLISECOND, Callback, Event
from renode_wifi.peripherals.ism43362.connection import Connection, Remote
from renode_wifi.peripherals.ism43362.faults import FaultKind
from renode_wifi.peripherals.network.contract.datagrams import DatagramSocket
from renode_wifi.peripherals.network.contract.stream import Failure, Listener, Stream
from renode_wifi.peripherals.network.tls.settings import TlsSettings

if TYPE_CHECKING:
    from renode_wifi.peripherals.ism43362.processor import Processor, Transaction

ANY = IPv4Address("0.0.0.0")

# Protocols (`P1`). 4 is MQTT, of which no source tells enough.
TCP = 0
UDP = 1
UDP_LITE = 2
TLS = 3

MOST_DATAGRAMS = 8
"""Beyond it the oldest is lost."""


class Datagrams:
    """A UDP socket: what was received, one datagram to a read."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.port: DatagramSocket | None = None
        self.received: deque[tuple[Remote, bytes]] = deque(maxlen=MOST_DATAGRAMS)

    def on_datagram(self, sender: Remote, data: bytes) -> None:
        self.received.append((sender, data))
        self.socket.on_datagram(sender)

    def take(self, limit: int) -> bytes:
        """Up to `limit` bytes of the oldest datagram; the rest stays for the next read."""
        if not self.received:
            return b""
        sender, data = self.received.popleft()
        if len(data) > limit:
            self.received.appendleft((sender, data[limit:]))
        self.socket.remote_address, self.socket.remote_port = sender
        return data[:limit]


class Socket:
    """One of the four, with its settings, its connection or server, and who waits for it."""

    def __init__(self, processor: Processor, number: int) -> None:
        self.processor = processor
        self.number = number
        self.protocol = TCP
        self.local_port = 0
        self.remote_address = ANY
        self.remote_port = 0
        self.backlog = 1
        self.accept_loop = False
        self.verification = processor.profile.default_verification
        self.keep_alive = (0, 0)
        self.read_mode = 0
        self.read_size = processor.profile.longest_read
        self.read_timeout = 5_000
        self.write_size = processor.profile.longest_write
        self.write_timeout = 5_000

        self.connection: Connection | None = None
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
        return self.protocol in (UDP, UDP_LITE)

    # Client (P6)

    def connect(self, transaction: Transaction) -> bytes | None:
        processor = self.processor
        station, profile = processor.station, processor.profile
        if station is None or station.lease is None:
            return processor.error("not joined")
        if self.is_udp:
            self.close()
            return self._open_datagrams()
        if self.remote_address == ANY or self.remote_port == 0:
            return processor.error("no remote host")
        octets = self.remote_address.packed
        if profile.refuse_unusual_addresses and (255 in octets or 0 in (octets[0], octets[3])):
            return processor.error("address refused")
        if processor.faults.take(FaultKind.CONNECT_FAILS, processor.machine.clock.now, "P6"):
            return processor.error("no answer")
        self.close()
        if self.protocol not in (TCP, TLS):
            return processor.error("protocol not supported")
        self.connection = Connection(
            processor, self.number, self.on_change, (self.remote_address, self.remote_port)
        )
        tls = self._tls_settings() if self.protocol == TLS else None
        self.connection.connect(tls, partial(self._connected, transaction))
        return None

    def _tls_settings(self) -> TlsSettings:
        """A copy of the credentials: the next socket may overwrite the set."""
        processor, profile = self.processor, self.processor.profile
        credentials = processor.credentials.current
        present = self.verification == 2
        verify = present or (self.verification == 1 and profile.verify_without_certificate)
        name = None
        if profile.server_name == "last-dns" and processor.dns.last_address == self.remote_address:
            name = processor.dns.last_name
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
        if problem:
            self.connection = None
            transaction.finish(self.processor.error(problem))
        else:
            transaction.finish(self.processor.ok())

    def _open_datagrams(self) -> bytes:
        station = self.processor.station
        assert station is not None
        datagrams = Datagrams(self)
        port = station.datagrams(self.local_port, datagrams)
        if isinstance(port, Failure):
            return self.processor.error(port.value)
        datagrams.port = port
        self.datagrams = datagrams
        self._trace("socket", state="open", port=port.port)
        return self.processor.ok()

    def close(self) -> None:
        """Give up connection, server and datagrams; fine when there are none."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None
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

    def serve(self) -> bytes:
        processor, station = self.processor, self.processor.station
        if station is None or (station.lease is None and not processor.softap.running):
            return processor.error("not joined")
        self.close()
        if self.is_udp:
            reply = self._open_datagrams()
            self.serving = self.datagrams is not None
            return reply
        if self.protocol != TCP:
            return processor.error("protocol not supported")
        listener = station.listen(self.local_port, self._accepted, self.backlog)
        if isinstance(listener, Failure):
            return processor.error(listener.value)
        self.listener = listener
        self.serving = True
        self._trace("socket", state="listening", port=listener.port)
        # Not a message: ST's driver takes one that says nothing of "Accepted" for an error.
        return processor.ok(b"[TCP SVR] Waiting on connection...")

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
        processor = self.processor
        self.connection = Connection(processor, self.number, self.on_change, stream.remote)
        self.connection.take_over(stream)
        self.remote_address, self.remote_port = stream.remote
        if not processor.faults.take(FaultKind.ACCEPT_SILENT, processor.machine.clock.now, "P5"):
            line = f"[TCP SVR] Accepted {self.remote_address}:{self.remote_port}"
            processor.messages.post(line.encode())
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

    def on_datagram(self, sender: Remote) -> None:
        if self.serving and sender != self._last_sender:
            self._last_sender = sender
            self.processor.messages.post(f"[UDP SVR] Accepted {sender[0]}:{sender[1]}".encode())
        self.on_change()

    # Data (R0, S3)

    def read(self, transaction: Transaction) -> bytes | None:
        reply = self._read_now(transaction)
        if reply is None:
            self._reader = transaction
            self._wait(self.read_timeout, self._read_timed_out)
        return reply

    def _read_now(self, transaction: Transaction) -> bytes | None:
        processor = self.processor
        connection, data = self.connection, b""
        if self.datagrams is not None:
            data = self.datagrams.take(self.read_size)
        elif connection is not None and connection.available:
            data = connection.receive(self.read_size)
        elif (connection is None and self.listener is None) or (
            connection is not None and not connection.alive
        ):
            return processor.profile.closed_reply
        if not data:
            return None
        self._trace("payload", direction="received", size=len(data))
        transaction.extra_time += len(data) * processor.profile.read_byte_time_ns
        if processor.profile.messages_in_reads:
            message = processor.messages.take()
            if message:
                data = b"[SOMA]" + message + b"[EOMA]" + data
        return processor.ok(data)

    def _read_timed_out(self) -> None:
        self._timer = None
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.finish(self.processor.ok())

    def write(self, transaction: Transaction, data: bytes) -> bytes | None:
        processor = self.processor
        transaction.extra_time += len(data) * processor.profile.write_byte_time_ns
        if self.datagrams is not None and self.datagrams.port is not None:
            if self.remote_address == ANY or self.remote_port == 0:
                return processor.error("no remote host")
            self.datagrams.port.send_to((self.remote_address, self.remote_port), data)
            self._trace("payload", direction="sent", size=len(data))
            return processor.ok(b"%d" % len(data))
        if self.connection is None or not self.connection.alive:
            return processor.profile.closed_reply
        sent = self._send(self.connection, data)
        if sent == len(data):
            return processor.ok(b"%d" % sent)
        self._writer, self._unsent, self._announced = transaction, data[sent:], len(data)
        self._wait(self.write_timeout, self._write_timed_out)
        return None

    def _send(self, connection: Connection, data: bytes) -> int:
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
            writer.finish(self.processor.ok(b"%d" % sent if sent else b"-1"))

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
        if connection is None or not connection.alive:
            reply = self.processor.profile.closed_reply
        else:
            self._unsent = self._unsent[self._send(connection, self._unsent) :]
            if self._unsent:
                return
            reply = self.processor.ok(b"%d" % self._announced)
        self._writer = None
        self._stop_waiting()
        writer.finish(reply)

    def _wait(self, milliseconds: int, callback: Callback) -> None:
        """0: for as long as it takes."""
        if milliseconds:
            clock = self.processor.machine.clock
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
        machine = self.processor.machine
        machine.trace(self.processor.name, event, socket=self.number, **fields)
