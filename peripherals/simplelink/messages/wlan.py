"""The WLAN silo: joining, scanning, access point, provisioning (wlan.h)."""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import (
    Fixed,
    WireError,
    fields,
    start,
    take,
)

MAX_SSID = 32
NO_BSSID = bytes(6)


@late_dataclass(frozen=True)
class WlanConnect:
    """SlWlanConnectCommon_t, then SSID and key, directly packed."""

    LAYOUT = struct.Struct("<BB6sB")

    security: int
    ssid: bytes
    key: bytes = b""
    bssid: bytes = NO_BSSID

    @classmethod
    def parse(cls, body: bytes) -> Self:
        security, ssid_length, bssid, key_length = cls.LAYOUT.unpack(start(cls.LAYOUT, body))
        ssid = take(body, cls.LAYOUT.size, ssid_length)
        key = take(body, cls.LAYOUT.size + ssid_length, key_length)
        return cls(security, ssid, key, bssid)

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(self.security, len(self.ssid), self.bssid, len(self.key))
        return head + self.ssid + self.key


@late_dataclass(frozen=True)
class EapConnect:
    """SlWlanConnectEapCommand_t, then SSID, key, user and anonymous user, directly packed.

    methods: bits of SL_WLAN_ENT_EAP_METHOD_....
    """

    LAYOUT = struct.Struct("<BB6sBBBBI")

    security: int
    ssid: bytes
    key: bytes
    bssid: bytes
    user: bytes
    anonymous: bytes
    methods: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        security, ssid, bssid, key, user, anonymous, _, methods = cls.LAYOUT.unpack(
            start(cls.LAYOUT, body)
        )
        texts, offset = [], cls.LAYOUT.size
        for length in (ssid, key, user, anonymous):
            texts.append(take(body, offset, length))
            offset += length
        return cls(security, texts[0], texts[1], bssid, texts[2], texts[3], methods)

    def emit(self) -> bytes:
        texts = (self.ssid, self.key, self.user, self.anonymous)
        head = self.LAYOUT.pack(
            self.security,
            len(self.ssid),
            self.bssid,
            len(self.key),
            len(self.user),
            len(self.anonymous),
            0,
            self.methods,
        )
        return head + b"".join(texts)


@late_dataclass(frozen=True)
class ConnectionEvent:
    """SlWlanEventConnect_t, SlWlanEventDisconnect_t.

    tail: channel of the connected event, reason of the disconnected one.
    """

    LAYOUT = struct.Struct("<B32s6sB")

    ssid: bytes = b""
    bssid: bytes = NO_BSSID
    tail: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        length, ssid, bssid, tail = cls.LAYOUT.unpack(start(cls.LAYOUT, body))
        if length > MAX_SSID:
            raise WireError(f"an SSID of {length} bytes")
        return cls(ssid[:length], bssid, tail)

    def emit(self) -> bytes:
        return self.LAYOUT.pack(len(self.ssid), self.ssid, self.bssid, self.tail & 0xFF)


@late_dataclass(frozen=True)
class ConnectionInfo:
    """SlWlanConnStatusParam_t. mode: the role; status: SlWlanConnStatus_e."""

    LAYOUT = struct.Struct("<BBBx")
    SIZE = 80

    mode: int
    status: int
    security: int
    connection: ConnectionEvent

    @classmethod
    def parse(cls, body: bytes) -> Self:
        mode, status, security = fields(cls.LAYOUT, body)
        return cls(mode, status, security, ConnectionEvent.parse(body[cls.LAYOUT.size :]))

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(self.mode, self.status, self.security)
        return (head + self.connection.emit()).ljust(self.SIZE, b"\0")


@late_dataclass(frozen=True)
class ScanResultsGet(Fixed):
    """SlWlanGetNetworkListCommand_t."""

    LAYOUT = struct.Struct("<BB2x")

    index: int
    count: int


@late_dataclass(frozen=True)
class NetworkEntry:
    """SlWlanNetworkEntry_t. security_info: see SL_WLAN_SCAN_RESULT_... of wlan.h."""

    LAYOUT = struct.Struct("<32s6sBbHBx")

    ssid: bytes
    bssid: bytes
    rssi: int
    security_info: int
    channel: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        ssid, bssid, length, rssi, info, channel = cls.LAYOUT.unpack(start(cls.LAYOUT, body))
        if length > MAX_SSID:
            raise WireError(f"an SSID of {length} bytes")
        return cls(ssid[:length], bssid, rssi, info, channel)

    def emit(self) -> bytes:
        return self.LAYOUT.pack(
            self.ssid, self.bssid, len(self.ssid), self.rssi, self.security_info, self.channel
        )


@late_dataclass(frozen=True)
class ExtendedNetworkEntry:
    """SlWlanExtNetworkEntry_t: a country and its channels in addition."""

    TAIL = struct.Struct("<2sHI")

    entry: NetworkEntry
    country: bytes = b"US"
    channels: int = 0x7FF
    channels_5g: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        tail = body[NetworkEntry.LAYOUT.size :]
        return cls(NetworkEntry.parse(body), *cls.TAIL.unpack(start(cls.TAIL, tail)))

    def emit(self) -> bytes:
        return self.entry.emit() + self.TAIL.pack(self.country, self.channels, self.channels_5g)


@late_dataclass(frozen=True)
class ScanResults:
    """_WlanGetNetworkListResponse_t and the entries."""

    LAYOUT = struct.Struct("<h2x")

    entries: tuple[NetworkEntry, ...]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        (count,) = fields(cls.LAYOUT, body)
        size = NetworkEntry.LAYOUT.size
        starts = (cls.LAYOUT.size + index * size for index in range(max(0, count)))
        return cls(tuple(NetworkEntry.parse(take(body, start, size)) for start in starts))

    def emit(self) -> bytes:
        entries = b"".join(entry.emit() for entry in self.entries)
        return self.LAYOUT.pack(len(self.entries)) + entries


@late_dataclass(frozen=True)
class ExtendedScanResults:
    """_WlanGetExtNetworkListResponse_t and the entries."""

    entries: tuple[ExtendedNetworkEntry, ...]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        (count,) = fields(ScanResults.LAYOUT, body)
        size = NetworkEntry.LAYOUT.size + ExtendedNetworkEntry.TAIL.size
        starts = (ScanResults.LAYOUT.size + index * size for index in range(max(0, count)))
        return cls(tuple(ExtendedNetworkEntry.parse(take(body, start, size)) for start in starts))

    def emit(self) -> bytes:
        entries = b"".join(entry.emit() for entry in self.entries)
        return ScanResults.LAYOUT.pack(len(self.entries)) + entries


@late_dataclass(frozen=True)
class SetMode(Fixed):
    """SlWlanSetMode_t."""

    LAYOUT = struct.Struct("<B3x")

    role: int


@late_dataclass(frozen=True)
class StationAdded(Fixed):
    """SlWlanEventSTAAdded_t, SlWlanEventSTARemoved_t."""

    LAYOUT = struct.Struct("<6s2x")

    mac: bytes


@late_dataclass(frozen=True)
class Provisioning(Fixed):
    """SlWlanProvisioningParams_t. timeout: seconds without activity."""

    LAYOUT = struct.Struct("<BBHI")

    action: int
    role: int
    timeout: int
    flags: int


@late_dataclass(frozen=True)
class ScanParameters(Fixed):
    """SlWlanScanParamCommand_t. channels: a bit each, from channel 1 on; rssi: dBm at least."""

    LAYOUT = struct.Struct("<Ii")

    channels: int
    rssi: int


@late_dataclass(frozen=True)
class PowerPolicyParameters(Fixed):
    """SlWlanPmPolicyParams_t. features: bits of SL_WLAN_IOTLP_BITMAP_...; sleep: ms."""

    LAYOUT = struct.Struct("<B3xH2x")

    features: int
    sleep: int


@late_dataclass(frozen=True)
class LinkQuality(Fixed):
    """SlWlanRegisterLinkQualityEvents_t. threshold: dBm; pacing: ms; hysteresis: dB."""

    LAYOUT = struct.Struct("<hHBBBBBB2x")

    threshold: int
    pacing: int
    metric: int
    kind: int
    direction: int
    hysteresis: int
    trigger: int
    enabled: int


@late_dataclass(frozen=True)
class LinkQualityEvent(Fixed):
    """SlWlanLinkQualityAsyncEvent_t. rssi: dBm."""

    LAYOUT = struct.Struct("<bB2x")

    rssi: int
    trigger: int


@late_dataclass(frozen=True)
class BeaconInformation(Fixed):
    """SlWlanExtConnectionInfo_t. interval: between beacons, in units of 1.024 ms.

    dtim: beacons from one that announces multicast to the next.
    """

    LAYOUT = struct.Struct("<HB17x")

    interval: int = 100
    dtim: int = 1


@late_dataclass(frozen=True)
class ProvisioningStatus:
    """SlWlanEventProvisioningStatus_t."""

    LAYOUT = struct.Struct("<BBBB32sI")

    status: int
    role: int
    wlan_status: int
    ssid: bytes
    reserved: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        status, role, wlan_status, length, ssid, reserved = cls.LAYOUT.unpack(
            start(cls.LAYOUT, body)
        )
        if length > MAX_SSID:
            raise WireError(f"an SSID of {length} bytes")
        return cls(status, role, wlan_status, ssid[:length], reserved)

    def emit(self) -> bytes:
        return self.LAYOUT.pack(
            self.status, self.role, self.wlan_status, len(self.ssid), self.ssid, self.reserved
        )


@late_dataclass(frozen=True)
class ProfileAdded:
    """SlWlanEventProvisioningProfileAdded_t."""

    LAYOUT = struct.Struct("<II32sI32s")

    status: int
    ssid: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        status, length, ssid, _, _ = cls.LAYOUT.unpack(start(cls.LAYOUT, body))
        if length > MAX_SSID:
            raise WireError(f"an SSID of {length} bytes")
        return cls(status, ssid[:length])

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.status, len(self.ssid), self.ssid, 0, b"")
