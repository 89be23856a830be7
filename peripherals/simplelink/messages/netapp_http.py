"""Messages between the NWP's HTTP server and the host (SimpleLink SDK, source/protocol.h)."""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import WireError, fields, pad, start, take

MAX_TOKEN_NAME = 64
MAX_DATA = 1364
"""Metadata and payload of one message."""
CONTINUATION, METADATA, ERROR = 1 << 0, 1 << 1, 1 << 31
"""Flags of requests and responses."""


@late_dataclass(frozen=True)
class GetToken:
    """SlNetAppHttpServerGetToken_t and the name."""

    LAYOUT = struct.Struct("<B3x")

    name: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        (length,) = fields(cls.LAYOUT, body)
        return cls(take(body, cls.LAYOUT.size, length))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(len(self.name)) + pad(self.name)


@late_dataclass(frozen=True)
class SendToken:
    """SlNetAppHttpServerSendToken_t and the value."""

    LAYOUT = struct.Struct("<BB64s2x")

    name: bytes
    value: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        value_length, name_length, name = cls.LAYOUT.unpack(start(cls.LAYOUT, body))
        if name_length > MAX_TOKEN_NAME:
            raise WireError(f"a token's name of {name_length} bytes")
        return cls(name[:name_length], take(body, cls.LAYOUT.size, value_length))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(len(self.value), len(self.name), self.name) + self.value


@late_dataclass(frozen=True)
class PostToken:
    """SlNetAppHttpServerPostToken_t, the action, the token's name and its value."""

    LAYOUT = struct.Struct("<BBBx")

    action: bytes
    name: bytes
    value: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        parts, offset = [], cls.LAYOUT.size
        for length in fields(cls.LAYOUT, body):
            parts.append(take(body, offset, length))
            offset += length
        return cls(*parts)

    def emit(self) -> bytes:
        parts = (self.action, self.name, self.value)
        return self.LAYOUT.pack(*map(len, parts)) + pad(b"".join(parts))


@late_dataclass(frozen=True)
class NetAppRequest:
    """SlProtocolNetAppRequest_t, metadata and payload."""

    LAYOUT = struct.Struct("<BBHHHI")

    application: int
    kind: int
    handle: int
    metadata: bytes
    payload: bytes
    flags: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        application, kind, handle, metadata, payload, flags = fields(cls.LAYOUT, body)
        start = cls.LAYOUT.size
        return cls(
            application,
            kind,
            handle,
            take(body, start, metadata),
            take(body, start + metadata, payload),
            flags,
        )

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(
            self.application,
            self.kind,
            self.handle,
            len(self.metadata),
            len(self.payload),
            self.flags,
        )
        return head + pad(self.metadata + self.payload)


@late_dataclass(frozen=True)
class NetAppResponse:
    """SlProtocolNetAppResponse_t, metadata and payload."""

    LAYOUT = struct.Struct("<HHHHI")

    handle: int
    status: int
    metadata: bytes
    payload: bytes
    flags: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        handle, status, metadata, payload, flags = fields(cls.LAYOUT, body)
        start = cls.LAYOUT.size
        return cls(
            handle,
            status,
            take(body, start, metadata),
            take(body, start + metadata, payload),
            flags,
        )

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(
            self.handle, self.status, len(self.metadata), len(self.payload), self.flags
        )
        return head + self.metadata + self.payload


@late_dataclass(frozen=True)
class NetAppData:
    """SlProtocolNetAppSend_t or SlProtocolNetAppReceive_t, and the data."""

    LAYOUT = struct.Struct("<HHI")

    handle: int
    data: bytes
    flags: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        handle, length, flags = fields(cls.LAYOUT, body)
        return cls(handle, take(body, cls.LAYOUT.size, length), flags)

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.handle, len(self.data), self.flags) + pad(self.data)


@late_dataclass(frozen=True)
class NetAppReceive:
    """SlProtocolNetAppReceiveRequest_t."""

    LAYOUT = struct.Struct("<HHI")

    handle: int
    limit: int
    flags: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls(*fields(cls.LAYOUT, body))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.handle, self.limit, self.flags)


def number(value: int) -> bytes:
    """A length as an item of metadata has it."""
    return value.to_bytes(4, "little")


def number_of(item: bytes) -> int:
    """The number that an item of metadata is, of whatever size."""
    return int.from_bytes(item, "little")


def emit_metadata(items: list[tuple[int, bytes]]) -> bytes:
    """Entries of type, length and value."""
    return b"".join(struct.pack("<BH", kind, len(value)) + value for kind, value in items)


def parse_metadata(data: bytes) -> dict[int, bytes]:
    """Values by type. Raises WireError."""
    found, offset = {}, 0
    while offset < len(data):
        kind, length = fields(struct.Struct("<BH"), data[offset:])
        found[kind] = take(data, offset + 3, length)
        offset += 3 + length
    return found
