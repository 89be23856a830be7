"""Closing a socket, and what becomes of data that it still has to send (SWRU455A, "Close").

close answers at once: the data is sent in the background, and the host is notified if that fails.
With SO_LINGER it answers when the data is sent, or with an error when the linger time is over.
"""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.messages.sockets import SocketNumber, SocketResponse
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.sockets.client import Clients
from renode_wifi.peripherals.simplelink.sockets.handshakes import (
    EVENT_HANDSHAKE_FAILED,
    Handshakes,
)
from renode_wifi.peripherals.simplelink.sockets.selection import Selector
from renode_wifi.peripherals.simplelink.sockets.server import Servers
from renode_wifi.peripherals.simplelink.sockets.socket import Socket
from renode_wifi.peripherals.simplelink.sockets.stream import StreamSocket, StreamState
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable
from renode_wifi.peripherals.simplelink.sockets.transfer import Transfers
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction


class Closing:
    """Answers CLOSE, then or later."""

    def __init__(
        self,
        services: Services,
        table: SocketTable,
        servers: Servers,
        clients: Clients,
        transfers: Transfers,
        handshakes: Handshakes,
        selector: Selector,
    ) -> None:
        self.services = services
        self.table = table
        self.servers = servers
        self.clients = clients
        self.transfers = transfers
        self.handshakes = handshakes
        self.selector = selector

    def close(self, transaction: Transaction, message: SocketNumber) -> SocketResponse | None:
        number = message.sd
        socket = self.table.find(number)
        if socket is None:
            return SocketResponse(Error.BAD_SOCKET, number)
        self._interrupt(socket)
        transaction.respond(SocketResponse(0, number))
        if isinstance(socket, StreamSocket) and socket.outbox and socket.connected:
            self._keep_sending(socket)
        else:
            self._gone(socket, 0)
        return None

    def _interrupt(self, socket: Socket) -> None:
        """Whatever the host waits for on a socket that it closes ends now."""
        self.transfers.answer(socket, Error.GENERAL)
        if isinstance(socket, StreamSocket):
            if socket.accepting:
                self.servers.answer(socket, Error.GENERAL)
            if socket.connecting:
                self.clients.answer(socket, Error.GENERAL)
            if socket.state is StreamState.HANDSHAKE and socket.after_tcp:
                self.handshakes.notify(socket, EVENT_HANDSHAKE_FAILED, Error.GENERAL)

    def _keep_sending(self, socket: StreamSocket) -> None:
        linger = socket.options.linger
        socket.closing = True
        socket.stop_timer()
        if linger is None:
            self.table.detach(socket)
            timeout = self.services.profile.close_timeout_ms * MILLISECOND
            self._closed(socket, 0)
        else:
            timeout = linger * SECOND
        socket.timer = self.services.host.after(timeout, partial(self.ended, socket, True))

    def ended(self, socket: StreamSocket, unsent: bool) -> None:
        """A socket that was closed has sent what it had, or cannot."""
        if self.table.has(socket):
            self._gone(socket, Error.CLOSE_FAILED if unsent else 0)
            return
        self.table.forget(socket)
        self.table.refresh()
        if unsent:
            self.table.notify(Opcode.TX_FAILED, Error.CLOSE_FAILED, socket.number)

    def _gone(self, socket: Socket, status: int) -> None:
        """The socket's number is free again."""
        if not self.table.has(socket):
            return
        self.table.forget(socket)
        self._closed(socket, status)

    def _closed(self, socket: Socket, status: int) -> None:
        self.table.trace(socket, state="closed")
        for other in self.table.all():
            if isinstance(other, StreamSocket) and other.acceptor is socket:
                self.table.forget(other)
                self.table.refresh()
        self.servers.reserve()
        self.table.refresh()
        self.table.notify(Opcode.CLOSE_ASYNC, status, socket.number)
        self.selector.look()

    HANDLERS = (Handler(Opcode.CLOSE, SocketNumber, close),)
