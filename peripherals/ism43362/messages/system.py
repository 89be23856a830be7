"""`I?` and the `Z` commands: identification and settings of the module itself."""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.ism43362.messages.access_point import colons, from_colons
from renode_wifi.peripherals.ism43362.messages.argument import Number, fields, line, required
from renode_wifi.peripherals.ism43362.messages.request import BadRequest

MAX_PRODUCT_NAME = 32

_MAC = re.compile(rb"[0-9A-Fa-f]{1,2}(:[0-9A-Fa-f]{1,2}){5}")


@late_dataclass(frozen=True)
class MacAddress:
    """`Z4`, and data of Z5."""

    value: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        text, _ = required(data)
        if _MAC.fullmatch(text) is None:
            raise BadRequest("Z4=xx:xx:xx:xx:xx:xx")
        return cls(from_colons(text))

    def emit(self) -> bytes:
        return b"=" + colons(self.value) + b"\r"


class FactorySettings(Number):
    """`Z3`: only 0 is known, which drivers send ahead of Z0 or right after the prompt."""

    MAXIMUM = 0


@late_dataclass(frozen=True)
class ProductName:
    """`ZN`."""

    value: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        name, _ = required(data)
        if not 0 < len(name) <= MAX_PRODUCT_NAME:
            raise BadRequest("ZN=<name>")
        return cls(name)

    def emit(self) -> bytes:
        return b"=" + self.value + b"\r"


@late_dataclass(frozen=True)
class PowerManagement:
    """`ZP=<item>,<value>`."""

    item: int
    value: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        (item, value), _ = fields(data, 2)
        if not (item.isdigit() and value.isdigit()) or len(item + value) > 8:
            raise BadRequest("ZP=<item>,<value>")
        return cls(int(item), int(value))

    def emit(self) -> bytes:
        return line(self.item, self.value)


@late_dataclass(frozen=True)
class Identification:
    """Data of I?."""

    product: str
    firmware: str
    api: str
    stack: str
    rtos: str
    clock_hz: int
    name: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        *texts, clock, name = data.split(b",", 6)
        product, firmware, api, stack, rtos = (text.decode("ascii") for text in texts)
        return cls(product, firmware, api, stack, rtos, int(clock), name)

    def emit(self) -> bytes:
        texts = (self.product, self.firmware, self.api, self.stack, self.rtos)
        return ",".join(texts).encode("ascii") + b",%d,%s" % (self.clock_hz, self.name)


@late_dataclass(frozen=True)
class SystemSettings:
    """Data of Z?: configuration, WPS pin, USB identifiers, MAC, address of the access point, power
    mode, radio mode, beacons, name."""

    mac: bytes
    access_point: IPv4Address
    power_mode: int
    name: bytes
    wps_pin: bytes = b"0"

    @classmethod
    def parse(cls, data: bytes) -> Self:
        _, pin, _, _, mac, address, power, _, _, _, name = data.split(b",", 10)
        where = IPv4Address(address.decode("ascii"))
        return cls(from_colons(mac), where, int(power), name, pin)

    def emit(self) -> bytes:
        return b"0,%s,0,0,%s,%s,%d,0,100,100,%s" % (
            self.wps_pin,
            colons(self.mac),
            str(self.access_point).encode(),
            self.power_mode,
            self.name,
        )
