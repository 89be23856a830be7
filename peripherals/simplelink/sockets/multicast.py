"""Multicast groups of UDP sockets (sl_socket.h, SL_IP_ADD_MEMBERSHIP; SWRU455M, "Multicast")."""

from __future__ import annotations

from renode_wifi.peripherals.simplelink.messages.sockets import Membership
from renode_wifi.peripherals.simplelink.opcodes import Error
from renode_wifi.peripherals.simplelink.sockets.datagram import DatagramSocket
from renode_wifi.peripherals.simplelink.sockets.table import SocketTable

MAX_MEMBERSHIPS = 8
"""Of all sockets together (SWRU455A, table 6-1: up to eight multicast sockets)."""


class Multicast:
    """Errors are those of Linux, which the socket layer complies with (SWRU455A, 6.1)."""

    def __init__(self, table: SocketTable) -> None:
        self.table = table

    def join(self, socket: DatagramSocket, membership: Membership) -> int:
        group = membership.group
        if not group.is_multicast:
            return Error.INVALID
        if group in socket.groups:
            return Error.ADDRESS_IN_USE
        count = sum(
            len(other.groups) for other in self.table.all() if isinstance(other, DatagramSocket)
        )
        if count >= MAX_MEMBERSHIPS:
            return Error.NO_BUFFERS
        socket.groups.add(group)
        return 0

    def leave(self, socket: DatagramSocket, membership: Membership) -> int:
        if membership.group not in socket.groups:
            return Error.ADDRESS_NOT_AVAILABLE
        socket.groups.remove(membership.group)
        return 0
