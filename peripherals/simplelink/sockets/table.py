"""The table of sockets, and their status in every message."""

from __future__ import annotations

from renode_wifi.peripherals.simplelink.flow_control import FlowControl
from renode_wifi.peripherals.simplelink.messages.sockets import NUMBER_MASK, SocketResponse
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.power import PowerState
from renode_wifi.peripherals.simplelink.sockets.socket import Socket
from renode_wifi.peripherals.simplelink.transaction import Services

MIN_PORT, MAX_PORT = 49_152, 65_535
"""Ports that the processor gives by itself (RFC 6335, section 6)."""


class SocketTable:
    """`places[n]` is socket n."""

    def __init__(self, services: Services, power: PowerState, flow: FlowControl) -> None:
        self.services = services
        self.power = power
        self.flow = flow
        self.pool_blocked = False
        """No transmit buffer becomes free (a fault)."""
        self._port = MIN_PORT
        self.clear()

    def clear(self) -> None:
        self.pool_blocked = False
        self.places: list[Socket | None] = [None] * self.services.profile.sockets
        self.detached: list[Socket] = []
        """Closed by the host, and still sending."""

    def all(self) -> list[Socket]:
        return [socket for socket in self.places if socket is not None]

    def find(self, number: int) -> Socket | None:
        """A socket that the host knows."""
        number &= NUMBER_MASK
        socket = self.places[number] if number < len(self.places) else None
        return None if socket is None or socket.hidden else socket

    def has(self, socket: Socket) -> bool:
        return self.places[socket.number] is socket

    def free(self, secure: bool) -> int:
        """A free place, or the error."""
        if secure:
            count = sum(socket.secure for socket in self.all())
            if count >= self.services.profile.secure_sockets:
                return Error.TLS_TOO_MANY
        if self.places.count(None) <= sum(socket.reserved for socket in self.all()):
            return Error.NO_SOCKETS
        return self.places.index(None)

    def put(self, socket: Socket) -> None:
        self.places[socket.number] = socket

    def detach(self, socket: Socket) -> None:
        """The host may use the socket's number for another one; this one goes on sending."""
        self.places[socket.number] = None
        self.detached.append(socket)

    def forget(self, socket: Socket) -> None:
        """The socket is gone with everything outside."""
        if self.has(socket):
            self.places[socket.number] = None
        elif socket in self.detached:
            self.detached.remove(socket)
        socket.release()

    def free_port(self) -> int:
        used = {socket.port for socket in self.all()}
        while self._port in used:
            self._port += 1
        port, self._port = self._port, self._port + 1
        if self._port > MAX_PORT:
            self._port = MIN_PORT
        return port

    # For the host and for observers

    def notify(self, opcode: Opcode, status: int, number: int) -> None:
        self.services.host.event(opcode, SocketResponse(status, number))

    def trace(self, socket: Socket, **fields: object) -> None:
        self.services.surroundings.trace("socket", socket=socket.number, **fields)

    def refresh(self) -> None:
        """Bring the status of sockets and buffers in every message up to date."""
        status, flow = self.power.status, self.flow
        failing = non_blocking = used = 0
        for socket in self.all():
            failing |= socket.fails_to_send << socket.number
            non_blocking |= socket.options.non_blocking << socket.number
            if socket.unsent:
                used += flow.buffers(socket.unsent)
        for socket in self.detached:
            used += flow.buffers(socket.unsent)
        status.transmit_failures = failing
        status.non_blocking = non_blocking
        status.tx_pool = max(0, self.services.profile.tx_pool - used)
        if self.pool_blocked:
            status.tx_pool = min(status.tx_pool, max(0, flow.reported_pool))
        elif self.power.powered:
            flow.owe_update()
