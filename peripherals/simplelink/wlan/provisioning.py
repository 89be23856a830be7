"""Provisioning: a phone gives the device the profile of its network (SWRA513; wlan.h).

Configuration: the device is an access point, whose HTTP server takes a profile. Confirmation: the
device joins the network as a station, and the phone, in that network too, asks for the outcome.
SmartConfig is accepted, but nobody sends it; WAC likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND, Event
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.network.contract.station import JoinFailure, Lease
from renode_wifi.peripherals.simplelink.device import ROLE_ACCESS_POINT, ROLE_STATION, ROLES, Device
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.http import HttpService
from renode_wifi.peripherals.simplelink.messages.basic import BasicResponse
from renode_wifi.peripherals.simplelink.messages.wlan import (
    ProfileAdded,
    Provisioning,
    ProvisioningStatus,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction
from renode_wifi.peripherals.simplelink.wlan.access_point import AccessPointRole
from renode_wifi.peripherals.simplelink.wlan.security import SECURITY, Profile, judge
from renode_wifi.peripherals.simplelink.wlan.settings import WlanSettings
from renode_wifi.peripherals.simplelink.wlan.station import StationRole
from renode_wifi.peripherals.simplelink.wlan.web import Exchange, Form, WebAnswer

SMART_CONFIG, ACCESS_POINT_AND_SMART_CONFIG, STOP, ABORT_EXTERNAL = 1, 2, 4, 5
"""Of SlWlanProvisioningCommand_e; those below STOP start it, all but SMART_CONFIG as an AP."""
FLAG_EXTERNAL_CONFIRMATION = 1
REMAIN = 0xFF
"""The role after it was stopped: the one that the device is in."""

NOT_STARTED, NOT_FOUND, CONNECTION_FAILED, NO_ADDRESS, NO_FEEDBACK, SUCCESS = range(6)
PROFILE_LIST_FULL, AUTO_STARTED, STOPPED, WLAN_CONNECT, IP_ADDRESS = 9, 11, 12, 15, 16
"""Of the status event; those up to SUCCESS are also what the phone reads of the outcome."""
DISCONNECTED, CONNECTED = 0, 3
"""Of SL_WLAN_STATUS_..., which the status event has."""
OUTCOMES = {
    JoinFailure.NO_ACCESS_POINT: NOT_FOUND,
    JoinFailure.NO_ADDRESS: NO_ADDRESS,
}

SSID, SECURITY_TYPE, KEY, PRIORITY = (f"__SL_P_P.{letter}" for letter in "ABCD")
PROFILE_ADD, CONFIRM = "/api/1/wlan/profile_add", "/api/1/wlan/confirm_req"
OPEN_TO_PHONES = ("/api/1/wlan/en_ap_scan", "/api/1/netapp/set_urn")
"""Of the other resources, those that provisioning has, too (SWRA513 table 9-1)."""
RESULTS = ("/param_cfg_result.txt", "/__SL_G_MCR")

CONFIRMATION_DELAY = 500 * MILLISECOND
"""From the answer of the confirmation request to the change of roles."""
AUTO_TIMEOUT = 600
"""Seconds without activity that end a provisioning that has started by itself."""
FEEDBACK_TIMEOUT = 30 * SECOND
END_DELAY = SECOND
"""From the outcome that the phone has read to the end."""


class ProvisioningService:
    """Idle, or in one of the two stages; it ends with success, a stop or the inactivity timeout."""

    def __init__(
        self,
        services: Services,
        device: Device,
        station: StationRole,
        access_point: AccessPointRole,
        settings: WlanSettings,
        files: FileSystem,
        http: HttpService,
    ) -> None:
        self.services = services
        self.host = services.host
        self.device = device
        self.station = station
        self.access_point = access_point
        self.settings = settings
        self.files = files
        self.http = http
        self._command: Provisioning | None = None
        self._profile: Profile | None = None
        self._confirming = False
        self._result = NOT_STARTED
        self._timer: Event | None = None

    def reset(self) -> None:
        self.http.serve(None)
        self._command = self._profile = self._timer = None
        self._confirming = False

    def _after(self, delay: int, action: Callable[[], None]) -> None:
        """The one thing that happens next, if nothing else does before."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.host.after(delay, action)

    def _event(self, status: int, ssid: bytes = b"") -> None:
        connected = CONNECTED if self.station.associated is not None else DISCONNECTED
        self.services.surroundings.trace("provisioning", status=status)
        self.host.event(
            Opcode.WLAN_PROVISIONING_STATUS,
            ProvisioningStatus(status, self.device.active_role, connected, ssid),
        )

    # The host's command

    def run(self, transaction: Transaction, message: Provisioning) -> BasicResponse | None:
        if message.action in (STOP, ABORT_EXTERNAL) and message.role not in (*ROLES, REMAIN):
            return BasicResponse(Error.WLAN_INVALID_ROLE)
        transaction.status(0)
        if message.action in (STOP, ABORT_EXTERNAL):
            if self._command is not None:
                self._end(ROLE_STATION if message.role == REMAIN else message.role)
            return None
        self._result = NOT_STARTED
        self._command = message
        self._configure()
        return None

    @property
    def result(self) -> int:
        """Of the last confirmation."""
        return self._result

    @property
    def active(self) -> bool:
        return self._command is not None

    def start_by_itself(self, action: int) -> None:
        """The connection policy asks for it."""
        self._result = NOT_STARTED
        self._command = Provisioning(action, self.device.active_role, AUTO_TIMEOUT, 0)
        self._event(AUTO_STARTED)
        self._configure()

    def _configure(self) -> None:
        """The stage in which a phone may give a profile."""
        assert self._command is not None
        self._confirming = False
        self._wait()
        self.station.release()
        if self._command.action != SMART_CONFIG:
            self.device.active_role = ROLE_ACCESS_POINT
            self.access_point.open(announced=False)
            self.http.serve(self._on_request)

    def _wait(self) -> None:
        """Without activity it ends."""
        assert self._command is not None
        self._after(self._command.timeout * SECOND, partial(self._end, ROLE_STATION))

    def _leave_access_point(self) -> None:
        self.http.serve(None)
        if self.device.active_role == ROLE_ACCESS_POINT:
            self.access_point.close()
            self.device.active_role = ROLE_STATION

    def _end(self, role: int) -> None:
        """Take the role that is asked for, and notify the host."""
        self._leave_access_point()
        if self._timer is not None:
            self._timer.cancel()
        self._command = self._timer = None
        associated = self.station.associated
        self.device.role = role
        if role == ROLE_ACCESS_POINT and associated is None:
            self.device.active_role = role
            self.access_point.open()
        elif role == ROLE_STATION and associated is None:
            self.station.connect_by_policy()
        self._event(STOPPED, associated.ssid if associated is not None else b"")

    # Confirmation

    def _confirm(self) -> None:
        profile, station = self._profile, self.services.network.station
        assert profile is not None
        self._timer = None
        self._confirming = True
        self._leave_access_point()
        if station is not None:
            done = self.host.while_powered(partial(self._joined, profile))
            station.join(profile.ssid, profile.key, SECURITY[profile.security], done)

    def _joined(self, profile: Profile, outcome: Lease | JoinFailure) -> None:
        if self._command is None or not self._confirming:
            return
        if isinstance(outcome, JoinFailure):
            self._fail(OUTCOMES.get(outcome, CONNECTION_FAILED))
            return
        self.station.adopt(profile, outcome)
        self._event(WLAN_CONNECT, profile.ssid)
        self._event(IP_ADDRESS, profile.ssid)
        if self._command.flags & FLAG_EXTERNAL_CONFIRMATION:
            # A cloud notifies the host that the phone is content, and the host stops it.
            self._wait()
            return
        self._result = SUCCESS
        self.http.serve(self._on_request)
        self._after(FEEDBACK_TIMEOUT, partial(self._fail, NO_FEEDBACK))

    def _fail(self, result: int) -> None:
        """Back to the first stage, in which the phone may ask why."""
        assert self._profile is not None
        self._result = result
        self._event(result, self._profile.ssid)
        self._configure()

    def _succeed(self) -> None:
        assert self._profile is not None
        self._event(SUCCESS, self._profile.ssid)
        self._after(END_DELAY, partial(self._end, ROLE_STATION))

    # The phone's requests

    def _on_request(self, exchange: Exchange) -> None:
        exchange.respond(self._answer(exchange.method, exchange.path, exchange.parameters))

    def _answer(self, method: str, path: str, parameters: Form) -> WebAnswer:
        if self._command is not None and not self._confirming:
            self._wait()
        if method == "POST":
            return self._on_post(path, parameters)
        if method != "GET":
            return WebAnswer(HTTPStatus.NOT_IMPLEMENTED)
        text = self._text(path)
        content = self.files.page(path) if text is None else text
        return (
            WebAnswer(HTTPStatus.NOT_FOUND)
            if content is None
            else WebAnswer(HTTPStatus.OK, content)
        )

    def _text(self, path: str) -> bytes | None:
        if path in RESULTS:
            if self._result == SUCCESS and self._confirming and self._command is not None:
                self._confirming = False
                self._succeed()
            return b"%d" % self._result
        return None if self.http.apis is None else self.http.apis.text(path)

    def _on_post(self, path: str, parameters: Form) -> WebAnswer:
        if path in OPEN_TO_PHONES and self.http.apis is not None:
            return self.http.apis.answer(path, parameters) or WebAnswer(HTTPStatus.NOT_FOUND)
        if self._command is None or self._confirming:
            return WebAnswer(HTTPStatus.NOT_FOUND)
        if path == PROFILE_ADD:
            return self._add(parameters)
        if path == CONFIRM and self._profile is not None:
            self._after(CONFIRMATION_DELAY, self._confirm)
            return WebAnswer()
        return WebAnswer(HTTPStatus.NOT_FOUND)

    def _add(self, parameters: Form) -> WebAnswer:
        profile = profile_of(parameters)
        if profile is None:
            return WebAnswer(HTTPStatus.BAD_REQUEST)
        if self.station.saved.keep(profile) is None:
            self._event(PROFILE_LIST_FULL)
            return WebAnswer(HTTPStatus.INTERNAL_SERVER_ERROR)
        self._profile = profile
        self.host.event(Opcode.WLAN_PROVISIONING_PROFILE_ADDED, ProfileAdded(0, profile.ssid))
        return WebAnswer()

    HANDLERS = (Handler(Opcode.WLAN_PROVISIONING, Provisioning, run),)


def profile_of(parameters: Form) -> Profile | None:
    """The profile of a form; None where it makes none."""
    try:
        security, priority = int(parameters[SECURITY_TYPE]), int(parameters.get(PRIORITY, 0))
        ssid = parameters[SSID].encode("latin-1")
    except (KeyError, ValueError):
        return None
    key = parameters.get(KEY, "").encode("latin-1")
    profile = Profile(security, ssid, key, priority=max(0, min(priority, 15)))
    return None if judge(profile) else profile
