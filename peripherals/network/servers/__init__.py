"""Servers that live inside the world, one protocol per file."""

from __future__ import annotations

from renode_wifi.peripherals.network.servers.base import Server, TcpServer, UdpServer
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.servers.echo import EchoServer, UdpEchoServer
from renode_wifi.peripherals.network.servers.http import HttpServer
from renode_wifi.peripherals.network.servers.mqtt import MqttBroker
from renode_wifi.peripherals.network.servers.ntp import NtpServer
from renode_wifi.peripherals.network.servers.sinks import DiscardServer, Tarpit, UdpDiscardServer
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings

TYPES: dict[str, type[Server]] = {
    "echo": EchoServer,
    "udp-echo": UdpEchoServer,
    "discard": DiscardServer,
    "udp-discard": UdpDiscardServer,
    "tarpit": Tarpit,
    "http": HttpServer,
    "mqtt": MqttBroker,
    "ntp": NtpServer,
}


def make_server(context: ServerContext, settings: ServerSettings) -> Server:
    return TYPES[settings.type](context, settings)


__all__ = ["TYPES", "Server", "TcpServer", "UdpServer", "make_server"]
