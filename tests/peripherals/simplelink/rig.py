"""Machine, world, network processor and driver put together."""

from __future__ import annotations

import pickle
from ipaddress import IPv4Address
from typing import Any

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.network.contract.station import Security
from renode_wifi.peripherals.network.tls.settings import ClientCertificate
from renode_wifi.peripherals.network.world import World
from renode_wifi.peripherals.network.worldfile.network import AccessPointSettings, DnsSettings
from renode_wifi.peripherals.network.worldfile.schema import WorldSettings
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings, TlsServerSettings
from renode_wifi.peripherals.simplelink.module import CC3220_NWP
from tests.peripherals.simplelink.driver import HostDriver

GATEWAY = IPv4Address("10.10.0.1")
ECHO, TLS_ECHO, STRICT_TLS, UDP_ECHO, TARPIT, NEW_TLS, UNTRUSTED_TLS, CHOOSY_TLS = (
    9001,
    9000,
    8883,
    9002,
    9003,
    9004,
    9005,
    9006,
)


ACCESS_POINTS = (
    AccessPointSettings(b"fwemu-ap", b"\x02\0\0\0\0\x01", passphrase=b"fwemu-pass"),
    AccessPointSettings(b"open", b"\x02\0\0\0\0\x02", security=Security.OPEN),
)


def make_world(
    machine: BenchMachine,
    more: tuple[ServerSettings, ...] = (),
    access_points: tuple[AccessPointSettings, ...] = ACCESS_POINTS,
    **changes: Any,
) -> World:
    """more: servers beside the usual ones."""
    settings = WorldSettings(
        access_points=access_points,
        dns=DnsSettings({"broker.test": (GATEWAY,), "echo.test": (GATEWAY,)}),
        servers=(
            ServerSettings("echo", "echo", GATEWAY, ECHO),
            ServerSettings(
                "tls-echo",
                "echo",
                GATEWAY,
                TLS_ECHO,
                TlsServerSettings(names=("echo.test",), key_type="rsa"),
            ),
            ServerSettings(
                "strict",
                "echo",
                GATEWAY,
                STRICT_TLS,
                TlsServerSettings(
                    names=("broker.test",), client_certificate=ClientCertificate.REQUIRED
                ),
            ),
            ServerSettings("udp", "udp-echo", GATEWAY, UDP_ECHO),
            ServerSettings("tarpit", "tarpit", GATEWAY, TARPIT),
            ServerSettings(
                "new", "echo", GATEWAY, NEW_TLS, TlsServerSettings(minimum_version="TLSv1.3")
            ),
            ServerSettings(
                "untrusted", "echo", GATEWAY, UNTRUSTED_TLS, TlsServerSettings(trusted=False)
            ),
            ServerSettings(
                "choosy", "echo", GATEWAY, CHOOSY_TLS, TlsServerSettings(ciphers="ECDHE+AESGCM")
            ),
            *more,
        ),
        **changes,
    )
    return World(settings, machine)


class Rig:
    """One network processor in a world. attributes: of the processor; changes: of the world."""

    def __init__(self, changes: dict[str, Any] | None = None, **attributes: Any) -> None:
        self.machine = BenchMachine()
        self.nwp = CC3220_NWP(self.machine, "nwp", **attributes)
        self.world = make_world(self.machine, **(changes or {}))
        self.nwp.connect_world(self.world)
        self.driver = HostDriver(self.machine, self.nwp)

    def started(self) -> HostDriver:
        assert self.driver.start() == 1
        return self.driver

    def joined(self) -> HostDriver:
        self.started().joined()
        self.driver.events.clear()
        return self.driver

    def traced(self, event: str) -> list[dict[str, Any]]:
        return [
            fields
            for _, source, name, fields in self.machine.traced
            if source == "nwp" and name == event
        ]

    def saved(self) -> Rig:
        """What a snapshot gives back."""
        copy: Rig = pickle.loads(pickle.dumps(self))
        return copy
