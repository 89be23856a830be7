"""What is around the board, as a world file says it: schema and defaults. Durations are ns."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.contract.station import Security
from renode_wifi.peripherals.network.worldfile.converter import (
    INTERNAL,
    Mapped,
    Model,
    Switchable,
)
from renode_wifi.peripherals.network.worldfile.rules import Mistake, choice, text, whole
from renode_wifi.peripherals.network.worldfile.values import (
    Address,
    Bssid,
    Duration,
    Loss,
    Network,
    Seconds,
    Ssid,
    Text,
    Truth,
)


@late_dataclass(frozen=True)
class LinkSettings(Model):
    """The way between a station and everything else."""

    DESCRIPTION = "the way between the station and everything else"

    latency: Duration = 1 * MILLISECOND
    """One way."""
    jitter: Duration = 0
    """Added to each delivery: 0 up to this, by the seed."""
    loss: Loss = 0.0
    """Chance that a packet is lost. TCP delivers it later, UDP and ping don't."""
    window: Annotated[int, whole("bytes, 512 to 1048576", 512, 1_048_576)] = 16_384
    """Bytes of one TCP direction that may be sent and not yet read."""


@late_dataclass(frozen=True)
class DhcpSettings(Model):
    DESCRIPTION = "the address pool, or false where stations have static addresses"

    first: Address
    last: Address
    lease: Seconds = 86_400
    """Seconds."""
    latency: Duration = 300 * MILLISECOND


SUBNET = IPv4Network("10.10.0.0/24")
GATEWAY = IPv4Address("10.10.0.1")


@late_dataclass(frozen=True)
class NetworkSettings(Model):
    """The subnet behind an access point."""

    DESCRIPTION = "the subnet behind an access point"

    subnet: Network = SUBNET
    gateway: Address = GATEWAY
    dns: Address = GATEWAY
    second_dns: Address | None = None
    """None: DHCP names one server only."""
    dhcp: Annotated[DhcpSettings | None, Switchable(DhcpSettings.DESCRIPTION)] = None
    """None: stations have static addresses."""

    @property
    def name_servers(self) -> tuple[IPv4Address, ...]:
        """Those that DHCP names."""
        return (self.dns,) if self.second_dns is None else (self.dns, self.second_dns)

    @classmethod
    def fill(cls, written: Mapping[str, object]) -> dict[str, object]:
        filled = dict(written)
        try:
            subnet = IPv4Network(getattr(filled.get("subnet"), "text", SUBNET))
            filled.setdefault("gateway", str(subnet[1]))
            filled.setdefault("dns", filled["gateway"])
            pool = filled.get("dhcp", {})
            if pool == {} or getattr(pool, "value", None) is True:
                pool = {}
            if isinstance(pool, dict):
                first = pool.get("first", str(subnet[50 if subnet.num_addresses > 60 else 2]))
                least = IPv4Address(getattr(first, "text", first))
                last = str(max(least, subnet[max(2, subnet.num_addresses - 6)]))
                pool = {"first": first, "last": last, **pool}
            filled["dhcp"] = pool
        except (ValueError, IndexError):
            # What is wrong with them is found when they are read.
            pass
        return filled

    def check(self) -> Iterator[Mistake]:
        subnet, pool = self.subnet, self.dhcp
        if subnet.num_addresses < 8:
            yield Mistake(
                "the subnet is too small",
                "use /29 or larger",
                path=("subnet",),
                concerns=["subnet"],
            )
            return
        if self.gateway not in subnet:
            yield Mistake(
                f"{self.gateway} is not in {subnet}",
                f"for instance {subnet[1]}",
                path=("gateway",),
                concerns=["subnet", "gateway"],
            )
        if pool is not None:
            for name, address in (("first", pool.first), ("last", pool.last)):
                if address not in subnet or address < pool.first:
                    yield Mistake(
                        f"{address} does not fit {subnet} and first {pool.first}",
                        "write a pool of addresses in the subnet, first before last",
                        path=("dhcp", name),
                        concerns=["subnet", "dhcp"],
                    )


DEFAULT_NETWORK = NetworkSettings(
    dhcp=DhcpSettings(IPv4Address("10.10.0.50"), IPv4Address("10.10.0.250"))
)

SECURITIES = {security.value: security for security in Security}
WITHOUT_PASSPHRASE = (Security.OPEN, Security.WEP, Security.WPA2_ENTERPRISE)


@late_dataclass(frozen=True)
class AccessPointSettings(Model):
    DESCRIPTION = "an access point with at least an ssid"
    COMPARED = frozenset({"ssid", "bssid", "network"})

    ssid: Ssid
    bssid: Bssid
    channel: Annotated[int, whole("a channel, 1 to 14", 1, 14)] = 6
    security: Annotated[
        Security,
        choice("open, wep, wpa, wpa2, wpa/wpa2, wpa2-tkip, wpa3 or wpa2-enterprise", SECURITIES),
    ] = Security.WPA2
    passphrase: Annotated[bytes, text("8 to 63 characters (WEP: 5 or 13)", str.encode)] = b""
    rssi: Annotated[int, whole("strength in dBm, -100 to 0", -100, 0)] = -50
    hidden: Truth = False
    network: NetworkSettings = DEFAULT_NETWORK
    users: Annotated[
        dict[str, Text], Mapped("wpa2-enterprise: names and passwords of those who may join")
    ] = field(default_factory=dict)

    @classmethod
    def fill(cls, written: Mapping[str, object]) -> dict[str, object]:
        security = "wpa2" if getattr(written.get("passphrase"), "text", "") else "open"
        return {"security": security, **written}

    @staticmethod
    def numbered(index: int) -> dict[str, object]:
        """Defaults of the access point with this index in the list."""
        return {
            # 02 marks a locally administered address (IEEE 802-2014 section 8.2).
            "bssid": f"02:0A:00:00:{index + 1 >> 8:02X}:{index + 1 & 0xFF:02X}",
            "channel": (6, 11, 1)[index % 3],
            "rssi": max(-100, -45 - 5 * index),
        }

    def check(self) -> Iterator[Mistake]:
        security, length = self.security, len(self.passphrase)
        concerns = ["security", "passphrase"]
        if self.users and security is not Security.WPA2_ENTERPRISE:
            yield Mistake(
                f"a network with {security.value} has none",
                "drop them, or write `security: wpa2-enterprise`",
                path=("users",),
                concerns=["security", "users"],
            )
        if security in (Security.OPEN, Security.WPA2_ENTERPRISE) and length:
            named = "open" if security is Security.OPEN else "enterprise"
            yield Mistake(
                f"an {named} access point has none",
                "drop it, or set security",
                path=("passphrase",),
                concerns=concerns,
            )
        if security is Security.WEP and length not in (5, 13):
            yield Mistake(
                "a WEP key has 5 or 13 characters", "write such a passphrase", concerns=concerns
            )
        if security not in WITHOUT_PASSPHRASE and not 8 <= length <= 63:
            yield Mistake(
                f"a {security.value} passphrase has 8 to 63 characters",
                "write such a passphrase, or `security: open`",
                path=("passphrase",),
                concerns=concerns,
            )


@late_dataclass(frozen=True)
class AirSettings(Model):
    DESCRIPTION = "what a scan finds beside the access points, and how long joining takes"

    neighbours: Annotated[int, whole("number of access points next door, 0 to 200", 0, 200)] = 10
    """Access points next door: found by a scan, joined by nobody."""
    association: Duration = 700 * MILLISECOND
    search: Duration = 2 * SECOND
    """How long a join looks for an SSID that isn't there."""


@late_dataclass(frozen=True)
class DnsSettings(Model):
    DESCRIPTION = "how names are looked up"

    names: dict[str, tuple[IPv4Address, ...]] = field(default_factory=dict, metadata=INTERNAL)
    """Lower case; `*.` in front stands for one or more labels."""
    latency: Duration = 10 * MILLISECOND
    pass_through: Truth = False
    """Ask the host's resolver for names that aren't in the table (bridged worlds)."""
