"""Options of sockets as the host sets and gets them: setsockopt, getsockopt."""

from __future__ import annotations

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.messages.sockets import (
    GetSockOpt,
    SetSockOpt,
    SocketResponse,
    SockOpt,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.sockets import options
from renode_wifi.peripherals.simplelink.sockets.handshakes import Handshakes
from renode_wifi.peripherals.simplelink.sockets.socket import Socket
from renode_wifi.peripherals.simplelink.sockets.stream import StreamSocket
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable
from renode_wifi.peripherals.simplelink.sockets.transfer import Transfers
from renode_wifi.peripherals.simplelink.transaction import Transaction


class SocketSettings:
    """Options are kept by each socket; some do something at once."""

    def __init__(self, table: SocketTable, transfers: Transfers, handshakes: Handshakes) -> None:
        self.table = table
        self.transfers = transfers
        self.handshakes = handshakes

    def set(self, transaction: Transaction, message: SetSockOpt) -> SocketResponse | None:
        number, level, name = message.sd, message.level, message.option
        socket = self.table.find(number)
        if socket is None:
            return SocketResponse(Error.BAD_SOCKET, number)
        if (level, name) == (options.LEVEL_SOCKET, options.START_TLS):
            status = self.handshakes.refusal(socket)
            transaction.respond(SocketResponse(status, socket.number))
            if status == 0 and isinstance(socket, StreamSocket):
                self.handshakes.start(socket)
            return None
        status = socket.options.set(level, name, message.value)
        self.table.refresh()
        transaction.respond(SocketResponse(status, number))
        if name == options.NON_BLOCKING and socket.options.non_blocking:
            self.transfers.answer(socket, Error.WOULD_BLOCK)
        return None

    def get(self, transaction: Transaction, message: GetSockOpt) -> SockOpt:
        socket = self.table.find(message.sd)
        if socket is None:
            return SockOpt(Error.BAD_SOCKET, message.sd)
        value = self._value(socket, message.level, message.option)
        if value is None:
            return SockOpt(Error.NO_PROTOCOL_OPTION, message.sd)
        return SockOpt(0, message.sd, value[: message.length])

    def _value(self, socket: Socket, level: int, name: int) -> bytes | None:
        if level == options.LEVEL_SOCKET and isinstance(socket, StreamSocket):
            value = self.handshakes.option(socket, name)
            if value is not None:
                return value
        return socket.options.get(level, name)

    HANDLERS = (
        Handler(Opcode.SETSOCKOPT, SetSockOpt, set),
        Handler(Opcode.GETSOCKOPT, GetSockOpt, get),
    )
