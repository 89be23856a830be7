"""TI's own resources, which the host has no part in (SWRU455, "RESTful API Processing").

Posted forms have parameters `__SL_P_` and three characters. Which there are follows from SWRA513
table 9-1, and from the page by which TI's SDK configures a device (`settings.html` of its
out_of_box example). Those of Wi-Fi Direct and IPv6 are left to the host.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from ipaddress import AddressValueError, IPv4Address

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.contract.station import Beacon, Security
from renode_wifi.peripherals.simplelink.device import (
    ROLE_ACCESS_POINT,
    ROLE_P2P,
    ROLE_STATION,
    Device,
)
from renode_wifi.peripherals.simplelink.messages.layout import string
from renode_wifi.peripherals.simplelink.messages.netapp import DhcpServerOptions, PingStart
from renode_wifi.peripherals.simplelink.messages.netcfg import Ipv4Config
from renode_wifi.peripherals.simplelink.netapp import (
    DEVICE,
    DHCP_SERVER,
    MAX_DOMAIN,
    MAX_URN,
    NetApp,
)
from renode_wifi.peripherals.simplelink.netcfg import (
    MODE_DHCP,
    MODE_DHCP_LLA,
    MODE_STATIC,
    NetCfg,
)
from renode_wifi.peripherals.simplelink.transaction import Services
from renode_wifi.peripherals.simplelink.wlan import options
from renode_wifi.peripherals.simplelink.wlan.policies import (
    ANY_P2P,
    AUTO,
    AUTO_PROVISIONING,
    FAST,
)
from renode_wifi.peripherals.simplelink.wlan.provisioning import (
    PROFILE_ADD,
    RESULTS,
    profile_of,
)
from renode_wifi.peripherals.simplelink.wlan.security import (
    ENTERPRISE,
    MSCHAP,
    PEAP0,
    TLS,
    TTLS,
    Profile,
    judge,
)
from renode_wifi.peripherals.simplelink.wlan.silo import Wlan
from renode_wifi.peripherals.simplelink.wlan.web import Form, WebAnswer

PREFIX = "__SL_P_"
POLICIES = {"P.E": AUTO, "P.F": FAST, "P.G": ANY_P2P, "P.Q": AUTO_PROVISIONING}
MODES = {"Station": ROLE_STATION, "AP": ROLE_ACCESS_POINT, "P2P": ROLE_P2P}
DHCP = {"Static": MODE_STATIC, "DHCP": MODE_DHCP, "LLA DHCP": MODE_DHCP_LLA}
METHODS = {
    ("TLS", "None"): TLS,
    ("TTLS", "MSCHAPV2"): TTLS | MSCHAP << 8,
    ("PEAP0", "MSCHAPV2"): PEAP0 | MSCHAP << 8,
}
LISTED = {Security.OPEN: 0, Security.WEP: 1, Security.WPA3: 5}
"""Security types of the list of networks; all others are 3, WPA or WPA2."""
LISTED_WPA = 3
PRODUCT_VERSION = b"R2.0"
"""By which applications know that they talk to the second generation."""
MIN_PING, MAX_PING, MAX_PINGS = 32, 1_472, 255
PING_INTERVAL, PING_TIMEOUT = 1_000, 3_000
"""ms."""
MIN_LEASE = 60
MAX_SCANS = 255
DONE, REFUSED = WebAnswer(), WebAnswer(HTTPStatus.BAD_REQUEST)

Act = Callable[[Form], bool]
"""Carries a form out; False: it makes no sense."""


class HttpApi:
    """networks: of the last scan that was asked for; None: before the first one."""

    def __init__(
        self, services: Services, device: Device, netcfg: NetCfg, netapp: NetApp, wlan: Wlan
    ) -> None:
        self.services = services
        self.device = device
        self.netcfg = netcfg
        self.netapp = netapp
        self.wlan = wlan
        self.networks: list[Beacon] | None = None

    def answer(self, path: str, parameters: Form) -> WebAnswer | None:
        """None for what is no resource of TI's."""
        if path == PROFILE_ADD:
            return self._add_profile(profile_of(parameters))
        if path == "/api/1/wlan/profile_eap":
            return self._add_profile(_enterprise(parameters))
        resources: dict[str, Act] = {
            "wlan/ap_aclist": self._change_access_list,
            "wlan/ap_cfg": self._configure_access_point,
            "wlan/en_ap_scan": self._scan_often,
            "wlan/en_ap_scan/set_time": self._set_time,
            "wlan/policy_set": self._set_policy,
            "wlan/profile_del": self._delete_profiles,
            "wlan/profile_del_all": self._delete_all_profiles,
            "wlan/set_mode": self._set_mode,
            "wlan/set_time": self._set_time,
            "wlan/station_action": self._act_on_stations,
            "netapp/netcfg_ap": self._address_access_point,
            "netapp/netcfg_sta": self._address_station,
            "netapp/ping": self._ping,
            "netapp/ping_res": self._nothing,
            "netapp/ping_stop": self._stop_pinging,
            "netapp/set_urn": self._set_name,
        }
        act = resources.get(path.removeprefix("/api/1/"))
        if act is None:
            return None
        return DONE if act(parameters) else REFUSED

    def text(self, path: str) -> bytes | None:
        """Of a resource that is read; None for what is none of TI's."""
        if path == "/param_product_version.txt":
            return PRODUCT_VERSION
        if path == "/param_device_name.txt":
            return string(self.netapp.values[DEVICE, 0])
        if path in RESULTS:
            return b"%d" % self.wlan.provisioning.result
        if path == "/netlist.txt":
            if self.networks is None:
                self._scan()
            visible = [beacon for beacon in self.networks or () if not beacon.hidden]
            return b"".join(
                b"%d%s;" % (LISTED.get(beacon.security, LISTED_WPA), beacon.ssid)
                for beacon in visible
            )
        return None

    def _nothing(self, parameters: Form) -> bool:
        return True

    # Networks

    def _scan(self, left: int = 1, interval: int = SECOND) -> None:
        station = self.services.network.station
        self.networks = [] if station is None else station.scan()
        if left > 1:
            self.services.host.after(interval, partial(self._scan, left - 1, interval))

    def _scan_often(self, parameters: Form) -> bool:
        """So many times, with so many seconds between."""
        interval, count = _number(parameters, "SC1", 1), _number(parameters, "SC2", 1)
        if interval is None or not 0 < interval < 1 << 16:
            return False
        if count is None or not 0 < count <= MAX_SCANS:
            return False
        self._scan(count, interval * SECOND)
        return True

    def _add_profile(self, profile: Profile | None) -> WebAnswer:
        if profile is None:
            return REFUSED
        kept = self.wlan.saved.keep(profile)
        return DONE if kept is not None else WebAnswer(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _delete_profiles(self, parameters: Form) -> bool:
        chosen = _numbers(parameters, "PRR", len(self.wlan.saved.profiles))
        for number in chosen or ():
            self.wlan.saved.profiles[number - 1] = None
        return chosen is not None

    def _delete_all_profiles(self, parameters: Form) -> bool:
        self.wlan.saved.profiles = [None] * len(self.wlan.saved.profiles)
        return True

    def _set_policy(self, parameters: Form) -> bool:
        """Options that are named are on, others off."""
        option = sum(bit for name, bit in POLICIES.items() if f"{PREFIX}{name}" in parameters)
        self.wlan.saved.set_connection_policy(option)
        return True

    def _set_mode(self, parameters: Form) -> bool:
        """From the next start on."""
        role = MODES.get(parameters.get(f"{PREFIX}S.D", ""))
        if role is not None:
            self.device.role = role
        return role is not None

    # The access point

    def _configure_access_point(self, parameters: Form) -> bool:
        """From the next start on; what is left out stays."""
        changes: list[tuple[int, bytes]] = []
        for name, option in (
            ("W.A", options.AP_CHANNEL),
            ("W.C", options.AP_SECURITY),
            ("W.H", options.AP_HIDDEN),
        ):
            if f"{PREFIX}{name}" in parameters:
                number = _number(parameters, name)
                if number is None or number > 255:
                    return False
                changes.append((option, bytes((number,))))
        for name, option in (("W.B", options.AP_SSID), ("W.G", options.AP_PASSWORD)):
            if parameters.get(f"{PREFIX}{name}"):
                changes.append((option, parameters[f"{PREFIX}{name}"].encode("latin-1")))
        settings = self.wlan.settings
        if any(options.judge(options.AP, *change, settings.values) for change in changes):
            return False
        for change in changes:
            settings.change(options.AP, *change)
        return bool(changes)

    def _act_on_stations(self, parameters: Form) -> bool:
        """How many may join, which are to go, and which are not to come back."""
        stations = list(self.wlan.access_point.stations)
        settings = self.wlan.settings
        going = _numbers(parameters, "CRR", len(stations))
        refused = _numbers(parameters, "CRL", len(stations))
        most = _number(parameters, "C.B", settings.stations)
        if going is None or refused is None or most is None or most > 255:
            return False
        if settings.change(options.AP, options.AP_STATIONS, bytes((most,))):
            return False
        for number in refused:
            settings.change(options.ACCESS_LIST, options.ADD_MAC, stations[number - 1])
        for number in {*going, *refused}:
            self.wlan.access_point.expel(stations[number - 1])
        return True

    def _change_access_list(self, parameters: Form) -> bool:
        settings = self.wlan.settings
        entries = list(settings.access_list)
        freed = _numbers(parameters, "CRS", len(entries))
        mode = _number(
            parameters, "C.M", settings.values[options.ACCESS_LIST, options.LIST_MODE][0]
        )
        if freed is None or mode not in (0, 1):
            return False
        settings.change(options.ACCESS_LIST, options.LIST_MODE, bytes((mode,)))
        for number in freed:
            settings.change(options.ACCESS_LIST, options.DELETE_MAC, entries[number - 1])
        return True

    # Addresses

    def _address_station(self, parameters: Form) -> bool:
        """From the next connection on."""
        mode = DHCP.get(parameters.get(f"{PREFIX}N.D", ""))
        if mode is None:
            return False
        value = b""
        if mode == MODE_STATIC:
            given = [_address(parameters, name) for name in ("N.A", "N.B", "N.C", "N.H")]
            addresses = [address for address in given if address is not None]
            if len(addresses) < len(given):
                return False
            value = Ipv4Config(*addresses).emit()
        return self.netcfg.change_station(mode, value) == 0

    def _address_access_point(self, parameters: Form) -> bool:
        """From the next start on; what is left out stays."""
        own = self.netcfg.access_point
        pool = self.netapp.pool
        given = [
            _address(parameters, name, before)
            for name, before in (
                ("N.P", own.address),
                ("N.Q", own.netmask),
                ("N.T", own.gateway),
                ("N.U", own.dns),
                ("N.I", pool.first),
                ("N.J", pool.last),
            )
        ]
        addresses = [address for address in given if address is not None]
        lease = _number(parameters, "N.K", pool.lease_time)
        if len(addresses) < len(given) or lease is None or not MIN_LEASE <= lease < 1 << 32:
            return False
        new = DhcpServerOptions(lease, addresses[4], addresses[5])
        if new.first > new.last:
            return False
        if self.netcfg.change_access_point(Ipv4Config(*addresses[:4]).emit()):
            return False
        self.netapp.store(DHCP_SERVER, 0, new.emit())
        return True

    # The device

    def _set_time(self, parameters: Form) -> bool:
        try:
            numbers = [int(part) for part in parameters[f"{PREFIX}S.J"].split(",")]
            year, month, day, hour, minute, second = numbers
            moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except (KeyError, ValueError, OverflowError):
            return False
        self.device.set_date(int(moment.timestamp()))
        return True

    def _set_name(self, parameters: Form) -> bool:
        name = parameters.get(f"{PREFIX}S.B", "").encode("latin-1")
        domain = parameters.get(f"{PREFIX}S.C", "").encode("latin-1")
        if not (name or domain) or len(name) > MAX_URN or len(domain) > MAX_DOMAIN:
            return False
        if name:
            self.netapp.store(DEVICE, 0, name)
        if domain:
            self.netapp.store(DEVICE, 1, domain)
        return True

    def _ping(self, parameters: Form) -> bool:
        address = _address(parameters, "T.A")
        size, count = _number(parameters, "T.B", MIN_PING), _number(parameters, "T.C", 1)
        if address is None or size is None or count is None:
            return False
        if not MIN_PING <= size <= MAX_PING or count > MAX_PINGS:
            return False
        command = PingStart(PING_INTERVAL, size, PING_TIMEOUT, count, 0, address)
        return self.netapp.ping.begin(command, reported=False)

    def _stop_pinging(self, parameters: Form) -> bool:
        self.netapp.ping.stop()
        return True


def _number(parameters: Form, name: str, default: int | None = None) -> int | None:
    """None for what is no number."""
    text = parameters.get(f"{PREFIX}{name}")
    if text is None:
        return default
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _numbers(parameters: Form, name: str, most: int) -> list[int] | None:
    """Of a parameter that may be given several times: 1 to `most`; None where one is none."""
    texts = parameters.several(f"{PREFIX}{name}")
    if not all(text.isascii() and text.isdigit() and len(text) < 4 for text in texts):
        return None
    numbers = [int(text) for text in texts]
    return numbers if all(0 < number <= most for number in numbers) else None


def _address(parameters: Form, name: str, default: IPv4Address | None = None) -> IPv4Address | None:
    text = parameters.get(f"{PREFIX}{name}")
    if text is None:
        return default
    try:
        return IPv4Address(text)
    except AddressValueError:
        return None


def _enterprise(parameters: Form) -> Profile | None:
    """The profile of an enterprise network; None where the form makes none."""

    def text(name: str) -> str:
        return parameters.get(f"{PREFIX}P.{name}", "")

    methods = METHODS.get((text("M"), text("N")))
    priority = _number(parameters, "P.L", 0)
    if methods is None or priority is None:
        return None
    profile = Profile(
        ENTERPRISE,
        text("H").encode("latin-1"),
        text("K").encode("latin-1"),
        priority=min(priority, 15),
        user=text("I").encode("latin-1"),
        methods=methods,
    )
    return None if judge(profile) else profile
