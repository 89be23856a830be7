"""The surroundings of a board: air, network, servers, faults, built from a world file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TypeVar, overload

from renode_wifi.peripherals.base.clock import Clock
from renode_wifi.peripherals.base.errors import RenodeWifiError, close_matches
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.network.bluetooth.surroundings import BluetoothSurroundings
from renode_wifi.peripherals.network.contract.station import Lease
from renode_wifi.peripherals.network.date import WorldDate
from renode_wifi.peripherals.network.faults.world import Faults, Victim
from renode_wifi.peripherals.network.servers import Server, TcpServer, UdpServer, make_server
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.stack.air import AccessPoint, Air
from renode_wifi.peripherals.network.stack.internet import Internet
from renode_wifi.peripherals.network.stack.wireless import WirelessStation
from renode_wifi.peripherals.network.tls.openssl import deterministic_tls_problem
from renode_wifi.peripherals.network.tls.pki import WorldPki
from renode_wifi.peripherals.network.worldfile.fault_kinds import Target
from renode_wifi.peripherals.network.worldfile.radio import Credential, CredentialSettings, Own
from renode_wifi.peripherals.network.worldfile.schema import WorldSettings
from renode_wifi.peripherals.network.worldfile.sensors import SensorSetting

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.bridge.bridge import Bridge
    from renode_wifi.peripherals.network.bridge.host_port import HostPort
    from renode_wifi.peripherals.network.phone import Phone

MAX_STATIONS = 256
"""Stations that are known by their MAC address; idle ones are forgotten first."""

ServerT = TypeVar("ServerT", bound=Server)


class World:
    """Implements `station.World`. machine: for its clock, log and trace.

    seed: overrides the world file's; everything random in the world follows from it. host_port:
    the sockets of a bridged world, where they aren't real ones.
    """

    def __init__(
        self,
        settings: WorldSettings,
        machine: Machine,
        seed: int | None = None,
        host_port: HostPort | None = None,
    ) -> None:
        self.settings = settings
        self.machine = machine
        self.clock: Clock = machine.clock
        self.seed = settings.seed if seed is None else seed
        self.date = WorldDate(machine.clock, settings.when)
        self.pki = WorldPki(self.seed)
        self.air = Air(settings.access_points, settings.air, self.random("air"), self.pki.trusted)
        self.internet = Internet(settings, machine, self.random("link"))
        self.bridge: Bridge | None = None
        self.stations: dict[bytes, WirelessStation] = {}
        self.servers: dict[str, Server] = {}
        context = ServerContext(self.clock, self.date, self.internet, self.pki)
        for access_point in settings.access_points:
            self.internet.host(access_point.network.gateway)
            for address in access_point.network.name_servers:
                self.internet.host(address)
        for server in settings.servers:
            self.internet.host(server.address)
            self.servers[server.name] = make_server(context, server)
            if server.start:
                self.servers[server.name].start()
        self.resolvers = [make_server(context, resolver) for resolver in settings.resolvers]
        for resolver in self.resolvers:
            resolver.start()
        self.phones: list[Phone] = []
        if settings.phones:
            # These and the bridge are imported for the worlds that have them: each start would pay.
            from renode_wifi.peripherals.network.phone import Phone, mac_of_phone

            self.phones = [
                Phone(
                    self.clock,
                    self.internet.trace,
                    self.station(mac_of_phone(index)),
                    self.leases,
                    phone,
                )
                for index, phone in enumerate(settings.phones)
            ]
        self.bluetooth = BluetoothSurroundings(self.clock, self.internet.trace, settings.bluetooth)
        if settings.bridged:
            from renode_wifi.peripherals.network.bridge.bridge import Bridge

            self.bridge = Bridge(self.internet, self.leases, host_port)
            self.internet.bridge = self.bridge
        self.faults = Faults(self.air, self.internet, self.servers, settings.faults)
        for notice in settings.notices:
            machine.log.warning("world: %s", notice)
        problem = deterministic_tls_problem()
        if problem and any(server.tls is not None for server in settings.servers):
            machine.log.warning("world: TLS bytes will differ from run to run: %s", problem)

    def random(self, stream: str) -> Random:
        """A source of its own for `stream`, fixed by the seed."""
        return Random(f"{self.seed}/world/{stream}")

    def machine_seed(self, number: int) -> int | str:
        """The seed of the models of a machine in this world, the first being number 0."""
        return f"{self.seed}/machine-{number}" if number else self.seed

    def close(self) -> None:
        """Let go of the host's sockets, where the world has any."""
        if self.bridge is not None:
            self.bridge.close()

    # For sensors

    def measured(self, part: str) -> list[SensorSetting]:
        """What the world file says of a sensor."""
        return [setting for setting in self.settings.sensors if setting.part == part]

    def report_missing_sensors(self, names: Collection[str], log: logging.Logger) -> None:
        """A file may be for several boards: what it says of a sensor elsewhere is no mistake.

        names: of the models on the board.
        """
        for setting in self.settings.sensors:
            if setting.part not in names:
                near = close_matches(setting.part, names)
                hint = f"; did you mean {near[0]}?" if near else ""
                log.warning(
                    "world: %s: this board has no sensor %s%s", setting.where, setting.part, hint
                )

    # For radios

    def station(self, mac: bytes) -> WirelessStation:
        station = self.stations.get(mac)
        if station is None:
            self._forget_idle_stations()
            station = self.stations[mac] = WirelessStation(self.air, self.internet, mac)
            self.air.clients.append(station)
        return station

    def _forget_idle_stations(self) -> None:
        """A guest may give its radio another address at each boot."""
        for mac, station in list(self.stations.items()):
            if len(self.stations) < MAX_STATIONS:
                break
            if station.idle:
                del self.stations[mac]
                self.air.clients.remove(station)

    def leases(self) -> list[Lease]:
        """Of the stations that have joined, in the order in which the world got to know them."""
        return [s.lease for s in self.stations.values() if s.lease is not None]

    @property
    def flash_faults(self) -> Victim | None:
        """What the flash of a board asks before each operation."""
        return self.faults.victim(Target.FLASH)

    @property
    def ca_pem(self) -> bytes:
        """The root of the throw-away certificates."""
        return self.pki.trusted.certificate

    def client_credentials(
        self, name: str = "renode-wifi-device", key: str = "rsa"
    ) -> tuple[bytes, bytes]:
        """A throw-away client certificate and its key, PEM, by the world's own root."""
        return self.pki.trusted.client(name, key)

    def radio_credentials(self) -> dict[int, Callable[[], Credential]]:
        """What makes the credentials by slots of the radio, as the world file provisions them."""
        return {
            entry.slot: partial(self._credential, entry)
            for entry in self.settings.radio.credentials
        }

    def _credential(self, entry: CredentialSettings) -> Credential:
        return Credential(
            self._content(entry.ca), self._content(entry.certificate), self._content(entry.key)
        )

    def radio_files(self) -> dict[str, Callable[[], bytes]]:
        """What makes the files in the radio's file system, as the world file provisions them."""
        files = self.settings.radio.files.items()
        return {name: partial(self._file, content) for name, content in files}

    def _file(self, content: bytes | Own) -> bytes:
        return self._content(content) or b""

    def _content(self, content: bytes | Own | None) -> bytes | None:
        return self._own(content.kind) if isinstance(content, Own) else content

    def _own(self, kind: str) -> bytes:
        if kind == "ca":
            return self.ca_pem
        certificate, key = self.client_credentials()
        return certificate if kind == "certificate" else key

    # For tests, suites and faults

    @overload
    def server(self, name: str) -> Server: ...

    @overload
    def server(self, name: str, kind: type[ServerT]) -> ServerT: ...

    def server(self, name: str, kind: type[Server] = Server) -> Server:
        """A server by its name in the world file, of a type such as `HttpServer`."""
        found = self.servers.get(name)
        if found is None:
            raise RenodeWifiError(
                f"the world has no server {name!r}",
                cure=f"its servers: {', '.join(sorted(self.servers)) or 'none'}",
            )
        if not isinstance(found, kind):
            raise RenodeWifiError(
                f"server {name} is of type {found.settings.type}, and no {kind.__name__}",
                cure="ask for what the world file says, or change it there",
            )
        return found

    def access_point(self, ssid: str) -> AccessPoint:
        found = self.air.named(ssid)
        if not found:
            known = ", ".join(
                sorted(ap.settings.ssid.decode("latin-1") for ap in self.air.access_points)
            )
            raise RenodeWifiError(
                f"the world has no access point {ssid!r}", cure=f"its access points: {known}"
            )
        return found[0]

    def inject(self, do: str, duration: int | str | None = None, **entry: object) -> None:
        """Let a fault of the network or of the radio happen, by default now.

        do and entry: keys and values as in the world file (docs/world.md), times as text or in ns;
        `duration` is what is called `for` there. Where there is one access point or one TCP server
        only, its name may be left out. Raises RenodeWifiError.
        """
        self.faults.inject(do, entry if duration is None else {**entry, "for": duration})

    def deauthenticate(self, access_point: AccessPoint, reason: str) -> None:
        """Every station of an access point loses its link."""
        self.air.deauthenticate(access_point, reason)

    def names(self) -> Mapping[str, tuple[IPv4Address, ...]]:
        return self.internet.names.table


def load_world(
    path: Path | str,
    machine: Machine,
    seed: int | None = None,
    variables: Mapping[str, str] | None = None,
) -> World:
    """The world that a world file describes, around `machine`."""
    from renode_wifi.peripherals.network.worldfile.read import read_world_file

    return World(read_world_file(path, variables), machine, seed)


__all__ = ["TcpServer", "UdpServer", "World", "load_world"]
