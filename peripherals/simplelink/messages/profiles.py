"""The WLAN silo: profiles of networks, and policies (wlan.h)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Self

from renode_wifi.peripherals.simplelink.messages.layout import Fixed, fields, start, take
from renode_wifi.peripherals.simplelink.messages.wlan import NO_BSSID


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class ProfileIndex(Fixed):
    """SlWlanProfileDelGetCommand_t."""

    LAYOUT = struct.Struct("<B3x")

    index: int


@dataclass(frozen=True, slots=True)
class ProfileGot:
    """SlWlanAddGetEapProfile_t and room for its strings; the key is never reported.

    security: the type, or a negative status.
    """

    LAYOUT = struct.Struct("<hBB6sBB8x")
    SIZE = 244

    security: int
    ssid: bytes = b""
    bssid: bytes = NO_BSSID
    priority: int = 0
    wep_index: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        security, length, priority, bssid, _, wep = cls.LAYOUT.unpack(start(cls.LAYOUT, body))
        return cls(security, take(body, cls.LAYOUT.size, length), bssid, priority, wep)

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(
            self.security, len(self.ssid), self.priority, self.bssid, 0, self.wep_index
        )
        return (head + self.ssid).ljust(self.SIZE, b"\0")


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class PolicyGet(Fixed):
    """The same of a get command, in which only the type counts."""

    LAYOUT = struct.Struct("<B3x")

    kind: int
