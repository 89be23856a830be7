"""Options of sockets as the host sets and gets them: setsockopt, getsockopt."""

from __future__ import annotations

from ipaddress import IPv4Address

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.messages.sockets import (
    ANY,
    GetSockOpt,
    Membership,
    SetSockOpt,
    SocketResponse,
    SockOpt,
)
from renode_wifi.peripherals.simplelink.messages.sockets import number as word_of
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.sockets import options
from renode_wifi.peripherals.simplelink.sockets.datagram import DatagramSocket
from renode_wifi.peripherals.simplelink.sockets.handshakes import Handshakes
from renode_wifi.peripherals.simplelink.sockets.keep_alive import KeepAlives
from renode_wifi.peripherals.simplelink.sockets.multicast import Multicast
from renode_wifi.peripherals.simplelink.sockets.socket import Socket
from renode_wifi.peripherals.simplelink.sockets.stream import StreamSocket
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable
from renode_wifi.peripherals.simplelink.sockets.transceiver import TransceiverSocket
from renode_wifi.peripherals.simplelink.sockets.transfer import Transfers
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction


class SocketSettings:
    """Options are kept by each socket; some do something at once."""

    def __init__(
        self,
        services: Services,
        table: SocketTable,
        transfers: Transfers,
        handshakes: Handshakes,
        keep_alives: KeepAlives,
    ) -> None:
        self.services = services
        self.table = table
        self.transfers = transfers
        self.handshakes = handshakes
        self.keep_alives = keep_alives
        self.multicast = Multicast(table)

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
        status = self._set(socket, message)
        self.table.refresh()
        transaction.respond(SocketResponse(status, number))
        if name == options.NON_BLOCKING and socket.options.non_blocking:
            self.transfers.answer(socket, Error.WOULD_BLOCK)
        return None

    def _set(self, socket: Socket, message: SetSockOpt) -> int:
        level, name, value = message.level, message.option, message.value
        status = socket.options.refusal(socket.kind, level, name, value)
        if status == 0 and isinstance(socket, DatagramSocket) and level == options.LEVEL_IP:
            status = self._set_multicast(socket, name, value)
        if (
            status == 0
            and isinstance(socket, TransceiverSocket)
            and (level, name) == (options.LEVEL_SOCKET, options.CHANGE_CHANNEL)
        ):
            status = socket.tune(word_of(value))
        if status:
            self._explain(level, name)
            return status
        socket.options.set(level, name, value)
        if isinstance(socket, StreamSocket) and level == options.LEVEL_SOCKET:
            if name == options.RECEIVE_BUFFER:
                socket.apply_receive_buffer()
            elif name in (options.KEEP_ALIVE, options.KEEP_ALIVE_TIME):
                self.keep_alives.watch(socket)
        return 0

    def _set_multicast(self, socket: DatagramSocket, name: int, value: bytes) -> int:
        if name == options.ADD_MEMBERSHIP:
            return self.multicast.join(socket, Membership.parse(value))
        if name == options.DROP_MEMBERSHIP:
            return self.multicast.leave(socket, Membership.parse(value))
        lease = self.services.network.lease
        if name == options.MULTICAST_IF and IPv4Address(value[:4]) not in (
            ANY,
            ANY if lease is None else lease.address,
        ):
            return Error.ADDRESS_NOT_AVAILABLE
        return 0

    def _explain(self, level: int, name: int) -> None:
        instead = options.WITHOUT_EFFECT.get((level, name))
        if instead is not None:
            surroundings = self.services.surroundings
            surroundings.log.warning(
                "%s: socket option %d is refused, as it isn't modelled; use %s",
                surroundings.name,
                name,
                instead,
            )

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
