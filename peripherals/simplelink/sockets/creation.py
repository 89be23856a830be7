"""Making and naming sockets: socket, bind."""

from __future__ import annotations

from ipaddress import IPv4Address

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.device import ROLE_STATION, Device
from renode_wifi.peripherals.simplelink.messages.sockets import (
    ANY,
    FAMILY_IPV4,
    FAMILY_RADIO,
    TRANSCEIVER,
    AddressCommand,
    SocketCommand,
    SocketResponse,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.sockets.datagram import DatagramSocket
from renode_wifi.peripherals.simplelink.sockets.socket import LOOPBACK, Owner
from renode_wifi.peripherals.simplelink.sockets.stream import StreamSocket
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable
from renode_wifi.peripherals.simplelink.sockets.transceiver import MAX_CHANNEL, TransceiverSocket
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction

STREAM, DATAGRAM, RAW = 1, 2, 3
PROTOCOLS = {STREAM: (0, 6), DATAGRAM: (0, 17)}
SECURE_PROTOCOL = 100
"""SL_SEC_SOCKET."""


class Creation:
    """owner: of the sockets that are made."""

    def __init__(
        self, services: Services, owner: Owner, table: SocketTable, device: Device
    ) -> None:
        self.services = services
        self.device = device
        self.owner = owner
        self.table = table

    def socket(self, transaction: Transaction, message: SocketCommand) -> SocketResponse:
        kind, protocol = message.type, message.protocol
        secure = protocol == SECURE_PROTOCOL
        number: int = 0
        if message.domain == FAMILY_RADIO:
            return self._transceiver(kind, protocol)
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

    def _transceiver(self, kind: int, channel: int) -> SocketResponse:
        """kind: whether the air has to be clear, which it always is here."""
        status = self._no_transceiver(kind, channel)
        number = status or self.table.free(secure=False)
        if number < 0:
            return SocketResponse(number, 0)
        socket = TransceiverSocket(self.owner, number, self.services, None)
        network = self.services.network
        network.transceiving = True
        if network.station is not None:
            socket.radio = network.station.transceiver(channel, socket)
        self.table.put(socket)
        self.table.trace(socket, state="made", channel=channel)
        return SocketResponse(0, number | TRANSCEIVER)

    def _no_transceiver(self, kind: int, channel: int) -> int:
        """Why the radio cannot be a transceiver now (errors.h); 0: it can."""
        network = self.services.network
        if kind not in (DATAGRAM, RAW):
            return Error.SOCKET_TYPE_NOT_SUPPORTED
        if channel > MAX_CHANNEL:
            return Error.INVALID
        if network.transceiving:
            return Error.TRANSCEIVER_ON
        if self.device.active_role != ROLE_STATION:
            return Error.UNSUPPORTED_ROLE
        if network.lease is not None:
            return Error.CONNECTION_PENDING
        busy = network.connecting is not None and network.connecting()
        return Error.AUTO_CONNECT_OR_CONNECTING if busy else 0

    def bind(self, transaction: Transaction, message: AddressCommand) -> SocketResponse:
        address, port = message.address
        socket = self.table.find(message.sd)
        status: int = 0
        if socket is None:
            status = Error.BAD_SOCKET
        elif isinstance(socket, TransceiverSocket):
            status = Error.OPERATION_NOT_SUPPORTED
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
            if isinstance(socket, DatagramSocket) and not socket.attach():
                # An application of the processor has it, such as mDNS.
                socket.port = 0
                status = Error.ADDRESS_IN_USE
        return SocketResponse(status, message.sd)

    def _is_own(self, address: IPv4Address) -> bool:
        lease = self.services.network.lease
        return address in (ANY, LOOPBACK) or (lease is not None and address == lease.address)

    HANDLERS = (
        Handler(Opcode.SOCKET, SocketCommand, socket),
        Handler(Opcode.BIND, AddressCommand, bind),
    )
