"""Sockets come and go: socket, bind, close."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Address

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.messages.sockets import (
    ANY,
    FAMILY_IPV4,
    AddressCommand,
    SocketCommand,
    SocketNumber,
    SocketResponse,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.sockets.client import Clients
from renode_wifi.peripherals.simplelink.sockets.datagram import DatagramSocket
from renode_wifi.peripherals.simplelink.sockets.handshakes import (
    EVENT_HANDSHAKE_FAILED,
    Handshakes,
)
from renode_wifi.peripherals.simplelink.sockets.selection import Selector
from renode_wifi.peripherals.simplelink.sockets.server import Servers
from renode_wifi.peripherals.simplelink.sockets.socket import LOOPBACK, Owner, Socket
from renode_wifi.peripherals.simplelink.sockets.stream import State, StreamSocket
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable
from renode_wifi.peripherals.simplelink.sockets.transfer import Transfers
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction

STREAM, DATAGRAM = 1, 2
PROTOCOLS = {STREAM: (0, 6), DATAGRAM: (0, 17)}
SECURE_PROTOCOL = 100
"""SL_SEC_SOCKET."""


class Creation:
    """owner: of the sockets that are made."""

    def __init__(
        self,
        services: Services,
        owner: Owner,
        table: SocketTable,
        servers: Servers,
        clients: Clients,
        transfers: Transfers,
        handshakes: Handshakes,
        selector: Selector,
    ) -> None:
        self.services = services
        self.owner = owner
        self.table = table
        self.servers = servers
        self.clients = clients
        self.transfers = transfers
        self.handshakes = handshakes
        self.selector = selector

    # Making and naming

    def socket(self, transaction: Transaction, message: SocketCommand) -> SocketResponse:
        kind, protocol = message.type, message.protocol
        secure = protocol == SECURE_PROTOCOL
        number: int = 0
        if message.domain != FAMILY_IPV4:
            number = Error.FAMILY_NOT_SUPPORTED
        elif kind not in PROTOCOLS:
            number = Error.SOCKET_TYPE_NOT_SUPPORTED
        elif protocol not in PROTOCOLS[kind] and not (secure and kind == STREAM):
            number = Error.PROTOCOL_NOT_SUPPORTED
        else:
            number = self.table.free(secure)
        if number < 0:
            return SocketResponse(number, 0)
        socket = (
            StreamSocket(self.owner, number, secure)
            if kind == STREAM
            else DatagramSocket(self.owner, number)
        )
        self.table.put(socket)
        self.table.trace(socket, state="made", stream=kind == STREAM, secure=secure)
        self.table.refresh()
        return SocketResponse(0, number)

    def bind(self, transaction: Transaction, message: AddressCommand) -> SocketResponse:
        address, port = message.address
        socket = self.table.find(message.sd)
        status: int = 0
        if socket is None:
            status = Error.BAD_SOCKET
        elif socket.port:
            status = Error.INVALID
        elif not self._is_own(address):
            status = Error.ADDRESS_NOT_AVAILABLE
        elif port and any(
            other.port == port and type(other) is type(socket) for other in self.table.all()
        ):
            status = Error.ADDRESS_IN_USE
        else:
            socket.port = port or self.table.free_port()
            if isinstance(socket, DatagramSocket):
                socket.attach()
        return SocketResponse(status, message.sd)

    def _is_own(self, address: IPv4Address) -> bool:
        lease = self.services.network.lease
        return address in (ANY, LOOPBACK) or (lease is not None and address == lease.address)

    # Closing

    def close(self, transaction: Transaction, message: SocketNumber) -> SocketResponse | None:
        number = message.sd
        socket = self.table.find(number)
        if socket is None:
            return SocketResponse(Error.BAD_SOCKET, number)
        self._interrupt(socket)
        transaction.respond(SocketResponse(0, number))
        if isinstance(socket, StreamSocket) and socket.outbox and socket.connected:
            # The data that the host was told is sent has to leave first.
            socket.closing = True
            timeout = self.services.profile.close_timeout_ms * MILLISECOND
            socket.stop_timer()
            socket.timer = self.services.host.after(timeout, partial(self.gone, socket, True))
        else:
            self.gone(socket, False)
        return None

    def _interrupt(self, socket: Socket) -> None:
        """Whatever the host waits for on a socket that it closes ends now."""
        self.transfers.answer(socket, Error.GENERAL)
        if isinstance(socket, StreamSocket):
            if socket.accepting:
                self.servers.answer(socket, Error.GENERAL)
            if socket.connecting:
                self.clients.answer(socket, Error.GENERAL)
            if socket.state is State.HANDSHAKE and socket.after_tcp:
                self.handshakes.notify(socket, EVENT_HANDSHAKE_FAILED, Error.GENERAL)

    def gone(self, socket: Socket, unsent: bool) -> None:
        """The socket's number is free again."""
        if not self.table.has(socket):
            return
        self.table.forget(socket)
        self.table.trace(socket, state="closed")
        for other in self.table.all():
            if isinstance(other, StreamSocket) and other.acceptor is socket:
                self.table.forget(other)
                self.table.refresh()
        self.table.refresh()
        status = Error.CLOSE_FAILED if unsent else 0
        self.table.notify(Opcode.CLOSE_ASYNC, status, socket.number)
        self.selector.look()

    HANDLERS = (
        Handler(Opcode.SOCKET, SocketCommand, socket),
        Handler(Opcode.BIND, AddressCommand, bind),
        Handler(Opcode.CLOSE, SocketNumber, close),
    )
