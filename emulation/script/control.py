"""What a running world and radio can be asked to do, in the words of the monitor.

Both engines offer these as commands (`wifi_fault`, `wifi_server`), so that a suite says the same
thing wherever it runs.
"""

from __future__ import annotations

from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.servers import TcpServer, UdpServer
from renode_wifi.peripherals.network.world import World
from renode_wifi.peripherals.network.worldfile.tree import Scalar

Value = int | float | str


def parse_attributes(text: str) -> dict[str, Value]:
    """`name: value; name: value` into a dictionary; whole numbers and decimals become numbers."""
    return {name: _number(value) for name, value in _pairs(text).items()}


def _pairs(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for part in filter(None, (item.strip() for item in text.split(";"))):
        name, colon, value = part.partition(":")
        if not colon:
            raise RenodeWifiError(f"{part!r} has no value", cure="write attribute: value")
        values[name.strip()] = value.strip()
    return values


def inject(world: World, fault: str, attributes: str = "") -> None:
    """Let a fault of the world or of the radio happen; the vocabulary is that of world files."""
    entry = {name: Scalar(value, False, Path()) for name, value in _pairs(attributes).items()}
    if "duration" in entry:
        entry["for"] = entry.pop("duration")
    world.faults.inject(fault, entry)


def describe_server(world: World, name: str) -> str:
    """A server's connections as JSON: who came, what was exchanged, how it ended."""
    import json

    server = world.server(name)
    connections = [
        {
            "remote": f"{connection.remote[0]}:{connection.remote[1]}",
            "opened": connection.opened_at / SECOND,
            "closed": None if connection.closed_at is None else connection.closed_at / SECOND,
            "failure": None if connection.failure is None else connection.failure.name,
            "received": connection.received_count,
            "sent": connection.sent_count,
            "tls": None if connection.tls is None else connection.tls.version,
        }
        for connection in (server.connections if isinstance(server, TcpServer) else ())
    ]
    datagrams = len(server.datagrams) if isinstance(server, UdpServer) else 0
    return json.dumps(
        {
            "name": name,
            "running": server.running,
            "open": sum(connection["closed"] is None for connection in connections),
            "connections": connections,
            "datagrams": datagrams,
        }
    )


def _number(text: str) -> Value:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
