"""Descriptors that a device sends (USB 2.0 section 9.6). What is cut short or wrong: ValueError."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import field

from renode_wifi.peripherals.base.late import late_dataclass

CONFIGURATION, INTERFACE, ENDPOINT = 2, 4, 5
BULK, INTERRUPT = 2, 3
IN = 0x80

MAX_PACKETS_OF_ZERO = (8, 16, 32, 64)
"""Sizes that endpoint 0 may have, in bytes."""


@late_dataclass(frozen=True)
class DeviceDescriptor:
    max_packet: int
    vendor: int
    product: int
    manufacturer_string: int
    product_string: int
    serial_string: int

    @classmethod
    def parse(cls, data: bytes) -> DeviceDescriptor:
        """The first eight bytes are enough: what follows them is 0 then."""
        if len(data) < 8 or data[1] != 1 or data[7] not in MAX_PACKETS_OF_ZERO:
            raise ValueError(f"no device descriptor: {data.hex()}")
        vendor, product, strings = struct.unpack("<8xHH2x3s1x", data[:18].ljust(18, b"\0"))
        return cls(data[7], vendor, product, *strings)


@late_dataclass(frozen=True)
class Endpoint:
    """number: without the direction. max_packet: bytes."""

    number: int
    is_in: bool
    kind: int
    max_packet: int


@late_dataclass(frozen=True)
class Interface:
    """Alternate setting 0 of an interface, with its class codes."""

    number: int
    codes: tuple[int, int, int]
    endpoints: list[Endpoint] = field(default_factory=list)

    def endpoint(self, kind: int, is_in: bool) -> Endpoint | None:
        """The first of a kind and direction."""
        for endpoint in self.endpoints:
            if (endpoint.kind, endpoint.is_in) == (kind, is_in):
                return endpoint
        return None


@late_dataclass(frozen=True)
class UsbConfiguration:
    """size: bytes of all its descriptors."""

    value: int
    size: int
    interfaces: list[Interface]

    @classmethod
    def parse(cls, data: bytes) -> UsbConfiguration:
        """The first nine bytes are enough for its value and size."""
        if len(data) < 9 or data[1] != CONFIGURATION:
            raise ValueError(f"no configuration descriptor: {data.hex()}")
        (size,) = struct.unpack_from("<H", data, 2)
        interfaces: list[Interface] = []
        current: Interface | None = None
        for kind, body in _descriptors(data[9:]):
            if kind == INTERFACE and len(body) >= 7:
                current = Interface(body[0], (body[3], body[4], body[5]))
                if body[1] == 0:
                    interfaces.append(current)
            elif kind == ENDPOINT and len(body) >= 4 and current is not None:
                address, attributes, max_packet = struct.unpack_from("<BBH", body)
                current.endpoints.append(
                    Endpoint(address & 0xF, bool(address & IN), attributes & 3, max_packet & 0x7FF)
                )
        return cls(data[5], size, interfaces)


def _descriptors(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= 2:
        length = data[0]
        if length < 2 or length > len(data):
            raise ValueError(f"a descriptor of {length} bytes where {len(data)} are left")
        yield data[1], data[2:length]
        data = data[length:]


def parse_string(data: bytes) -> str:
    """The text of a string descriptor; what isn't UTF-16 shows as U+FFFD."""
    if len(data) < 2 or data[1] != 3:
        raise ValueError(f"no string descriptor: {data.hex()}")
    return data[2 : data[0]].decode("utf-16-le", "replace")
