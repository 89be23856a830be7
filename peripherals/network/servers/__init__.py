"""Servers that live inside the world, one protocol per file."""

from __future__ import annotations

from importlib import import_module

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.servers.base import Server, TcpServer, UdpServer
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings

TYPES = {
    "echo": "echo:EchoServer",
    "udp-echo": "echo:UdpEchoServer",
    "discard": "sinks:DiscardServer",
    "udp-discard": "sinks:UdpDiscardServer",
    "tarpit": "sinks:Tarpit",
    "http": "http:HttpServer",
    "mqtt": "mqtt:MqttBroker",
    "dns": "names.dns:DnsServer",
    "ntp": "ntp:NtpServer",
    "coap": "coap:CoapServer",
    "mdns": "names.mdns:MdnsHost",
    "aws-iot": "aws.iot:AwsIot",
}
"""Module of this package and class of each type; loaded when a world has such a server."""


def class_of(name: str) -> type[Server]:
    """The class of one of TYPES."""
    module, _, place = TYPES[name].partition(":")
    found: type[Server] = getattr(import_module(f"{__name__}.{module}"), place)
    return found


def make_server(context: ServerContext, settings: ServerSettings) -> Server:
    """RenodeWifiError: a class of the user's own that cannot be made."""
    if settings.server_class is None:
        return class_of(settings.type)(context, settings)
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


__all__ = ["TYPES", "Server", "TcpServer", "UdpServer", "class_of", "make_server"]
