"""Servers: listen and accept."""

from __future__ import annotations

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.simplelink.messages.sockets import (
    NOWHERE,
    Address,
    AddressResponse,
    ListenCommand,
    SocketNumber,
    SocketResponse,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.sockets.handshakes import EVENT_ACCEPT_FAILED, Handshakes
from renode_wifi.peripherals.simplelink.sockets.socket import Owner
from renode_wifi.peripherals.simplelink.sockets.stream import StreamSocket, StreamState
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction


class Servers:
    """owner: of the sockets of accepted connections."""

    def __init__(
        self, services: Services, owner: Owner, table: SocketTable, handshakes: Handshakes
    ) -> None:
        self.services = services
        self.owner = owner
        self.table = table
        self.handshakes = handshakes

    def listen(self, transaction: Transaction, message: ListenCommand) -> SocketResponse:
        socket = self.table.find(message.sd)
        status: int = 0
        if socket is None:
            status = Error.BAD_SOCKET
        elif not isinstance(socket, StreamSocket):
            status = Error.OPERATION_NOT_SUPPORTED
        elif socket.state is not StreamState.IDLE or not socket.port:
            status = Error.INVALID
        elif self.table.free(secure=False) < 0:
            status = Error.NO_SOCKETS
        else:
            socket.backlog = max(1, message.backlog)
            status = self.open_listener(socket)
            if status == 0:
                socket.become(StreamState.LISTENING)
                socket.reservation = True
        return SocketResponse(status, message.sd)

    def reserve(self) -> None:
        """Keep a socket free for the next connection to each server, as far as there are any.

        SWRU455, "Server Side": listen allocates a further socket for that. Each new client takes
        one.
        """
        for socket in self.table.all():
            if (
                isinstance(socket, StreamSocket)
                and socket.state is StreamState.LISTENING
                and not socket.reservation
            ):
                socket.reservation = self.table.free(secure=False) >= 0

    def open_listener(self, socket: StreamSocket) -> int:
        station = self.services.network.station
        if station is None:
            return 0
        listener = station.listen(socket.port, socket.on_arrival, socket.backlog)
        if listener is Failure.NOT_JOINED:
            return 0
        if isinstance(listener, Failure):
            return Error.ADDRESS_IN_USE
        socket.listener = listener
        return 0

    def accept(self, transaction: Transaction, message: SocketNumber) -> SocketResponse | None:
        number = message.sd
        socket = self.table.find(number)
        if socket is None:
            return SocketResponse(Error.BAD_SOCKET, number)
        if not isinstance(socket, StreamSocket) or socket.state is not StreamState.LISTENING:
            return SocketResponse(Error.INVALID, number)
        if socket.accepting:
            return SocketResponse(Error.IN_EXECUTION, number)
        transaction.respond(SocketResponse(0, number))
        socket.accepting = True
        self.try_accept(socket)
        if socket.accepting and socket.options.non_blocking:
            self.answer(socket, Error.WOULD_BLOCK)
        return None

    def try_accept(self, socket: StreamSocket) -> None:
        if not socket.accepting:
            return
        if socket.secured:
            accepted = socket.secured.popleft()
            accepted.acceptor = None
            self.answer(socket, accepted.number, accepted.remote)
            return
        handshaking = any(
            isinstance(other, StreamSocket) and other.acceptor is socket
            for other in self.table.all()
        )
        if not socket.arrived or handshaking:
            return
        stream = socket.arrived.popleft()
        socket.reservation = False
        number = self.table.free(socket.secure)
        if number < 0:
            stream.abort()
            self.answer(socket, number)
            return
        accepted = StreamSocket(self.owner, number, socket.secure)
        accepted.options.values.update(socket.options.values)
        accepted.stream = stream
        accepted.remote = stream.remote
        accepted.port = stream.local[1]
        self.table.put(accepted)
        self.reserve()
        stream.events = accepted
        if socket.secure:
            accepted.acceptor = socket
            self.handshakes.begin(accepted)
            return
        self.answer(socket, number, stream.remote)
        accepted.become(StreamState.OPEN)
        if not stream.open:
            accepted.on_closed(stream, None)

    def answer(self, socket: StreamSocket, status: int, remote: Address = NOWHERE) -> None:
        """The accept command under way has come to an end."""
        socket.accepting = False
        self.services.host.event(
            Opcode.ACCEPT_ASYNC, AddressResponse(status, socket.number, remote)
        )

    def not_accepted(self, accepted: StreamSocket, status: int) -> None:
        """TCP came about and TLS did not: the listening socket is notified and goes on."""
        listening = accepted.acceptor
        self.table.forget(accepted)
        self.reserve()
        self.table.refresh()
        if listening is not None and self.table.has(listening):
            self.handshakes.notify(listening, EVENT_ACCEPT_FAILED, status)
            self.try_accept(listening)

    HANDLERS = (
        Handler(Opcode.LISTEN, ListenCommand, listen),
        Handler(Opcode.ACCEPT, SocketNumber, accept),
    )
