"""What is on the air: the world's access points, those of stations, and the neighbours'."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Protocol

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.contract.frames import Frame
from renode_wifi.peripherals.network.contract.station import (
    LAST_CHANNEL,
    SENSITIVITY,
    AccessRules,
    Beacon,
    JoinFailure,
    Login,
    LoginMethod,
    Security,
    StationEvents,
)
from renode_wifi.peripherals.network.stack.dhcp import DhcpServer
from renode_wifi.peripherals.network.tls.pki import Authority
from renode_wifi.peripherals.network.worldfile.network import AccessPointSettings, AirSettings

RSSI_SPREAD = 3
"""dB by which two scans of a still access point differ."""
WEAKEST, STRONGEST = -92, -20

FITTING = {
    Security.OPEN: {Security.OPEN},
    Security.WEP: {Security.WEP},
    Security.WPA: {Security.WPA, Security.WPA_WPA2},
    Security.WPA2: {Security.WPA2, Security.WPA_WPA2, Security.WPA2_TKIP},
    Security.WPA_WPA2: {Security.WPA, Security.WPA2, Security.WPA_WPA2, Security.WPA2_TKIP},
    Security.WPA2_TKIP: {Security.WPA2_TKIP, Security.WPA2, Security.WPA_WPA2},
    Security.WPA3: {Security.WPA3},
    Security.WPA2_ENTERPRISE: {Security.WPA2_ENTERPRISE},
}
"""What a station may ask for, by what the access point has."""

NEIGHBOUR_NAMES = (
    "Casa Marcela",
    "TP-LINK_2F8C",
    "office-guest",
    "Vodafone-A91B",
    "printer-direct",
    "FRITZ!Box 7530 QX",
    "kitchen",
    "NETGEAR47",
    "Linksys00412",
    "cafe downstairs",
    "HomeNet 2.4",
    "MOVISTAR_6D20",
)


class AccessPointOwner(Protocol):
    """A station that runs an access point."""

    events: StationEvents | None


class JoinedStation(Protocol):
    """A station that may have joined an access point."""

    mac: bytes

    def is_at(self, access_point: AccessPoint) -> bool: ...

    def deauthenticate(self, reason: str) -> None: ...


class FrameReceiver(Protocol):
    """A radio that may listen without having joined."""

    def receive(self, frame: Frame, channel: int, rssi: int) -> None: ...


class AccessPoint:
    """One access point that may be joined. owner: the station that runs it, if one does.

    authority: signs the certificates of enterprise networks, and of their clients.
    """

    def __init__(
        self,
        settings: AccessPointSettings,
        authority: Authority,
        owner: AccessPointOwner | None = None,
        rules: AccessRules | None = None,
    ) -> None:
        self.settings = settings
        self.rules = rules
        self.authority = authority
        self.dhcp = DhcpServer(settings.network)
        self.owner = owner
        self.up = True

    @property
    def beacon(self) -> Beacon:
        settings = self.settings
        return Beacon(
            settings.ssid,
            settings.bssid,
            settings.channel,
            settings.rssi,
            settings.security,
            settings.hidden,
        )

    def judge(
        self, passphrase: bytes, security: Security | None, login: Login | None
    ) -> JoinFailure | None:
        """Whether it lets a station in; None: yes."""
        own = self.settings.security
        if (own is Security.WPA2_ENTERPRISE) != (login is not None):
            return JoinFailure.WRONG_SECURITY
        if login is not None:
            return self._judge_login(login)
        if security is not None and security not in FITTING[own]:
            return JoinFailure.WRONG_SECURITY
        if own is not Security.OPEN and passphrase != self.settings.passphrase:
            return JoinFailure.WRONG_PASSPHRASE
        return None

    def refuses(self, mac: bytes, clients: int) -> bool:
        """Whether it lets this one not in, beside so many that are there."""
        rules = self.rules
        return rules is not None and (mac in rules.refused or clients >= rules.stations)

    def _judge_login(self, login: Login) -> JoinFailure | None:
        """What the outcome of EAP is, without its messages."""
        from renode_wifi.peripherals.network.tls import certificates

        root = self.authority.certificate
        if login.roots is not None and not certificates.holds(login.roots, root):
            return JoinFailure.UNTRUSTED_NETWORK
        if login.method is LoginMethod.TLS:
            shown = login.certificate
            accepted = shown is not None and certificates.is_signed_by(shown, root)
        else:
            users = self.settings.users
            name = login.identity.decode("utf-8", "replace")
            accepted = name in users and users[name].encode() == login.password
        return None if accepted else JoinFailure.LOGIN_REFUSED


@late_dataclass(frozen=True)
class Reach:
    """Of a station: the channels that it may use, and dB below its most power."""

    last_channel: int = LAST_CHANNEL
    attenuation: int = 0

    def has(self, settings: AccessPointSettings) -> bool:
        """Whether it finds an access point that understands it."""
        if settings.channel > self.last_channel:
            return False
        return not self.attenuation or settings.rssi - self.attenuation >= SENSITIVITY


class Air:
    """All access points in reach."""

    def __init__(
        self,
        access_points: tuple[AccessPointSettings, ...],
        settings: AirSettings,
        random: Random,
        authority: Authority,
    ) -> None:
        self.settings = settings
        self.authority = authority
        self.access_points = [AccessPoint(entry, authority) for entry in access_points]
        self.clients: list[JoinedStation] = []
        """Every station of the world."""
        self.transceivers: list[FrameReceiver] = []
        self._random = random
        self.neighbours = [self._neighbour(number) for number in range(settings.neighbours)]

    def _neighbour(self, number: int) -> AccessPoint:
        random = self._random
        name = NEIGHBOUR_NAMES[number % len(NEIGHBOUR_NAMES)]
        if number >= len(NEIGHBOUR_NAMES):
            name = f"{name}-{number // len(NEIGHBOUR_NAMES) + 1}"
        # 02 marks a locally administered address (IEEE 802-2014 section 8.2).
        bssid = bytes([0x02, 0x4E]) + random.randbytes(3) + bytes([number & 0xFF])
        return AccessPoint(
            AccessPointSettings(
                ssid=name.encode(),
                bssid=bssid,
                channel=random.choice((1, 6, 11)),
                security=Security.WPA2,
                passphrase=random.randbytes(16).hex().encode(),
                rssi=random.randint(-88, -60),
            ),
            self.authority,
        )

    def scan(self) -> list[Beacon]:
        found = []
        for access_point in (*self.access_points, *self.neighbours):
            # Drawn for silent ones too, so that a vanished access point changes no other's value.
            shift = self._random.randint(-RSSI_SPREAD, RSSI_SPREAD)
            if access_point.up:
                beacon = access_point.beacon
                rssi = min(STRONGEST, max(WEAKEST, beacon.rssi + shift))
                found.append(replace(beacon, rssi=rssi))
        found.sort(key=lambda beacon: (-beacon.rssi, beacon.bssid))
        return found

    def on_channel(self, channel: int) -> list[Beacon]:
        """Of the access points that are up there; strengths are those of the settings."""
        return [
            access_point.beacon
            for access_point in (*self.access_points, *self.neighbours)
            if access_point.up and access_point.settings.channel == channel
        ]

    def find(self, ssid: bytes, bssid: bytes | None) -> list[AccessPoint]:
        """Access points that are up under this name, strongest first."""
        found = [
            access_point
            for access_point in (*self.access_points, *self.neighbours)
            if access_point.up
            and access_point.settings.ssid == ssid
            and (bssid is None or access_point.settings.bssid == bssid)
        ]
        found.sort(key=lambda access_point: -access_point.settings.rssi)
        return found

    def named(self, ssid: str) -> list[AccessPoint]:
        """For tests and faults: by name, up or not."""
        return [
            access_point
            for access_point in self.access_points
            if access_point.settings.ssid == ssid.encode()
        ]

    def deauthenticate(self, access_point: AccessPoint, reason: str) -> None:
        """Every station of an access point loses its link."""
        for client in self.clients:
            if client.is_at(access_point):
                client.deauthenticate(reason)

    def clients_of(self, access_point: AccessPoint) -> int:
        return sum(client.is_at(access_point) for client in self.clients)

    def add(self, access_point: AccessPoint) -> None:
        self.access_points.append(access_point)

    def remove(self, access_point: AccessPoint) -> None:
        if access_point in self.access_points:
            self.access_points.remove(access_point)
