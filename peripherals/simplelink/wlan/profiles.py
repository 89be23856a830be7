"""What the network processor keeps of networks: profiles, and policies of joining them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.messages.basic import OK, BasicResponse
from renode_wifi.peripherals.simplelink.messages.profiles import (
    EapProfile,
    EapProfileUpdate,
    Policy,
    PolicyGet,
    ProfileAdd,
    ProfileGot,
    ProfileIndex,
    ProfileUpdate,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Transaction
from renode_wifi.peripherals.simplelink.wlan import policies
from renode_wifi.peripherals.simplelink.wlan.policies import (
    AUTO,
    AUTO_PROVISIONING,
    FAST,
    POLICIES,
    SCAN_HIDDEN,
    sleep_of,
)
from renode_wifi.peripherals.simplelink.wlan.security import (
    RANKS,
    SECURITY,
    Profile,
    judge,
    plain_key,
)

ALL_PROFILES = 0xFF
EAP_UPDATE_ANSWERED_AS = 0x8CC0
"""The driver waits for 0x0CC0, not for what the command's number suggests (source/protocol.h)."""


class Profiles:
    """They survive power cycles. connection_policy(automatic): called when the policy is set.

    last: the network that was joined last, for the policy "fast".
    """

    def __init__(self, count: int, connection_policy: Callable[[bool], None]) -> None:
        self.count = count
        self._connection_policy = connection_policy
        self.power_policy: Callable[[], None] | None = None
        """Called when the power policy is set."""
        self.restore()

    def restore(self) -> None:
        self.profiles: list[Profile | None] = [None] * self.count
        self.policies = dict.fromkeys(POLICIES, (0, b""))
        self.policies[policies.CONNECTION] = (AUTO, b"")
        self.last: Profile | None = None
        self.suspended = 0
        """Profiles that are not joined, one bit each."""

    @property
    def automatic(self) -> bool:
        """Whether the processor joins by itself."""
        return bool(self.policies[policies.CONNECTION][0] & AUTO)

    @property
    def fast(self) -> bool:
        """Whether it joins the last network at once when it starts."""
        return bool(self.policies[policies.CONNECTION][0] & FAST)

    @property
    def provisions(self) -> bool:
        """Whether provisioning starts by itself."""
        return bool(self.policies[policies.CONNECTION][0] & AUTO_PROVISIONING)

    @property
    def lists_hidden(self) -> bool:
        """Whether results of scans have networks that hide their names."""
        return bool(self.policies[policies.SCAN][0] & SCAN_HIDDEN)

    @property
    def wanted(self) -> list[Profile]:
        """Networks to join."""
        return [
            profile
            for number, profile in enumerate(self.profiles)
            if profile is not None and not self.suspended >> number & 1
        ]

    def best(self, visible: Mapping[bytes, int]) -> Profile | None:
        """Of those on the air, with their signal: by priority, then security, then signal (wlan.h,
        sl_WlanProfileAdd)."""
        joinable = [
            profile
            for profile in self.wanted
            if profile.ssid in visible and profile.security in SECURITY
        ]
        return max(
            joinable,
            key=lambda profile: (
                profile.priority,
                RANKS.get(profile.security, 0),
                visible[profile.ssid],
            ),
            default=None,
        )

    @property
    def sleep(self) -> int:
        """Of the station, by the power policy (ns)."""
        return sleep_of(self.policies)

    def power_lost(self) -> None:
        option, value = self.policies[policies.SCAN]
        self.policies[policies.SCAN] = (option & ~SCAN_HIDDEN, value)

    def keep(self, profile: Profile) -> int | None:
        """Its place, which may be that of the same network; None where there is none left."""
        same = [
            number
            for number, known in enumerate(self.profiles)
            if known is not None and known.identity == profile.identity
        ]
        free = [number for number, known in enumerate(self.profiles) if known is None]
        places = same or free
        if not places:
            return None
        self.profiles[places[0]] = profile
        return places[0]

    def add(self, transaction: Transaction, message: ProfileAdd) -> BasicResponse:
        return self._add(_profile(message))

    def add_enterprise(self, transaction: Transaction, message: EapProfile) -> BasicResponse:
        return self._add(_enterprise(message))

    def _add(self, profile: Profile) -> BasicResponse:
        status = judge(profile)
        if status == 0:
            place = self.keep(profile)
            status = Error.WLAN_PROFILES_FULL if place is None else place
        return BasicResponse(status)

    def update(self, transaction: Transaction, message: ProfileUpdate) -> BasicResponse:
        return BasicResponse(self._update(message.index, _profile(message.profile)))

    def update_enterprise(
        self, transaction: Transaction, message: EapProfileUpdate
    ) -> BasicResponse | None:
        other = Transaction(transaction.host, EAP_UPDATE_ANSWERED_AS)
        other.status(self._update(message.index, _enterprise(message.profile)))
        return None

    def _update(self, index: int, profile: Profile) -> int:
        status = judge(profile)
        if status == 0 and (index >= len(self.profiles) or self.profiles[index] is None):
            status = Error.WLAN_PROFILE_INDEX
        if status == 0:
            self.profiles[index] = profile
        return status

    def get(self, transaction: Transaction, message: ProfileIndex) -> ProfileGot:
        index = message.index
        profile = self.profiles[index] if index < len(self.profiles) else None
        if profile is None:
            return ProfileGot(Error.WLAN_PROFILE_INDEX)
        return ProfileGot(
            profile.security,
            profile.ssid,
            profile.bssid,
            profile.priority,
            profile.wep_index,
            profile.user,
            profile.methods,
        )

    def delete(self, transaction: Transaction, message: ProfileIndex) -> BasicResponse:
        if message.index == ALL_PROFILES:
            self.profiles = [None] * len(self.profiles)
        elif message.index < len(self.profiles):
            # Amazon's qualification wants an empty place to be deleted without an error.
            self.profiles[message.index] = None
        else:
            return BasicResponse(Error.WLAN_PROFILE_INDEX)
        return OK

    def set_policy(self, transaction: Transaction, message: Policy) -> BasicResponse | None:
        status = policies.judge(message.kind, message.option, message.value)
        if status:
            return BasicResponse(status)
        self.policies[message.kind] = (message.option, message.value)
        transaction.status(0)
        if message.kind == policies.CONNECTION:
            self._connection_policy(self.automatic)
        elif message.kind == policies.POWER and self.power_policy is not None:
            self.power_policy()
        return None

    def set_connection_policy(self, option: int) -> None:
        self.policies[policies.CONNECTION] = (option, b"")
        self._connection_policy(self.automatic)

    def get_policy(self, transaction: Transaction, message: PolicyGet) -> Policy:
        return Policy(message.kind, *self.policies.get(message.kind, (0, b"")))

    HANDLERS = (
        Handler(Opcode.WLAN_PROFILE_ADD, ProfileAdd, add),
        Handler(Opcode.WLAN_EAP_PROFILE_ADD, EapProfile, add_enterprise),
        Handler(Opcode.WLAN_EAP_PROFILE_UPDATE, EapProfileUpdate, update_enterprise),
        Handler(Opcode.WLAN_PROFILE_UPDATE, ProfileUpdate, update),
        Handler(Opcode.WLAN_PROFILE_GET, ProfileIndex, get),
        Handler(Opcode.WLAN_PROFILE_DELETE, ProfileIndex, delete),
        Handler(Opcode.WLAN_POLICY_SET, Policy, set_policy),
        Handler(Opcode.WLAN_POLICY_SET_NEW, Policy, set_policy),
        Handler(Opcode.WLAN_POLICY_GET, PolicyGet, get_policy),
        Handler(Opcode.WLAN_POLICY_GET_NEW, PolicyGet, get_policy),
    )


def _profile(message: ProfileAdd) -> Profile:
    return Profile(
        message.security,
        message.ssid,
        plain_key(message.key),
        message.bssid,
        message.priority,
        message.wep_index,
    )


def _enterprise(message: EapProfile) -> Profile:
    return replace(_profile(message.common), user=message.user, methods=message.methods)
