"""Events, each behind its code (UM1865; Bluetooth Core 4.1, Vol 2, Part E, section 7.7)."""

from __future__ import annotations

import struct
from typing import ClassVar

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.bluenrg.codes import EventCode, LeEvent, VendorEvent
from renode_wifi.peripherals.bluenrg.messages.hci import EventPacket
from renode_wifi.peripherals.network.bluetooth.packed import Packed


class HciEvent(Packed):
    CODE: ClassVar[int]
    HEAD: ClassVar[bytes] = b""
    """What stands before the fields: the code of a subevent."""

    def packet(self) -> EventPacket:
        return EventPacket(self.CODE, self.HEAD + self.emit())


@late_dataclass(frozen=True)
class CommandComplete(HciEvent):
    """credits: commands that the application may send now."""

    CODE, LAYOUT, TAIL = EventCode.COMMAND_COMPLETE, struct.Struct("<BH"), True

    credits: int
    opcode: int
    response: bytes


@late_dataclass(frozen=True)
class CommandStatus(HciEvent):
    CODE, LAYOUT = EventCode.COMMAND_STATUS, struct.Struct("<BBH")

    status: int
    credits: int
    opcode: int


@late_dataclass(frozen=True)
class DisconnectionComplete(HciEvent):
    CODE, LAYOUT = EventCode.DISCONNECTION_COMPLETE, struct.Struct("<BHB")

    status: int
    connection: int
    reason: int


@late_dataclass(frozen=True)
class RemoteVersion(HciEvent):
    CODE, LAYOUT = EventCode.READ_REMOTE_VERSION_COMPLETE, struct.Struct("<BHBHH")

    status: int
    connection: int
    version: int
    manufacturer: int
    subversion: int


@late_dataclass(frozen=True)
class CompletedPackets(HciEvent):
    """Of one connection: how many of its packets have gone."""

    CODE, LAYOUT = EventCode.NUMBER_OF_COMPLETED_PACKETS, struct.Struct("<BHH")

    connections: int
    connection: int
    packets: int


@late_dataclass(frozen=True)
class RemoteFeatures(HciEvent):
    CODE, LAYOUT = EventCode.LE_META, struct.Struct("<BH8s")
    HEAD = bytes([LeEvent.READ_REMOTE_FEATURES_COMPLETE])

    status: int
    connection: int
    features: bytes


@late_dataclass(frozen=True)
class ConnectionComplete(HciEvent):
    """interval: in units of 1.25 ms; timeout: of 10 ms. role: 0 central, 1 peripheral."""

    CODE, LAYOUT = EventCode.LE_META, struct.Struct("<BHBB6sHHHB")
    HEAD = bytes([LeEvent.CONNECTION_COMPLETE])

    status: int
    connection: int
    role: int
    peer_type: int
    peer: bytes
    interval: int
    latency: int
    timeout: int
    accuracy: int


@late_dataclass(frozen=True)
class AdvertisingReport(HciEvent):
    """One report. data: its length, the data and the RSSI."""

    CODE, LAYOUT, TAIL = EventCode.LE_META, struct.Struct("<BBB6s"), True
    HEAD = bytes([LeEvent.ADVERTISING_REPORT])

    reports: int
    kind: int
    address_type: int
    address: bytes
    data: bytes


@late_dataclass(frozen=True)
class ConnectionUpdateComplete(HciEvent):
    CODE, LAYOUT = EventCode.LE_META, struct.Struct("<BHHHH")
    HEAD = bytes([LeEvent.CONNECTION_UPDATE_COMPLETE])

    status: int
    connection: int
    interval: int
    latency: int
    timeout: int


@late_dataclass(frozen=True)
class AciEvent(HciEvent):
    """An event of the ACI by its code; body: that of one of the classes below."""

    CODE, LAYOUT, TAIL = EventCode.VENDOR, struct.Struct("<H"), True

    code: int
    body: bytes


class AciBody(Packed):
    EVENT: ClassVar[VendorEvent]

    def packet(self) -> EventPacket:
        return AciEvent(self.EVENT, self.emit()).packet()


@late_dataclass(frozen=True)
class Initialized(AciBody):
    """reason: 1 is a reset."""

    EVENT, LAYOUT = VendorEvent.HAL_INITIALIZED, struct.Struct("<B")

    reason: int = 1


@late_dataclass(frozen=True)
class GapProcedureComplete(AciBody):
    EVENT, LAYOUT = VendorEvent.GAP_PROCEDURE_COMPLETE, struct.Struct("<BB")

    procedure: int
    status: int


@late_dataclass(frozen=True)
class ParameterUpdateResponse(AciBody):
    """result: 0 accepted."""

    EVENT, LAYOUT = VendorEvent.L2CAP_CONN_UPD_RESP, struct.Struct("<HBBHH")

    connection: int
    length: int
    code: int
    identifier: int
    result: int


@late_dataclass(frozen=True)
class AttributeModified(AciBody):
    EVENT, LAYOUT, TAIL = VendorEvent.GATT_ATTRIBUTE_MODIFIED, struct.Struct("<HHBH"), True

    connection: int
    handle: int
    length: int
    offset: int
    value: bytes


@late_dataclass(frozen=True)
class WritePermitRequest(AciBody):
    EVENT, LAYOUT, TAIL = VendorEvent.GATT_WRITE_PERMIT_REQ, struct.Struct("<HHB"), True

    connection: int
    handle: int
    length: int
    value: bytes


@late_dataclass(frozen=True)
class ReadPermitRequest(AciBody):
    """length: of the offset."""

    EVENT, LAYOUT = VendorEvent.GATT_READ_PERMIT_REQ, struct.Struct("<HHBH")

    connection: int
    handle: int
    length: int
    offset: int


@late_dataclass(frozen=True)
class ServerConfirmation(AciBody):
    EVENT, LAYOUT = VendorEvent.GATT_SERVER_CONFIRMATION, struct.Struct("<H")

    connection: int


@late_dataclass(frozen=True)
class GattProcedureComplete(AciBody):
    """length: of the status."""

    EVENT, LAYOUT = VendorEvent.GATT_PROCEDURE_COMPLETE, struct.Struct("<HBB")

    connection: int
    length: int
    status: int


@late_dataclass(frozen=True)
class ClientEvent(Packed):
    """What a server has sent: the body of its PDU, behind its length."""

    LAYOUT, TAIL = struct.Struct("<HB"), True

    connection: int
    length: int
    data: bytes

    def packet(self, code: VendorEvent) -> EventPacket:
        return AciEvent(code, self.emit()).packet()
