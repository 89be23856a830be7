"""A world to test the module in: an access point, names, servers."""

from __future__ import annotations

from ipaddress import IPv4Address

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.network.tls.settings import ClientCertificate
from renode_wifi.peripherals.network.world import World
from renode_wifi.peripherals.network.worldfile.network import AccessPointSettings, DnsSettings
from renode_wifi.peripherals.network.worldfile.schema import WorldSettings
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings, TlsServerSettings

GATEWAY = IPv4Address("10.10.0.1")
ECHO, TLS_ECHO, STRICT_TLS, UDP_ECHO, TARPIT = 9001, 9000, 8883, 9002, 9003


def make_world(machine: BenchMachine, **changes: object) -> World:
    echo_tls = TlsServerSettings(names=("echo.test",))
    strict_tls = TlsServerSettings(
        names=("broker.test",), client_certificate=ClientCertificate.REQUIRED
    )
    changes.setdefault(
        "access_points",
        (
            AccessPointSettings(b"fwemu-ap", b"\x02\0\0\0\0\x01", passphrase=b"fwemu-pass"),
            AccessPointSettings(b"fwemu-ap2", b"\x02\0\0\0\0\x02", passphrase=b"fwemu-pass2"),
        ),
    )
    settings = WorldSettings(
        dns=DnsSettings(
            {
                "amazon.com": (IPv4Address("93.184.216.34"),),
                "broker.test": (GATEWAY,),
                "many.test": (GATEWAY, IPv4Address("10.10.0.2")),
            }
        ),
        servers=(
            ServerSettings("echo", "echo", GATEWAY, ECHO),
            ServerSettings("tls-echo", "echo", GATEWAY, TLS_ECHO, echo_tls),
            ServerSettings("strict", "echo", GATEWAY, STRICT_TLS, strict_tls),
            ServerSettings("udp", "udp-echo", GATEWAY, UDP_ECHO),
            ServerSettings("tarpit", "tarpit", GATEWAY, TARPIT),
        ),
        **changes,  # type: ignore[arg-type]
    )
    return World(settings, machine)
