"""Being discovered and connected to (UM1865 section 4.1; Vol 3, Part C, section 9.2)."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.peripherals.bluenrg.codes import AciOpcode, AciStatus
from renode_wifi.peripherals.bluenrg.hal import Hal
from renode_wifi.peripherals.bluenrg.messages import gap, hci
from renode_wifi.peripherals.bluenrg.processor import AciHandler, AciPort
from renode_wifi.peripherals.network.bluetooth import advertising
from renode_wifi.peripherals.network.bluetooth.air import (
    ADVERTISING_UNIT,
    CONNECTABLE,
    DIRECTED,
    SCAN_RESPONSE,
    Advertiser,
    LinkEnd,
)

SHORTEST, DEFAULT_INTERVAL = 0x20, 0x800
"""Advertising intervals."""
TX_POWER = b"\x08"
"""dBm."""


class GapAdvertising:
    """is_allowed: the application has chosen the role. connected: a central has connected."""

    def __init__(self, port: AciPort, hal: Hal) -> None:
        self._port = port
        self._hal = hal
        self.connected: Callable[[LinkEnd], None] | None = None
        self._clear()
        self.handlers: dict[int, AciHandler] = {
            AciOpcode.LE_SET_ADVERTISING_PARAMETERS: AciHandler(
                hci.AdvertisingParameters, self._set_parameters
            ),
            AciOpcode.LE_SET_ADVERTISING_DATA: AciHandler(hci.AdvertisingData, self._set_data),
            AciOpcode.LE_SET_SCAN_RESPONSE_DATA: AciHandler(
                hci.AdvertisingData, self._set_response
            ),
            AciOpcode.LE_SET_ADVERTISE_ENABLE: AciHandler(hci.AdvertiseEnable, self._enable),
            AciOpcode.GAP_SET_NON_DISCOVERABLE: AciHandler(hci.NoParameters, self._stop),
            AciOpcode.GAP_SET_DISCOVERABLE: AciHandler(gap.SetDiscoverable, self._discoverable),
            AciOpcode.GAP_SET_LIMITED_DISCOVERABLE: AciHandler(
                gap.SetDiscoverable, self._limited_discoverable
            ),
            AciOpcode.GAP_SET_DIRECT_CONNECTABLE: AciHandler(
                gap.SetDirectConnectable, self._direct_connectable
            ),
            AciOpcode.GAP_SET_UNDIRECTED_CONNECTABLE: AciHandler(
                gap.SetUndirectedConnectable, self._undirected_connectable
            ),
            AciOpcode.GAP_SET_NON_CONNECTABLE: AciHandler(
                gap.SetNonConnectable, self._non_connectable
            ),
            AciOpcode.GAP_UPDATE_ADV_DATA: AciHandler(gap.UpdateAdvData, self._update_data),
            AciOpcode.GAP_DELETE_AD_TYPE: AciHandler(gap.DeleteAdType, self._delete_type),
        }

    def _clear(self) -> None:
        self.is_allowed = False
        self._structures: dict[int, bytes] = {}
        self._kind, self._own_type, self._interval = CONNECTABLE, 0, DEFAULT_INTERVAL
        self._raw_data: bytes | None = None
        self._response = b""
        self._advertiser: Advertiser | None = None
        self._advertising = 0

    def reset(self) -> None:
        self._stop_advertising()
        self._clear()

    def _connected(self, end: LinkEnd) -> None:
        self._advertiser = None
        if self.connected is not None:
            self.connected(end)

    def _discoverable(self, message: gap.SetDiscoverable) -> AciStatus:
        return self._begin_discoverable(message, advertising.GENERAL_DISCOVERABLE)

    def _limited_discoverable(self, message: gap.SetDiscoverable) -> AciStatus:
        return self._begin_discoverable(message, advertising.LIMITED_DISCOVERABLE)

    def _begin_discoverable(self, message: gap.SetDiscoverable, flag: int) -> AciStatus:
        structures = {
            advertising.FLAGS: bytes([flag | advertising.NO_BR_EDR]),
            advertising.TX_POWER: TX_POWER,
        }
        for structure in (message.name, message.services):
            if structure:
                structures[structure[0]] = structure[1:]
        if len(_joined(structures)) > advertising.MAX_DATA:
            # The power is there if there is room for it.
            del structures[advertising.TX_POWER]
        if len(_joined(structures)) > advertising.MAX_DATA:
            return AciStatus.INVALID_PARAMETERS
        interval = message.longest or message.shortest or DEFAULT_INTERVAL
        return self._begin(message.kind, message.own_type, interval, structures)

    def _undirected_connectable(self, message: gap.SetUndirectedConnectable) -> AciStatus:
        flags = {advertising.FLAGS: bytes([advertising.NO_BR_EDR])}
        return self._begin(CONNECTABLE, message.own_type, DEFAULT_INTERVAL, flags)

    def _direct_connectable(self, message: gap.SetDirectConnectable) -> AciStatus:
        interval = message.longest or message.shortest or SHORTEST
        return self._begin(DIRECTED, message.own_type, interval, {})

    def _non_connectable(self, message: gap.SetNonConnectable) -> AciStatus:
        flags = {advertising.FLAGS: bytes([advertising.NO_BR_EDR])}
        return self._begin(message.kind, message.own_type, DEFAULT_INTERVAL, flags)

    def _begin(
        self, kind: int, own_type: int, interval: int, structures: dict[int, bytes]
    ) -> AciStatus:
        if not self.is_allowed or self._advertiser is not None:
            return AciStatus.NOT_ALLOWED
        if kind >= SCAN_RESPONSE or interval < SHORTEST:
            return AciStatus.INVALID_PARAMETERS
        self._structures, self._raw_data = structures, None
        self._kind, self._own_type, self._interval = kind, own_type, interval
        self._start_advertising()
        return AciStatus.SUCCESS

    def _start_advertising(self) -> None:
        data = _joined(self._structures) if self._raw_data is None else self._raw_data
        self._advertiser = Advertiser(
            self._hal.address(self._own_type),
            self._kind,
            data,
            self._response,
            self._interval * ADVERTISING_UNIT,
            self._connected,
        )
        self._advertising = self._port.air.advertise(self._advertiser)

    def _stop_advertising(self) -> None:
        if self._advertiser is not None:
            self._port.air.withdraw(self._advertising)
            self._advertiser = None

    def _stop(self, message: hci.NoParameters) -> AciStatus:
        if self._advertiser is None:
            return AciStatus.NOT_ALLOWED
        self._stop_advertising()
        return AciStatus.SUCCESS

    def _update_data(self, message: gap.UpdateAdvData) -> AciStatus:
        structures = {**self._structures, **advertising.structures(message.data)}
        if message.length != len(message.data) or len(_joined(structures)) > advertising.MAX_DATA:
            return AciStatus.INVALID_PARAMETERS
        self._structures = structures
        self._refresh()
        return AciStatus.SUCCESS

    def _delete_type(self, message: gap.DeleteAdType) -> AciStatus:
        if self._structures.pop(message.kind, None) is None:
            return AciStatus.ERROR
        self._refresh()
        return AciStatus.SUCCESS

    def _refresh(self) -> None:
        if self._advertiser is not None:
            data = _joined(self._structures) if self._raw_data is None else self._raw_data
            self._advertiser.data, self._advertiser.response = data, self._response

    # The same by the commands of HCI.

    def _set_parameters(self, message: hci.AdvertisingParameters) -> AciStatus:
        if self._advertiser is not None:
            return AciStatus.COMMAND_DISALLOWED
        self._kind, self._own_type = message.kind, message.own_type
        self._interval = max(message.longest, SHORTEST)
        return AciStatus.SUCCESS

    def _set_data(self, message: hci.AdvertisingData) -> AciStatus:
        self._raw_data = message.significant
        self._refresh()
        return AciStatus.SUCCESS

    def _set_response(self, message: hci.AdvertisingData) -> AciStatus:
        self._response = message.significant
        self._refresh()
        return AciStatus.SUCCESS

    def _enable(self, message: hci.AdvertiseEnable) -> AciStatus:
        self._stop_advertising()
        if message.enable:
            self._start_advertising()
        return AciStatus.SUCCESS


def _joined(structures: dict[int, bytes]) -> bytes:
    return b"".join(advertising.structure(kind, value) for kind, value in structures.items())
