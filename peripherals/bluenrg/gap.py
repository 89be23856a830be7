"""Discovering, and connections (UM1865 section 4.1; Vol 3, Part C).

Security (pairing, keys, the white list) isn't modelled: its settings are taken and have no effect.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND, Event
from renode_wifi.peripherals.bluenrg.codes import AciOpcode, AciStatus, Procedure
from renode_wifi.peripherals.bluenrg.connections import BleConnection
from renode_wifi.peripherals.bluenrg.controller import Controller
from renode_wifi.peripherals.bluenrg.gap_advertising import GapAdvertising
from renode_wifi.peripherals.bluenrg.gatt_client import GattClient
from renode_wifi.peripherals.bluenrg.gatt_server import GattServer
from renode_wifi.peripherals.bluenrg.hal import RSSI
from renode_wifi.peripherals.bluenrg.initiating import Initiating
from renode_wifi.peripherals.bluenrg.messages import events, gap, gatt, hci
from renode_wifi.peripherals.bluenrg.processor import AciHandler, AciMessage, AciPort
from renode_wifi.peripherals.network.bluetooth import advertising, att
from renode_wifi.peripherals.network.bluetooth.air import (
    CONNECTION_UNIT,
    DIRECTED,
    NOT_CONNECTABLE,
    SCAN_RESPONSE,
    Advertiser,
    LinkEnd,
)
from renode_wifi.peripherals.network.contract import bluetooth
from renode_wifi.peripherals.network.contract.bluetooth import DeviceAddress

SERVICE, DEVICE_NAME, APPEARANCE = b"\x00\x18", b"\x00\x2a", b"\x01\x2a"
CONNECTION_PARAMETERS = b"\x04\x2a"
PERIPHERAL = 1
"""Bit of the role."""
CENTRAL_ROLE, PERIPHERAL_ROLE = 0, 1
DISCOVERY_TIME = 10_240 * MILLISECOND
"""Of general and limited discovery (Vol 3, Part C, appendix A)."""
ACCURACY = 0x05
"""Of the central's clock: 50 ppm."""
TIMEOUT_UNIT = 10 * MILLISECOND
UPDATE_RESPONSE = 0x13
"""L2CAP's code."""


class Gap:
    def __init__(
        self,
        port: AciPort,
        server: GattServer,
        client: GattClient,
        peripheral: GapAdvertising,
        initiating: Initiating,
        controller: Controller,
    ) -> None:
        self._port = port
        self._peripheral = peripheral
        peripheral.connected = self._connected_as_peripheral
        self._controller = controller
        self._initiating = initiating
        initiating.opened = self._open
        self._server = server
        self._client = client
        self._clear()
        self.handlers: dict[int, AciHandler] = {
            AciOpcode.DISCONNECT: AciHandler(hci.Disconnect, self._terminate, True),
            AciOpcode.GAP_INIT: AciHandler(gap.GapInit, self._init),
            AciOpcode.GAP_TERMINATE: AciHandler(hci.Disconnect, self._terminate, True),
            AciOpcode.GAP_START_GENERAL_DISCOVERY: AciHandler(
                gap.StartDiscovery, self._discover_all, True
            ),
            AciOpcode.GAP_START_LIMITED_DISCOVERY: AciHandler(
                gap.StartDiscovery, self._discover_limited, True
            ),
            AciOpcode.GAP_CREATE_CONNECTION: AciHandler(gap.CreateConnection, self._create, True),
            AciOpcode.GAP_TERMINATE_PROCEDURE: AciHandler(
                gap.TerminateProcedure, self._end_procedure
            ),
            AciOpcode.GAP_START_CONNECTION_UPDATE: AciHandler(
                gap.ConnectionUpdate, self._update_connection, True
            ),
            AciOpcode.LE_CONNECTION_UPDATE: AciHandler(
                gap.ConnectionUpdate, self._update_connection, True
            ),
            AciOpcode.L2CAP_CONN_PARAM_UPDATE_REQ: AciHandler(
                gap.ParameterUpdateRequest, self._ask_update, True
            ),
        }
        for opcode in (
            AciOpcode.GAP_SET_IO_CAPABILITY,
            AciOpcode.GAP_SET_AUTH_REQUIREMENT,
            AciOpcode.GAP_SET_AUTHOR_REQUIREMENT,
            AciOpcode.GAP_SET_EVENT_MASK,
            AciOpcode.GAP_CONFIGURE_WHITELIST,
            AciOpcode.GAP_CLEAR_SECURITY_DB,
        ):
            self.handlers[opcode] = AciHandler(hci.Unread, self._done)

    def _clear(self) -> None:
        self._role = 0
        self._scan: Procedure | None = None
        self._scan_end: Event | None = None
        self._filters_duplicates = False
        self._seen: set[tuple[DeviceAddress, bytes]] = set()

    def reset(self) -> None:
        self._stop_scan()
        self._clear()

    def _done(self, message: AciMessage) -> AciStatus:
        return AciStatus.SUCCESS

    def _init(self, message: gap.GapInit) -> AciMessage | AciStatus:
        """The GAP service."""
        if not message.role:
            return AciStatus.INVALID_PARAMETERS
        self._role = message.role
        is_peripheral = bool(message.role & PERIPHERAL)
        added = self._server.add_service(gatt.AddService(SERVICE, 1, 7 if is_peripheral else 5))
        if isinstance(added, AciStatus):
            return added
        self._peripheral.is_allowed = is_peripheral
        assert isinstance(added, gatt.HandleResponse)
        service = added.handle
        properties = bluetooth.READ | bluetooth.WRITE_COMMAND | bluetooth.WRITE
        lengths = [(DEVICE_NAME, message.name_length), (APPEARANCE, 2)]
        if is_peripheral:
            lengths.append((CONNECTION_PARAMETERS, 8))
        for uuid, length in lengths:
            variable = uuid == DEVICE_NAME
            allowed = bluetooth.READ if uuid == CONNECTION_PARAMETERS else properties
            self._server.add_characteristic(
                gatt.AddCharacteristic(service, uuid, length, allowed, 0, 0, 7, variable)
            )
        return gap.GapHandles(AciStatus.SUCCESS, service, service + 1, service + 3)

    # Discovering.

    def _discover_all(self, message: gap.StartDiscovery) -> AciStatus:
        return self._discover(message, Procedure.GENERAL_DISCOVERY)

    def _discover_limited(self, message: gap.StartDiscovery) -> AciStatus:
        return self._discover(message, Procedure.LIMITED_DISCOVERY)

    def _discover(self, message: gap.StartDiscovery, procedure: Procedure) -> AciStatus:
        if not self._role or self._scan is not None:
            return AciStatus.NOT_ALLOWED
        self._scan = procedure
        self._seen = set()
        self._filters_duplicates = bool(message.filter_duplicates)
        self._scan_end = self._port.machine.clock.schedule(DISCOVERY_TIME, self._scanned)
        self._port.air.scan(self)
        return AciStatus.SUCCESS

    def on_advertising(self, advertiser: Advertiser) -> None:
        """An advertiser sends while discovery is under way."""
        flags = advertising.structures(advertiser.data).get(advertising.FLAGS, b"\0")[0]
        wanted = advertising.LIMITED_DISCOVERABLE
        if self._scan is Procedure.GENERAL_DISCOVERY:
            wanted |= advertising.GENERAL_DISCOVERABLE
        if not flags & wanted:
            return
        self._report(advertiser, advertiser.kind, advertiser.data)
        if advertiser.kind not in (DIRECTED, NOT_CONNECTABLE):
            self._report(advertiser, SCAN_RESPONSE, advertiser.response)

    def _report(self, advertiser: Advertiser, kind: int, data: bytes) -> None:
        key = (advertiser.address, bytes([kind]) + data)
        if self._filters_duplicates and key in self._seen:
            return
        self._seen.add(key)
        content = bytes([len(data)]) + data + RSSI.to_bytes(1, "little", signed=True)
        address = advertiser.address
        event = events.AdvertisingReport(1, kind, address.kind, address.octets, content)
        self._port.send(event.packet())

    def _stop_scan(self) -> None:
        self._port.air.stop_scan(self)
        if self._scan_end is not None:
            self._scan_end.cancel()
            self._scan_end = None
        self._scan = None

    def _scanned(self) -> None:
        procedure = self._scan or Procedure.GENERAL_DISCOVERY
        self._stop_scan()
        self._complete(procedure)

    def _complete(self, procedure: int, status: int = AciStatus.SUCCESS) -> None:
        self._port.send(events.GapProcedureComplete(procedure, status).packet())

    def _end_procedure(self, message: gap.TerminateProcedure) -> AciStatus:
        if self._scan is not None and message.procedure == self._scan:
            self._scanned()
            return AciStatus.SUCCESS
        connecting = self._initiating.is_under_way
        if connecting and message.procedure == Procedure.DIRECT_CONNECTION:
            self._initiating.stop()
            self._complete(Procedure.DIRECT_CONNECTION)
            return AciStatus.SUCCESS
        return AciStatus.INVALID_OPERATION

    # BleConnections.

    def _create(self, message: gap.CreateConnection) -> AciStatus:
        if not self._role or self._initiating.is_under_way:
            return AciStatus.NOT_ALLOWED
        if not message.longest:
            return AciStatus.INVALID_PARAMETERS
        self._initiating.start(message)
        return AciStatus.SUCCESS

    def _connected_as_peripheral(self, end: LinkEnd) -> None:
        self._open(end, 0, SECOND // TIMEOUT_UNIT)

    def _open(self, end: LinkEnd, latency: int, timeout: int) -> None:
        has_host = not self._controller.is_on
        receive = self._receive if has_host else self._controller.receive
        connection = self._port.connections.add(end, receive, self._closed)
        if connection is None:
            end.close()
            return
        role = CENTRAL_ROLE if end.is_central else PERIPHERAL_ROLE
        event = events.ConnectionComplete(
            AciStatus.SUCCESS,
            connection.handle,
            role,
            end.peer.kind,
            end.peer.octets,
            connection.interval,
            latency,
            timeout,
            ACCURACY,
        )
        self._port.send(event.packet())
        if end.is_central and has_host:
            self._complete(Procedure.DIRECT_CONNECTION)

    def _receive(self, connection: BleConnection, raw: bytes) -> None:
        if raw and (raw[0] in att.REQUESTS or raw[0] in TO_SERVER):
            self._server.receive(connection, raw)
            return
        try:
            pdu = att.parse_pdu(raw)
        except ValueError:
            return
        self._client.receive(connection, pdu)

    def _closed(self, connection: BleConnection, reason: int) -> None:
        self._port.connections.remove(connection)
        event = events.DisconnectionComplete(AciStatus.SUCCESS, connection.handle, reason)
        self._port.send(event.packet())

    def _terminate(self, message: hci.Disconnect) -> AciStatus:
        connection = self._port.connections.get(message.connection)
        if connection is None:
            return AciStatus.UNKNOWN_CONNECTION
        connection.end.close(message.reason)
        return AciStatus.SUCCESS

    def _update_connection(self, message: gap.ConnectionUpdate) -> AciStatus:
        connection = self._port.connections.get(message.connection)
        if connection is None:
            return AciStatus.UNKNOWN_CONNECTION
        if not connection.end.is_central or not message.longest:
            return AciStatus.NOT_ALLOWED
        connection.end.set_interval(message.longest * CONNECTION_UNIT)
        self._updated(connection, message.latency, message.timeout)
        return AciStatus.SUCCESS

    def _ask_update(self, message: gap.ParameterUpdateRequest) -> AciStatus:
        """The central agrees."""
        connection = self._port.connections.get(message.connection)
        if connection is None:
            return AciStatus.UNKNOWN_CONNECTION
        if connection.end.is_central or not message.longest:
            return AciStatus.NOT_ALLOWED
        connection.end.set_interval(message.longest * CONNECTION_UNIT)
        answer = events.ParameterUpdateResponse(connection.handle, 5, UPDATE_RESPONSE, 1, 0)
        self._port.send(answer.packet())
        self._updated(connection, message.latency, message.timeout)
        return AciStatus.SUCCESS

    def _updated(self, connection: BleConnection, latency: int, timeout: int) -> None:
        event = events.ConnectionUpdateComplete(
            AciStatus.SUCCESS, connection.handle, connection.interval, latency, timeout
        )
        self._port.send(event.packet())


TO_SERVER = (att.AttributeWriteCommand.OPCODE, att.HandleConfirmation.OPCODE)
