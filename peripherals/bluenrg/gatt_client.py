"""Procedures at the server of the other end (UM1865 section 4.2): discovery, reads and writes.

One at a time on each connection. What the server answers are events; an event ends the procedure.
"""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.bluenrg.codes import AciOpcode, AciStatus, VendorEvent
from renode_wifi.peripherals.bluenrg.connections import BleConnection
from renode_wifi.peripherals.bluenrg.messages import events, gatt, hci
from renode_wifi.peripherals.bluenrg.processor import AciHandler, AciPort
from renode_wifi.peripherals.network.bluetooth import att, client
from renode_wifi.peripherals.network.bluetooth.att import AttPdu, ErrorResponse
from renode_wifi.peripherals.network.bluetooth.attributes import MAX_HANDLE

EVENTS: dict[int, VendorEvent] = {
    att.ExchangeMtuResponse.OPCODE: VendorEvent.ATT_EXCHANGE_MTU_RESP,
    att.FindInformationResponse.OPCODE: VendorEvent.ATT_FIND_INFORMATION_RESP,
    att.FindByTypeValueResponse.OPCODE: VendorEvent.ATT_FIND_BY_TYPE_VAL_RESP,
    att.ReadByTypeResponse.OPCODE: VendorEvent.ATT_READ_BY_TYPE_RESP,
    att.AttributeReadResponse.OPCODE: VendorEvent.ATT_READ_RESP,
    att.ReadByGroupTypeResponse.OPCODE: VendorEvent.ATT_READ_BY_GROUP_TYPE_RESP,
    att.HandleIndication.OPCODE: VendorEvent.GATT_INDICATION,
    att.HandleNotification.OPCODE: VendorEvent.GATT_NOTIFICATION,
    ErrorResponse.OPCODE: VendorEvent.GATT_ERROR_RESP,
}
"""Of the PDUs whose bodies are passed on as they are."""


class GattClient:
    def __init__(self, port: AciPort) -> None:
        self._port = port
        self.handlers: dict[int, AciHandler] = {
            AciOpcode.GATT_EXCHANGE_CONFIG: AciHandler(
                hci.ConnectionHandle, self._exchange_mtu, True
            ),
            AciOpcode.GATT_DISC_ALL_PRIM_SERVICES: AciHandler(
                hci.ConnectionHandle, self._services, True
            ),
            AciOpcode.GATT_DISC_PRIM_SERVICE_BY_UUID: AciHandler(
                gatt.DiscoverServiceByUuid, self._services_of, True
            ),
            AciOpcode.GATT_DISC_ALL_CHARAC_OF_SERV: AciHandler(
                gatt.HandleRange, self._characteristics, True
            ),
            AciOpcode.GATT_DISC_ALL_CHARAC_DESCRIPTORS: AciHandler(
                gatt.HandleRange, self._descriptors, True
            ),
            AciOpcode.GATT_READ_CHARAC_VAL: AciHandler(gatt.ReadRemote, self._read, True),
            AciOpcode.GATT_READ_CHAR_DESCRIPTOR: AciHandler(gatt.ReadRemote, self._read, True),
            AciOpcode.GATT_WRITE_CHAR_VALUE: AciHandler(gatt.WriteRemote, self._write, True),
            AciOpcode.GATT_WRITE_CHAR_DESCRIPTOR: AciHandler(gatt.WriteRemote, self._write, True),
            AciOpcode.GATT_WRITE_WITHOUT_RESPONSE: AciHandler(gatt.WriteRemote, self._command),
            AciOpcode.GATT_CONFIRM_INDICATION: AciHandler(hci.ConnectionHandle, self._confirm),
        }

    def reset(self) -> None:
        """BleConnections end with their procedures."""

    def receive(self, connection: BleConnection, pdu: AttPdu) -> None:
        """A PDU of the server."""
        if isinstance(pdu, att.HandleNotification | att.HandleIndication):
            self._pass_on(connection, pdu)
        else:
            connection.remote.answered(pdu)

    def _pass_on(self, connection: BleConnection, pdu: AttPdu) -> None:
        code = EVENTS.get(pdu.OPCODE)
        if code is not None:
            body = pdu.emit()[1:]
            event = events.ClientEvent(connection.handle, len(body), body)
            self._port.send(event.packet(code))

    def _free(self, handle: int) -> BleConnection | AciStatus:
        connection = self._port.connections.get(handle)
        if connection is None:
            return AciStatus.UNKNOWN_CONNECTION
        return AciStatus.NOT_ALLOWED if connection.remote.is_busy else connection

    # Procedures.

    def _walk(self, handle: int, make: client.MakeRequest, first: int, last: int) -> AciStatus:
        connection = self._free(handle)
        if isinstance(connection, AciStatus):
            return connection
        found = partial(self._pass_on, connection)
        connection.remote.walk(make, first, last, found, partial(self._complete, connection))
        return AciStatus.SUCCESS

    def _complete(self, connection: BleConnection, status: int = AciStatus.SUCCESS) -> None:
        event = events.GattProcedureComplete(connection.handle, 1, status)
        self._port.send(event.packet())

    def _ask(self, handle: int, pdu: AttPdu) -> AciStatus:
        connection = self._free(handle)
        if isinstance(connection, AciStatus):
            return connection
        connection.remote.request(pdu, partial(self._answered, connection))
        return AciStatus.SUCCESS

    def _answered(self, connection: BleConnection, pdu: AttPdu) -> None:
        self._pass_on(connection, pdu)
        refused = isinstance(pdu, ErrorResponse)
        self._complete(connection, AciStatus.FAILED if refused else AciStatus.SUCCESS)

    def _services(self, message: hci.ConnectionHandle) -> AciStatus:
        return self._walk(message.connection, client.ServicesFrom(), 1, MAX_HANDLE)

    def _services_of(self, message: gatt.DiscoverServiceByUuid) -> AciStatus:
        make = client.ServicesOf(message.uuid)
        return self._walk(message.connection, make, 1, MAX_HANDLE)

    def _characteristics(self, message: gatt.HandleRange) -> AciStatus:
        make = client.CharacteristicsUpTo(message.last)
        return self._walk(message.connection, make, message.first, message.last)

    def _descriptors(self, message: gatt.HandleRange) -> AciStatus:
        """The range begins with the characteristic's value."""
        make = client.DescriptorsUpTo(message.last)
        return self._walk(message.connection, make, message.first + 1, message.last)

    def _exchange_mtu(self, message: hci.ConnectionHandle) -> AciStatus:
        return self._ask(message.connection, att.ExchangeMtuRequest(att.DEFAULT_MTU))

    def _read(self, message: gatt.ReadRemote) -> AciStatus:
        return self._ask(message.connection, att.AttributeReadRequest(message.handle))

    def _write(self, message: gatt.WriteRemote) -> AciStatus:
        if message.length != len(message.value):
            return AciStatus.INVALID_PARAMETERS
        pdu = att.AttributeWriteRequest(message.handle, message.value)
        return self._ask(message.connection, pdu)

    def _command(self, message: gatt.WriteRemote) -> AciStatus:
        connection = self._port.connections.get(message.connection)
        if connection is None:
            return AciStatus.UNKNOWN_CONNECTION
        if message.length != len(message.value):
            return AciStatus.INVALID_PARAMETERS
        connection.remote.command(att.AttributeWriteCommand(message.handle, message.value))
        return AciStatus.SUCCESS

    def _confirm(self, message: hci.ConnectionHandle) -> AciStatus:
        connection = self._port.connections.get(message.connection)
        if connection is None:
            return AciStatus.UNKNOWN_CONNECTION
        connection.remote.command(att.HandleConfirmation())
        return AciStatus.SUCCESS
