"""The application's own attributes (UM1865 section 4.2): services, values, and who may do what."""

from __future__ import annotations

from renode_wifi.peripherals.bluenrg.codes import AciOpcode, AciStatus
from renode_wifi.peripherals.bluenrg.connections import BleConnection
from renode_wifi.peripherals.bluenrg.messages import events, gatt, hci
from renode_wifi.peripherals.bluenrg.processor import AciHandler, AciMessage, AciPort
from renode_wifi.peripherals.network.bluetooth import att, attributes
from renode_wifi.peripherals.network.bluetooth.att import AttPdu, ErrorResponse
from renode_wifi.peripherals.network.bluetooth.attributes import (
    Attribute,
    AttributeServer,
    GattSession,
)
from renode_wifi.peripherals.network.contract import bluetooth

GATT_SERVICE, SERVICE_CHANGED = b"\x01\x18", b"\x05\x2a"
WRITE_EVENT, WRITE_WAITS, READ_WAITS = 0x01, 0x02, 0x04
"""Bits of an attribute's mask."""
PRIMARY = 1
READABLE, WRITABLE = 0x01, 0x02
"""Access of a descriptor."""
LAST_HANDLE = 0xFFFF
MAX_ATTRIBUTES = 200
READS = (att.AttributeReadRequest.OPCODE, att.ReadBlobRequest.OPCODE)


class GattServer:
    """Handles are given in order; a service keeps as many as it asks for."""

    def __init__(self, port: AciPort) -> None:
        self._port = port
        self.server = AttributeServer(self)
        self._next = 1
        self._used: dict[int, int] = {}
        """By service, the next handle in it."""
        self.handlers: dict[int, AciHandler] = {
            AciOpcode.GATT_INIT: AciHandler(hci.NoParameters, self.init),
            AciOpcode.GATT_ADD_SERV: AciHandler(gatt.AddService, self.add_service),
            AciOpcode.GATT_ADD_CHAR: AciHandler(gatt.AddCharacteristic, self.add_characteristic),
            AciOpcode.GATT_ADD_CHAR_DESC: AciHandler(gatt.AddDescriptor, self._add_descriptor),
            AciOpcode.GATT_UPD_CHAR_VAL: AciHandler(gatt.UpdateValue, self.update_value),
            AciOpcode.GATT_SET_DESC_VAL: AciHandler(gatt.SetDescriptorValue, self._set_descriptor),
            AciOpcode.GATT_DEL_CHAR: AciHandler(gatt.DeleteCharacteristic, self._delete),
            AciOpcode.GATT_DEL_SERV: AciHandler(gatt.DeleteService, self._delete_service),
            AciOpcode.GATT_SET_EVENT_MASK: AciHandler(hci.Unread, self._done),
            AciOpcode.GATT_WRITE_RESPONSE: AciHandler(gatt.WriteResponse, self._permit_write),
            AciOpcode.GATT_ALLOW_READ: AciHandler(hci.ConnectionHandle, self._permit_read),
            AciOpcode.GATT_READ_HANDLE_VALUE: AciHandler(gatt.ReadHandleValue, self._read_value),
        }

    def reset(self) -> None:
        self.server = AttributeServer(self)
        self._next = 1
        self._used = {}

    def _done(self, message: AciMessage) -> AciStatus:
        return AciStatus.SUCCESS

    # Services.

    def init(self, message: hci.NoParameters) -> AciStatus:
        """The GATT service, with Service Changed."""
        self.reset()
        self.add_service(gatt.AddService(GATT_SERVICE, PRIMARY, 4))
        changed = gatt.AddCharacteristic(1, SERVICE_CHANGED, 4, bluetooth.INDICATE, 0, 0, 7, 0)
        self.add_characteristic(changed)
        return AciStatus.SUCCESS

    def add_service(self, message: gatt.AddService) -> AciMessage | AciStatus:
        handle, records = self._next, max(1, message.records)
        if not self._used and message.uuid != GATT_SERVICE:
            return AciStatus.NOT_ALLOWED
        if handle + records - 1 > LAST_HANDLE or handle + records > MAX_ATTRIBUTES:
            return AciStatus.OUT_OF_HANDLE
        kind = attributes.GROUPS[0 if message.kind == PRIMARY else 1]
        service = Attribute(handle, kind, message.uuid, group_end=handle + records - 1)
        self.server.add(service)
        self._used[handle] = handle + 1
        self._next = handle + records
        return gatt.HandleResponse(AciStatus.SUCCESS, handle)

    def add_characteristic(self, message: gatt.AddCharacteristic) -> AciMessage | AciStatus:
        """Its declaration, its value, and what its properties ask for."""
        service = self._service(message.service)
        if service is None:
            return AciStatus.INVALID_HANDLE
        subscribed = message.properties & (bluetooth.NOTIFY | bluetooth.INDICATE) != 0
        extended = message.properties & bluetooth.EXTENDED != 0
        handle = self._used[service.handle]
        if handle + 1 + subscribed + extended > service.group_end:
            return AciStatus.OUT_OF_HANDLE
        value = handle + 1
        declared = bytes([message.properties]) + value.to_bytes(2, "little") + message.uuid
        self.server.add(Attribute(handle, attributes.CHARACTERISTIC, declared))
        variable = bool(message.is_variable)
        self.server.add(
            Attribute(
                value,
                message.uuid,
                b"" if variable else bytes(message.length),
                message.length,
                variable,
                message.properties,
                mask=message.mask,
            )
        )
        following = value + 1
        if extended:
            self.server.add(Attribute(following, attributes.EXTENDED_PROPERTIES, bytes(2)))
            following += 1
        if subscribed:
            self.server.add(
                Attribute(
                    following,
                    attributes.CLIENT_CONFIGURATION,
                    length=2,
                    is_variable=False,
                    properties=bluetooth.READ | bluetooth.WRITE,
                    # ST's heart rate service waits for this event without asking for it.
                    mask=WRITE_EVENT,
                    of=value,
                )
            )
            following += 1
        self._used[service.handle] = following
        return gatt.HandleResponse(AciStatus.SUCCESS, handle)

    def _add_descriptor(self, message: gatt.AddDescriptor) -> AciMessage | AciStatus:
        service = self._service(message.service)
        if service is None or message.characteristic not in self.server.attributes:
            return AciStatus.INVALID_HANDLE
        handle = self._used[service.handle]
        if handle > service.group_end:
            return AciStatus.OUT_OF_HANDLE
        properties = bluetooth.READ if message.access & READABLE else 0
        properties |= bluetooth.WRITE if message.access & WRITABLE else 0
        self.server.add(
            Attribute(
                handle,
                message.uuid,
                message.value,
                message.length,
                bool(message.is_variable),
                properties,
                mask=message.mask,
            )
        )
        self._used[service.handle] = handle + 1
        return gatt.HandleResponse(AciStatus.SUCCESS, handle)

    def _service(self, handle: int) -> Attribute | None:
        return self.server.attributes[handle] if handle in self._used else None

    def _delete(self, message: gatt.DeleteCharacteristic) -> AciStatus:
        if message.characteristic not in self.server.attributes:
            return AciStatus.INVALID_HANDLE
        value = message.characteristic + 1
        gone = {message.characteristic, value}
        gone |= {each.handle for each in self.server.attributes.values() if each.of == value}
        for handle in gone:
            self.server.attributes.pop(handle, None)
        return AciStatus.SUCCESS

    def _delete_service(self, message: gatt.DeleteService) -> AciStatus:
        service = self._service(message.service)
        if service is None:
            return AciStatus.INVALID_HANDLE
        del self._used[service.handle]
        for handle in range(service.handle, service.group_end + 1):
            self.server.attributes.pop(handle, None)
        return AciStatus.SUCCESS

    # Values.

    def update_value(self, message: gatt.UpdateValue) -> AciStatus:
        """A new value, of which subscribed clients are notified."""
        attribute = self.server.attributes.get(message.characteristic + 1)
        declared = self.server.attributes.get(message.characteristic)
        if attribute is None or declared is None or declared.uuid != attributes.CHARACTERISTIC:
            return AciStatus.INVALID_HANDLE
        if message.length != len(message.value):
            return AciStatus.INVALID_PARAMETERS
        value = attribute.value[: message.offset].ljust(message.offset, b"\0") + message.value
        if not attribute.is_variable:
            value += attribute.value[len(value) :]
        if len(value) > attribute.length:
            return AciStatus.INVALID_PARAMETERS
        attribute.value = value
        for connection in self._port.connections.all():
            self._notify(connection, attribute)
        return AciStatus.SUCCESS

    def _notify(self, connection: BleConnection, attribute: Attribute) -> None:
        wanted = self.server.subscription(connection.client, attribute.handle)
        value = attribute.value[: connection.client.mtu - 3]
        if wanted & attributes.NOTIFICATIONS and attribute.properties & bluetooth.NOTIFY:
            connection.end.send(att.HandleNotification(attribute.handle, value).emit())
        elif wanted & attributes.INDICATIONS and attribute.properties & bluetooth.INDICATE:
            connection.end.send(att.HandleIndication(attribute.handle, value).emit())

    def _set_descriptor(self, message: gatt.SetDescriptorValue) -> AciStatus:
        attribute = self.server.attributes.get(message.descriptor)
        if attribute is None:
            return AciStatus.INVALID_HANDLE
        value = attribute.value[: message.offset].ljust(message.offset, b"\0") + message.value
        if message.length != len(message.value) or len(value) > attribute.length:
            return AciStatus.INVALID_PARAMETERS
        attribute.value = value
        return AciStatus.SUCCESS

    def _read_value(self, message: gatt.ReadHandleValue) -> AciMessage | AciStatus:
        attribute = self.server.attributes.get(message.handle)
        if attribute is None:
            return AciStatus.INVALID_HANDLE
        return gatt.HandleValue(AciStatus.SUCCESS, len(attribute.value), attribute.value)

    # What clients do.

    def receive(self, connection: BleConnection, raw: bytes) -> None:
        """A PDU of a client."""
        if raw[:1] == bytes([att.HandleConfirmation.OPCODE]):
            self._port.send(events.ServerConfirmation(connection.handle).packet())
            return
        answer = self.server.answer(connection.client, raw)
        if answer is not None:
            connection.end.send(answer.emit())

    def allows(self, client: GattSession, attribute: Attribute, pdu: AttPdu) -> bool:
        """The application is asked where it wants to be."""
        if attribute.mask & WRITE_WAITS and isinstance(
            pdu, att.AttributeWriteRequest | att.AttributeWriteCommand
        ):
            event = events.WritePermitRequest(
                client.connection, attribute.handle, len(pdu.value), pdu.value
            )
            self._port.send(event.packet())
            return False
        if attribute.mask & READ_WAITS and pdu.OPCODE in READS:
            offset = pdu.offset if isinstance(pdu, att.ReadBlobRequest) else 0
            request = events.ReadPermitRequest(client.connection, attribute.handle, 2, offset)
            self._port.send(request.packet())
            return False
        return True

    def written(self, client: GattSession, attribute: Attribute, value: bytes) -> None:
        if attribute.mask & WRITE_EVENT:
            event = events.AttributeModified(
                client.connection, attribute.handle, len(value), 0, value
            )
            self._port.send(event.packet())

    def _permit_write(self, message: gatt.WriteResponse) -> AciStatus:
        connection = self._port.connections.get(message.connection)
        if connection is None or not isinstance(
            pdu := connection.client.waiting,
            att.AttributeWriteRequest | att.AttributeWriteCommand,
        ):
            return AciStatus.NOT_ALLOWED
        if message.is_refused:
            connection.client.waiting = None
            if isinstance(pdu, att.AttributeWriteRequest):
                answer = ErrorResponse(pdu.OPCODE, pdu.handle, message.error)
                connection.end.send(answer.emit())
            return AciStatus.SUCCESS
        return self._serve_waiting(connection)

    def _permit_read(self, message: hci.ConnectionHandle) -> AciStatus:
        connection = self._port.connections.get(message.connection)
        if connection is None or connection.client.waiting is None:
            return AciStatus.NOT_ALLOWED
        return self._serve_waiting(connection)

    def _serve_waiting(self, connection: BleConnection) -> AciStatus:
        pdu, connection.client.waiting = connection.client.waiting, None
        answer = None if pdu is None else self.server.serve(connection.client, pdu)
        if answer is not None:
            connection.end.send(answer.emit())
        return AciStatus.SUCCESS
