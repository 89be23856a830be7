"""Settings of the WLAN silo, which survive power cycles (wlan.h, sl_WlanSet and sl_WlanGet)."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.messages.basic import (
    BasicResponse,
    GetSetting,
    SetSetting,
    Setting,
)
from renode_wifi.peripherals.simplelink.messages.wlan import MAX_SSID, ScanParameters
from renode_wifi.peripherals.simplelink.netcfg import NetCfg
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Transaction
from renode_wifi.peripherals.simplelink.wlan.station import StationRole

ADD_MAC, DELETE_MAC, DELETE_INDEX, ENTRIES, LIST_MODE = 20, 21, 22, 24, 25
MAX_REFUSED = 8
"""Entries of the access list, which refuses stations."""
AP, GENERAL, P2P, ACCESS_LIST, FILTERS, CONNECTION = range(6)
AP_SSID, AP_CHANNEL, AP_HIDDEN, AP_SECURITY, AP_PASSWORD, AP_STATIONS = 0, 3, 4, 6, 7, 19
SCAN_PARAMETERS, DISABLE_SERVER_AUTHENTICATION = 18, 32
OPTIONS = range(48)
MAX_LENGTH = 512
DEFAULTS = {
    (AP, AP_CHANNEL): b"\x06",
    (AP, AP_HIDDEN): b"\0",
    (AP, AP_SECURITY): b"\0",
    (AP, AP_PASSWORD): b"",
    (AP, AP_STATIONS): b"\4",
    (GENERAL, 9): b"US",
    (GENERAL, 10): b"\0",
    (GENERAL, 11): b"\0",
    (GENERAL, SCAN_PARAMETERS): ScanParameters(0x1FFF, -95).emit(),
    (P2P, 12): b"mysimplelink",
    (P2P, 13): b"1-0050F204-1",
    (ACCESS_LIST, LIST_MODE): b"\0",
}


class WlanSettings:
    """By identity and option."""

    def __init__(self, netcfg: NetCfg, station: StationRole) -> None:
        self.netcfg = netcfg
        self.station = station
        self.changed: Callable[[], None] | None = None
        """Called when the access list, or how many stations there may be, has changed."""
        self.restore()

    def restore(self) -> None:
        self.values: dict[tuple[int, int], bytes] = dict(DEFAULTS)
        self.access_list: list[bytes] = []

    @property
    def refused(self) -> frozenset[bytes]:
        """Stations that may not join the access point."""
        on = any(self.values[ACCESS_LIST, LIST_MODE])
        return frozenset(self.access_list if on else ())

    @property
    def stations(self) -> int:
        """How many may join it."""
        return (self.values[AP, AP_STATIONS] or b"\4")[0]

    @property
    def ssid(self) -> bytes:
        """Of the access point."""
        return self.values.get((AP, AP_SSID)) or self._default_ssid

    @property
    def device_name(self) -> bytes:
        return self.values[P2P, 12]

    @property
    def scan_parameters(self) -> ScanParameters:
        return ScanParameters.parse(self.values[GENERAL, SCAN_PARAMETERS])

    @property
    def _default_ssid(self) -> bytes:
        return b"mysimplelink-" + self.netcfg.mac[3:].hex().upper().encode()

    def access_point(self, option: int) -> bytes:
        return self.values[AP, option]

    def set(self, transaction: Transaction, message: SetSetting) -> BasicResponse:
        identity, option, length = message.identity, message.option, len(message.value)
        if (
            identity > FILTERS
            or option not in OPTIONS
            or length > MAX_LENGTH
            or ((identity, option) == (AP, AP_SSID) and length > MAX_SSID)
            or ((identity, option) == (GENERAL, SCAN_PARAMETERS) and length < 8)
        ):
            return BasicResponse(Error.INVALID)
        status = 0
        if identity == ACCESS_LIST and option != LIST_MODE:
            status = self._change_list(option, message.value)
        else:
            self.values[identity, option] = message.value
        if identity in (AP, ACCESS_LIST) and self.changed is not None:
            self.changed()
        return BasicResponse(status)

    def _change_list(self, option: int, value: bytes) -> int:
        entries = self.access_list
        if option == ADD_MAC and len(value) == 6 and len(entries) < MAX_REFUSED:
            if value not in entries:
                entries.append(value)
        elif option == DELETE_MAC and value in entries:
            entries.remove(value)
        elif option == DELETE_INDEX and value and value[0] < len(entries):
            del entries[value[0]]
        else:
            return Error.INVALID
        return 0

    def get(self, transaction: Transaction, message: GetSetting) -> Setting:
        identity, option = message.identity, message.option
        value = self._value(identity, option, message.length)
        if value is None:
            return Setting(Error.INVALID, identity, option)
        return Setting(0, identity, option, value).cut(message.length)

    def _value(self, identity: int, option: int, length: int) -> bytes | None:
        if identity == CONNECTION:
            return self.station.info.emit()
        if (identity, option) == (ACCESS_LIST, ENTRIES):
            return bytes((len(self.access_list),))
        if identity == ACCESS_LIST and option != LIST_MODE:
            # The option is the first entry that is asked for.
            return b"".join(self.access_list[option:])
        if (identity, option) == (AP, AP_SSID):
            return self.values.get((identity, option), self._default_ssid)
        if (identity, option) in self.values:
            return self.values[identity, option]
        if identity <= FILTERS and option in OPTIONS:
            return bytes(min(length, 4))
        return None

    HANDLERS = (
        Handler(Opcode.WLAN_CONFIG_SET, SetSetting, set),
        Handler(Opcode.WLAN_CONFIG_GET, GetSetting, get),
    )
