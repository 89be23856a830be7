"""The socket silo: its commands and events (SimpleLink SDK, source/sl_socket.c)."""

from __future__ import annotations

import struct
from functools import partial
from ipaddress import IPv4Address
from typing import Any

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.simplelink import options
from renode_wifi.peripherals.simplelink.device import Device
from renode_wifi.peripherals.simplelink.faults import FaultKind
from renode_wifi.peripherals.simplelink.files import FileSystem
from renode_wifi.peripherals.simplelink.handshakes import EVENT_HANDSHAKE_FAILED, Handshakes
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.processor import Processor
from renode_wifi.peripherals.simplelink.selection import Selector
from renode_wifi.peripherals.simplelink.socket import (
    ANY,
    LOOPBACK,
    Address,
    DatagramSocketModel,
    Socket,
    State,
    StreamSocket,
)
from renode_wifi.peripherals.simplelink.wire import Command, take

FAMILY_IPV4 = 2
STREAM, DATAGRAM = 1, 2
PROTOCOLS = {STREAM: (0, 6), DATAGRAM: (0, 17)}
SECURE_PROTOCOL = 100
NUMBER_MASK = 0x1F
DONT_WAIT = 0x08

EVENT_ACCEPT_FAILED = 0

FIRST_PORT, LAST_PORT = 49_152, 65_535
LONGEST_RECEIVE = 16_000
LOOPBACK_TIME = 100 * MICROSECOND


class Sockets:
    """The table of sockets; `table[n]` is socket n."""

    def __init__(self, processor: Processor, device: Device, files: FileSystem) -> None:
        self.processor = processor
        self.device = device
        self.files = files
        self.table: list[Socket | None] = [None] * processor.profile.sockets
        self.handshakes = Handshakes(self)
        self.selector = Selector(self)
        self._port = FIRST_PORT
        self._pool_blocked = False
        processor.on_stop(self.reset)
        for opcode, handler in (
            (Opcode.SOCKET, self._socket),
            (Opcode.CLOSE, self._close),
            (Opcode.BIND, self._bind),
            (Opcode.LISTEN, self._listen),
            (Opcode.ACCEPT, self._accept),
            (Opcode.CONNECT, self._connect),
            (Opcode.SETSOCKOPT, self._set_option),
            (Opcode.GETSOCKOPT, self._get_option),
            (Opcode.SEND, self._send),
            (Opcode.SENDTO, self._send_to),
            (Opcode.RECV, self._receive),
            (Opcode.RECVFROM, self._receive),
        ):
            processor.handle(opcode, handler)

    def reset(self) -> None:
        """Power goes: everything is gone at once."""
        self.selector.reset()
        self._pool_blocked = False
        for socket in self.all():
            socket.stop_receiving()
            socket.release()
        self.table = [None] * self.processor.profile.sockets

    # What the rest of the processor tells and asks

    def joined(self) -> None:
        for socket in self.all():
            socket.joined()

    def lost(self) -> None:
        for socket in self.all():
            socket.lost()

    def free_port(self) -> int:
        used = {socket.port for socket in self.all()}
        while self._port in used:
            self._port += 1
        port, self._port = self._port, self._port + 1
        if self._port > LAST_PORT:
            self._port = FIRST_PORT
        return port

    def loop_back(self, sender: Address, port: int, data: bytes) -> None:
        """A datagram to the processor itself; the driver wakes its own `select` so."""
        self.processor.after(LOOPBACK_TIME, partial(self._looped, sender, port, data))

    def _looped(self, sender: Address, port: int, data: bytes) -> None:
        for socket in self.all():
            if isinstance(socket, DatagramSocketModel) and socket.port == port:
                socket.on_datagram(sender, data)

    def all(self) -> list[Socket]:
        return [socket for socket in self.table if socket is not None]

    def trace(self, socket: Socket, **fields: Any) -> None:
        self.processor.machine.trace(self.processor.name, "socket", socket=socket.number, **fields)

    def refresh(self) -> None:
        """Bring what every message tells of sockets and buffers up to date."""
        status = self.processor.status
        failing = non_blocking = 0
        for socket in self.all():
            failing |= socket.fails_to_send << socket.number
            non_blocking |= socket.options.non_blocking << socket.number
        status.transmit_failures = failing
        status.non_blocking = non_blocking
        used = sum(self._buffers(len(s.outbox)) for s in self.all() if isinstance(s, StreamSocket))
        status.tx_pool = max(0, self.processor.profile.tx_pool - used)
        if self._pool_blocked:
            status.tx_pool = min(status.tx_pool, max(0, self.processor.told_pool))
        elif self.processor.powered:
            self.processor.owe_update()

    def _buffers(self, length: int) -> int:
        return -(-length // self.processor.profile.minimum_payload)

    # Making and ending

    def _free(self, secure: bool) -> int:
        """A free place in the table, or the error."""
        if secure:
            count = sum(socket.secure for socket in self.all())
            if count >= self.processor.profile.secure_sockets:
                return Error.TLS_TOO_MANY
        try:
            return self.table.index(None)
        except ValueError:
            return Error.NO_SOCKETS

    def _socket(self, command: Command) -> None:
        domain, kind, protocol = struct.unpack_from("<BBB", command.body)
        secure = protocol == SECURE_PROTOCOL
        number: int = 0
        if domain != FAMILY_IPV4:
            number = Error.FAMILY_NOT_SUPPORTED
        elif kind not in PROTOCOLS:
            number = Error.SOCKET_TYPE_NOT_SUPPORTED
        elif protocol not in PROTOCOLS[kind] and not (secure and kind == STREAM):
            number = Error.PROTOCOL_NOT_SUPPORTED
        else:
            number = self._free(secure)
        if number < 0:
            self.answer(command, number, 0)
            return
        socket = (
            StreamSocket(self, number, secure)
            if kind == STREAM
            else DatagramSocketModel(self, number)
        )
        self.table[number] = socket
        self.trace(socket, state="made", stream=kind == STREAM, secure=secure)
        self.refresh()
        self.answer(command, 0, number)

    def answer(self, command: Command, status: int, number: int) -> None:
        self.processor.respond(command, struct.pack("<hBB", status, number, 0))

    def tell(self, opcode: Opcode, status: int, number: int) -> None:
        self.processor.event(opcode, struct.pack("<hBB", status, number, 0))

    def notify(self, socket: Socket, kind: int, value: int, extra: bytes = b"") -> None:
        body = struct.pack("<BBh128s", socket.number, kind, value, extra)
        self.processor.event(Opcode.SOCKET_EVENT, body)

    def find(self, number: int) -> Socket | None:
        """A socket that the host knows."""
        number &= NUMBER_MASK
        socket = self.table[number] if number < len(self.table) else None
        hidden = isinstance(socket, StreamSocket) and (socket.closing or socket.acceptor)
        return None if hidden else socket

    def _close(self, command: Command) -> None:
        (number,) = struct.unpack_from("<B", command.body)
        socket = self.find(number)
        if socket is None:
            self.answer(command, Error.BAD_SOCKET, number)
            return
        self._interrupt(socket)
        self.answer(command, 0, number)
        if isinstance(socket, StreamSocket) and socket.outbox and socket.connected:
            # The data that the host was told is sent has to leave first.
            socket.closing = True
            timeout = self.processor.profile.close_timeout_ms * MILLISECOND
            socket.stop_timer()
            socket.timer = self.processor.after(timeout, partial(self._gone, socket, True))
            return
        self._gone(socket, False)

    def _interrupt(self, socket: Socket) -> None:
        """Whatever the host waits for on a socket that it closes ends now."""
        waiting = socket.stop_receiving()
        if waiting is not None:
            self._answer_receive(waiting, socket, Error.GENERAL)
        if isinstance(socket, StreamSocket):
            if socket.accepting is not None:
                self._answer_accept(socket, Error.GENERAL)
            if socket.connecting is not None:
                socket.connecting = None
                self.tell(Opcode.CONNECT_ASYNC, Error.GENERAL, socket.number)
            if socket.state is State.HANDSHAKE and socket.after_tcp:
                self.notify(socket, EVENT_HANDSHAKE_FAILED, Error.GENERAL)

    def _gone(self, socket: Socket, unsent: bool) -> None:
        if self.table[socket.number] is not socket:
            return
        self.table[socket.number] = None
        socket.release()
        self.trace(socket, state="closed")
        for other in self.all():
            if isinstance(other, StreamSocket) and other.acceptor is socket:
                self._forget(other)
        self.refresh()
        self.tell(Opcode.CLOSE_ASYNC, Error.CLOSE_FAILED if unsent else 0, socket.number)
        self.selector.look()

    def flushed(self, socket: StreamSocket) -> None:
        """There is room in the network again."""
        if socket.closing and not socket.outbox:
            self._gone(socket, False)
        else:
            self.selector.look()

    # Addresses

    @staticmethod
    def _address(body: bytes) -> Address:
        """Port and address stand as on the network."""
        raw = take(body, 4, 8)
        return IPv4Address(raw[4:8]), int.from_bytes(raw[:2], "big")

    def _bind(self, command: Command) -> None:
        _, number = struct.unpack_from("<hB", command.body)
        address, port = self._address(command.body)
        socket = self.find(number)
        status: int = 0
        if socket is None:
            status = Error.BAD_SOCKET
        elif socket.port:
            status = Error.INVALID
        elif not self._is_own(address):
            status = Error.ADDRESS_NOT_AVAILABLE
        elif port and any(
            other.port == port and type(other) is type(socket) for other in self.all()
        ):
            status = Error.ADDRESS_IN_USE
        else:
            socket.port = port or self.free_port()
            if isinstance(socket, DatagramSocketModel):
                socket.attach()
        self.answer(command, status, number)

    def _is_own(self, address: IPv4Address) -> bool:
        lease = self.processor.lease
        return address in (ANY, LOOPBACK) or (lease is not None and address == lease.address)

    # Servers

    def _listen(self, command: Command) -> None:
        number, backlog = struct.unpack_from("<BB", command.body)
        socket = self.find(number)
        status: int = 0
        if socket is None:
            status = Error.BAD_SOCKET
        elif not isinstance(socket, StreamSocket):
            status = Error.OPERATION_NOT_SUPPORTED
        elif socket.state is not State.IDLE or not socket.port:
            status = Error.INVALID
        else:
            socket.backlog = max(1, backlog)
            status = self.open_listener(socket)
            if status == 0:
                socket.become(State.LISTENING)
        self.answer(command, status, number)

    def open_listener(self, socket: StreamSocket) -> int:
        station = self.processor.station
        if station is None:
            return 0
        listener = station.listen(socket.port, socket.on_arrival, socket.backlog)
        if listener is Failure.NOT_JOINED:
            return 0
        if isinstance(listener, Failure):
            return Error.ADDRESS_IN_USE
        socket.listener = listener
        return 0

    def _accept(self, command: Command) -> None:
        (number,) = struct.unpack_from("<B", command.body)
        socket = self.find(number)
        if socket is None:
            self.answer(command, Error.BAD_SOCKET, number)
        elif not isinstance(socket, StreamSocket) or socket.state is not State.LISTENING:
            self.answer(command, Error.INVALID, number)
        elif socket.accepting is not None:
            self.answer(command, Error.IN_EXECUTION, number)
        else:
            self.answer(command, 0, number)
            socket.accepting = command
            self._try_accept(socket)
            if socket.accepting is not None and socket.options.non_blocking:
                self._answer_accept(socket, Error.WOULD_BLOCK)

    def _try_accept(self, socket: StreamSocket) -> None:
        if socket.accepting is None:
            return
        if socket.secured:
            accepted = socket.secured.popleft()
            accepted.acceptor = None
            self._answer_accept(socket, accepted.number, accepted.remote)
            return
        shaking = any(
            isinstance(other, StreamSocket) and other.acceptor is socket for other in self.all()
        )
        if not socket.arrived or shaking:
            return
        stream = socket.arrived.popleft()
        number = self._free(socket.secure)
        if number < 0:
            stream.abort()
            self._answer_accept(socket, number)
            return
        accepted = StreamSocket(self, number, socket.secure)
        accepted.options.values.update(socket.options.values)
        accepted.stream = stream
        accepted.remote = stream.remote
        accepted.port = stream.local[1]
        self.table[number] = accepted
        stream.events = accepted
        if socket.secure:
            accepted.acceptor = socket
            self.handshakes.begin(accepted)
            return
        self._answer_accept(socket, number, stream.remote)
        accepted.become(State.OPEN)
        if not stream.open:
            accepted.on_closed(stream, None)

    def _answer_accept(self, socket: StreamSocket, status: int, remote: Address = (ANY, 0)) -> None:
        socket.accepting = None
        self.processor.event(Opcode.ACCEPT_ASYNC, _address_body(status, socket.number, remote))

    def not_accepted(self, accepted: StreamSocket, status: int) -> None:
        """TCP came about and TLS did not: the listening socket is told and goes on."""
        listening = accepted.acceptor
        self._forget(accepted)
        if listening is not None and self.table[listening.number] is listening:
            self.notify(listening, EVENT_ACCEPT_FAILED, status)
            self._try_accept(listening)

    def _forget(self, socket: Socket) -> None:
        """The socket is gone without the host having known it."""
        self.table[socket.number] = None
        socket.release()
        self.refresh()

    # Clients

    def _connect(self, command: Command) -> None:
        _, number = struct.unpack_from("<hB", command.body)
        remote = self._address(command.body)
        socket = self.find(number)
        if socket is None:
            self.answer(command, Error.BAD_SOCKET, number)
        elif isinstance(socket, DatagramSocketModel):
            socket.peer = None if remote == (ANY, 0) else remote
            self.answer(command, 0, number)
            self.tell(Opcode.CONNECT_ASYNC, 0, number)
        elif isinstance(socket, StreamSocket):
            self._connect_stream(command, socket, remote)

    def _connect_stream(self, command: Command, socket: StreamSocket, remote: Address) -> None:
        number = socket.number
        if socket.outcome is not None:
            # A connection begun without waiting has come to its end meanwhile.
            outcome, socket.outcome = socket.outcome, None
            self.answer(command, 0, number)
            self.tell(Opcode.CONNECT_ASYNC, outcome, number)
        elif socket.state is State.CONNECTING or (
            socket.state is State.HANDSHAKE and socket.secure
        ):
            self.answer(command, 0, number)
            self.tell(Opcode.CONNECT_ASYNC, Error.IN_PROGRESS, number)
        elif socket.connected:
            self.answer(command, Error.ALREADY_CONNECTED, number)
        elif socket.state is not State.IDLE:
            self.answer(command, Error.INVALID, number)
        else:
            self.answer(command, 0, number)
            self._begin(command, socket, remote)

    def _begin(self, command: Command, socket: StreamSocket, remote: Address) -> None:
        processor = self.processor
        socket.remote = remote
        if socket.options.non_blocking:
            self.tell(Opcode.CONNECT_ASYNC, Error.IN_PROGRESS, socket.number)
        else:
            socket.connecting = command
        socket.become(State.CONNECTING)
        self.trace(socket, remote=f"{remote[0]}:{remote[1]}")
        station = processor.station
        now = processor.machine.clock.now
        if processor.faults.take(FaultKind.CONNECT_FAILS, now, "CONNECT"):
            self.connect_failed(socket, Error.REFUSED)
        elif station is None or processor.lease is None:
            self.connect_failed(socket, Error.UNREACHABLE)
        else:
            timeout = processor.profile.connect_timeout_ms * MILLISECOND
            socket.timer = processor.after(timeout, partial(self._connect_timed_out, socket))
            socket.stream = station.connect(remote, socket, socket.port)

    def _connect_timed_out(self, socket: StreamSocket) -> None:
        socket.timer = None
        if socket.state is State.CONNECTING:
            if socket.stream is not None:
                socket.stream.abort()
            self.connect_failed(socket, Error.TIMED_OUT)

    def on_connected(self, socket: StreamSocket) -> None:
        if socket.stream is not None:
            socket.port = socket.port or socket.stream.local[1]
        if socket.secure:
            self.handshakes.begin(socket)
        else:
            socket.become(State.OPEN)
            self.connect_done(socket, 0)

    def connect_failed(self, socket: StreamSocket, status: int) -> None:
        socket.stop_timer()
        socket.stream = None
        socket.become(State.IDLE)
        self.connect_done(socket, status)

    def connect_done(self, socket: StreamSocket, status: int) -> None:
        if socket.connecting is not None:
            socket.connecting = None
            self.tell(Opcode.CONNECT_ASYNC, status, socket.number)
        else:
            socket.outcome = status
        self.selector.look()

    # Data

    def broken(self, socket: StreamSocket) -> None:
        """The connection is lost."""
        unsent = bool(socket.outbox)
        socket.outbox.clear()
        was_handshake = socket.state is State.HANDSHAKE
        if was_handshake:
            self.handshakes.failed(socket, Error.TLS_CLOSED)
            return
        socket.become(State.BROKEN)
        if socket.closing:
            self._gone(socket, unsent)
            return
        if unsent:
            self.tell(Opcode.TX_FAILED, Error.NOT_CONNECTED, socket.number)
        self.changed(socket)

    def _send(self, command: Command) -> None:
        length, number, _ = struct.unpack_from("<HBB", command.body)
        data = take(command.body, 4, length)
        self._take_data(number, data, None)

    def _send_to(self, command: Command) -> None:
        length, number = struct.unpack_from("<HB", command.body)
        remote = self._address(command.body)
        data = take(command.body, 12, length)
        self._take_data(number, data, remote)

    def _take_data(self, number: int, data: bytes, remote: Address | None) -> None:
        """A send: it has no answer, but the host has taken buffers off its count."""
        processor = self.processor
        now = processor.machine.clock.now
        blocked = processor.faults.take(FaultKind.POOL_EXHAUSTED, now, "SEND")
        if blocked is not None:
            self._pool_blocked = True
            processor.after(blocked.size * MILLISECOND, self._unblock_pool)
        socket = self.find(number)
        error: int | None = None
        if socket is None:
            error = Error.BAD_SOCKET
        elif processor.faults.take(FaultKind.TX_FAILURE, now, "SEND"):
            error = Error.NO_BUFFERS
        elif isinstance(socket, DatagramSocketModel):
            remote = remote or socket.peer
            error = Error.DESTINATION_REQUIRED if remote is None else socket.send_to(remote, data)
        elif isinstance(socket, StreamSocket):
            error = self._send_stream(socket, data)
        processor.spent(self._buffers(len(data)) or 1)
        if error is not None:
            self.tell(Opcode.TX_FAILED, error, number)
        self.refresh()

    def _send_stream(self, socket: StreamSocket, data: bytes) -> int | None:
        if socket.state is State.HANDSHAKE:
            return Error.TLS_DURING_HANDSHAKE
        if socket.state is State.IDLE:
            return Error.NOT_CONNECTED
        if not socket.connected:
            return Error.GENERAL
        used = self.processor.profile.tx_pool - self.processor.status.tx_pool
        if used + self._buffers(len(data)) > self.processor.profile.tx_pool:
            return Error.NO_BUFFERS
        socket.send(data)
        return None

    def _unblock_pool(self) -> None:
        self._pool_blocked = False
        self.refresh()

    def _receive(self, command: Command) -> None:
        _, number, flags = struct.unpack_from("<HBB", command.body)
        socket = self.find(number)
        if socket is None:
            self._refuse_receive(command, number, Error.BAD_SOCKET)
            return
        if socket.receiving is not None:
            self._refuse_receive(command, number, Error.IN_EXECUTION)
            return
        if isinstance(socket, StreamSocket) and socket.state in (
            State.IDLE,
            State.CONNECTING,
            State.LISTENING,
        ):
            self._refuse_receive(command, number, Error.NOT_CONNECTED)
            return
        if isinstance(socket, DatagramSocketModel):
            if not socket.port:
                socket.port = self.free_port()
            socket.attach()
        socket.receiving = command
        self._try_receive(socket)
        if socket.receiving is None:
            return
        if socket.options.non_blocking or flags & DONT_WAIT:
            self._answer_waiting(socket, Error.WOULD_BLOCK)
            return
        timeout = socket.options.receive_timeout
        if timeout:
            # Counted from when the host asked.
            spent = self.processor.profile.command_time_us * MICROSECOND
            socket.deadline = self.processor.after(
                timeout - spent, partial(self._receive_timed_out, socket)
            )

    def _receive_timed_out(self, socket: Socket) -> None:
        socket.deadline = None
        self._answer_waiting(socket, Error.WOULD_BLOCK)

    def _try_receive(self, socket: Socket) -> None:
        command = socket.receiving
        if command is None:
            return
        (wanted,) = struct.unpack_from("<H", command.body)
        wanted = min(wanted, LONGEST_RECEIVE)
        if isinstance(socket, DatagramSocketModel):
            if socket.waiting:
                sender, data = socket.waiting.popleft()
                data = data[:wanted]
                self._answer_waiting(socket, len(data), data, sender)
            return
        assert isinstance(socket, StreamSocket)
        stream = socket.stream
        if stream is not None and socket.state is not State.HANDSHAKE and stream.available:
            data = stream.receive(wanted)
            self._answer_waiting(socket, len(data), data, socket.remote)
        elif socket.state is State.ENDED:
            closed_tls = socket.verification == Error.TLS_CLOSED
            self._answer_waiting(socket, Error.TLS_CLOSED if closed_tls else 0)
        elif socket.state is State.BROKEN:
            self._answer_waiting(socket, Error.GENERAL)

    def _answer_waiting(
        self, socket: Socket, status: int, data: bytes = b"", sender: Address = (ANY, 0)
    ) -> None:
        command = socket.stop_receiving()
        if command is not None:
            self._answer_receive(command, socket, status, data, sender)

    def _answer_receive(
        self,
        command: Command,
        socket: Socket,
        status: int,
        data: bytes = b"",
        sender: Address = (ANY, 0),
    ) -> None:
        self._tell_received(command, socket.number, status, data, sender)

    def _refuse_receive(self, command: Command, number: int, error: int) -> None:
        self._tell_received(command, number, error, b"", (ANY, 0))

    def _tell_received(
        self, command: Command, number: int, status: int, data: bytes, sender: Address
    ) -> None:
        if command.opcode == Opcode.RECVFROM:
            body = _address_body(status, number, sender)
            self.processor.event(Opcode.RECVFROM_ASYNC, body + data)
        else:
            body = struct.pack("<hBB", status, number, 0)
            self.processor.event(Opcode.RECV_ASYNC, body + data)

    def changed(self, socket: Socket) -> None:
        """Data, a peer or an end has come: serve whoever waits for it."""
        if isinstance(socket, StreamSocket) and socket.closing:
            return
        self._try_receive(socket)
        if isinstance(socket, StreamSocket):
            self._try_accept(socket)
        self.selector.look()

    # Options

    def _set_option(self, command: Command) -> None:
        number, level, name, length = struct.unpack_from("<BBBB", command.body)
        value = take(command.body, 4, length)
        socket = self.find(number)
        if socket is None:
            self.answer(command, Error.BAD_SOCKET, number)
        elif (level, name) == (options.LEVEL_SOCKET, options.START_TLS):
            self.handshakes.start(command, socket)
        else:
            status = socket.options.set(level, name, value)
            self.refresh()
            self.answer(command, status, number)
            if name == options.NON_BLOCKING and socket.options.non_blocking:
                self._answer_waiting(socket, Error.WOULD_BLOCK)

    def _get_option(self, command: Command) -> None:
        number, level, name, length = struct.unpack_from("<BBBB", command.body)
        socket = self.find(number)
        status: int = 0
        value = b""
        if socket is None:
            status = Error.BAD_SOCKET
        else:
            found = self._option_value(socket, level, name)
            if found is None:
                status = Error.NO_PROTOCOL_OPTION
            else:
                value = found[:length]
        body = struct.pack("<hBB", status, number, len(value))
        self.processor.respond(command, body + value)

    def _option_value(self, socket: Socket, level: int, name: int) -> bytes | None:
        if level == options.LEVEL_SOCKET and isinstance(socket, StreamSocket):
            value = self.handshakes.option(socket, name)
            if value is not None:
                return value
        return socket.options.get(level, name)


def _address_body(status: int, number: int, address: Address) -> bytes:
    """SlSocketAddrAsyncIPv4Response_t; port and address as on the network."""
    head = struct.pack("<hBB", status, number, FAMILY_IPV4)
    return head + address[1].to_bytes(2, "big") + bytes(2) + address[0].packed
