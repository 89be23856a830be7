"""Attributes between two modules: one serves, the other discovers, reads, writes."""

from __future__ import annotations

from renode_wifi.peripherals.bluenrg.codes import AciOpcode, AciStatus, VendorEvent
from renode_wifi.peripherals.bluenrg.messages import gatt, hci
from renode_wifi.peripherals.network.contract.bluetooth import INDICATE, NOTIFY, READ, WRITE
from tests.peripherals.bluenrg.rig import Application
from tests.peripherals.bluenrg.test_gap import Pair

CONNECTION = 0x0801
HEAD = CONNECTION.to_bytes(2, "little")
OK = b"\0"
DONE = HEAD + b"\1\0"


def served(properties: int, mask: int = 1) -> tuple[Pair, int, int]:
    """A pair, connected; the handles of service and characteristic."""
    pair = Pair()
    service = pair.peripheral.add_service()
    characteristic = pair.peripheral.add_characteristic(service, properties, mask)
    pair.connect()
    return pair, service, characteristic


def finish(pair: Pair) -> bytes:
    """Until the procedure is over; the body of that event."""
    before = len(pair.central.vendor(VendorEvent.GATT_PROCEDURE_COMPLETE))
    pair.pass_time(200)
    return pair.central.vendor(VendorEvent.GATT_PROCEDURE_COMPLETE)[before]


def test_handles_are_given_as_the_module_gives_them() -> None:
    app = Application()
    app.start()
    service = app.add_service(records=8)
    assert service == 12
    assert app.add_characteristic(service, NOTIFY) == 13
    assert app.add_characteristic(service, READ) == 16
    assert app.add_service(records=2) == 20


def test_a_service_has_as_much_room_as_it_asked_for() -> None:
    app = Application()
    app.start()
    service = app.add_service(records=3)
    app.add_characteristic(service, READ)
    full = gatt.AddCharacteristic(service, b"\x36\x12", 1, READ, 0, 0, 7, 1)
    assert app.command(AciOpcode.GATT_ADD_CHAR, full) == bytes([AciStatus.OUT_OF_HANDLE])
    nowhere = gatt.AddCharacteristic(99, b"\x36\x12", 1, READ, 0, 0, 7, 1)
    assert app.command(AciOpcode.GATT_ADD_CHAR, nowhere) == bytes([AciStatus.INVALID_HANDLE])


def test_services_and_characteristics_are_discovered() -> None:
    pair, service, characteristic = served(READ | NOTIFY)
    central = pair.central
    assert (
        central.command(AciOpcode.GATT_DISC_ALL_PRIM_SERVICES, hci.ConnectionHandle(CONNECTION))
        == OK
    )
    busy = central.command(AciOpcode.GATT_DISC_ALL_PRIM_SERVICES, hci.ConnectionHandle(CONNECTION))
    assert busy == bytes([AciStatus.NOT_ALLOWED])
    assert finish(pair) == DONE
    (found,) = central.vendor(VendorEvent.ATT_READ_BY_GROUP_TYPE_RESP)
    assert found[:4] == HEAD + bytes([1 + 18, 6])
    assert found[4:] == bytes.fromhex("010004000118 05000b000018 0c0013003412")
    scope = gatt.HandleRange(CONNECTION, service, service + 7)
    assert central.command(AciOpcode.GATT_DISC_ALL_CHARAC_OF_SERV, scope) == OK
    assert finish(pair) == DONE
    (found,) = central.vendor(VendorEvent.ATT_READ_BY_TYPE_RESP)
    value = characteristic + 1
    assert found == HEAD + bytes([8, 7, characteristic, 0, READ | NOTIFY, value, 0, 0x35, 0x12])
    scope = gatt.HandleRange(CONNECTION, value, value + 2)
    assert central.command(AciOpcode.GATT_DISC_ALL_CHARAC_DESCRIPTORS, scope) == OK
    assert finish(pair) == DONE
    (found,) = central.vendor(VendorEvent.ATT_FIND_INFORMATION_RESP)
    assert found == HEAD + bytes([5, 1, value + 1, 0, 2, 0x29])
    by_uuid = gatt.DiscoverServiceByUuid(CONNECTION, b"\x34\x12")
    assert central.command(AciOpcode.GATT_DISC_PRIM_SERVICE_BY_UUID, by_uuid) == OK
    assert finish(pair) == DONE
    (found,) = central.vendor(VendorEvent.ATT_FIND_BY_TYPE_VAL_RESP)
    assert found == HEAD + bytes([4, service, 0, service + 7, 0])


def test_a_write_is_an_event_and_a_read_gives_it_back() -> None:
    pair, _, characteristic = served(READ | WRITE)
    write = gatt.WriteRemote(CONNECTION, characteristic + 1, 3, b"abc")
    assert pair.central.command(AciOpcode.GATT_WRITE_CHAR_VALUE, write) == OK
    assert finish(pair) == DONE
    (modified,) = pair.peripheral.vendor(VendorEvent.GATT_ATTRIBUTE_MODIFIED)
    assert modified == HEAD + bytes([characteristic + 1, 0, 3, 0, 0]) + b"abc"
    read = gatt.ReadRemote(CONNECTION, characteristic + 1)
    assert pair.central.command(AciOpcode.GATT_READ_CHARAC_VAL, read) == OK
    assert finish(pair) == DONE
    assert pair.central.vendor(VendorEvent.ATT_READ_RESP) == [HEAD + b"\3abc"]
    own = pair.peripheral.command(
        AciOpcode.GATT_READ_HANDLE_VALUE, gatt.ReadHandleValue(characteristic + 1)
    )
    assert own == b"\0\3\0abc"


def test_what_is_not_permitted_is_an_error_response() -> None:
    pair, _, characteristic = served(READ)
    write = gatt.WriteRemote(CONNECTION, characteristic + 1, 1, b"a")
    pair.central.command(AciOpcode.GATT_WRITE_CHAR_VALUE, write)
    assert finish(pair) == HEAD + bytes([1, AciStatus.FAILED])
    (error,) = pair.central.vendor(VendorEvent.GATT_ERROR_RESP)
    assert error == HEAD + bytes([4, 0x12, characteristic + 1, 0, 3])


def test_a_new_value_is_notified_to_who_has_subscribed() -> None:
    pair, service, characteristic = served(NOTIFY)
    update = gatt.UpdateValue(service, characteristic, 0, 2, b"\1\2")
    assert pair.peripheral.command(AciOpcode.GATT_UPD_CHAR_VAL, update) == OK
    pair.pass_time(40)
    assert pair.central.vendor(VendorEvent.GATT_NOTIFICATION) == []
    configure = gatt.WriteRemote(CONNECTION, characteristic + 2, 2, b"\1\0")
    pair.central.command(AciOpcode.GATT_WRITE_CHAR_DESCRIPTOR, configure)
    assert finish(pair) == DONE
    assert len(pair.peripheral.vendor(VendorEvent.GATT_ATTRIBUTE_MODIFIED)) == 1
    pair.peripheral.command(AciOpcode.GATT_UPD_CHAR_VAL, update)
    pair.pass_time(40)
    notified = HEAD + bytes([4, characteristic + 1, 0, 1, 2])
    assert pair.central.vendor(VendorEvent.GATT_NOTIFICATION) == [notified]


def test_an_indication_is_confirmed() -> None:
    pair, service, characteristic = served(INDICATE)
    configure = gatt.WriteRemote(CONNECTION, characteristic + 2, 2, b"\2\0")
    pair.central.command(AciOpcode.GATT_WRITE_CHAR_DESCRIPTOR, configure)
    finish(pair)
    update = gatt.UpdateValue(service, characteristic, 0, 1, b"\7")
    pair.peripheral.command(AciOpcode.GATT_UPD_CHAR_VAL, update)
    pair.pass_time(40)
    assert len(pair.central.vendor(VendorEvent.GATT_INDICATION)) == 1
    assert (
        pair.central.command(AciOpcode.GATT_CONFIRM_INDICATION, hci.ConnectionHandle(CONNECTION))
        == OK
    )
    pair.pass_time(40)
    assert pair.peripheral.vendor(VendorEvent.GATT_SERVER_CONFIRMATION) == [HEAD]


def test_the_application_may_permit_a_write_or_refuse_it() -> None:
    pair, _, characteristic = served(READ | WRITE, 2)
    value = characteristic + 1
    write = gatt.WriteRemote(CONNECTION, value, 1, b"x")
    pair.central.command(AciOpcode.GATT_WRITE_CHAR_VALUE, write)
    pair.pass_time(100)
    asked = pair.peripheral.vendor(VendorEvent.GATT_WRITE_PERMIT_REQ)
    assert asked == [HEAD + bytes([value, 0, 1]) + b"x"]
    refuse = gatt.WriteResponse(CONNECTION, value, 1, 0x80, 1, b"x")
    assert pair.peripheral.command(AciOpcode.GATT_WRITE_RESPONSE, refuse) == OK
    assert finish(pair) == HEAD + bytes([1, AciStatus.FAILED])
    pair.central.command(AciOpcode.GATT_WRITE_CHAR_VALUE, write)
    pair.pass_time(100)
    permit = gatt.WriteResponse(CONNECTION, value, 0, 0, 1, b"x")
    assert pair.peripheral.command(AciOpcode.GATT_WRITE_RESPONSE, permit) == OK
    assert finish(pair) == DONE
    again = pair.peripheral.command(AciOpcode.GATT_WRITE_RESPONSE, permit)
    assert again == bytes([AciStatus.NOT_ALLOWED])


def test_a_read_may_wait_for_the_application() -> None:
    pair, service, characteristic = served(READ, 4)
    read = gatt.ReadRemote(CONNECTION, characteristic + 1)
    pair.central.command(AciOpcode.GATT_READ_CHARAC_VAL, read)
    pair.pass_time(100)
    assert len(pair.peripheral.vendor(VendorEvent.GATT_READ_PERMIT_REQ)) == 1
    update = gatt.UpdateValue(service, characteristic, 0, 2, b"hi")
    pair.peripheral.command(AciOpcode.GATT_UPD_CHAR_VAL, update)
    assert (
        pair.peripheral.command(AciOpcode.GATT_ALLOW_READ, hci.ConnectionHandle(CONNECTION)) == OK
    )
    assert finish(pair) == DONE
    assert pair.central.vendor(VendorEvent.ATT_READ_RESP) == [HEAD + b"\2hi"]


def test_services_and_characteristics_may_go_again() -> None:
    app = Application()
    app.start()
    service = app.add_service()
    characteristic = app.add_characteristic(service, NOTIFY)
    gone = gatt.DeleteCharacteristic(service, characteristic)
    assert app.command(AciOpcode.GATT_DEL_CHAR, gone) == OK
    update = gatt.UpdateValue(service, characteristic, 0, 0, b"")
    assert app.command(AciOpcode.GATT_UPD_CHAR_VAL, update) == bytes([AciStatus.INVALID_HANDLE])
    assert app.command(AciOpcode.GATT_DEL_SERV, gatt.DeleteService(service)) == OK
    again = app.command(AciOpcode.GATT_DEL_SERV, gatt.DeleteService(service))
    assert again == bytes([AciStatus.INVALID_HANDLE])


def test_descriptors_have_values_of_their_own() -> None:
    app = Application()
    app.start()
    service = app.add_service()
    characteristic = app.add_characteristic(service, READ)
    added = app.command(
        AciOpcode.GATT_ADD_CHAR_DESC,
        gatt.AddDescriptor(service, characteristic, b"\x01\x29", 8, b"lamp", 0, 1, 0, 7, 1),
    )
    handle = int.from_bytes(added[1:], "little")
    change = gatt.SetDescriptorValue(service, characteristic, handle, 0, 3, b"fan")
    assert app.command(AciOpcode.GATT_SET_DESC_VAL, change) == OK
    assert app.command(AciOpcode.GATT_READ_HANDLE_VALUE, gatt.ReadHandleValue(handle))[3:] == b"fan"
