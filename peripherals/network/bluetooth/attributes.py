"""A server of attributes: services, characteristics, descriptors (Vol 3, Part G, section 3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Protocol

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.bluetooth import att
from renode_wifi.peripherals.network.bluetooth.att import AttError, AttPdu, ErrorResponse
from renode_wifi.peripherals.network.contract.bluetooth import (
    READ,
    SHORT,
    WRITE,
    WRITE_COMMAND,
)

PRIMARY_SERVICE = b"\x00\x28"
SECONDARY_SERVICE = b"\x01\x28"
INCLUDE = b"\x02\x28"
CHARACTERISTIC = b"\x03\x28"
USER_DESCRIPTION = b"\x01\x29"
CLIENT_CONFIGURATION = b"\x02\x29"
EXTENDED_PROPERTIES = b"\x00\x29"
GROUPS = (PRIMARY_SERVICE, SECONDARY_SERVICE)

NOTIFICATIONS, INDICATIONS = 1, 2
"""Bits of a client's configuration (section 3.3.3.3)."""
MAX_HANDLE = 0xFFFF


@late_dataclass()
class Attribute:
    """uuid: its type. length: of the value at most; exactly, unless `is_variable`.

    properties: READ, WRITE, WRITE_COMMAND: what a client may do. group_end: the last handle of a
    service. mask: which accesses the server's owner wants to know of, in its own code. of: the
    handle of the value that a client's configuration belongs to.
    """

    handle: int
    uuid: bytes
    value: bytes = b""
    length: int = 512
    is_variable: bool = True
    properties: int = READ
    group_end: int = 0
    mask: int = 0
    of: int = 0


class AttributeOwner(Protocol):
    """Whose attributes they are."""

    def allows(self, client: GattSession, attribute: Attribute, pdu: AttPdu) -> bool:
        """Whether a request may be served now; if not, `AttributeServer.serve` is called later."""

    def written(self, client: GattSession, attribute: Attribute, value: bytes) -> None:
        """A client has written."""


@late_dataclass()
class GattSession:
    """One at the other end. configurations: by the handles of descriptors, 0 where none is set."""

    connection: int
    mtu: int = att.DEFAULT_MTU
    configurations: dict[int, int] = field(default_factory=dict)
    waiting: AttPdu | None = None
    """A request that the owner hasn't allowed yet."""


class AttributeServer:
    """`attributes` by their handles, in order."""

    def __init__(self, owner: AttributeOwner) -> None:
        self.owner = owner
        self.attributes: dict[int, Attribute] = {}

    def add(self, attribute: Attribute) -> Attribute:
        self.attributes[attribute.handle] = attribute
        self.attributes = dict(sorted(self.attributes.items()))
        return attribute

    def subscription(self, client: GattSession, handle: int) -> int:
        """What a client wants to learn of a characteristic's value, at `handle`."""
        found = (each for each in self.attributes.values() if each.of == handle)
        descriptor = next(found, None)
        return 0 if descriptor is None else client.configurations.get(descriptor.handle, 0)

    def answer(self, client: GattSession, raw: bytes) -> AttPdu | None:
        """The answer to a PDU of a client; None where there is none, or not yet."""
        try:
            pdu = att.parse_pdu(raw)
        except ValueError:
            if not raw or raw[0] not in att.REQUESTS:
                return None
            known = raw[0] in att.PDUS
            code = AttError.INVALID_PDU if known else AttError.REQUEST_NOT_SUPPORTED
            return ErrorResponse(raw[0], 0, code)
        handle = getattr(pdu, "handle", None)
        attribute = self.attributes.get(handle) if handle is not None else None
        if attribute is not None and not self.owner.allows(client, attribute, pdu):
            client.waiting = pdu
            return None
        return self.serve(client, pdu)

    def serve(self, client: GattSession, pdu: AttPdu) -> AttPdu | None:
        """Carry a PDU out."""
        match pdu:
            case att.ExchangeMtuRequest():
                return att.ExchangeMtuResponse(client.mtu)
            case att.FindInformationRequest():
                return self._find_information(client, pdu)
            case att.FindByTypeValueRequest():
                return self._find_by_type_value(client, pdu)
            case att.ReadByTypeRequest():
                return self._read_by_type(client, pdu)
            case att.ReadByGroupTypeRequest():
                return self._read_by_group_type(client, pdu)
            case att.AttributeReadRequest():
                return self._read(client, pdu)
            case att.ReadBlobRequest():
                return self._read_blob(client, pdu)
            case att.AttributeWriteRequest():
                error = self._write(client, pdu.handle, pdu.value)
                if error is not None:
                    return ErrorResponse(pdu.OPCODE, pdu.handle, error)
                return att.AttributeWriteResponse()
            case att.AttributeWriteCommand():
                self._write(client, pdu.handle, pdu.value)
        return None

    def _between(self, first: int, last: int) -> Iterator[Attribute]:
        return (each for each in self.attributes.values() if first <= each.handle <= last)

    def _value(self, client: GattSession, attribute: Attribute) -> bytes:
        if attribute.uuid == CLIENT_CONFIGURATION:
            return client.configurations.get(attribute.handle, 0).to_bytes(2, "little")
        return attribute.value

    # Discovery.

    def _find_information(self, client: GattSession, pdu: att.FindInformationRequest) -> AttPdu:
        data, size = b"", 0
        for each in self._between(pdu.first, pdu.last):
            entry = each.handle.to_bytes(2, "little") + each.uuid
            size = size or len(entry)
            if len(entry) != size or len(data) + size > client.mtu - 2:
                break
            data += entry
        if not data:
            return ErrorResponse(pdu.OPCODE, pdu.first, AttError.ATTRIBUTE_NOT_FOUND)
        return att.FindInformationResponse(1 if size == 2 + SHORT else 2, data)

    def _find_by_type_value(self, client: GattSession, pdu: att.FindByTypeValueRequest) -> AttPdu:
        kind, data = pdu.kind.to_bytes(2, "little"), b""
        for each in self._between(pdu.first, pdu.last):
            if each.uuid == kind and each.value == pdu.value and len(data) + 4 <= client.mtu - 1:
                end = each.group_end or each.handle
                data += each.handle.to_bytes(2, "little") + end.to_bytes(2, "little")
        if not data:
            return ErrorResponse(pdu.OPCODE, pdu.first, AttError.ATTRIBUTE_NOT_FOUND)
        return att.FindByTypeValueResponse(data)

    def _read_by_type(self, client: GattSession, pdu: att.ReadByTypeRequest) -> AttPdu:
        entries = (
            (each.handle.to_bytes(2, "little"), self._value(client, each))
            for each in self._between(pdu.first, pdu.last)
            if each.uuid == pdu.uuid
        )
        size, data = self._gather(entries, client.mtu)
        if not data:
            return ErrorResponse(pdu.OPCODE, pdu.first, AttError.ATTRIBUTE_NOT_FOUND)
        return att.ReadByTypeResponse(size, data)

    def _read_by_group_type(self, client: GattSession, pdu: att.ReadByGroupTypeRequest) -> AttPdu:
        if pdu.uuid not in GROUPS:
            return ErrorResponse(pdu.OPCODE, pdu.first, AttError.UNSUPPORTED_GROUP_TYPE)
        entries = (
            (
                each.handle.to_bytes(2, "little") + each.group_end.to_bytes(2, "little"),
                each.value,
            )
            for each in self._between(pdu.first, pdu.last)
            if each.uuid == pdu.uuid
        )
        size, data = self._gather(entries, client.mtu)
        if not data:
            return ErrorResponse(pdu.OPCODE, pdu.first, AttError.ATTRIBUTE_NOT_FOUND)
        return att.ReadByGroupTypeResponse(size, data)

    @staticmethod
    def _gather(entries: Iterator[tuple[bytes, bytes]], mtu: int) -> tuple[int, bytes]:
        """Entries of one size, as many as fit; the first is cut to fit."""
        data, size = b"", 0
        for head, value in entries:
            entry = (head + value)[: mtu - 2]
            size = size or len(entry)
            if len(entry) != size or len(data) + size > mtu - 2:
                break
            data += entry
        return size, data

    # Values.

    def _refusal(self, handle: int, allowed: int) -> AttError | None:
        attribute = self.attributes.get(handle)
        if attribute is None:
            return AttError.INVALID_HANDLE
        if attribute.properties & allowed:
            return None
        return AttError.READ_NOT_PERMITTED if allowed == READ else AttError.WRITE_NOT_PERMITTED

    def _read(self, client: GattSession, pdu: att.AttributeReadRequest) -> AttPdu:
        refusal = self._refusal(pdu.handle, READ)
        if refusal is not None:
            return ErrorResponse(pdu.OPCODE, pdu.handle, refusal)
        value = self._value(client, self.attributes[pdu.handle])
        return att.AttributeReadResponse(value[: client.mtu - 1])

    def _read_blob(self, client: GattSession, pdu: att.ReadBlobRequest) -> AttPdu:
        refusal = self._refusal(pdu.handle, READ)
        value = b"" if refusal else self._value(client, self.attributes[pdu.handle])
        if refusal is None and pdu.offset > len(value):
            refusal = AttError.INVALID_OFFSET
        if refusal is not None:
            return ErrorResponse(pdu.OPCODE, pdu.handle, refusal)
        return att.ReadBlobResponse(value[pdu.offset : pdu.offset + client.mtu - 1])

    def _write(self, client: GattSession, handle: int, value: bytes) -> AttError | None:
        refusal = self._refusal(handle, WRITE | WRITE_COMMAND)
        if refusal is not None:
            return refusal
        attribute = self.attributes[handle]
        length = attribute.length
        if len(value) > length or (len(value) < length and not attribute.is_variable):
            return AttError.INVALID_VALUE_LENGTH
        if attribute.uuid == CLIENT_CONFIGURATION:
            client.configurations[handle] = int.from_bytes(value, "little")
        else:
            attribute.value = value
        self.owner.written(client, attribute, value)
        return None
