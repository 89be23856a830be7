"""What lies behind the access points: hosts, routes, and the rule that nothing else is reached."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Address, IPv4Network
from random import Random
from typing import TYPE_CHECKING, Any

from renode_wifi.peripherals.base.clock import Clock
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.network.contract.stream import Failure, Stream, StreamEvents
from renode_wifi.peripherals.network.stack.dns import Names
from renode_wifi.peripherals.network.stack.host import Host
from renode_wifi.peripherals.network.stack.link import Link
from renode_wifi.peripherals.network.stack.tcp import Address, Connection
from renode_wifi.peripherals.network.worldfile.models import WorldSettings

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.bridge.bridge import Bridge

NEIGHBOUR_SEARCH = 3_000_000_000
"""ns until an address in the own subnet that nobody answers for counts as unreachable (ARP)."""

Route = Host | Failure | tuple[str, int]
"""A host in the world, why there is no way, or a socket address on the host computer."""


class Internet:
    """Hosts by address. `events` hears what happened, for faults and observers."""

    def __init__(self, settings: WorldSettings, machine: Machine, random: Random) -> None:
        self.settings = settings
        self.machine = machine
        self.clock: Clock = machine.clock
        self.link = Link(settings.link, random)
        self.names = Names(settings.dns)
        self.hosts: dict[IPv4Address, Host] = {}
        self.bridge: Bridge | None = None
        self.outside_names: dict[IPv4Address, str] = {}
        """Addresses that the host's resolver gave, for egress rules that go by name."""
        self.observers: list[Any] = []
        self._flows = 0
        self._told: set[tuple[str, str]] = set()

    def trace(self, event: str, **fields: Any) -> None:
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
        route = self.route(source, remote)
        if isinstance(route, tuple):
            assert self.bridge is not None
            return self.bridge.connect(source, local_port, remote, events, flow, route)
        connection = source.new_connection(local_port, remote, events, flow)
        if isinstance(route, Host):
            self.clock.schedule(self.link.reliable_delay(), partial(route.arrive_syn, connection))
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

    # Routes

    def route(self, source: Host, remote: Address, protocol: str = "tcp") -> Route:
        address, port = remote
        if address.is_unspecified or port == 0:
            return Failure.DENIED
        if address.is_loopback or address.is_multicast or address == IPv4Address("255.255.255.255"):
            return Failure.DENIED
        outside = self._outside(address, port, protocol)
        if outside is not None:
            return outside
        host = self.hosts.get(address)
        if host is not None:
            return host
        if any(
            address in access_point.network.subnet for access_point in self.settings.access_points
        ):
            self._tell(address, port, protocol, "nobody has this address")
            return Failure.UNREACHABLE
        self._tell(address, port, protocol, "the world file does not allow it")
        return Failure.DENIED

    def _outside(self, address: IPv4Address, port: int, protocol: str) -> tuple[str, int] | None:
        if self.bridge is None:
            return None
        bridge = self.settings.bridge
        for forward in bridge.forwards:
            if (
                forward.address == address
                and forward.port == port
                and forward.udp == (protocol == "udp")
            ):
                return forward.host, forward.host_port
        if address in self.hosts:
            return None
        name = self.outside_names.get(address)
        for rule in bridge.egress:
            if rule.port is not None and rule.port != port:
                continue
            if rule.network is not None and address in rule.network:
                return str(address), port
            if rule.name is not None and name is not None and _name_fits(rule.name, name):
                return str(address), port
        return None

    def _tell(self, address: IPv4Address, port: int, protocol: str, reason: str) -> None:
        destination = f"{address}:{port}"
        if (destination, protocol) in self._told:
            return
        self._told.add((destination, protocol))
        names = self.names.of(address)
        called = f" ({', '.join(names)})" if names else ""
        if self.settings.bridged:
            cure = f'to let it out, add to the world file: egress: ["{destination}"]'
        else:
            cure = (
                "to have a server there, add to the world file: "
                f"servers: {{my-server: {{type: echo, address: {address}, port: {port}}}}}; "
                "to reach a real one: mode: bridged and "
                f'forwards: [{{from: "{destination}", to: "127.0.0.1:{port}"}}]'
            )
        self.machine.log.warning(
            "world: %s to %s%s refused: %s; %s", protocol, destination, called, reason, cure
        )

    # UDP and ping

    def datagram_receivers(self, source: Host, remote: Address) -> list[Host]:
        """Hosts that a datagram reaches: one, or all of the subnet for a broadcast."""
        address = remote[0]
        subnet = self.subnet_of(source.address)
        if address == IPv4Address("255.255.255.255") or (
            subnet is not None and address == subnet.broadcast_address
        ):
            return [
                host
                for host in self.hosts.values()
                if host is not source and (subnet is None or host.address in subnet)
            ]
        if address.is_multicast:
            return [host for host in self.hosts.values() if host is not source]
        route = self.route(source, remote, "udp")
        return [route] if isinstance(route, Host) else []

    def bridge_datagram(self, source: Host, port: int, remote: Address, data: bytes) -> bool:
        """Send a datagram to the host computer, where the world file leads it there."""
        target = None if self.bridge is None else self._outside(*remote, "udp")
        if self.bridge is None or target is None:
            return False
        self.bridge.send_datagram(source, port, remote, data, target)
        return True

    def subnet_of(self, address: IPv4Address) -> IPv4Network | None:
        for access_point in self.settings.access_points:
            if address in access_point.network.subnet:
                return access_point.network.subnet
        return None


def _name_fits(pattern: str, name: str) -> bool:
    if pattern.startswith("*."):
        return name.endswith(pattern[1:])
    return pattern == name
