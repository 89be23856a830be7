"""Echo (RFC 862): every byte comes back."""

from __future__ import annotations

from renode_wifi.peripherals.network.servers.base import TcpServer, UdpServer
from renode_wifi.peripherals.network.servers.connection import ServerConnection
from renode_wifi.peripherals.network.stack.tcp import Address


class EchoServer(TcpServer):
    def received(self, connection: ServerConnection, data: bytes) -> None:
        connection.send(data)


class UdpEchoServer(UdpServer):
    def received(self, sender: Address, data: bytes) -> None:
        self.send(sender, data)
