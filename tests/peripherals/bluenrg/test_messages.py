"""What `emit` writes, `parse` reads; other bytes are refused."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.bluenrg.messages import events, gap, gatt, hal, hci, l2cap
from renode_wifi.peripherals.bluenrg.processor import AciMessage

VALUES: list[AciMessage] = [
    hci.CommandPacket(0xFC83, b"\1\2"),
    hci.EventPacket(0x0E, b"\1\2"),
    hci.AclPacket(0x801, 2, b"\1\2"),
    hci.LeScanParameters(1, 0x60, 0x30, 0, 0),
    hci.LeCreateConnection(1, 2, 0, 0, b"abcdef", 0, 6, 12, 0, 400, 0, 0),
    l2cap.L2capFrame(4, b"\x0a\1\0"),
    l2cap.ParameterRequest(0x12, 1, 8, 6, 12, 0, 400),
    events.RemoteFeatures(0, 0x801, bytes(8)),
    hci.LocalVersion(0, 7, 0x3107, 7, 0x30, 0x23),
    hci.AdvertisingParameters(0x20, 0x40, 0, 0, 0, bytes(6), 7, 0),
    hci.AdvertisingData(3, b"\2\1\6"),
    events.CommandComplete(1, 0xFC83, b"\0"),
    events.ConnectionComplete(0, 0x801, 1, 0, b"abcdef", 40, 0, 100, 5),
    events.AdvertisingReport(1, 0, 0, b"abcdef", b"\0\xce"),
    events.AttributeModified(0x801, 14, 1, 0, b"\1"),
    events.ClientEvent(0x801, 2, b"\1\2"),
    hal.WriteConfigData(0, 6, b"abcdef"),
    hal.LinkStatus(0, bytes(8), bytes(16)),
    gap.SetDiscoverable(0, 0x20, 0x40, 0, 0, b"\x09name", b"\x03\x0d\x18", 6, 12),
    gap.SetDirectConnectable(0, 1, 0, b"abcdef", 0x20, 0x40),
    gap.CreateConnection(1, 2, 0, b"abcdef", 0, 6, 12, 0, 400, 0, 0),
    gatt.AddService(b"\x0d\x18", 1, 8),
    gatt.AddService(bytes(range(16)), 2, 8),
    gatt.AddCharacteristic(12, b"\x37\x2a", 6, 0x10, 0, 1, 10, 1),
    gatt.AddCharacteristic(12, bytes(range(16)), 6, 0x10, 0, 1, 10, 1),
    gatt.AddDescriptor(12, 13, b"\x01\x29", 8, b"text", 0, 1, 0, 7, 0),
    gatt.UpdateValue(12, 13, 0, 2, b"ab"),
    gatt.SetDescriptorValue(12, 13, 15, 0, 2, b"ab"),
    gatt.WriteResponse(0x801, 14, 1, 0x80, 0, b""),
    gatt.DiscoverServiceByUuid(0x801, b"\x0d\x18"),
    gatt.WriteRemote(0x801, 14, 2, b"\1\0"),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_emit_writes_what_parse_reads(value: AciMessage) -> None:
    raw = value.emit()
    assert type(value).parse(raw) == value
    with pytest.raises(ValueError, match=r"."):
        type(value).parse(raw[:1] if not isinstance(value, hci.AdvertisingData) else b"")
