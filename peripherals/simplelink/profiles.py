"""What the network processor keeps of networks: profiles, and policies of joining them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

from renode_wifi.peripherals.network.contract.station import Security
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.processor import Processor
from renode_wifi.peripherals.simplelink.wire import Command, take

OPEN, WEP, WPA_WPA2, ENTERPRISE = 0, 1, 2, 5
WEP_SHARED, WPA2_PLUS, WPA3 = 10, 11, 12
SECURITY = {
    OPEN: Security.OPEN,
    WEP: Security.WEP,
    WPA_WPA2: Security.WPA_WPA2,
    WEP_SHARED: Security.WEP,
    WPA2_PLUS: None,
    WPA3: Security.WPA3,
}
"""Of the security types of wlan.h, those that can be joined here; None takes what there is."""
LONGEST_SSID, SHORTEST_KEY, LONGEST_KEY = 32, 8, 64

POLICY_CONNECTION, POLICY_SCAN, POLICY_POWER, POLICY_P2P = 0x10, 0x20, 0x30, 0x40
POLICIES = (POLICY_CONNECTION, POLICY_SCAN, POLICY_POWER, POLICY_P2P)
AUTO = 0x01

ALL_PROFILES = 0xFF
PROFILE_SIZE = 244


@dataclass(frozen=True)
class Profile:
    """A network to join; also what a connect command asks for."""

    security: int
    ssid: bytes
    key: bytes = b""
    bssid: bytes = bytes(6)
    priority: int = 0
    wep_index: int = 0


def plain_key(key: bytes) -> bytes:
    """Amazon's port counts the string's zero byte with the key."""
    return key.rstrip(b"\0")


def judge(profile: Profile) -> int:
    """0, or why a network can be neither joined nor kept."""
    if not 0 < len(profile.ssid) <= LONGEST_SSID:
        return Error.WLAN_SSID_LENGTH
    if profile.security not in SECURITY:
        return Error.WLAN_INVALID_SECURITY
    if len(profile.key) > LONGEST_KEY:
        return Error.WLAN_KEY_TOO_LONG
    if profile.security not in (OPEN, WEP, WEP_SHARED) and len(profile.key) < SHORTEST_KEY:
        return Error.WLAN_PASSWORD
    return 0


class Profiles:
    """They survive power cycles. connection_policy: hears whether to join by profiles, when set."""

    def __init__(self, processor: Processor, connection_policy: Callable[[bool], None]) -> None:
        self.processor = processor
        self._connection_policy = connection_policy
        self._restore()
        processor.on_restore(self._restore)
        for opcode, handler in (
            (Opcode.WLAN_PROFILE_ADD, self._add_profile),
            (Opcode.WLAN_EAP_PROFILE_ADD, self._refuse_eap),
            (Opcode.WLAN_EAP_PROFILE_UPDATE, self._refuse_eap_update),
            (Opcode.WLAN_PROFILE_UPDATE, self._update_profile),
            (Opcode.WLAN_PROFILE_GET, self._get_profile),
            (Opcode.WLAN_PROFILE_DELETE, self._delete_profile),
            (Opcode.WLAN_POLICY_SET, self._set_policy),
            (Opcode.WLAN_POLICY_SET_NEW, self._set_policy),
            (Opcode.WLAN_POLICY_GET, self._get_policy),
            (Opcode.WLAN_POLICY_GET_NEW, self._get_policy),
        ):
            processor.handle(opcode, handler)

    def _restore(self) -> None:
        self.profiles: list[Profile | None] = [None] * self.processor.profile.profiles
        self.policies = dict.fromkeys(POLICIES, (0, b""))
        self.policies[POLICY_CONNECTION] = (AUTO, b"")

    @property
    def automatic(self) -> bool:
        """Whether the processor joins by itself."""
        return bool(self.policies[POLICY_CONNECTION][0] & AUTO)

    @property
    def wanted(self) -> list[Profile]:
        """Networks to join, by priority."""
        known = [profile for profile in self.profiles if profile is not None]
        return sorted(known, key=lambda profile: -profile.priority)

    def _add_profile(self, command: Command) -> None:
        profile = self._profile_of(command.body, 12)
        status = judge(profile)
        if status == 0:
            same = [
                number
                for number, known in enumerate(self.profiles)
                if known is not None and known.ssid == profile.ssid
            ]
            free = [number for number, known in enumerate(self.profiles) if known is None]
            places = same or free
            if places:
                self.profiles[places[0]] = profile
                status = places[0]
            else:
                status = Error.WLAN_PROFILES_FULL
        self.processor.respond_status(command, status)

    def _profile_of(self, body: bytes, head: int) -> Profile:
        security, ssid_length, priority, bssid, key_length, wep = struct.unpack_from(
            "<hBB6sBB", body
        )
        ssid = take(body, head, ssid_length)
        key = take(body, head + ssid_length, key_length)
        return Profile(security, ssid, plain_key(key), bssid, priority, wep)

    def _update_profile(self, command: Command) -> None:
        profile = self._profile_of(command.body, 24)
        (index,) = struct.unpack_from("<I", command.body, 12)
        status = judge(profile)
        if status == 0 and (index >= len(self.profiles) or self.profiles[index] is None):
            status = Error.WLAN_PROFILE_INDEX
        if status == 0:
            self.profiles[index] = profile
        self.processor.respond_status(command, status)

    def _refuse_eap(self, command: Command) -> None:
        self.processor.respond_status(command, Error.WLAN_INVALID_SECURITY)

    def _refuse_eap_update(self, command: Command) -> None:
        # The driver waits for 0x0CC0, not for what the command's number suggests.
        self.processor.respond_status(replace(command, opcode=0x8CC0), Error.WLAN_INVALID_SECURITY)

    def _get_profile(self, command: Command) -> None:
        (index,) = struct.unpack_from("<B", command.body)
        profile = self.profiles[index] if index < len(self.profiles) else None
        if profile is None:
            body = struct.pack("<h", Error.WLAN_PROFILE_INDEX)
        else:
            body = struct.pack(
                "<hBB6sBB8x",
                profile.security,
                len(profile.ssid),
                profile.priority,
                profile.bssid,
                0,
                profile.wep_index,
            )
            body += profile.ssid
        self.processor.respond(command, body.ljust(PROFILE_SIZE, b"\0"))

    def _delete_profile(self, command: Command) -> None:
        (index,) = struct.unpack_from("<B", command.body)
        status: int = 0
        if index == ALL_PROFILES:
            self.profiles = [None] * len(self.profiles)
        elif index < len(self.profiles):
            # Amazon's qualification wants an empty place to be deleted without an error.
            self.profiles[index] = None
        else:
            status = Error.WLAN_PROFILE_INDEX
        self.processor.respond_status(command, status)

    def _set_policy(self, command: Command) -> None:
        policy, _, option, length = struct.unpack_from("<BBBB", command.body)
        value = take(command.body, 4, length)
        if policy not in POLICIES:
            self.processor.respond_status(command, Error.WLAN_INVALID_POLICY)
            return
        self.policies[policy] = (option, value)
        self.processor.respond_status(command)
        if policy == POLICY_CONNECTION:
            self._connection_policy(self.automatic)

    def _get_policy(self, command: Command) -> None:
        (policy,) = struct.unpack_from("<B", command.body)
        option, value = self.policies.get(policy, (0, b""))
        head = struct.pack("<BBBB", policy, 0, option, len(value))
        self.processor.respond(command, head + value)
