"""TI's own resources, which the host has no part in (SWRU455, "RESTful API Processing").

Posted forms have parameters `__SL_P_` and three characters.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from renode_wifi.peripherals.simplelink.device import Device
from renode_wifi.peripherals.simplelink.netapp import DEVICE, MAX_URN, NetApp
from renode_wifi.peripherals.simplelink.wlan.policies import (
    ANY_P2P,
    AUTO,
    AUTO_PROVISIONING,
    FAST,
)
from renode_wifi.peripherals.simplelink.wlan.profiles import Profiles
from renode_wifi.peripherals.simplelink.wlan.provisioning import PROFILE_ADD, profile_of
from renode_wifi.peripherals.simplelink.wlan.web import Parameters, WebAnswer

PREFIX = "__SL_P_"
POLICIES = {"P.E": AUTO, "P.F": FAST, "P.G": ANY_P2P, "P.Q": AUTO_PROVISIONING}
REFUSED = WebAnswer(HTTPStatus.BAD_REQUEST)


class HttpApi:
    def __init__(self, device: Device, netapp: NetApp, saved: Profiles) -> None:
        self.device = device
        self.netapp = netapp
        self.saved = saved

    def answer(self, path: str, parameters: Parameters) -> WebAnswer | None:
        """None for what is no resource of TI's."""
        resources: dict[str, Callable[[Parameters], WebAnswer]] = {
            PROFILE_ADD: self._add_profile,
            "/api/1/wlan/policy_set": self._set_policy,
            "/api/1/wlan/en_ap_scan/set_time": self._set_time,
            "/api/1/netapp/set_urn": self._set_name,
        }
        act = resources.get(path)
        return None if act is None else act(parameters)

    def _add_profile(self, parameters: Parameters) -> WebAnswer:
        profile = profile_of(parameters)
        if profile is None:
            return REFUSED
        kept = self.saved.keep(profile)
        return WebAnswer() if kept is not None else WebAnswer(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _set_policy(self, parameters: Parameters) -> WebAnswer:
        """Options that are named are on, others off."""
        option = sum(bit for name, bit in POLICIES.items() if f"{PREFIX}{name}" in parameters)
        self.saved.set_connection_policy(option)
        return WebAnswer()

    def _set_time(self, parameters: Parameters) -> WebAnswer:
        try:
            numbers = [int(part) for part in parameters[f"{PREFIX}S.J"].split(",")]
            year, month, day, hour, minute, second = numbers
            moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except (KeyError, ValueError, OverflowError):
            return REFUSED
        self.device.set_date(int(moment.timestamp()))
        return WebAnswer()

    def _set_name(self, parameters: Parameters) -> WebAnswer:
        name = parameters.get(f"{PREFIX}S.B", "").encode("latin-1")
        if not 0 < len(name) <= MAX_URN:
            return REFUSED
        self.netapp.store(DEVICE, 0, name)
        return WebAnswer()
