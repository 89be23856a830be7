"""Connections by their handles, each with both roles in the Attribute Protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from renode_wifi.peripherals.network.bluetooth import attributes
from renode_wifi.peripherals.network.bluetooth.air import CONNECTION_UNIT, LinkEnd
from renode_wifi.peripherals.network.bluetooth.client import AttributeClient

FIRST_HANDLE = 0x0801
MAX_CONNECTIONS = 8


@dataclass
class BleConnection:
    """client: the other end's, of our attributes. remote: ours, of the other end's."""

    handle: int
    end: LinkEnd
    client: attributes.GattSession
    remote: AttributeClient

    @property
    def interval(self) -> int:
        """In units of 1.25 ms."""
        return self.end.interval // CONNECTION_UNIT


class BleConnections:
    """Those that are open."""

    def __init__(self) -> None:
        self._open: dict[int, BleConnection] = {}

    def add(
        self,
        end: LinkEnd,
        received: Callable[[BleConnection, bytes], None],
        closed: Callable[[BleConnection, int], None],
    ) -> BleConnection | None:
        """None: there are as many as there can be."""
        free = (FIRST_HANDLE + index for index in range(MAX_CONNECTIONS))
        handle = next((each for each in free if each not in self._open), None)
        if handle is None:
            return None
        made = BleConnection(handle, end, attributes.GattSession(handle), AttributeClient(end.send))
        self._open[handle] = made
        end.receive = partial(received, made)
        end.closed = partial(closed, made)
        return made

    def get(self, handle: int) -> BleConnection | None:
        return self._open.get(handle)

    def remove(self, connection: BleConnection) -> None:
        self._open.pop(connection.handle, None)

    def all(self) -> list[BleConnection]:
        return list(self._open.values())

    def drop_all(self) -> None:
        """The module is reset: the others notice by themselves."""
        for connection in self.all():
            connection.end.receive = connection.end.closed = None
            connection.end.close()
        self._open = {}
