"""What lies behind the access points: hosts, routes, and the rule that nothing else is reached."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address, IPv4Network
from random import Random
from typing import Protocol

from renode_wifi.peripherals.base.clock import Clock
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.network.contract.stream import Failure, Stream, StreamEvents
from renode_wifi.peripherals.network.stack.dns import Names
from renode_wifi.peripherals.network.stack.host import Host
from renode_wifi.peripherals.network.stack.link import NetworkLink
from renode_wifi.peripherals.network.stack.outside import Outside, Target
from renode_wifi.peripherals.network.stack.tcp import Address, Connection
from renode_wifi.peripherals.network.worldfile.schema import WorldSettings

NEIGHBOUR_SEARCH = 3_000_000_000
"""ns until an address in the own subnet that nobody answers for counts as unreachable (ARP)."""

MAX_LOGGED = 1_000
"""Refused destinations that are logged, each once."""

BROADCAST = IPv4Address("255.255.255.255")

USUAL_SERVERS = {
    ("udp", 53): "dns",
    ("udp", 123): "ntp",
    ("udp", 5683): "coap",
    ("tcp", 80): "http",
    ("tcp", 443): "http, tls: true",
    ("tcp", 1883): "mqtt",
    ("tcp", 8883): "mqtt, tls: true",
}
"""What a world file has at a port (IANA), for advice."""

Route = Host | Failure | Target
"""A host in the world, why there is no way, or a socket address on the host computer."""


class Observer(Protocol):
    def on_network_event(self, event: str, fields: dict[str, object]) -> None: ...


class Internet:
    """Hosts by address. Observers are notified of what happens."""

    def __init__(self, settings: WorldSettings, machine: Machine, random: Random) -> None:
        self.settings = settings
        self.machine = machine
        self.clock: Clock = machine.clock
        self.link = NetworkLink(settings.link, random)
        self.names = Names(settings.dns)
        self.hosts: dict[IPv4Address, Host] = {}
        self.bridge: Outside | None = None
        self.observers: list[Observer] = []
        self._flows = 0
        self._logged: set[tuple[str, str]] = set()

    def trace(self, event: str, **fields: object) -> None:
        self.machine.trace("network", event, **fields)
        for observer in self.observers:
            observer.on_network_event(event, fields)

    def host(self, address: IPv4Address) -> Host:
        """The host at an address, made when it isn't there yet."""
        host = self.hosts.get(address)
        if host is None:
            host = self.hosts[address] = Host(self, address)
        return host

    def next_flow(self) -> int:
        self._flows += 1
        return self._flows

    # TCP

    def connect(
        self, source: Host, remote: Address, events: StreamEvents, local_port: int
    ) -> Stream:
        flow = self.next_flow()
        self.trace(
            "connect",
            flow=flow,
            origin=f"{source.address}:{local_port}",
            destination=f"{remote[0]}:{remote[1]}",
        )
        route = self.route(remote)
        if isinstance(route, tuple):
            assert self.bridge is not None
            return self.bridge.connect(source, local_port, remote, events, flow, route)
        connection = source.new_connection(local_port, remote, events, flow)
        if isinstance(route, Host):
            self._deliver(route, self.link.reliable_delay(), partial(route.arrive_syn, connection))
        else:
            self.clock.schedule(self._failure_time(route), partial(connection.fail, route))
        return connection

    def refuse(
        self, host: Host, remote: Address, events: StreamEvents, failure: Failure
    ) -> Connection:
        """A connection that fails at once, whatever the route."""
        connection = host.new_connection(0, remote, events, self.next_flow())
        self.clock.schedule(self.link.settings.latency, partial(connection.fail, failure))
        return connection

    def _failure_time(self, failure: Failure) -> int:
        if failure is Failure.UNREACHABLE:
            return NEIGHBOUR_SEARCH
        return 2 * self.link.settings.latency

    def asks_host(self, name: str) -> bool:
        """A bridged world asks the host's resolver for a name that isn't in the table."""
        names = self.names
        passes_on = self.bridge is not None and names.settings.pass_through
        return passes_on and not names.forgetting and not names.find(name)

    # Routes

    def route(self, remote: Address, protocol: str = "tcp") -> Route:
        address, port = remote
        if address.is_unspecified or port == 0:
            return Failure.DENIED
        if address.is_loopback or address.is_multicast or address == BROADCAST:
            return Failure.DENIED
        return self._outside(remote, protocol) or self._inside(remote, protocol)

    def _outside(self, remote: Address, protocol: str) -> Target | None:
        return None if self.bridge is None else self.bridge.target(remote, protocol)

    def _inside(self, remote: Address, protocol: str) -> Host | Failure:
        address = remote[0]
        host = self.hosts.get(address)
        if host is not None:
            return host
        if self.subnet_of(address) is not None:
            self._log_refusal(
                remote, protocol, "nobody has this address", self._server_hint(remote, protocol)
            )
            return Failure.UNREACHABLE
        if self.bridge is not None:
            self._log_refusal(remote, protocol, *self.bridge.refusal(remote, protocol))
        else:
            self._log_refusal(
                remote,
                protocol,
                "the world file does not allow it",
                self._server_hint(remote, protocol),
            )
        return Failure.DENIED

    @staticmethod
    def _server_hint(remote: Address, protocol: str) -> str:
        address, port = remote
        kind = USUAL_SERVERS.get((protocol, port), "udp-echo" if protocol == "udp" else "echo")
        return (
            "to have a server there, add to the world file: "
            f"servers: {{my-server: {{type: {kind}, address: {address}, port: {port}}}}}; "
            "to reach a real one: mode: bridged and "
            f'forwards: [{{from: "{address}:{port}", to: "127.0.0.1:{port}"}}]'
        )

    def _log_refusal(self, remote: Address, protocol: str, reason: str, cure: str) -> None:
        address, port = remote
        destination = f"{address}:{port}"
        if (destination, protocol) in self._logged or len(self._logged) >= MAX_LOGGED:
            return
        self._logged.add((destination, protocol))
        names = self.names.of(address)
        called = f" ({', '.join(names)})" if names else ""
        self.machine.log.warning(
            "world: %s to %s%s refused: %s; %s", protocol, destination, called, reason, cure
        )

    # UDP

    def send_datagram(self, source: Host, port: int, remote: Address, data: bytes) -> None:
        origin = (source.address, port)
        self.trace(
            "datagram",
            origin=f"{origin[0]}:{origin[1]}",
            destination=f"{remote[0]}:{remote[1]}",
            data=data,
        )
        if self.link.lost():
            return
        target = self._outside(remote, "udp")
        if target is not None:
            assert self.bridge is not None
            self.bridge.send_datagram(source, port, remote, data, target)
            return
        if self._is_broadcast(source, remote[0]) or remote[0].is_multicast:
            receivers = self._neighbours(source, remote[0])
        else:
            route = self.route(remote, "udp")
            receivers = [route] if isinstance(route, Host) else []
        for receiver in receivers:
            self._deliver(
                receiver,
                self.link.delay(),
                partial(receiver.arrive_datagram, origin, remote[1], data, remote[0]),
            )

    def _deliver(self, receiver: Host, delay: int, arrive: Callable[[], None]) -> None:
        now = self.clock.now
        self.clock.schedule(receiver.awake(now + delay) - now, arrive)

    def _is_broadcast(self, source: Host, address: IPv4Address) -> bool:
        subnet = self.subnet_of(source.address)
        return address == BROADCAST or (subnet is not None and address == subnet.broadcast_address)

    def _neighbours(self, source: Host, address: IPv4Address) -> list[Host]:
        """Hosts that a broadcast (those of the subnet) or a multicast (all) reaches."""
        subnet = None if address.is_multicast else self.subnet_of(source.address)
        return [
            host
            for host in self.hosts.values()
            if host is not source and (subnet is None or host.address in subnet)
        ]

    def subnet_of(self, address: IPv4Address) -> IPv4Network | None:
        for access_point in self.settings.access_points:
            if address in access_point.network.subnet:
                return access_point.network.subnet
        return None
