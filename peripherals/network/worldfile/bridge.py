"""What leads out of the world, as a world file says it."""

from dataclasses import field
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, ClassVar

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.worldfile.converter import INTERNAL, Model, named
from renode_wifi.peripherals.network.worldfile.rules import text, truth
from renode_wifi.peripherals.network.worldfile.values import (
    AddressPort,
    Duration,
    HostPort,
    Port,
    host_name,
    is_address,
    is_network,
    port_number,
)


@late_dataclass(frozen=True)
class ForwardSettings(Model):
    """An address in the world that is a socket of the host."""

    DESCRIPTION = "from and to, as address:port"
    NOT_SAVED: ClassVar[bool] = True
    COMPARED = frozenset({"source", "udp"})

    source: AddressPort = field(metadata=named("from"))
    target: HostPort = field(metadata=named("to"))
    udp: Annotated[bool, truth("true for datagrams")] = False
    where: str = field(default="", metadata=INTERNAL)

    @property
    def address(self) -> IPv4Address:
        return self.source[0]

    @property
    def port(self) -> int:
        return self.source[1]

    @property
    def host(self) -> str:
        return self.target[0]

    @property
    def host_port(self) -> int:
        return self.target[1]


@late_dataclass(frozen=True)
class ExposeSettings(Model):
    """A socket of the host that leads to a listener of the station."""

    DESCRIPTION = "listen (address:port of the host) and port (of the board)"
    NOT_SAVED: ClassVar[bool] = True

    listen: HostPort
    port: Port
    where: str = field(default="", metadata=INTERNAL)

    @property
    def host(self) -> str:
        return self.listen[0]

    @property
    def host_port(self) -> int:
        return self.listen[1]


@late_dataclass(frozen=True)
class EgressRule:
    """A destination outside the world that may be reached (bridged worlds)."""

    NOT_SAVED: ClassVar[bool] = True

    network: IPv4Network | None
    name: str | None
    port: int | None


def _egress(written: str) -> EgressRule:
    target, colon, port = written.rpartition(":")
    if not colon:
        raise ValueError
    number = None if port == "*" else port_number(port)
    if is_address(target) or is_network(target):
        return EgressRule(IPv4Network(target), None, number)
    return EgressRule(None, host_name(target), number)


Egress = Annotated[
    EgressRule,
    text(
        "an address, subnet or name with a port or *, such as 93.184.216.34:443 or "
        "*.example.com:443",
        _egress,
    ),
]


@late_dataclass(frozen=True)
class BridgeSettings(Model):
    DESCRIPTION = "how the host is reached"
    NOT_SAVED: ClassVar[bool] = True

    forwards: tuple[ForwardSettings, ...] = field(default=(), metadata=INTERNAL)
    expose: tuple[ExposeSettings, ...] = field(default=(), metadata=INTERNAL)
    egress: tuple[EgressRule, ...] = field(default=(), metadata=INTERNAL)
    grace: Duration = 200 * MILLISECOND
    """Wall time for which the guest's clock may stand still while one reply is awaited."""
