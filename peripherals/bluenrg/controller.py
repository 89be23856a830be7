"""The link layer alone, for hosts of the application's own (UM1865 section 4.6.5, LL_WITHOUT_HOST).

The application exchanges L2CAP frames as ACL data. A connection of the world carries the Attribute
Protocol only; the module itself answers what else is asked of the other end: new connection
parameters are accepted, pairing is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from renode_wifi.peripherals.bluenrg.codes import AciOpcode, AciStatus
from renode_wifi.peripherals.bluenrg.connections import BleConnection
from renode_wifi.peripherals.bluenrg.hal import (
    BLUETOOTH_4_1,
    BUFFER_LENGTH,
    FEATURES,
    MANUFACTURER,
    RSSI,
    SUBVERSION,
    Hal,
)
from renode_wifi.peripherals.bluenrg.initiating import Initiating
from renode_wifi.peripherals.bluenrg.messages import events, hci, l2cap
from renode_wifi.peripherals.bluenrg.processor import AciHandler, AciPort
from renode_wifi.peripherals.network.bluetooth.air import (
    CONNECTION_UNIT,
    DIRECTED,
    NOT_CONNECTABLE,
    SCAN_RESPONSE,
    Advertiser,
)
from renode_wifi.peripherals.network.contract.bluetooth import DeviceAddress

ACTIVE = 1
"""Kind of scanning that asks for scan responses."""


class Controller:
    def __init__(self, port: AciPort, hal: Hal, initiating: Initiating) -> None:
        self._port = port
        self._hal = hal
        self._initiating = initiating
        self._clear()
        self.handlers: dict[int, AciHandler] = {
            AciOpcode.READ_REMOTE_VERSION: AciHandler(hci.ConnectionHandle, self._version, True),
            AciOpcode.LE_SET_SCAN_PARAMETERS: AciHandler(hci.LeScanParameters, self._set_scan),
            AciOpcode.LE_SET_SCAN_ENABLE: AciHandler(hci.LeScanEnable, self._enable_scan),
            AciOpcode.LE_CREATE_CONNECTION: AciHandler(hci.LeCreateConnection, self._create, True),
            AciOpcode.LE_CREATE_CONNECTION_CANCEL: AciHandler(hci.NoParameters, self._cancel),
            AciOpcode.LE_READ_REMOTE_FEATURES: AciHandler(
                hci.ConnectionHandle, self._features, True
            ),
        }

    def _clear(self) -> None:
        self._is_active = self._is_scanning = self._filters_duplicates = False
        self._seen: set[tuple[DeviceAddress, bytes]] = set()
        self._partial: dict[int, bytes] = {}
        """What has come of frames under way, by connection."""

    def reset(self) -> None:
        self._port.air.stop_scan(self)
        self._clear()

    @property
    def is_on(self) -> bool:
        """Whether the module is without its own host."""
        return self._hal.is_without_host

    # Scanning.

    def _set_scan(self, message: hci.LeScanParameters) -> AciStatus:
        if self._is_scanning:
            return AciStatus.COMMAND_DISALLOWED
        self._is_active = message.kind == ACTIVE
        return AciStatus.SUCCESS

    def _enable_scan(self, message: hci.LeScanEnable) -> AciStatus:
        self._port.air.stop_scan(self)
        self._is_scanning = bool(message.enable)
        self._filters_duplicates = bool(message.filter_duplicates)
        self._seen = set()
        if self._is_scanning:
            self._port.air.scan(self)
        return AciStatus.SUCCESS

    def on_advertising(self, advertiser: Advertiser) -> None:
        """An advertiser sends."""
        self._report(advertiser, advertiser.kind, advertiser.data)
        if self._is_active and advertiser.kind not in (DIRECTED, NOT_CONNECTABLE):
            self._report(advertiser, SCAN_RESPONSE, advertiser.response)

    def _report(self, advertiser: Advertiser, kind: int, data: bytes) -> None:
        address = advertiser.address
        key = (address, bytes([kind]))
        if self._filters_duplicates and key in self._seen:
            return
        self._seen.add(key)
        content = bytes([len(data)]) + data + RSSI.to_bytes(1, "little", signed=True)
        report = events.AdvertisingReport(1, kind, address.kind, address.octets, content)
        self._port.send(report.packet())

    # Connecting.

    def _create(self, message: hci.LeCreateConnection) -> AciStatus:
        if self._initiating.is_under_way:
            return AciStatus.COMMAND_DISALLOWED
        if not message.longest:
            return AciStatus.INVALID_HCI_PARAMETERS
        self._initiating.start(message)
        return AciStatus.SUCCESS

    def _cancel(self, message: hci.NoParameters) -> AciStatus:
        if not self._initiating.is_under_way:
            return AciStatus.COMMAND_DISALLOWED
        self._initiating.stop()
        failed = events.ConnectionComplete(
            AciStatus.UNKNOWN_CONNECTION, 0, 0, 0, bytes(6), 0, 0, 0, 0
        )
        self._port.send(failed.packet())
        return AciStatus.SUCCESS

    def _version(self, message: hci.ConnectionHandle) -> AciStatus:
        connection = self._port.connections.get(message.connection)
        if connection is None:
            return AciStatus.UNKNOWN_CONNECTION
        version = events.RemoteVersion(
            AciStatus.SUCCESS, message.connection, BLUETOOTH_4_1, MANUFACTURER, SUBVERSION
        )
        self._later(connection, partial(self._port.send, version.packet()))
        return AciStatus.SUCCESS

    def _features(self, message: hci.ConnectionHandle) -> AciStatus:
        connection = self._port.connections.get(message.connection)
        if connection is None:
            return AciStatus.UNKNOWN_CONNECTION
        features = events.RemoteFeatures(AciStatus.SUCCESS, message.connection, FEATURES)
        self._later(connection, partial(self._port.send, features.packet()))
        return AciStatus.SUCCESS

    def _later(self, connection: BleConnection, do: Callable[[], None]) -> None:
        """At the next connection event."""
        self._port.machine.clock.schedule(connection.end.until_event(), do)

    # Data.

    def receive(self, connection: BleConnection, raw: bytes) -> None:
        """A PDU of the Attribute Protocol from the other end."""
        self._give(connection, l2cap.L2capFrame(l2cap.ATTRIBUTES, raw))

    def _give(self, connection: BleConnection, frame: l2cap.L2capFrame) -> None:
        whole = frame.emit()
        for start in range(0, len(whole), BUFFER_LENGTH):
            kind = hci.CONTINUES if start else hci.FLUSHABLE
            piece = whole[start : start + BUFFER_LENGTH]
            self._port.give(hci.AclPacket(connection.handle, kind, piece))

    def take(self, packet: hci.AclPacket) -> None:
        """Data of the application for the other end."""
        connection = self._port.connections.get(packet.connection)
        if connection is None:
            return
        completed = events.CompletedPackets(1, connection.handle, 1)
        self._later(connection, partial(self._port.send, completed.packet()))
        begun = self._partial.pop(connection.handle, b"") if packet.kind == hci.CONTINUES else b""
        whole = begun + packet.data
        if not l2cap.is_whole(whole):
            self._partial[connection.handle] = whole
            return
        frame = l2cap.L2capFrame.parse(whole)
        if frame.channel == l2cap.ATTRIBUTES:
            connection.end.send(frame.payload)
        elif frame.channel == l2cap.SIGNALLING:
            self._later(connection, partial(self._signalled, connection, frame.payload))
        elif frame.channel == l2cap.SECURITY and frame.payload[:1] == l2cap.PAIRING_REQUEST:
            refusal = l2cap.L2capFrame(l2cap.SECURITY, l2cap.PAIRING_NOT_SUPPORTED)
            self._later(connection, partial(self._give, connection, refusal))

    def _signalled(self, connection: BleConnection, raw: bytes) -> None:
        try:
            request = l2cap.ParameterRequest.parse(raw)
        except ValueError:
            return
        if request.code != l2cap.PARAMETER_REQUEST or not request.longest:
            return
        answer = l2cap.ParameterResponse(l2cap.PARAMETER_RESPONSE, request.identifier)
        self._give(connection, l2cap.L2capFrame(l2cap.SIGNALLING, answer.emit()))
        connection.end.set_interval(request.longest * CONNECTION_UNIT)
        updated = events.ConnectionUpdateComplete(
            AciStatus.SUCCESS,
            connection.handle,
            connection.interval,
            request.latency,
            request.timeout,
        )
        self._port.send(updated.packet())
