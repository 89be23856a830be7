"""What a radio sees of the world: the air, the network behind it, and what lives there.

Everything happens on the injected virtual clock: a call returns at once and its outcome arrives
later through a callback, in modelled latency. Callbacks are bound methods or partials of them,
never closures, so that a board can be saved at any moment.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from ipaddress import IPv4Address
from typing import Protocol

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.contract.datagrams import DatagramEvents, DatagramPort
from renode_wifi.peripherals.network.contract.frames import FrameEvents, Transceiver
from renode_wifi.peripherals.network.contract.packets import PacketFilter
from renode_wifi.peripherals.network.contract.stream import (
    Failure,
    Listener,
    Stream,
    StreamEvents,
)

DHCP_GIVE_UP = 10 * SECOND
"""How long a station asks for an address before it says that nobody answers."""
LAST_CHANNEL = 14
"""Of 2.4 GHz."""
SENSITIVITY = -92
"""dBm of the weakest station that an access point understands; usual for 1 Mbit/s."""


class Renewal(Enum):
    """How a station gets an address that it has had before (RFC 2131 section 3.2)."""

    NONE = "by all four messages"
    WAIT = "by two messages"
    AT_ONCE = "without waiting for an answer"


class Security(Enum):
    OPEN = "open"
    WEP = "wep"
    WPA = "wpa"
    WPA2 = "wpa2"
    WPA_WPA2 = "wpa/wpa2"
    WPA2_TKIP = "wpa2-tkip"
    WPA3 = "wpa3"
    WPA2_ENTERPRISE = "wpa2-enterprise"


class LoginMethod(Enum):
    """Methods of EAP, with what they hide in their tunnel."""

    TLS = "tls"
    TTLS_MSCHAPV2 = "ttls-mschapv2"
    PEAP_MSCHAPV2 = "peap-mschapv2"


@late_dataclass(frozen=True)
class Login:
    """What a station shows to an enterprise network (IEEE 802.1X).

    roots: certificates, of which one must have signed the network's; None: any will do.
    certificate: the client's, for TLS. Both are PEM or DER.
    """

    method: LoginMethod
    identity: bytes
    password: bytes = b""
    roots: bytes | None = None
    certificate: bytes | None = None


@late_dataclass(frozen=True)
class Beacon:
    """What a scan receives of one access point. rssi in dBm."""

    ssid: bytes
    bssid: bytes
    channel: int
    rssi: int
    security: Security
    hidden: bool = False


@late_dataclass(frozen=True)
class Lease:
    """The addresses a station got from DHCP (or was given)."""

    address: IPv4Address
    netmask: IPv4Address
    gateway: IPv4Address
    dns: IPv4Address
    duration: int = 86_400
    """Seconds."""
    second_dns: IPv4Address | None = None


class JoinFailure(Enum):
    NO_ACCESS_POINT = "no access point with this SSID"
    WRONG_PASSPHRASE = "wrong passphrase"
    WRONG_SECURITY = "security type does not fit"
    NO_ADDRESS = "no answer from DHCP"
    LOGIN_REFUSED = "the network refuses the login"
    REFUSED = "the access point lets this station not in"
    UNTRUSTED_NETWORK = "the network's certificate is not trusted"


class AccessRules:
    """Of an access point that a station runs; they may change while it is on the air.

    pool: first and last address that it gives away; None: it gives none. stations: how many may be
    there at once. refused: MAC addresses that may not join. lease: seconds that an address is for.
    """

    def __init__(
        self,
        pool: tuple[IPv4Address, IPv4Address] | None,
        stations: int = 255,
        refused: frozenset[bytes] = frozenset(),
        lease: int = 86_400,
    ) -> None:
        self.pool = pool
        self.lease = lease
        self.stations = stations
        self.refused = refused


class StationEvents(Protocol):
    """What the owner of a `Station` is notified of."""

    def on_link_lost(self, reason: str) -> None:
        """The access point vanished or deauthenticated the station; its connections are gone."""

    def on_station_joined(self, mac: bytes, lease: Lease) -> None:
        """Another station got an address from the access point that this one runs."""

    def on_station_left(self, mac: bytes, lease: Lease) -> None:
        """A station that had joined this one's access point has left it."""


class Station(Protocol):
    """One radio in the world, known by its MAC address."""

    mac: bytes
    events: StationEvents | None

    @property
    def beacon(self) -> Beacon | None:
        """The access point joined, or None."""

    @property
    def lease(self) -> Lease | None:
        """The addresses in use; None while not joined."""

    def scan(self) -> list[Beacon]:
        """What is on the air now, strongest first; RSSI varies by the seed."""

    def join(
        self,
        ssid: bytes,
        passphrase: bytes,
        security: Security | None,
        done: Callable[[Lease | JoinFailure], None],
        static: Lease | None = None,
        bssid: bytes | None = None,
        dhcp: bool = True,
        login: Login | None = None,
        renewal: Renewal = Renewal.NONE,
    ) -> None:
        """Associate and get an address. security None: whatever the access point has.

        login: for enterprise networks, which have no passphrase.

        A join under way is dropped, and an association given up, before the new one starts.
        """

    def leave(self) -> None:
        """Give up the association; connections are gone without FIN. Fine when not joined."""

    def release(self) -> None:
        """Give the address back to the DHCP server, which may give it to another station."""

    def filter_packets(self, packets: PacketFilter | None) -> None:
        """Ask before the stack gets what is received; bridged connections are not asked for."""

    def tune(self, last_channel: int, attenuation: int) -> None:
        """Which channels the radio may use, and by how many dB it transmits below its most power.

        Access points on other channels are not found; those that would receive it with less than
        `SENSITIVITY` don't answer.
        """

    def sleep(self, interval: int) -> None:
        """Fetch what the access point has for the station every `interval` ns; 0: at once."""

    def resolve(self, name: str, done: Callable[[IPv4Address | Failure], None]) -> None:
        """DNS A record of `name`; Failure.TIMED_OUT/UNREACHABLE where there is none."""

    def ping(self, address: IPv4Address, timeout: int, done: Callable[[int | None], None]) -> None:
        """One ICMP echo; round-trip time in ns, None when nothing came back in `timeout` ns."""

    def connect(
        self, remote: tuple[IPv4Address, int], events: StreamEvents, local_port: int = 0
    ) -> Stream:
        """Start a TCP connection; `events` is notified. 0.0.0.0 and port 0 always fail."""

    def listen(
        self, port: int, accepted: Callable[[Stream], None], backlog: int = 1
    ) -> Listener | Failure: ...

    def datagrams(self, port: int, events: DatagramEvents) -> DatagramPort | Failure:
        """Open a UDP socket; port 0 picks one."""

    def transceiver(self, channel: int, events: FrameEvents) -> Transceiver:
        """Send and receive frames without joining; channel 0: none yet."""

    def start_access_point(
        self,
        beacon: Beacon,
        passphrase: bytes,
        address: Lease,
        rules: AccessRules | None = None,
    ) -> None:
        """SoftAP: the radio becomes an access point itself. rules None: all of its subnet."""

    def expel(self, mac: bytes) -> bool:
        """Deauthenticate a station of the own access point; False: there is no such one."""

    def stop_access_point(self) -> None: ...


class World(Protocol):
    """The whole surroundings of one board, built from a world file."""

    def station(self, mac: bytes) -> Station: ...
