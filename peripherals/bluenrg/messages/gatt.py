"""Commands of the ACI about attributes (UM1865 section 4.2)."""

from __future__ import annotations

import struct
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.bluetooth.packed import Packed
from renode_wifi.peripherals.network.contract.bluetooth import LONG, SHORT

UUID_16 = 1
"""Type of a UUID; 2 has 128 bits."""
SERVICE = struct.Struct("<BB")
CHARACTERISTIC = struct.Struct("<BBBBBB")
PAIR = struct.Struct("<HH")
DESCRIPTOR = struct.Struct("<BBBBB")


def take_uuid(body: bytes) -> tuple[bytes, bytes]:
    """A UUID behind its type, and the rest. Raises ValueError."""
    length = SHORT if body[:1] == bytes([UUID_16]) else LONG
    if len(body) < 1 + length:
        raise ValueError(f"no UUID is in {body.hex()}")
    return body[1 : 1 + length], body[1 + length :]


def put_uuid(uuid: bytes) -> bytes:
    return bytes([UUID_16 if len(uuid) == SHORT else 2]) + uuid


def _exactly(layout: struct.Struct, body: bytes) -> tuple[int, ...]:
    if len(body) != layout.size:
        raise ValueError(f"{layout.size} bytes are due, not {len(body)}")
    return layout.unpack(body)


@late_dataclass(frozen=True)
class AddService:
    """kind: 1 primary, 2 secondary. records: handles that are kept for it."""

    uuid: bytes
    kind: int
    records: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        uuid, rest = take_uuid(body)
        return cls(uuid, *_exactly(SERVICE, rest))

    def emit(self) -> bytes:
        return put_uuid(self.uuid) + SERVICE.pack(self.kind, self.records)


@late_dataclass(frozen=True)
class HandleResponse(Packed):
    LAYOUT = struct.Struct("<BH")

    status: int
    handle: int = 0


@late_dataclass(frozen=True)
class AddCharacteristic:
    """mask: 1 a write is an event, 2 a write waits for permission, 4 a read does."""

    service: int
    uuid: bytes
    length: int
    properties: int
    permissions: int
    mask: int
    key_size: int
    is_variable: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        uuid, rest = take_uuid(body[2:])
        return cls(int.from_bytes(body[:2], "little"), uuid, *_exactly(CHARACTERISTIC, rest))

    def emit(self) -> bytes:
        return (
            self.service.to_bytes(2, "little")
            + put_uuid(self.uuid)
            + CHARACTERISTIC.pack(
                self.length,
                self.properties,
                self.permissions,
                self.mask,
                self.key_size,
                self.is_variable,
            )
        )


@late_dataclass(frozen=True)
class AddDescriptor:
    """access: 1 read, 2 write."""

    service: int
    characteristic: int
    uuid: bytes
    length: int
    value: bytes
    permissions: int
    access: int
    mask: int
    key_size: int
    is_variable: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        uuid, rest = take_uuid(body[PAIR.size :])
        if len(rest) < 2:
            raise ValueError("no value of a descriptor")
        end = 2 + rest[1]
        service, characteristic = PAIR.unpack(body[: PAIR.size])
        settings = _exactly(DESCRIPTOR, rest[end:])
        return cls(service, characteristic, uuid, rest[0], rest[2:end], *settings)

    def emit(self) -> bytes:
        head = PAIR.pack(self.service, self.characteristic) + put_uuid(self.uuid)
        value = bytes([self.length, len(self.value)]) + self.value
        return (
            head
            + value
            + DESCRIPTOR.pack(
                self.permissions, self.access, self.mask, self.key_size, self.is_variable
            )
        )


@late_dataclass(frozen=True)
class UpdateValue(Packed):
    LAYOUT, TAIL = struct.Struct("<HHBB"), True

    service: int
    characteristic: int
    offset: int
    length: int
    value: bytes


@late_dataclass(frozen=True)
class SetDescriptorValue(Packed):
    LAYOUT, TAIL = struct.Struct("<HHHHB"), True

    service: int
    characteristic: int
    descriptor: int
    offset: int
    length: int
    value: bytes


@late_dataclass(frozen=True)
class DeleteService(Packed):
    LAYOUT = struct.Struct("<H")

    service: int


@late_dataclass(frozen=True)
class DeleteCharacteristic(Packed):
    LAYOUT = struct.Struct("<HH")

    service: int
    characteristic: int


@late_dataclass(frozen=True)
class WriteResponse(Packed):
    """is_refused: with `error`, an error code of ATT."""

    LAYOUT, TAIL = struct.Struct("<HHBBB"), True

    connection: int
    handle: int
    is_refused: int
    error: int
    length: int
    value: bytes


@late_dataclass(frozen=True)
class ReadHandleValue(Packed):
    LAYOUT = struct.Struct("<H")

    handle: int


@late_dataclass(frozen=True)
class HandleValue(Packed):
    LAYOUT, TAIL = struct.Struct("<BH"), True

    status: int
    length: int
    value: bytes


# Commands to the server at the other end.


@late_dataclass(frozen=True)
class DiscoverServiceByUuid:
    connection: int
    uuid: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        uuid, rest = take_uuid(body[2:])
        if rest:
            raise ValueError("more than a UUID")
        return cls(int.from_bytes(body[:2], "little"), uuid)

    def emit(self) -> bytes:
        return self.connection.to_bytes(2, "little") + put_uuid(self.uuid)


@late_dataclass(frozen=True)
class HandleRange(Packed):
    LAYOUT = struct.Struct("<HHH")

    connection: int
    first: int
    last: int


@late_dataclass(frozen=True)
class ReadRemote(Packed):
    LAYOUT = struct.Struct("<HH")

    connection: int
    handle: int


@late_dataclass(frozen=True)
class WriteRemote(Packed):
    LAYOUT, TAIL = struct.Struct("<HHB"), True

    connection: int
    handle: int
    length: int
    value: bytes
