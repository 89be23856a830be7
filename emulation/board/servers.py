"""Waiting for what servers of the world receive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.patterns import compiled

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.servers.mqtt_packets import Publication
    from renode_wifi.peripherals.network.world import World


class Running(Protocol):
    """A board in its world."""

    @property
    def world(self) -> World: ...

    def run_until(self, condition: Callable[[], bool], timeout: float) -> bool: ...

    def timed_out(self, what: str, timeout: float, seen: str) -> RenodeWifiError: ...


def find_received(
    board: Running, name: str, pattern: str | bytes, timeout: float
) -> re.Match[bytes]:
    """As `Session.wait_for_server`."""
    __tracebackhide__ = True
    expression = _compiled(pattern)

    def find() -> re.Match[bytes] | None:
        matches = map(expression.search, _received(board.world, name))
        return next(filter(None, matches), None)

    board.run_until(lambda: find() is not None, timeout)
    match = find()
    if match is None:
        got = [bytes(data[-200:]) for data in _received(board.world, name)][-5:]
        seen = "\n".join(f"  {data!r}" for data in got) or "  nothing"
        what = f"server {name!r} received nothing that matches {expression.pattern!r}"
        raise board.timed_out(what, timeout, f"it received last:\n{seen}")
    return match


def find_message(
    board: Running, broker: str, topic: str, payload: str | bytes, timeout: float
) -> Publication:
    """As `Session.wait_for_message`."""
    from renode_wifi.peripherals.network.servers.mqtt import MqttBroker
    from renode_wifi.peripherals.network.servers.mqtt_topics import matches

    __tracebackhide__ = True
    server = board.world.server(broker)
    if not isinstance(server, MqttBroker):
        raise RenodeWifiError(f"{broker!r} is not an MQTT broker", cure="use wait_for_server")
    expression = _compiled(payload)

    def find() -> Publication | None:
        for message in server.messages:
            if matches(topic, message.topic) and expression.search(message.payload):
                return message
        return None

    board.run_until(lambda: find() is not None, timeout)
    message = find()
    if message is None:
        last = [f"  {each.topic} {each.payload[:200]!r}" for each in list(server.messages)[-5:]]
        what = f"no message on {topic!r} with {expression.pattern!r} came to {broker!r}"
        seen = "\n".join(last) or "  nothing"
        raise board.timed_out(what, timeout, f"it received last:\n{seen}")
    return message


def _compiled(pattern: str | bytes) -> re.Pattern[bytes]:
    raw = pattern.encode() if isinstance(pattern, str) else pattern
    return compiled(raw, re.DOTALL)


def _received(world: World, name: str) -> Iterator[bytes]:
    """Connection by connection, datagram by datagram."""
    from renode_wifi.peripherals.network.servers.base import TcpServer, UdpServer

    server = world.server(name)
    if isinstance(server, TcpServer):
        for connection in server.connections:
            yield bytes(connection.received)
    elif isinstance(server, UdpServer):
        for _, data in server.datagrams:
            yield bytes(data)
