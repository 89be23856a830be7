"""Messages of the mDNS application (SimpleLink SDK, source/netapp.c and netapp.h)."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.contract.dns_messages import AdvertisedService
from renode_wifi.peripherals.simplelink.messages.layout import Fixed, fields, pad, string, take

UNIQUE, ADD, VOLATILE, UPDATE_TEXT, ONLY_IPV6 = 1, 1 << 31, 1 << 30, 1 << 29, 1 << 28
"""Options of a registration (SL_NETAPP_MDNS_OPTIONS_...)."""
MAX_TEXT = 120
"""Bytes of text in the answer to a query (netapp.h, sl_NetAppDnsGetHostByService)."""


@late_dataclass(frozen=True)
class RegisterService:
    """NetappMdnsSetService_t, the service's name and its text; ttl in seconds."""

    LAYOUT = struct.Struct("<BBHII")

    name: str
    text: str
    port: int
    ttl: int
    options: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        length, text_length, port, ttl, options = fields(cls.LAYOUT, body)
        name = take(body, cls.LAYOUT.size, length)
        text = take(body, cls.LAYOUT.size + length, text_length)
        return cls(_text(string(name)), _text(string(text)), port, ttl, options)

    def emit(self) -> bytes:
        name, text = self.name.encode(), self.text.encode()
        head = self.LAYOUT.pack(len(name), len(text), self.port, self.ttl, self.options)
        return head + name + text


@late_dataclass(frozen=True)
class GetHostByService:
    """_GetHostByServiceCommand_t and the service's name."""

    LAYOUT = struct.Struct("<BB2x")

    name: str
    family: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        length, family = fields(cls.LAYOUT, body)
        return cls(_text(string(take(body, cls.LAYOUT.size, length))), family)

    def emit(self) -> bytes:
        name = self.name.encode()
        return self.LAYOUT.pack(len(name), self.family) + name


@late_dataclass(frozen=True)
class HostByService:
    """_GetHostByServiceIPv6AsyncResponse_t with an IPv4 address, in the host's order, and text."""

    LAYOUT = struct.Struct("<hHII")

    status: int
    address: IPv4Address
    port: int
    text: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        status, length, port, address = fields(cls.LAYOUT, body)
        return cls(status, IPv4Address(address), port, take(body, cls.LAYOUT.size, length))

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(self.status, len(self.text), self.port, int(self.address))
        return head + pad(self.text)


@late_dataclass(frozen=True)
class GetServiceList(Fixed):
    """NetappGetServiceListCMD_t; flags: the layout of entries."""

    LAYOUT = struct.Struct("<BBBx")

    index: int
    count: int
    flags: int


@late_dataclass(frozen=True)
class ServiceList:
    """_BasicResponse_t, whose status is the number of entries, and these."""

    LAYOUT = struct.Struct("<h2x")

    status: int
    entries: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        (status,) = fields(cls.LAYOUT, body)
        return cls(status, body[cls.LAYOUT.size :])

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.status) + self.entries


@late_dataclass(frozen=True)
class AdvertiseTimes(Fixed):
    """SlNetAppServiceAdvertiseTimingParameters_t; `interval` in units of 10 ms.

    repetitions: announcements after the first, each `factor` times later than the one before.
    """

    LAYOUT = struct.Struct("<6I")

    interval: int
    repetitions: int
    factor: int
    retransmission: int
    longest_interval: int
    longest_time: int


WITH_TEXT, FULL, SHORT = 1, 2, 3
"""Layouts of entries with an IPv4 address (netapp.h, SlNetAppGetServiceListType_e)."""
ENTRIES = {
    WITH_TEXT: struct.Struct("<IHH60s64s256s"),
    FULL: struct.Struct("<IHH60s64s"),
    SHORT: struct.Struct("<IHH"),
}


def entry(service: AdvertisedService, layout: int) -> bytes:
    """One entry of a list; texts are cut to what there is room for, less a zero byte."""
    values: list[int | bytes] = [int(service.address), service.port, 0]
    texts = (service.name, service.host, service.text)[: {WITH_TEXT: 3, FULL: 2, SHORT: 0}[layout]]
    for text, room in zip(texts, (59, 63, 255), strict=False):
        values.append(text.encode()[:room])
    return ENTRIES[layout].pack(*values)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
