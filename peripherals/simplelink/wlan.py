"""The WLAN silo: roles, joining, scanning, settings (SimpleLink SDK, source/wlan.c)."""

from __future__ import annotations

import struct
from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, SECOND, Event
from renode_wifi.peripherals.network.contract.station import Beacon, JoinFailure, Lease, Security
from renode_wifi.peripherals.simplelink.device import (
    ROLE_ACCESS_POINT,
    ROLE_P2P,
    ROLE_STATION,
    Device,
)
from renode_wifi.peripherals.simplelink.netcfg import NetCfg
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.processor import CONNECTED, Processor
from renode_wifi.peripherals.simplelink.profiles import (
    LONGEST_SSID,
    OPEN,
    SECURITY,
    Profile,
    Profiles,
    judge,
    plain_key,
)
from renode_wifi.peripherals.simplelink.sockets import Sockets
from renode_wifi.peripherals.simplelink.wire import Command, take

CIPHER_WEP, CIPHER_TKIP, CIPHER_CCMP = 0x1, 0x4, 0x8
KEY_PSK = 2
SCAN_SECURITY = {
    Security.OPEN: (0, 0, 0),
    Security.WEP: (1, CIPHER_WEP, 0),
    Security.WPA: (2, CIPHER_TKIP, KEY_PSK),
    Security.WPA2: (4, CIPHER_CCMP, KEY_PSK),
    Security.WPA_WPA2: (6, CIPHER_TKIP, KEY_PSK),
    Security.WPA2_TKIP: (4, CIPHER_TKIP, KEY_PSK),
    Security.WPA3: (5, CIPHER_CCMP, KEY_PSK),
}
"""Type, cipher and key management of a scan result's SecurityInfo (wlan.h)."""
REMEMBERED = 30
"""Networks that the processor keeps of a scan."""

REASON_RELEASED = 0
REASON_UNSPECIFIED = 1
REASON_BEACONS_LOST = 109
REASON_USER = 200
REASON_SECURITY = 204
REASON_WHILE_CONNECTING = 208

CONFIG_AP, CONFIG_GENERAL, CONFIG_P2P, CONFIG_ACCESS_LIST, CONFIG_FILTERS, CONFIG_CONNECTION = (
    range(6)
)
AP_SSID, AP_CHANNEL, AP_HIDDEN, AP_SECURITY, AP_PASSWORD, AP_STATIONS = 0, 3, 4, 6, 7, 19
CONFIG_OPTIONS = range(48)
LONGEST_CONFIG = 512
CONFIG_DEFAULTS = {
    (CONFIG_AP, AP_CHANNEL): b"\x06",
    (CONFIG_AP, AP_HIDDEN): b"\0",
    (CONFIG_AP, AP_SECURITY): b"\0",
    (CONFIG_AP, AP_PASSWORD): b"",
    (CONFIG_AP, AP_STATIONS): b"\4",
    (CONFIG_GENERAL, 9): b"US",
    (CONFIG_GENERAL, 10): b"\0",
    (CONFIG_GENERAL, 11): b"\0",
    (CONFIG_P2P, 12): b"mysimplelink",
    (CONFIG_P2P, 13): b"1-0050F204-1",
    (CONFIG_ACCESS_LIST, 24): b"\0",
    (CONFIG_ACCESS_LIST, 25): b"\0",
}

PROVISIONING_STOP = 4
PROVISIONING_STOPPED = 12


class Wlan:
    """config survives power cycles, as what is `saved` does; the connection does not.

    associated: name and address of the access point, from its event on. target: what is being
    joined, or was.
    """

    def __init__(
        self, processor: Processor, device: Device, netcfg: NetCfg, sockets: Sockets
    ) -> None:
        self.processor = processor
        self.device = device
        self.netcfg = netcfg
        self.sockets = sockets
        self.saved = Profiles(processor, self._on_connection_policy)
        self._restore()
        processor.on_restore(self._restore)
        self.target: Profile | None = None
        self.joining = False
        self.associated: tuple[bytes, bytes, int] | None = None
        self._automatic = False
        self._attempt = 0
        """Counts joins: the outcome of an abandoned one is void."""
        self._retry: Event | None = None
        self._heard: list[Beacon] = []
        self._filters = 0
        self._provisioning: Event | None = None
        processor.on_start(self._started)
        processor.on_stop(self._power_lost)
        for opcode, handler in (
            (Opcode.WLAN_CONNECT, self._connect),
            (Opcode.WLAN_EAP_CONNECT, self._connect_eap),
            (Opcode.WLAN_DISCONNECT, self._disconnect),
            (Opcode.WLAN_SCAN_RESULTS, self._scan_results),
            (Opcode.WLAN_EXTENDED_SCAN_RESULTS, self._scan_results),
            (Opcode.WLAN_STATUS, self._status),
            (Opcode.WLAN_SET_MODE, self._set_mode),
            (Opcode.WLAN_CONFIG_SET, self._set_config),
            (Opcode.WLAN_CONFIG_GET, self._get_config),
            (Opcode.WLAN_PROVISIONING, self._provision),
            (Opcode.WLAN_START_RX_STATISTICS, processor.respond_status),
            (Opcode.WLAN_STOP_RX_STATISTICS, processor.respond_status),
            (Opcode.WLAN_GET_RX_STATISTICS, self._statistics),
            (Opcode.WLAN_RX_FILTER_ADD, self._add_filter),
            (Opcode.WLAN_RX_FILTER_SET, processor.respond_status),
            (Opcode.WLAN_RX_FILTER_GET, processor.respond_status),
            (Opcode.WLAN_RX_FILTER_STATISTICS, processor.respond_status),
        ):
            processor.handle(opcode, handler)

    @property
    def default_ssid(self) -> bytes:
        return b"mysimplelink-" + self.netcfg.mac[3:].hex().upper().encode()

    # Power

    def _restore(self) -> None:
        self.config: dict[tuple[int, int], bytes] = dict(CONFIG_DEFAULTS)

    def _started(self) -> None:
        if self.device.role == ROLE_ACCESS_POINT:
            self._open_access_point()
        elif self.device.role == ROLE_STATION:
            self._connect_by_policy()

    def _power_lost(self) -> None:
        self._abandon()
        station = self.processor.station
        if station is not None:
            station.leave()
            station.stop_access_point()
        self.associated = None
        self.processor.lease = None
        self._heard = []
        self._provisioning = None

    def _abandon(self) -> None:
        """Drop a join under way."""
        self._attempt += 1
        self.joining = False
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None

    # Joining

    def _connect(self, command: Command) -> None:
        security, ssid_length, bssid, key_length = struct.unpack_from("<BB6sB", command.body)
        ssid = take(command.body, 9, ssid_length)
        key = take(command.body, 9 + ssid_length, key_length)
        target = Profile(security, ssid, plain_key(key), bssid)
        status = self._judge(target)
        self.processor.respond_status(command, status)
        if status == 0:
            self._give_up_link(REASON_USER)
            self._automatic = False
            self._join(target)

    def _connect_eap(self, command: Command) -> None:
        self.processor.respond_status(command, Error.WLAN_INVALID_SECURITY)

    def _judge(self, target: Profile) -> int:
        """0, or why a network cannot be joined or kept."""
        if self.device.active_role != ROLE_STATION:
            return Error.WLAN_INVALID_ROLE
        return judge(target)

    def _join(self, target: Profile) -> None:
        self._abandon()
        self.target = target
        self.joining = True
        self.processor.machine.trace(
            self.processor.name, "joining", ssid=target.ssid.decode("latin-1")
        )
        self._try()

    def _try(self) -> None:
        self._retry = None
        station, target = self.processor.station, self.target
        if station is None or target is None:
            return
        station.join(
            target.ssid,
            target.key,
            SECURITY[target.security],
            partial(self._joined, self._attempt),
            static=self.netcfg.static,
            bssid=target.bssid if any(target.bssid) else None,
        )

    def _joined(self, attempt: int, outcome: Lease | JoinFailure) -> None:
        if attempt != self._attempt or not self.processor.powered:
            return
        target, station = self.target, self.processor.station
        assert target is not None
        assert station is not None
        if isinstance(outcome, Lease):
            self.joining = False
            beacon = station.beacon
            self._associate(target, beacon)
            self.processor.lease = outcome
            self.processor.after(
                self.processor.profile.event_time_us * MICROSECOND,
                partial(self._addressed, attempt, outcome),
            )
        elif outcome is JoinFailure.NO_ADDRESS:
            self.joining = False
            self._associate(target, None)
            self.processor.event(Opcode.DHCP_TIMEOUT, struct.pack("<hH", 0, 0))
        elif outcome is JoinFailure.WRONG_PASSPHRASE:
            self._failed(target, REASON_SECURITY)
        else:
            # It goes on looking, silently, until the host gives up.
            self._search_again()

    def _failed(self, target: Profile, reason: int) -> None:
        self.processor.machine.trace(
            self.processor.name,
            "join-failed",
            ssid=target.ssid.decode("latin-1"),
            reason=reason,
        )
        self._tell_disconnected(target.ssid, bytes(6), reason)
        if self._automatic:
            self._search_again()
        else:
            self._abandon()

    def _search_again(self) -> None:
        delay = self.processor.profile.retry_time_ms * MILLISECOND
        again = self._connect_by_policy if self._automatic else self._try
        self._retry = self.processor.after(delay, again)

    def _associate(self, target: Profile, beacon: Beacon | None) -> None:
        bssid = target.bssid if beacon is None else beacon.bssid
        channel = 0 if beacon is None else beacon.channel
        self.associated = (target.ssid, bssid, channel)
        self.processor.status.device |= CONNECTED
        self.processor.machine.trace(
            self.processor.name, "joined", ssid=target.ssid.decode("latin-1")
        )
        self.processor.event(Opcode.WLAN_CONNECTED, self._connection())

    def _connection(self) -> bytes:
        """SlWlanEventConnect_t."""
        ssid, bssid, channel = self.associated or (b"", bytes(6), 0)
        return struct.pack("<B32s6sB", len(ssid), ssid, bssid, channel & 0xFF)

    def _addressed(self, attempt: int, lease: Lease) -> None:
        if attempt != self._attempt or self.processor.lease is not lease:
            return
        self._tell_address(lease)
        self.sockets.joined()

    def _tell_address(self, lease: Lease) -> None:
        body = struct.pack("<III", int(lease.address), int(lease.gateway), int(lease.dns))
        self.processor.event(Opcode.IP_ACQUIRED, body)

    def _disconnect(self, command: Command) -> None:
        if self.joining:
            target = self.target
            assert target is not None
            self._abandon()
            if self.processor.station is not None:
                self.processor.station.leave()
            self.processor.respond_status(command)
            self._tell_disconnected(target.ssid, bytes(6), REASON_WHILE_CONNECTING)
        elif self.associated is not None:
            self.processor.respond_status(command)
            delay = self.processor.profile.event_time_us * MICROSECOND
            self.processor.after(delay, partial(self._give_up_link, REASON_USER))
        else:
            self.processor.respond_status(command, Error.WLAN_ALREADY_DISCONNECTED)

    def _give_up_link(self, reason: int) -> None:
        """Leave the access point, if there is one."""
        if self.associated is None:
            return
        self._abandon()
        if self.processor.station is not None:
            self.processor.station.leave()
        self._unlinked(reason)

    def _unlinked(self, reason: int) -> None:
        ssid, bssid, _ = self.associated or (b"", bytes(6), 0)
        self.associated = None
        self.processor.lease = None
        self.processor.status.device &= ~CONNECTED
        self._tell_disconnected(ssid, bssid, reason)
        self.sockets.lost()

    def _tell_disconnected(self, ssid: bytes, bssid: bytes, reason: int) -> None:
        self.processor.machine.trace(
            self.processor.name, "disconnected", ssid=ssid.decode("latin-1"), reason=reason
        )
        body = struct.pack("<B32s6sB", len(ssid), ssid, bssid, reason)
        self.processor.event(Opcode.WLAN_DISCONNECTED, body)

    def on_link_lost(self, reason: str) -> None:
        """The world: the access point vanished or put this station out."""
        if self.associated is None or not self.processor.powered:
            return
        vanished = "vanished" in reason
        self._attempt += 1
        self._unlinked(REASON_BEACONS_LOST if vanished else REASON_UNSPECIFIED)
        if self.saved.automatic and self.saved.wanted:
            self._automatic = True
            self._search_again()

    def _connect_by_policy(self) -> None:
        """With the policy "auto", join the profile that is on the air, by priority."""
        self._retry = None
        station = self.processor.station
        if station is None or not self.saved.automatic:
            return
        wanted = self.saved.wanted
        if not wanted:
            return
        self._automatic = True
        heard = {beacon.ssid for beacon in station.scan()}
        for profile in wanted:
            if profile.ssid in heard and profile.security in SECURITY:
                self._join(profile)
                return
        self._search_again()

    def _on_connection_policy(self, automatic: bool) -> None:
        idle = self.associated is None and not self.joining
        if idle and self.device.active_role == ROLE_STATION:
            if automatic:
                self._connect_by_policy()
            else:
                self._abandon()

    # Access point

    def _open_access_point(self) -> None:
        station, lease = self.processor.station, self.netcfg.access_point
        self.processor.lease = lease
        if station is not None:
            kind = self.config[CONFIG_AP, AP_SECURITY][:1]
            security = SECURITY.get(kind[0] if kind else OPEN) or Security.WPA2
            if security is Security.WPA_WPA2:
                security = Security.WPA2
            beacon = Beacon(
                self.config.get((CONFIG_AP, AP_SSID)) or self.default_ssid,
                self.netcfg.mac,
                (self.config[CONFIG_AP, AP_CHANNEL] or b"\x06")[0],
                0,
                security,
                self.config[CONFIG_AP, AP_HIDDEN][:1] not in (b"", b"\0"),
            )
            station.start_access_point(beacon, self.config[CONFIG_AP, AP_PASSWORD], lease)
        self.processor.after(
            self.processor.profile.event_time_us * MICROSECOND,
            partial(self._access_point_up, lease),
        )

    def _access_point_up(self, lease: Lease) -> None:
        self._tell_address(lease)
        self.sockets.joined()

    def on_station_joined(self, mac: bytes, lease: Lease) -> None:
        """The world: a station has joined this access point and got an address."""
        if self.processor.powered:
            self.processor.event(Opcode.WLAN_STATION_ADDED, mac + bytes(2))
            body = struct.pack("<II6sH", int(lease.address), lease.duration & 0xFFFF_FFFF, mac, 0)
            self.processor.event(Opcode.IP_LEASED, body)

    def on_station_left(self, mac: bytes, lease: Lease) -> None:
        if self.processor.powered:
            self.processor.event(Opcode.WLAN_STATION_REMOVED, mac + bytes(2))
            body = struct.pack("<I6sH", int(lease.address), mac, REASON_RELEASED)
            self.processor.event(Opcode.IP_RELEASED, body)

    def _set_mode(self, command: Command) -> None:
        (role,) = struct.unpack_from("<B", command.body)
        if role in (ROLE_STATION, ROLE_ACCESS_POINT, ROLE_P2P):
            self.device.role = role
            self.processor.respond_status(command)
        else:
            self.processor.respond_status(command, Error.WLAN_INVALID_ROLE)

    # Scanning

    def _scan_results(self, command: Command) -> None:
        index, count = struct.unpack_from("<BB", command.body)
        extended = command.opcode == Opcode.WLAN_EXTENDED_SCAN_RESULTS
        station = self.processor.station
        if index == 0 or not self._heard:
            self._heard = station.scan()[:REMEMBERED] if station is not None else []
        entries = self._heard[index : index + min(count, REMEMBERED)]
        body = struct.pack("<hH", len(entries), 0)
        for beacon in entries:
            body += _entry(beacon, extended)
        self.processor.respond(command, body)

    # Configuration and the rest

    def _status(self, command: Command) -> None:
        self.processor.respond(command, struct.pack("<I", self._state()))

    def _state(self) -> int:
        """SL_WLAN_CONNECTION_INFO's status: 0 disconnected, 1 station connected, 6 AP."""
        if self.device.active_role == ROLE_ACCESS_POINT:
            return 6
        return 1 if self.associated is not None else 0

    def _set_config(self, command: Command) -> None:
        _, identity, option, length = struct.unpack_from("<HHHH", command.body)
        value = take(command.body, 8, length)
        if (
            identity > CONFIG_FILTERS
            or option not in CONFIG_OPTIONS
            or length > LONGEST_CONFIG
            or ((identity, option) == (CONFIG_AP, AP_SSID) and length > LONGEST_SSID)
        ):
            self.processor.respond_status(command, Error.INVALID)
            return
        self.config[identity, option] = value
        self.processor.respond_status(command)

    def _get_config(self, command: Command) -> None:
        _, identity, option, length = struct.unpack_from("<HHHH", command.body)
        status: int = 0
        if identity == CONFIG_CONNECTION:
            target = self.target
            security = target.security if target is not None and self.associated else 0
            head = struct.pack("<BBBB", self.device.active_role, self._state(), security, 0)
            value = (head + self._connection()).ljust(80, b"\0")
        elif (identity, option) == (CONFIG_AP, AP_SSID):
            value = self.config.get((identity, option), self.default_ssid)
        elif (identity, option) in self.config:
            value = self.config[identity, option]
        elif identity <= CONFIG_FILTERS and option in CONFIG_OPTIONS:
            value = bytes(min(length, 4))
        else:
            status, value = Error.INVALID, b""
        value = value[:length] if length else value
        head = struct.pack("<hHHH", status, identity, option, len(value))
        self.processor.respond(command, head + value)

    def _statistics(self, command: Command) -> None:
        self.processor.respond(command, bytes(76))

    def _add_filter(self, command: Command) -> None:
        number = self._filters = (self._filters + 1) % 64
        self.processor.respond(command, struct.pack("<bxhBx", number, 0, 0))

    def _provision(self, command: Command) -> None:
        """Accepted; nobody with a telephone is there, so that it ends by its time-out."""
        action, _, timeout, _ = struct.unpack_from("<BBHI", command.body)
        self.processor.respond_status(command)
        if self._provisioning is not None:
            self._provisioning.cancel()
            self._provisioning = None
            if action == PROVISIONING_STOP:
                self._provisioning_over()
                return
        if action != PROVISIONING_STOP:
            self._provisioning = self.processor.after(timeout * SECOND, self._provisioning_over)

    def _provisioning_over(self) -> None:
        self._provisioning = None
        ssid = self.associated[0] if self.associated is not None else b""
        body = struct.pack(
            "<BBBB32sI",
            PROVISIONING_STOPPED,
            self.device.active_role,
            self._state(),
            len(ssid),
            ssid,
            0,
        )
        self.processor.event(Opcode.WLAN_PROVISIONING_STATUS, body)


def _entry(beacon: Beacon, extended: bool) -> bytes:
    """SlWlanNetworkEntry_t, or SlWlanExtNetworkEntry_t."""
    kind, cipher, keys = SCAN_SECURITY[beacon.security]
    info = cipher | cipher << 4 | kind << 8 | keys << 11 | beacon.hidden << 13
    ssid = b"" if beacon.hidden else beacon.ssid
    entry = struct.pack(
        "<32s6sBbHBB", ssid, beacon.bssid, len(ssid), beacon.rssi, info, beacon.channel & 0xFF, 0
    )
    return entry + struct.pack("<2sHI", b"US", 0x7FF, 0) if extended else entry
