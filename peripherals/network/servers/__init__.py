"""Servers that live inside the world, one protocol per file."""

from __future__ import annotations

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.servers.aws.iot import AwsIot
from renode_wifi.peripherals.network.servers.base import Server, TcpServer, UdpServer
from renode_wifi.peripherals.network.servers.coap import CoapServer
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.servers.echo import EchoServer, UdpEchoServer
from renode_wifi.peripherals.network.servers.http import HttpServer
from renode_wifi.peripherals.network.servers.mdns.host import MdnsHost
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
    "coap": CoapServer,
    "mdns": MdnsHost,
    "aws-iot": AwsIot,
}


def make_server(context: ServerContext, settings: ServerSettings) -> Server:
    """RenodeWifiError: a class of the user's own that cannot be made."""
    if settings.server_class is None:
        return TYPES[settings.type](context, settings)
    try:
        server = settings.server_class(context, settings)
    except Exception as error:
        raise RenodeWifiError(
            f"the server {settings.name} cannot be made: {type(error).__name__}: {error}",
            where=settings.where or None,
            cure=f"mend {settings.server_class.__name__}, or its options",
        ) from error
    assert isinstance(server, Server)
    return server


__all__ = ["TYPES", "Server", "TcpServer", "UdpServer", "make_server"]
