"""The WLAN silo: profiles of networks, and policies (wlan.h)."""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import Fixed, fields, start, take
from renode_wifi.peripherals.simplelink.messages.wlan import NO_BSSID


@late_dataclass(frozen=True)
class ProfileAdd:
    """SlWlanAddGetProfile_t, then SSID and key, directly packed."""

    LAYOUT = struct.Struct("<hBB6sBB")

    security: int
    ssid: bytes
    key: bytes = b""
    bssid: bytes = NO_BSSID
    priority: int = 0
    wep_index: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls._after(body, cls.LAYOUT.size)

    @classmethod
    def _after(cls, body: bytes, head: int) -> Self:
        """Of a message whose strings start at `head`."""
        security, ssid_length, priority, bssid, key_length, wep = cls.LAYOUT.unpack(
            start(cls.LAYOUT, body)
        )
        ssid = take(body, head, ssid_length)
        key = take(body, head + ssid_length, key_length)
        return cls(security, ssid, key, bssid, priority, wep)

    @property
    def common(self) -> bytes:
        return self.LAYOUT.pack(
            self.security,
            len(self.ssid),
            self.priority,
            self.bssid,
            len(self.key),
            self.wep_index,
        )

    def emit(self) -> bytes:
        return self.common + self.ssid + self.key


@late_dataclass(frozen=True)
class ProfileUpdate:
    """SlWlanUpdateProfile_t: the same of a profile that exists."""

    LAYOUT = struct.Struct("<I8x")

    index: int
    profile: ProfileAdd

    @classmethod
    def parse(cls, body: bytes) -> Self:
        start = ProfileAdd.LAYOUT.size
        profile = ProfileAdd._after(body, start + cls.LAYOUT.size)
        (index,) = fields(cls.LAYOUT, body[start:])
        return cls(index, profile)

    def emit(self) -> bytes:
        profile = self.profile
        return profile.common + self.LAYOUT.pack(self.index) + profile.ssid + profile.key


EAP = struct.Struct("<BBBxI")
"""Lengths of user and anonymous user, number of a certificate, and methods."""


@late_dataclass(frozen=True)
class EapProfile:
    """SlWlanAddGetEapProfile_t, then SSID, key, user and anonymous user, directly packed.

    methods: bits of SL_WLAN_ENT_EAP_METHOD_....
    """

    common: ProfileAdd
    user: bytes = b""
    anonymous: bytes = b""
    methods: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls._after(body, ProfileAdd.LAYOUT.size)

    @classmethod
    def _after(cls, body: bytes, head: int) -> Self:
        """Of a message whose lengths of users are at `head`."""
        user_length, anonymous_length, _, methods = fields(EAP, body[head:])
        common = ProfileAdd._after(body, head + EAP.size)
        offset = head + EAP.size + len(common.ssid) + len(common.key)
        user = take(body, offset, user_length)
        anonymous = take(body, offset + user_length, anonymous_length)
        return cls(common, user, anonymous, methods)

    def emit(self) -> bytes:
        return self.common.common + self._rest

    @property
    def _rest(self) -> bytes:
        lengths = EAP.pack(len(self.user), len(self.anonymous), 0, self.methods)
        return lengths + self.common.ssid + self.common.key + self.user + self.anonymous


@late_dataclass(frozen=True)
class EapProfileUpdate:
    """SlWlanUpdateProfile_t: the same of a profile that exists."""

    LAYOUT = struct.Struct("<I")

    index: int
    profile: EapProfile

    @classmethod
    def parse(cls, body: bytes) -> Self:
        head = ProfileAdd.LAYOUT.size
        profile = EapProfile._after(body, head + cls.LAYOUT.size)
        (index,) = fields(cls.LAYOUT, body[head:])
        return cls(index, profile)

    def emit(self) -> bytes:
        return self.profile.common.common + self.LAYOUT.pack(self.index) + self.profile._rest


@late_dataclass(frozen=True)
class ProfileIndex(Fixed):
    """SlWlanProfileDelGetCommand_t."""

    LAYOUT = struct.Struct("<B3x")

    index: int


@late_dataclass(frozen=True)
class ProfileGot:
    """SlWlanAddGetEapProfile_t and room for its strings; the key is never reported.

    security: the type, or a negative status.
    """

    LAYOUT = struct.Struct("<hBB6sBBBBBxI")
    SIZE = 244

    security: int
    ssid: bytes = b""
    bssid: bytes = NO_BSSID
    priority: int = 0
    wep_index: int = 0
    user: bytes = b""
    methods: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        security, length, priority, bssid, _, wep, user, _, _, methods = cls.LAYOUT.unpack(
            start(cls.LAYOUT, body)
        )
        ssid = take(body, cls.LAYOUT.size, length)
        name = take(body, cls.LAYOUT.size + length, user)
        return cls(security, ssid, bssid, priority, wep, name, methods)

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(
            self.security,
            len(self.ssid),
            self.priority,
            self.bssid,
            0,
            self.wep_index,
            len(self.user),
            0,
            0,
            self.methods,
        )
        return (head + self.ssid + self.user).ljust(self.SIZE, b"\0")


@late_dataclass(frozen=True)
class Policy:
    """SlWlanPolicySetGet_t and the option's value."""

    LAYOUT = struct.Struct("<BxBB")

    kind: int
    option: int = 0
    value: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        kind, option, length = fields(cls.LAYOUT, body)
        return cls(kind, option, take(body, cls.LAYOUT.size, length))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.kind, self.option, len(self.value)) + self.value


@late_dataclass(frozen=True)
class PolicyGet(Fixed):
    """The same of a get command, in which only the type counts."""

    LAYOUT = struct.Struct("<B3x")

    kind: int
