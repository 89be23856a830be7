"""The station role: joining a network, by command or by policy, and losing it again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, Event
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.network.contract.station import Beacon, JoinFailure, Lease, Login
from renode_wifi.peripherals.simplelink.device import ROLE_ACCESS_POINT, ROLE_STATION, Device
from renode_wifi.peripherals.simplelink.messages.basic import OK, BasicResponse, Empty
from renode_wifi.peripherals.simplelink.messages.device import Word
from renode_wifi.peripherals.simplelink.messages.netapp import IpAcquired
from renode_wifi.peripherals.simplelink.messages.wlan import (
    NO_BSSID,
    ConnectionEvent,
    ConnectionInfo,
    EapConnect,
    WlanConnect,
)
from renode_wifi.peripherals.simplelink.netcfg import NetCfg
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.power import PowerState
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction
from renode_wifi.peripherals.simplelink.wlan.connections import Connections
from renode_wifi.peripherals.simplelink.wlan.profiles import Profiles
from renode_wifi.peripherals.simplelink.wlan.reasons import (
    REASON_BEACONS_LOST,
    REASON_UNSPECIFIED,
    REASON_USER,
    REASON_WHILE_CONNECTING,
    REASONS,
)
from renode_wifi.peripherals.simplelink.wlan.security import (
    ENTERPRISE,
    SECURITY,
    Profile,
    judge,
    plain_key,
)

DISCONNECTED, STATION_CONNECTED, AP_RUNNING = 0, 1, 6
"""Of SlWlanConnStatus_e."""


class LoginSource(Protocol):
    def login(self, target: Profile) -> Login | int:
        """The login of an enterprise profile, or the reason of a disconnection."""


class StationRole:
    """The connection does not survive power cycles; what is `saved` does.

    associated: the access point, as its event reports it. target: what is being joined, or was.
    """

    def __init__(
        self,
        services: Services,
        power: PowerState,
        device: Device,
        netcfg: NetCfg,
        connections: Connections,
    ) -> None:
        self.services = services
        self.power = power
        self.device = device
        self.netcfg = netcfg
        self.connections = connections
        self.saved = Profiles(services.profile.profiles, self._on_connection_policy)
        self.saved.power_policy = self._on_power_policy
        self.target: Profile | None = None
        self.joining = False
        self.associated: ConnectionEvent | None = None
        self._automatic = False
        self._attempt = 0
        """Counts joins: the outcome of an abandoned one is void."""
        self._retry: Event | None = None
        self.disconnected: Callable[[], None] | None = None
        """Called when the link has gone, and when the connection policy is set."""
        self.enterprise: LoginSource | None = None
        services.network.connecting = self._is_connecting

    def _is_connecting(self) -> bool:
        return self.joining or (self.saved.automatic and bool(self.saved.wanted))

    def power_lost(self) -> None:
        self._abandon()
        station = self.services.network.station
        if station is not None:
            station.leave()
            station.stop_access_point()
        self.associated = None
        self.services.network.lease = None

    def _abandon(self) -> None:
        """Drop a join under way."""
        self._attempt += 1
        self.joining = False
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None

    @property
    def status(self) -> int:
        """SlWlanConnStatus_e."""
        if self.device.active_role == ROLE_ACCESS_POINT:
            return AP_RUNNING
        return STATION_CONNECTED if self.associated is not None else DISCONNECTED

    @property
    def info(self) -> ConnectionInfo:
        target = self.target
        security = target.security if target is not None and self.associated is not None else 0
        return ConnectionInfo(
            self.device.active_role, self.status, security, self.associated or ConnectionEvent()
        )

    def _trace(self, event: str, ssid: bytes, **fields: int) -> None:
        self.services.surroundings.trace(event, ssid=ssid.decode("latin-1"), **fields)

    # Joining

    def connect(self, transaction: Transaction, message: WlanConnect) -> BasicResponse | None:
        key = plain_key(message.key)
        return self._connect(
            transaction, Profile(message.security, message.ssid, key, message.bssid)
        )

    def _connect(self, transaction: Transaction, target: Profile) -> BasicResponse | None:
        status: int = Error.WLAN_INVALID_ROLE
        if self.device.active_role == ROLE_STATION:
            status = judge(target)
        if self.services.network.transceiving:
            status = Error.WLAN_TRANSCEIVER_ENABLED
        if status:
            return BasicResponse(status)
        transaction.status(0)
        self._give_up_link(REASON_USER)
        self._automatic = False
        self._join(target)
        return None

    def connect_enterprise(
        self, transaction: Transaction, message: EapConnect
    ) -> BasicResponse | None:
        return self._connect(
            transaction,
            Profile(
                message.security,
                message.ssid,
                message.key,
                message.bssid,
                user=message.user,
                methods=message.methods,
            ),
        )

    def _join(self, target: Profile) -> None:
        self._abandon()
        self.target = target
        self.joining = True
        self._trace("joining", target.ssid)
        self._try()

    def _try(self) -> None:
        self._retry = None
        station, target = self.services.network.station, self.target
        if station is None or target is None:
            return
        station.sleep(self.saved.sleep)
        login = None
        if target.security == ENTERPRISE and self.enterprise is not None:
            outcome = self.enterprise.login(target)
            if isinstance(outcome, int):
                delay = self.services.profile.event_time_us * MICROSECOND
                failed = partial(self._failed, target, outcome)
                self._retry = self.services.host.after(delay, failed)
                return
            login = outcome
        station.join(
            target.ssid,
            target.key,
            SECURITY[target.security],
            partial(self._joined, self._attempt, target),
            static=self.netcfg.static,
            bssid=target.bssid if any(target.bssid) else None,
            login=login,
            renewal=self.netcfg.fast_renew,
        )

    def _joined(self, attempt: int, target: Profile, outcome: Lease | JoinFailure) -> None:
        station = self.services.network.station
        if attempt != self._attempt or not self.power.powered or station is None:
            return
        host = self.services.host
        if isinstance(outcome, Lease):
            self.joining = False
            self._associate(target, station.beacon)
            self.services.network.lease = outcome
            delay = self.services.profile.event_time_us * MICROSECOND
            host.after(delay, partial(self._addressed, attempt, outcome))
        elif outcome is JoinFailure.NO_ADDRESS:
            self.joining = False
            self._associate(target, None)
            host.event(Opcode.DHCP_TIMEOUT, OK)
            wait = self.netcfg.self_address_wait
            if wait is not None:
                self._retry = host.after(wait, partial(self._go_without_dhcp, attempt, target))
        elif outcome in REASONS:
            self._failed(target, REASONS[outcome])
        else:
            # It goes on looking, silently, until the host gives up.
            self._search_again()

    def _go_without_dhcp(self, attempt: int, target: Profile) -> None:
        """Nobody gave an address: take a link-local one."""
        station = self.services.network.station
        self._retry = None
        if attempt == self._attempt and station is not None:
            station.join(
                target.ssid,
                target.key,
                SECURITY[target.security],
                partial(self._addressed_alone, attempt),
                static=self.netcfg.self_address(),
            )

    def _addressed_alone(self, attempt: int, outcome: Lease | JoinFailure) -> None:
        if attempt == self._attempt and self.power.powered and isinstance(outcome, Lease):
            self.services.network.lease = outcome
            self._addressed(attempt, outcome)

    def _failed(self, target: Profile, reason: int) -> None:
        self._trace("join-failed", target.ssid, reason=reason)
        self._notify_disconnected(target.ssid, NO_BSSID, reason)
        if self._automatic:
            self._search_again()
        else:
            self._abandon()

    def adopt(self, target: Profile, lease: Lease) -> None:
        """The world has joined it already, by provisioning."""
        self._abandon()
        self._automatic = False
        self.target = target
        self._joined(self._attempt, target, lease)

    def release(self) -> None:
        """Give up what there is of a connection."""
        self._abandon()
        self._give_up_link(REASON_USER)

    def _search_again(self) -> None:
        delay = self.services.profile.retry_time_ms * MILLISECOND
        again = self.connect_by_policy if self._automatic else self._try
        self._retry = self.services.host.after(delay, again)

    def _associate(self, target: Profile, beacon: Beacon | None) -> None:
        bssid = target.bssid if beacon is None else beacon.bssid
        channel = 0 if beacon is None else beacon.channel
        self.associated = ConnectionEvent(target.ssid, bssid, channel)
        self.saved.last = target
        self.power.connected = True
        self._trace("joined", target.ssid)
        self.services.host.event(Opcode.WLAN_CONNECTED, self.associated)
        self.netcfg.ipv6.on_linked(self.netcfg.mac)

    def _addressed(self, attempt: int, lease: Lease) -> None:
        if attempt != self._attempt or self.services.network.lease is not lease:
            return
        self.services.host.event(
            Opcode.IP_ACQUIRED, IpAcquired(lease.address, lease.gateway, lease.dns)
        )
        self.connections.joined()

    # Leaving

    def disconnect(self, transaction: Transaction, message: Empty) -> BasicResponse | None:
        if self.joining:
            target = self.target
            assert target is not None
            self._abandon()
            if self.services.network.station is not None:
                self.services.network.station.leave()
            transaction.status(0)
            self._notify_disconnected(target.ssid, NO_BSSID, REASON_WHILE_CONNECTING)
        elif self.associated is not None:
            transaction.status(0)
            delay = self.services.profile.event_time_us * MICROSECOND
            self.services.host.after(delay, partial(self._give_up_link, REASON_USER))
        else:
            return BasicResponse(Error.WLAN_ALREADY_DISCONNECTED)
        return None

    def _give_up_link(self, reason: int) -> None:
        """Leave the access point, if there is one."""
        if self.associated is None:
            return
        self._abandon()
        station = self.services.network.station
        if station is not None:
            if self.netcfg.releases:
                station.release()
            station.leave()
        self._unlinked(reason)

    def _unlinked(self, reason: int) -> None:
        left = self.associated or ConnectionEvent()
        self.associated = None
        self.services.network.lease = None
        self.power.connected = False
        self._notify_disconnected(left.ssid, left.bssid, reason)
        self.netcfg.ipv6.on_unlinked()
        self.connections.lost()
        self._report_disconnection()

    def _notify_disconnected(self, ssid: bytes, bssid: bytes, reason: int) -> None:
        self._trace("disconnected", ssid, reason=reason)
        self.services.host.event(Opcode.WLAN_DISCONNECTED, ConnectionEvent(ssid, bssid, reason))

    def on_link_lost(self, reason: str) -> None:
        """The world: the access point vanished or deauthenticated this station."""
        if self.associated is None or not self.power.powered:
            return
        vanished = "vanished" in reason
        self._attempt += 1
        self._unlinked(REASON_BEACONS_LOST if vanished else REASON_UNSPECIFIED)
        if self.saved.automatic and self.saved.wanted:
            self._automatic = True
            self._search_again()

    # Policies

    def start(self) -> None:
        """The processor has booted: join by the policies "fast" and "auto".

        SWRU455, "Connection Policies": fast takes the parameters of the last connection, whether
        or not there is a profile.
        """
        station, last = self.services.network.station, self.saved.last
        if self.saved.fast and last is not None and station is not None:
            on_air = any(beacon.ssid == last.ssid for beacon in station.scan())
            if on_air or not self.saved.automatic or not self.saved.wanted:
                self._automatic = self.saved.automatic
                self._join(last)
                return
        self.connect_by_policy()

    def connect_by_policy(self) -> None:
        """With the policy "auto", join the best profile that is on the air."""
        self._retry = None
        station = self.services.network.station
        if station is None or not self.saved.automatic or self.services.network.transceiving:
            return
        if not self.saved.wanted:
            return
        self._automatic = True
        visible: dict[bytes, int] = {}
        for beacon in station.scan():
            visible.setdefault(beacon.ssid, beacon.rssi)
        best = self.saved.best(visible)
        if best is not None:
            self._join(best)
        else:
            self._search_again()

    def _report_disconnection(self) -> None:
        if self.disconnected is not None:
            self.disconnected()

    def _on_connection_policy(self, automatic: bool) -> None:
        self._report_disconnection()
        idle = self.associated is None and not self.joining
        if idle and self.device.active_role == ROLE_STATION:
            if automatic:
                self.connect_by_policy()
            else:
                self._abandon()

    def _on_power_policy(self) -> None:
        station = self.services.network.station
        if station is not None:
            station.sleep(self.saved.sleep)

    def get_status(self, transaction: Transaction, message: Empty) -> Word:
        return Word(self.status)

    HANDLERS = (
        Handler(Opcode.WLAN_CONNECT, WlanConnect, connect),
        Handler(Opcode.WLAN_EAP_CONNECT, EapConnect, connect_enterprise),
        Handler(Opcode.WLAN_DISCONNECT, Empty, disconnect),
        Handler(Opcode.WLAN_STATUS, Empty, get_status),
    )
