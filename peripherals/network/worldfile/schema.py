"""A whole world: what a world file may say, and what has been made of it."""

from dataclasses import field
from typing import Annotated, Any, ClassVar

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.worldfile.bridge import (
    BridgeSettings,
    Egress,
    ExposeSettings,
    ForwardSettings,
)
from renode_wifi.peripherals.network.worldfile.converter import Many, Mapped, Model
from renode_wifi.peripherals.network.worldfile.devices.bluetooth import BluetoothSettings
from renode_wifi.peripherals.network.worldfile.devices.phone import PhoneSettings, TagSettings
from renode_wifi.peripherals.network.worldfile.faults import DESCRIPTION as FAULT
from renode_wifi.peripherals.network.worldfile.faults import FaultSettings
from renode_wifi.peripherals.network.worldfile.network import (
    AccessPointSettings,
    AirSettings,
    DnsSettings,
    LinkSettings,
    NetworkSettings,
)
from renode_wifi.peripherals.network.worldfile.radio import RadioSettings
from renode_wifi.peripherals.network.worldfile.rules import ValueRule, text, whole, words
from renode_wifi.peripherals.network.worldfile.sensors import (
    AnalogSetting,
    PinName,
    Quantities,
    SensorSetting,
    Volts,
)
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings
from renode_wifi.peripherals.network.worldfile.values import Address, Date, HostName

DNS = 53
"""The port of name servers (RFC 1035 section 4.2)."""

Addresses = Annotated[
    tuple[Address, ...],
    Many("an IPv4 address, or a list of them", minimum=1, single=True),
]


def _any(raw: object) -> Any:
    return raw


FaultEntry = Annotated[Any, ValueRule(FAULT, _any)]
"""Its keys go by its kind: `faults.read_fault`."""


@late_dataclass(frozen=True)
class WorldFile(Model):
    """The sections of a world file, each with the model of what is in it."""

    DESCRIPTION = "a mapping of the sections that docs/world.md lists"

    access_points: Annotated[
        tuple[AccessPointSettings, ...], Many("a list of access points", minimum=1)
    ]
    name: Annotated[str, text("a short name")] = ""
    seed: Annotated[int, whole("a whole number; everything random follows from it")] = 1
    mode: Annotated[str, words("hermetic or bridged", "hermetic", "bridged")] = "hermetic"
    network: NetworkSettings = field(default_factory=NetworkSettings)
    air: AirSettings = field(default_factory=AirSettings)
    link: LinkSettings = field(default_factory=LinkSettings)
    names: Annotated[dict[HostName, Addresses], Mapped("host names and their addresses")] = field(
        default_factory=dict
    )
    dns: DnsSettings = field(default_factory=DnsSettings)
    servers: Annotated[
        dict[str, ServerSettings], Mapped("servers inside the world, by a name of your choice")
    ] = field(default_factory=dict)
    phones: Annotated[
        tuple[PhoneSettings, ...], Many("a list of phones that give devices a network")
    ] = ()
    bluetooth: BluetoothSettings = field(default_factory=BluetoothSettings)
    pki: Annotated[str, text("the folder that certificate and key files are named relative to")] = (
        ""
    )
    date: Date | None = None
    forwards: Annotated[
        tuple[ForwardSettings, ...],
        Many("addresses in the world that lead to sockets of the host (bridged mode)"),
    ] = ()
    expose: Annotated[
        tuple[ExposeSettings, ...],
        Many("sockets of the host that lead to listeners of the board (bridged mode)"),
    ] = ()
    egress: Annotated[
        tuple[Egress, ...],
        Many("destinations outside the world that may be reached (bridged mode)"),
    ] = ()
    bridge: BridgeSettings = field(default_factory=BridgeSettings)
    sensors: Annotated[
        dict[str, Quantities], Mapped("what sensors measure, by the name of the sensor")
    ] = field(default_factory=dict)
    analog: Annotated[dict[PinName, Volts], Mapped("voltages in V, by the pin of the chip")] = (
        field(default_factory=dict)
    )
    tag: TagSettings | None = None
    faults: Annotated[tuple[FaultEntry, ...], Many("a list of what goes wrong, and when")] = ()
    radio: RadioSettings = field(default_factory=RadioSettings)


@late_dataclass(frozen=True)
class WorldSettings:
    """A world file, checked and with every default filled in. Durations are ns."""

    NOT_SAVED: ClassVar[bool] = True
    """A snapshot refers to the world file's settings, as those of the radio do to its profile."""

    name: str = "world"
    seed: int = 1
    bridged: bool = False
    access_points: tuple[AccessPointSettings, ...] = ()
    air: AirSettings = field(default_factory=AirSettings)
    link: LinkSettings = field(default_factory=LinkSettings)
    dns: DnsSettings = field(default_factory=DnsSettings)
    servers: tuple[ServerSettings, ...] = ()
    phones: tuple[PhoneSettings, ...] = ()
    bluetooth: BluetoothSettings = field(default_factory=BluetoothSettings)
    bridge: BridgeSettings = field(default_factory=BridgeSettings)
    sensors: tuple[SensorSetting, ...] = ()
    analog: tuple[AnalogSetting, ...] = ()
    tag: TagSettings | None = None
    faults: tuple[FaultSettings, ...] = ()
    radio: RadioSettings = field(default_factory=RadioSettings)
    when: int | None = None
    """Unix time at virtual time 0; None: a date of its own, by which nothing is judged."""
    notices: tuple[str, ...] = ()
    """Old spellings in the file, each with its place and what to write."""
    resolvers: tuple[ServerSettings, ...] = field(init=False, default=())
    """The name servers that DHCP names, where the file has no server of its own."""

    def __post_init__(self) -> None:
        taken = {server.address for server in self.servers if server.udp and server.port == DNS}
        named = dict.fromkeys(
            address for point in self.access_points for address in point.network.name_servers
        )
        resolvers = tuple(
            ServerSettings(f"dns of {address}", "dns", address, DNS)
            for address in named
            if address not in taken
        )
        object.__setattr__(self, "resolvers", resolvers)

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
        for phone in self.phones:
            lines.append(f"  phone: gives {phone.ssid} to {phone.finds}")
        for central in self.bluetooth.centrals:
            lines.append(f"  Bluetooth {central.name}: connects to {central.connects}")
        for peripheral in self.bluetooth.peripherals:
            lines.append(f"  Bluetooth {peripheral.name}: advertises as {peripheral.address}")
        for name, addresses in self.dns.names.items():
            lines.append(f"  name {name}: {', '.join(map(str, addresses))}")
        for forward in self.bridge.forwards:
            lines.append(
                f"  forward {forward.address}:{forward.port} to {forward.host}:{forward.host_port}"
            )
        for sensor in self.sensors:
            lines.append(f"  sensor {sensor.part}: {sensor.quantity}")
        for analog in self.analog:
            lines.append(f"  voltage at {analog.pin}")
        if self.tag is not None:
            lines.append(f"  NFC tag: {self.tag.uri or self.tag.text}")
        lines += [f"  {fault.summary()}" for fault in self.faults]
        return "\n".join(lines)
