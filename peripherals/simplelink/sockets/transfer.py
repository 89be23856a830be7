"""Data: send, sendto, recv, recvfrom."""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.faults import FaultKind
from renode_wifi.peripherals.simplelink.flow_control import FlowControl
from renode_wifi.peripherals.simplelink.messages.sockets import (
    NOWHERE,
    Address,
    AddressResponse,
    FrameParameters,
    Receive,
    ReceivedData,
    Send,
    SendTo,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.power import PowerState
from renode_wifi.peripherals.simplelink.sockets.datagram import DatagramSocket
from renode_wifi.peripherals.simplelink.sockets.socket import Receiving, Socket
from renode_wifi.peripherals.simplelink.sockets.stream import StreamSocket, StreamState
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable
from renode_wifi.peripherals.simplelink.sockets.transceiver import TransceiverSocket
from renode_wifi.peripherals.simplelink.transaction import Emits, Services, Transaction

DONT_WAIT = 0x08
"""SL_MSG_DONTWAIT."""
MAX_RECEIVE = 16_000
UNCONNECTED = (StreamState.IDLE, StreamState.CONNECTING, StreamState.LISTENING)


class Transfers:
    """A send has no answer; a receive is answered by an event."""

    def __init__(
        self, services: Services, power: PowerState, flow: FlowControl, table: SocketTable
    ) -> None:
        self.services = services
        self.power = power
        self.flow = flow
        self.table = table

    def refuse(self, opcode: int, body: bytes, status: int) -> bool:
        """A command is not executed, but answered with an error in its own way.

        False: it is none of those of data.
        """
        if opcode in (Opcode.RECV, Opcode.RECVFROM):
            received = Receive.parse(body)
            self._notify(Receiving(opcode, received.length), received.sd, status)
        elif opcode in (Opcode.SEND, Opcode.SENDTO):
            sent = (Send if opcode == Opcode.SEND else SendTo).parse(body)
            self.flow.spent(self.flow.buffers(len(sent.data)) or 1)
            self.table.notify(Opcode.TX_FAILED, status, sent.sd)
            self.table.refresh()
        else:
            return False
        return True

    # Sending

    def send(self, transaction: Transaction, message: Send) -> Emits | None:
        self._take(message.sd, message.data, None, message.parameters)
        return None

    def send_to(self, transaction: Transaction, message: SendTo) -> Emits | None:
        self._take(message.sd, message.data, message.remote)
        return None

    def _take(self, number: int, data: bytes, remote: Address | None, parameters: int = 0) -> None:
        """The host has taken buffers off its count, whatever becomes of the data."""
        faults = self.services.faults
        blocked = faults.spoils(FaultKind.POOL_EXHAUSTED, "SEND")
        if blocked is not None:
            self.table.pool_blocked = True
            self.services.host.after(blocked.size * MILLISECOND, self._unblock_pool)
        socket = self.table.find(number)
        error: int | None = None
        if socket is None:
            error = Error.BAD_SOCKET
        elif faults.spoils(FaultKind.TX_FAILURE, "SEND"):
            error = Error.NO_BUFFERS
        elif isinstance(socket, DatagramSocket):
            remote = remote or socket.peer
            error = Error.DESTINATION_REQUIRED if remote is None else socket.send_to(remote, data)
        elif isinstance(socket, StreamSocket):
            error = self._send_stream(socket, data)
        elif isinstance(socket, TransceiverSocket):
            error = socket.send(data, FrameParameters.of(parameters))
        self.flow.spent(self.flow.buffers(len(data)) or 1)
        if error is not None:
            self.table.notify(Opcode.TX_FAILED, error, number)
        self.table.refresh()

    def _send_stream(self, socket: StreamSocket, data: bytes) -> int | None:
        if socket.state is StreamState.HANDSHAKE:
            return Error.TLS_DURING_HANDSHAKE
        if socket.state is StreamState.IDLE:
            return Error.NOT_CONNECTED
        if not socket.connected:
            return Error.GENERAL
        pool = self.services.profile.tx_pool
        used = pool - self.power.status.tx_pool
        if used + self.flow.buffers(len(data)) > pool:
            return Error.NO_BUFFERS
        socket.send(data)
        return None

    def _unblock_pool(self) -> None:
        self.table.pool_blocked = False
        self.table.refresh()

    # Receiving

    def receive(self, transaction: Transaction, message: Receive) -> Emits | None:
        self._receive(transaction.opcode, message)
        return None

    def _receive(self, opcode: int, message: Receive) -> None:
        services, number = self.services, message.sd
        receiving = Receiving(opcode, min(message.length, MAX_RECEIVE))
        socket = self.table.find(number)
        if socket is None:
            self._notify(receiving, number, Error.BAD_SOCKET)
            return
        if socket.receiving is not None:
            self._notify(receiving, number, Error.IN_EXECUTION)
            return
        if isinstance(socket, StreamSocket) and socket.state in UNCONNECTED:
            self._notify(receiving, number, Error.NOT_CONNECTED)
            return
        if isinstance(socket, DatagramSocket):
            if not socket.port:
                socket.port = self.table.free_port()
            socket.attach()
        if isinstance(socket, TransceiverSocket):
            socket.listen()
        socket.receiving = receiving
        self.try_receive(socket)
        if socket.receiving is None:
            return
        if socket.options.non_blocking or message.flags & DONT_WAIT:
            self.answer(socket, Error.WOULD_BLOCK)
            return
        timeout = socket.options.receive_timeout
        if timeout:
            # Counted from when the host asked.
            spent = services.profile.command_time_us * MICROSECOND
            receiving.deadline = services.host.after(
                timeout - spent, partial(self._timed_out, socket)
            )

    def _timed_out(self, socket: Socket) -> None:
        if socket.receiving is not None:
            socket.receiving.deadline = None
        self.answer(socket, Error.WOULD_BLOCK)

    def try_receive(self, socket: Socket) -> None:
        receiving = socket.receiving
        if receiving is None:
            return
        if isinstance(socket, DatagramSocket | TransceiverSocket):
            datagram = socket.take(receiving.length)
            if datagram is not None:
                sender, data = datagram
                self.answer(socket, len(data), data, sender)
            return
        assert isinstance(socket, StreamSocket)
        stream = socket.stream
        if stream is not None and socket.state is not StreamState.HANDSHAKE and stream.available:
            data = stream.receive(receiving.length)
            self.answer(socket, len(data), data, socket.remote)
        elif socket.state is StreamState.ENDED:
            closed_tls = socket.verification == Error.TLS_CLOSED
            self.answer(socket, Error.TLS_CLOSED if closed_tls else 0)
        elif socket.state is StreamState.BROKEN:
            self.answer(socket, Error.GENERAL)

    def answer(
        self, socket: Socket, status: int, data: bytes = b"", sender: Address = NOWHERE
    ) -> None:
        """The receive command under way, if there is one, has come to an end."""
        receiving = socket.stop_receiving()
        if receiving is not None:
            self._notify(receiving, socket.number, status, data, sender)

    def _notify(
        self,
        receiving: Receiving,
        number: int,
        status: int,
        data: bytes = b"",
        sender: Address = NOWHERE,
    ) -> None:
        host = self.services.host
        if receiving.opcode == Opcode.RECVFROM:
            host.event(Opcode.RECVFROM_ASYNC, AddressResponse(status, number, sender, data))
        else:
            host.event(Opcode.RECV_ASYNC, ReceivedData(status, number, data))

    HANDLERS = (
        Handler(Opcode.SEND, Send, send),
        Handler(Opcode.SENDTO, SendTo, send_to),
        Handler(Opcode.RECV, Receive, receive),
        Handler(Opcode.RECVFROM, Receive, receive),
    )
