"""PDUs of the Attribute Protocol (Bluetooth Core 4.1, Vol 3, Part F, section 3.4)."""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import ClassVar

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.bluetooth.packed import Packed

DEFAULT_MTU = 23


class AttError(IntEnum):
    """Error codes (table 3.3)."""

    INVALID_HANDLE = 0x01
    READ_NOT_PERMITTED = 0x02
    WRITE_NOT_PERMITTED = 0x03
    INVALID_PDU = 0x04
    INSUFFICIENT_AUTHENTICATION = 0x05
    REQUEST_NOT_SUPPORTED = 0x06
    INVALID_OFFSET = 0x07
    ATTRIBUTE_NOT_FOUND = 0x0A
    INVALID_VALUE_LENGTH = 0x0D
    UNLIKELY = 0x0E
    UNSUPPORTED_GROUP_TYPE = 0x10


class AttPdu(Packed):
    """A PDU behind its opcode."""

    OPCODE: ClassVar[int]

    def emit(self) -> bytes:
        return bytes([self.OPCODE]) + Packed.emit(self)


@late_dataclass(frozen=True)
class ErrorResponse(AttPdu):
    """request: its opcode."""

    OPCODE, LAYOUT = 0x01, struct.Struct("<BHB")

    request: int
    handle: int
    code: int


@late_dataclass(frozen=True)
class ExchangeMtuRequest(AttPdu):
    OPCODE, LAYOUT = 0x02, struct.Struct("<H")

    mtu: int


@late_dataclass(frozen=True)
class ExchangeMtuResponse(AttPdu):
    OPCODE, LAYOUT = 0x03, struct.Struct("<H")

    mtu: int


@late_dataclass(frozen=True)
class FindInformationRequest(AttPdu):
    OPCODE, LAYOUT = 0x04, struct.Struct("<HH")

    first: int
    last: int


@late_dataclass(frozen=True)
class FindInformationResponse(AttPdu):
    """format: 1 for UUIDs of 16 bits, 2 for those of 128. data: handles, each with its UUID."""

    OPCODE, LAYOUT, TAIL = 0x05, struct.Struct("<B"), True

    format: int
    data: bytes


@late_dataclass(frozen=True)
class FindByTypeValueRequest(AttPdu):
    """kind: a UUID of 16 bits."""

    OPCODE, LAYOUT, TAIL = 0x06, struct.Struct("<HHH"), True

    first: int
    last: int
    kind: int
    value: bytes


@late_dataclass(frozen=True)
class FindByTypeValueResponse(AttPdu):
    """data: handles, each with the last one of its group."""

    OPCODE, TAIL = 0x07, True

    data: bytes


@late_dataclass(frozen=True)
class ReadByTypeRequest(AttPdu):
    OPCODE, LAYOUT, TAIL = 0x08, struct.Struct("<HH"), True

    first: int
    last: int
    uuid: bytes


@late_dataclass(frozen=True)
class ReadByTypeResponse(AttPdu):
    """length: of each of the pairs of handle and value in `data`."""

    OPCODE, LAYOUT, TAIL = 0x09, struct.Struct("<B"), True

    length: int
    data: bytes


@late_dataclass(frozen=True)
class AttributeReadRequest(AttPdu):
    OPCODE, LAYOUT = 0x0A, struct.Struct("<H")

    handle: int


@late_dataclass(frozen=True)
class AttributeReadResponse(AttPdu):
    OPCODE, TAIL = 0x0B, True

    value: bytes


@late_dataclass(frozen=True)
class ReadBlobRequest(AttPdu):
    OPCODE, LAYOUT = 0x0C, struct.Struct("<HH")

    handle: int
    offset: int


@late_dataclass(frozen=True)
class ReadBlobResponse(AttPdu):
    OPCODE, TAIL = 0x0D, True

    value: bytes


@late_dataclass(frozen=True)
class ReadByGroupTypeRequest(AttPdu):
    OPCODE, LAYOUT, TAIL = 0x10, struct.Struct("<HH"), True

    first: int
    last: int
    uuid: bytes


@late_dataclass(frozen=True)
class ReadByGroupTypeResponse(AttPdu):
    """length: of each of the triples of handle, last handle and value in `data`."""

    OPCODE, LAYOUT, TAIL = 0x11, struct.Struct("<B"), True

    length: int
    data: bytes


@late_dataclass(frozen=True)
class AttributeWriteRequest(AttPdu):
    OPCODE, LAYOUT, TAIL = 0x12, struct.Struct("<H"), True

    handle: int
    value: bytes


@late_dataclass(frozen=True)
class AttributeWriteResponse(AttPdu):
    OPCODE = 0x13


@late_dataclass(frozen=True)
class HandleNotification(AttPdu):
    OPCODE, LAYOUT, TAIL = 0x1B, struct.Struct("<H"), True

    handle: int
    value: bytes


@late_dataclass(frozen=True)
class HandleIndication(AttPdu):
    OPCODE, LAYOUT, TAIL = 0x1D, struct.Struct("<H"), True

    handle: int
    value: bytes


@late_dataclass(frozen=True)
class HandleConfirmation(AttPdu):
    OPCODE = 0x1E


@late_dataclass(frozen=True)
class AttributeWriteCommand(AttPdu):
    """A write without response."""

    OPCODE, LAYOUT, TAIL = 0x52, struct.Struct("<H"), True

    handle: int
    value: bytes


PDUS: dict[int, type[AttPdu]] = {kind.OPCODE: kind for kind in AttPdu.__subclasses__()}
REQUESTS = (0x02, 0x04, 0x06, 0x08, 0x0A, 0x0C, 0x0E, 0x10, 0x12, 0x16, 0x18)
"""Opcodes that are answered, known here or not."""


def parse_pdu(pdu: bytes) -> AttPdu:
    """Raises ValueError for what is none, or is of an unknown kind."""
    kind = PDUS.get(pdu[0]) if pdu else None
    if kind is None:
        raise ValueError(f"no PDU is {pdu.hex()}")
    return kind.parse(pdu[1:])
