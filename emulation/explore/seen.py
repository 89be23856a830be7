"""What the servers of a world have seen of the firmware, for a comparison of two runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from renode_wifi.peripherals.network.servers import TcpServer, UdpServer
from renode_wifi.peripherals.network.servers.http import HttpServer
from renode_wifi.peripherals.network.servers.mqtt import MqttBroker

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World

NUMBERS = re.compile(rb"[0-9]+")
"""Counters and times differ where something was repeated."""
SHOWN = 60


@dataclass
class View:
    """messages: what came in pieces, by server; streams: what came in one, connection by
    connection. Numbers in it are all the same.
    """

    messages: dict[str, set[bytes]] = field(default_factory=dict)
    streams: dict[str, list[bytes]] = field(default_factory=dict)


def alike(data: bytes) -> bytes:
    return NUMBERS.sub(b"0", data)


def view_of(world: World) -> View:
    view = View()
    for name, server in world.servers.items():
        if isinstance(server, MqttBroker):
            view.messages[name] = {
                alike(message.topic.encode() + b" " + message.payload)
                for message in server.messages
            }
        elif isinstance(server, HttpServer):
            view.messages[name] = {
                alike(f"{request.method} {request.path} ".encode() + request.body)
                for request in server.requests
            }
        elif isinstance(server, UdpServer):
            view.messages[name] = {alike(data) for _, data in server.datagrams}
        elif isinstance(server, TcpServer):
            view.streams[name] = [alike(bytes(each.received)) for each in server.connections]
    return view


def corruption(golden: View, seen: View) -> str:
    """What servers got that no firmware sends which is as it should be; "" where nothing."""
    for name, messages in seen.messages.items():
        unexpected = sorted(messages - golden.messages.get(name, set()))
        if unexpected:
            return f"{name} got {unexpected[0][:SHOWN]!r}"
    for name, streams in seen.streams.items():
        known = golden.streams.get(name, [])
        for stream in streams:
            if stream and not any(_may_be(stream, other) for other in known):
                return f"{name} got {stream[:SHOWN]!r}"
    return ""


def _may_be(stream: bytes, other: bytes) -> bool:
    """One goes on where the other ends, or it is a part of the other."""
    return stream in other or (bool(other) and stream.startswith(other))
