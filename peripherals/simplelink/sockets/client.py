"""Clients: connect."""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.faults import FaultKind
from renode_wifi.peripherals.simplelink.messages.sockets import (
    NOWHERE,
    Address,
    AddressCommand,
    SocketResponse,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.sockets.datagram import DatagramSocket
from renode_wifi.peripherals.simplelink.sockets.handshakes import Handshakes
from renode_wifi.peripherals.simplelink.sockets.selection import Selector
from renode_wifi.peripherals.simplelink.sockets.stream import StreamSocket, StreamState
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction


class Clients:
    """Connections that the host opens."""

    def __init__(
        self,
        services: Services,
        table: SocketTable,
        handshakes: Handshakes,
        selector: Selector,
    ) -> None:
        self.services = services
        self.table = table
        self.handshakes = handshakes
        self.selector = selector

    def connect(self, transaction: Transaction, message: AddressCommand) -> SocketResponse | None:
        number, remote = message.sd, message.address
        socket = self.table.find(number)
        if socket is None:
            return SocketResponse(Error.BAD_SOCKET, number)
        if isinstance(socket, DatagramSocket):
            socket.peer = None if remote == NOWHERE else remote
            transaction.respond(SocketResponse(0, number))
            self._notify(socket.number, 0)
            return None
        if not isinstance(socket, StreamSocket):
            return SocketResponse(Error.OPERATION_NOT_SUPPORTED, number)
        outcome = self._earlier_outcome(socket)
        if outcome is not None:
            transaction.respond(SocketResponse(0, number))
            self._notify(number, outcome)
            return None
        if socket.connected:
            return SocketResponse(Error.ALREADY_CONNECTED, number)
        if socket.state is not StreamState.IDLE:
            return SocketResponse(Error.INVALID, number)
        transaction.respond(SocketResponse(0, number))
        self._begin(socket, remote)
        return None

    @staticmethod
    def _earlier_outcome(socket: StreamSocket) -> int | None:
        """Of a connection begun without waiting."""
        if socket.outcome is not None:
            outcome, socket.outcome = socket.outcome, None
            return outcome
        under_way = socket.state is StreamState.CONNECTING or (
            socket.state is StreamState.HANDSHAKE and socket.secure
        )
        return Error.IN_PROGRESS if under_way else None

    def _begin(self, socket: StreamSocket, remote: Address) -> None:
        services = self.services
        socket.remote = remote
        if socket.options.non_blocking:
            self._notify(socket.number, Error.IN_PROGRESS)
        else:
            socket.connecting = True
        socket.become(StreamState.CONNECTING)
        self.table.trace(socket, remote=f"{remote[0]}:{remote[1]}")
        station = services.network.joined
        if services.faults.spoils(FaultKind.CONNECT_FAILS, "CONNECT"):
            self.failed(socket, Error.REFUSED)
        elif station is None:
            self.failed(socket, Error.UNREACHABLE)
        else:
            timeout = services.profile.connect_timeout_ms * MILLISECOND
            socket.timer = services.host.after(timeout, partial(self._timed_out, socket))
            socket.stream = station.connect(remote, socket, socket.port)

    def _timed_out(self, socket: StreamSocket) -> None:
        socket.timer = None
        if socket.state is StreamState.CONNECTING:
            if socket.stream is not None:
                socket.stream.abort()
            self.failed(socket, Error.TIMED_OUT)

    def connected(self, socket: StreamSocket) -> None:
        """TCP stands."""
        if socket.stream is not None:
            socket.port = socket.port or socket.stream.local[1]
        if socket.secure:
            self.handshakes.begin(socket)
        else:
            socket.become(StreamState.OPEN)
            self.done(socket, 0)

    def failed(self, socket: StreamSocket, status: int) -> None:
        socket.stop_timer()
        socket.stream = None
        socket.become(StreamState.IDLE)
        self.done(socket, status)

    def done(self, socket: StreamSocket, status: int) -> None:
        """The connection stands, or has failed with `status`."""
        if socket.connecting:
            self.answer(socket, status)
        else:
            socket.outcome = status
        self.selector.look()

    def answer(self, socket: StreamSocket, status: int) -> None:
        """The connect command under way has come to an end."""
        socket.connecting = False
        self._notify(socket.number, status)

    def _notify(self, number: int, status: int) -> None:
        self.table.notify(Opcode.CONNECT_ASYNC, status, number)

    HANDLERS = (Handler(Opcode.CONNECT, AddressCommand, connect),)
