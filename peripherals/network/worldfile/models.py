"""What a world file says, checked and with every default filled in. Durations are ns."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.network.contract.station import Security
from renode_wifi.peripherals.network.tls.settings import ClientCertificate


@dataclass(frozen=True)
class LinkSettings:
    """The way between a station and everything else."""

    latency: int = 1 * MILLISECOND
    """One way."""
    jitter: int = 0
    """Added to each delivery: 0 up to this, by the seed."""
    loss: float = 0.0
    """Chance that a packet is lost. TCP delivers it later, UDP and ping don't."""
    window: int = 16_384
    """Bytes of one TCP direction that may be sent and not yet read."""


@dataclass(frozen=True)
class DhcpSettings:
    first: IPv4Address
    last: IPv4Address
    lease: int = 86_400
    """Seconds."""
    latency: int = 300 * MILLISECOND


@dataclass(frozen=True)
class NetworkSettings:
    """The subnet behind an access point."""

    subnet: IPv4Network
    gateway: IPv4Address
    dns: IPv4Address
    dhcp: DhcpSettings | None = None
    """None: stations have static addresses."""


DEFAULT_NETWORK = NetworkSettings(
    IPv4Network("10.10.0.0/24"),
    IPv4Address("10.10.0.1"),
    IPv4Address("10.10.0.1"),
    DhcpSettings(IPv4Address("10.10.0.50"), IPv4Address("10.10.0.250")),
)


@dataclass(frozen=True)
class AccessPointSettings:
    ssid: bytes
    bssid: bytes
    channel: int = 6
    security: Security = Security.WPA2
    passphrase: bytes = b""
    rssi: int = -50
    hidden: bool = False
    network: NetworkSettings = DEFAULT_NETWORK


@dataclass(frozen=True)
class AirSettings:
    neighbours: int = 10
    """Access points next door: heard on a scan, joined by nobody."""
    association: int = 700 * MILLISECOND
    search: int = 2 * SECOND
    """How long a join looks for an SSID that isn't there."""


@dataclass(frozen=True)
class DnsSettings:
    names: dict[str, tuple[IPv4Address, ...]] = field(default_factory=dict)
    """Lower case; `*.` in front stands for one or more labels."""
    latency: int = 10 * MILLISECOND
    pass_through: bool = False
    """Ask the host's resolver for names that aren't in the table (bridged worlds)."""


@dataclass(frozen=True)
class TlsServerSettings:
    certificate: bytes | None = None
    key: bytes | None = None
    """None: a throw-away pair by the world's own root."""
    key_type: str = "ec"
    trusted: bool = True
    """False: the throw-away pair is by a root of its own, which `World.ca_pem` isn't."""
    names: tuple[str, ...] = ()
    """More names for the throw-away certificate."""
    minimum_version: str = "TLSv1.2"
    maximum_version: str = "TLSv1.3"
    ciphers: str = "DEFAULT"
    client_certificate: ClientCertificate = ClientCertificate.NONE
    client_ca: bytes | None = None
    """None: the world's own root."""
    alpn: tuple[str, ...] = ()


UDP_SERVERS = ("udp-echo", "udp-discard", "ntp")


@dataclass(frozen=True)
class ServerSettings:
    name: str
    type: str
    address: IPv4Address
    port: int
    tls: TlsServerSettings | None = None
    options: dict[str, Any] = field(default_factory=dict)
    start: bool = True
    where: str = ""


@dataclass(frozen=True)
class ForwardSettings:
    """An address in the world that is a socket of the host."""

    address: IPv4Address
    port: int
    host: str
    host_port: int
    udp: bool = False
    where: str = ""


@dataclass(frozen=True)
class ExposeSettings:
    """A socket of the host that leads to a listener of the station."""

    host: str
    host_port: int
    port: int
    where: str = ""


@dataclass(frozen=True)
class EgressRule:
    """A destination outside the world that may be reached (bridged worlds)."""

    network: IPv4Network | None
    name: str | None
    port: int | None


@dataclass(frozen=True)
class BridgeSettings:
    forwards: tuple[ForwardSettings, ...] = ()
    expose: tuple[ExposeSettings, ...] = ()
    egress: tuple[EgressRule, ...] = ()
    grace: int = 200 * MILLISECOND
    """Wall time for which the guest's clock may stand still while one reply is awaited."""


@dataclass(frozen=True)
class FaultSettings:
    """at: virtual time; or event (and its number) after which, `delay` later, the fault happens."""

    do: str
    at: int | None = None
    event: str | None = None
    count: int = 1
    delay: int = 0
    duration: int | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    where: str = ""


@dataclass(frozen=True)
class Credential:
    """One slot of the radio. `from_world`: made by the world's throw-away authority."""

    ca: bytes | None = None
    certificate: bytes | None = None
    key: bytes | None = None
    from_world: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RadioSettings:
    """What the world file tells the radio model."""

    tls: str = "faithful"
    """"faithful": versions and ciphers of the silicon; "relaxed": those of the host's OpenSSL."""
    credentials: dict[int, Credential] = field(default_factory=dict)
    """ISM43362: credential slots."""
    files: dict[str, bytes] = field(default_factory=dict)
    """CC3220SF: files in the NWP's file system."""
    world_files: dict[str, str] = field(default_factory=dict)
    """Names of files whose content is the world's own: "ca", "certificate" or "key"."""
    options: dict[str, Any] = field(default_factory=dict)
    """Whatever else the model of the board's radio understands."""
    where: str = ""
    """Place of the options in the file."""

    def for_model(
        self, relaxed: dict[str, Any]
    ) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
        """Attributes for the radio's model, and the faults to inject into it.

        relaxed: attributes that `tls: relaxed` stands for.
        """
        options = dict(self.options)
        faults = tuple(options.pop("faults", ()))
        if self.tls == "relaxed":
            options = {**relaxed, **options}
        return options, faults


@dataclass(frozen=True)
class WorldSettings:
    name: str = "world"
    seed: int = 1
    bridged: bool = False
    access_points: tuple[AccessPointSettings, ...] = ()
    air: AirSettings = field(default_factory=AirSettings)
    link: LinkSettings = field(default_factory=LinkSettings)
    dns: DnsSettings = field(default_factory=DnsSettings)
    servers: tuple[ServerSettings, ...] = ()
    bridge: BridgeSettings = field(default_factory=BridgeSettings)
    faults: tuple[FaultSettings, ...] = ()
    radio: RadioSettings = field(default_factory=RadioSettings)
    when: int | None = None
    """Unix time at which servers judge client certificates; None: dates are not judged."""

    def summary(self) -> str:
        """What is in the world, a line each."""
        mode = "bridged" if self.bridged else "hermetic"
        lines = [f"{self.name}: {mode}, seed {self.seed}"]
        for point in self.access_points:
            network = point.network
            lines.append(
                f"  access point {point.ssid.decode()}: {point.security.value}, "
                f"channel {point.channel}, {point.rssi} dBm, {network.subnet}, "
                f"gateway {network.gateway}"
            )
        for server in self.servers:
            tls = "" if server.tls is None else " over TLS"
            lines.append(
                f"  server {server.name}: {server.type}{tls}, {server.address}:{server.port}"
            )
        for name, addresses in self.dns.names.items():
            lines.append(f"  name {name}: {', '.join(map(str, addresses))}")
        for forward in self.bridge.forwards:
            lines.append(
                f"  forward {forward.address}:{forward.port} to {forward.host}:{forward.host_port}"
            )
        for fault in self.faults:
            when = f"after {fault.event}" if fault.at is None else f"at {fault.at / 1e9:g} s"
            lines.append(f"  fault {fault.do}: {when}")
        return "\n".join(lines)
