"""Tokens whose values the device knows by itself (SWRU455, "Device Tokens").

Which there are beside those of the guide follows from the page by which TI's SDK configures a
device (`settings.html` of its out_of_box example); words in them are those of SWRU368, "Tokens".
"""

from __future__ import annotations

from collections.abc import Iterable

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.simplelink.device import (
    FIRMWARE_VERSION,
    NWP_VERSION,
    PHY_VERSION,
    ROLE_ACCESS_POINT,
    ROLE_P2P,
    ROLE_STATION,
    Device,
)
from renode_wifi.peripherals.simplelink.messages.layout import string
from renode_wifi.peripherals.simplelink.netapp import DEVICE, NetApp
from renode_wifi.peripherals.simplelink.netcfg import (
    MODE_DHCP,
    MODE_DHCP_LLA,
    MODE_STATIC,
    NetCfg,
)
from renode_wifi.peripherals.simplelink.transaction import Services
from renode_wifi.peripherals.simplelink.wlan.options import (
    ACCESS_LIST,
    AP_CHANNEL,
    AP_HIDDEN,
    AP_SECURITY,
    LIST_MODE,
    MAX_STATIONS,
)
from renode_wifi.peripherals.simplelink.wlan.policies import (
    ANY_P2P,
    AUTO,
    AUTO_PROVISIONING,
    CONNECTION,
    FAST,
)
from renode_wifi.peripherals.simplelink.wlan.security import (
    ENTERPRISE,
    OPEN,
    WEP,
    WPA3,
    WPA_WPA2,
)
from renode_wifi.peripherals.simplelink.wlan.settings import MAX_REFUSED
from renode_wifi.peripherals.simplelink.wlan.silo import Wlan

PREFIX = b"__SL_G_"
ROLES = {ROLE_STATION: b"Station", ROLE_ACCESS_POINT: b"Access Point", ROLE_P2P: b"P2P"}
SELECTED = {b"S.E": ROLE_STATION, b"S.F": ROLE_ACCESS_POINT, b"S.G": ROLE_P2P}
MAX_SHORT_NAME = 16
SECURITIES = {OPEN: b"Open", WEP: b"WEP", ENTERPRISE: b"Enterprise", WPA3: b"WPA3"}
"""All others are WPA."""
POLICIES = {b"P.E": AUTO, b"P.F": FAST, b"P.G": ANY_P2P, b"P.Q": AUTO_PROVISIONING}
RESULTS_OF_CONFIRMATION = (
    b"Confirmation not started",
    b"SSID not found",
    b"Connection failed",
    b"IP not acquired",
    b"Feedback failed",
    b"Confirmation success",
)
"""By the numbers of SWRA513 table 9-1."""
Tokens = dict[bytes, bytes]


class DeviceTokens:
    """By name; what the device doesn't know is asked of the host."""

    def __init__(
        self, services: Services, device: Device, netcfg: NetCfg, netapp: NetApp, wlan: Wlan
    ) -> None:
        self.wlan = wlan
        self.services = services
        self.device = device
        self.netcfg = netcfg
        self.netapp = netapp

    def value(self, name: bytes) -> bytes | None:
        """None for tokens that are none of the device's."""
        key = name.removeprefix(PREFIX)
        role = self.device.active_role
        if key in SELECTED:
            return _selected(SELECTED[key] == role)
        if key == b"S.A":
            return self._up_time()
        if key == b"S.D":
            return ROLES.get(role, b"")
        name_of_device = string(self.netapp.values[DEVICE, 0])
        values = {
            b"S.B": name_of_device,
            b"S.C": string(self.netapp.values[DEVICE, 1]),
            b"S.H": name_of_device[:MAX_SHORT_NAME],
            b"DNP": self.netapp.host_name.encode("latin-1"),
            b"V.A": _dotted(NWP_VERSION),
            b"V.B": _dotted(FIRMWARE_VERSION),
            b"V.C": _dotted(PHY_VERSION),
            b"V.D": f"{self.services.profile.chip_id:X}".encode(),
        }
        for known in (self._addresses, self._access_point, self._networks, self._stations):
            if key not in values:
                values.update(known())
        return values.get(key)

    def _addresses(self) -> Tokens:
        netcfg = self.netcfg
        is_station = self.device.active_role == ROLE_STATION
        lease = self.services.network.lease if is_station else None
        own, pool = netcfg.access_point, self.netapp.pool
        modes = {b"N.F": MODE_STATIC, b"N.G": MODE_DHCP, b"N.L": MODE_DHCP_LLA}
        return {
            b"N.A": _text("0.0.0.0" if lease is None else lease.address),
            b"N.B": _text("0.0.0.0" if lease is None else lease.netmask),
            b"N.C": _text("0.0.0.0" if lease is None else lease.gateway),
            b"N.H": _text("0.0.0.0" if lease is None else lease.dns),
            b"N.D": netcfg.mac.hex(":").upper().encode(),
            b"N.E": b"Disabled" if netcfg.station_mode == MODE_STATIC else b"Enabled",
            b"N.I": _text(pool.first),
            b"N.J": _text(pool.last),
            b"N.K": _text(pool.lease_time),
            b"N.P": _text(own.address),
            b"N.Q": _text(own.netmask),
            b"N.T": _text(own.gateway),
            b"N.U": _text(own.dns),
            **{name: _selected(mode == netcfg.station_mode) for name, mode in modes.items()},
        }

    def _access_point(self) -> Tokens:
        settings = self.wlan.settings
        security = settings.access_point(AP_SECURITY)[0]
        kinds = {b"W.D": OPEN, b"W.E": WEP, b"W.F": WPA_WPA2}
        hidden = settings.access_point(AP_HIDDEN)[0]
        return {
            b"W.A": _text(settings.access_point(AP_CHANNEL)[0]),
            b"W.B": settings.ssid,
            b"W.C": SECURITIES.get(security, b"WPA"),
            b"W.I": _selected(not hidden),
            b"W.J": _selected(bool(hidden)),
            **{name: _selected(kind == security) for name, kind in kinds.items()},
        }

    def _networks(self) -> Tokens:
        saved = self.wlan.saved
        policy = saved.policies[CONNECTION][0]
        values = {name: _checked(bool(policy & bit)) for name, bit in POLICIES.items()}
        for number, profile in enumerate(saved.profiles, 1):
            values[b"PN%d" % number] = b"-" if profile is None else profile.ssid
            values[b"PS%d" % number] = (
                b"-" if profile is None else SECURITIES.get(profile.security, b"WPA")
            )
            values[b"PP%d" % number] = b"-" if profile is None else _text(profile.priority)
        values[b"MCH"] = RESULTS_OF_CONFIRMATION[self.wlan.provisioning.result]
        series = self.netapp.ping.last
        command = None if series is None else series.command
        values[b"T.A"] = _text("0.0.0.0" if command is None else command.address)
        values[b"T.B"] = _text(32 if command is None else command.size)
        values[b"T.C"] = _text(1 if command is None else command.attempts)
        values[b"T.D"] = _text(0 if series is None else series.sent)
        values[b"T.E"] = _text(0 if series is None else series.answered)
        spent = 0 if series is None else (series.ended - series.started) // SECOND
        values[b"T.F"] = _text(spent)
        return values

    def _stations(self) -> Tokens:
        settings, stations = self.wlan.settings, list(self.wlan.access_point.stations.items())
        values: Tokens = {b"CLS": _text(len(settings.access_list))}
        for number in range(1, MAX_STATIONS + 1):
            mac, lease = stations[number - 1] if number <= len(stations) else (b"", None)
            values[b"CM%d" % number] = mac.hex(":").upper().encode() or b"-"
            values[b"CI%d" % number] = b"-" if lease is None else _text(lease.address)
            values[b"CN%d" % number] = b"-"
            values[b"SR%d" % number] = _selected(settings.stations == number)
        for number in range(1, MAX_REFUSED + 1):
            entries = settings.access_list[number - 1 : number]
            values[b"CL%d" % number] = entries[0].hex(":").upper().encode() if entries else b"-"
        mode = settings.values[ACCESS_LIST, LIST_MODE][0]
        values[b"SM0"], values[b"SM1"] = _selected(not mode), _selected(bool(mode))
        return values

    def _up_time(self) -> bytes:
        seconds = (self.services.surroundings.clock.now - self.device.started_at) // SECOND
        days, rest = divmod(seconds, 86_400)
        hours, rest = divmod(rest, 3_600)
        return b"%03d days %02d:%02d:%02d" % (days, hours, *divmod(rest, 60))


def _dotted(version: Iterable[int]) -> bytes:
    return ".".join(map(str, version)).encode()


def _text(value: object) -> bytes:
    return str(value).encode("latin-1")


def _selected(on: bool) -> bytes:
    return b"selected" if on else b"not_selected"


def _checked(on: bool) -> bytes:
    return b"checked" if on else b"not_checked"
