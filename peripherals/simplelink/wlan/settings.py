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
from renode_wifi.peripherals.simplelink.messages.wlan import BeaconInformation, ScanParameters
from renode_wifi.peripherals.simplelink.netcfg import NetCfg
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Transaction
from renode_wifi.peripherals.simplelink.wlan.filters import RxFilters
from renode_wifi.peripherals.simplelink.wlan.link_quality import LinkQualityWatch
from renode_wifi.peripherals.simplelink.wlan.options import (
    ACCESS_LIST,
    ADD_MAC,
    AP,
    AP_POWER,
    AP_SSID,
    AP_STATIONS,
    BEACON_INFORMATION,
    CONNECTION,
    COUNTRIES,
    COUNTRY,
    DEFAULTS,
    DELETE_INDEX,
    DELETE_MAC,
    DISABLE_SERVER_AUTHENTICATION,
    ENTRIES,
    FILTERS,
    GENERAL,
    LINK_QUALITY,
    LIST_MODE,
    P2P,
    P2P_NAME,
    SCAN_PARAMETERS,
    STATION_POWER,
    SUSPENDED_PROFILES,
    WITHOUT_EFFECT,
    judge,
)
from renode_wifi.peripherals.simplelink.wlan.station import StationRole

MAX_REFUSED = 8
"""Entries of the access list, which refuses stations."""


class WlanSettings:
    """By identity and option."""

    def __init__(self, netcfg: NetCfg, station: StationRole, filters: RxFilters) -> None:
        self.netcfg = netcfg
        self.station = station
        self.filters = filters
        self.link_quality = LinkQualityWatch(station.services)
        self.changed: Callable[[], None] | None = None
        """Called when the access list, or how many stations there may be, has changed."""
        self.restore()

    def restore(self) -> None:
        self.values: dict[tuple[int, int], bytes] = dict(DEFAULTS)
        self.access_list: list[bytes] = []

    @property
    def without_access_point(self) -> dict[tuple[int, int], bytes]:
        """What SL_DEVICE_GENERAL_PERSISTENT is for: not the access point's (wlan.h, sl_WlanSet)."""
        return {key: value for key, value in self.values.items() if key[0] in (GENERAL, P2P)}

    @without_access_point.setter
    def without_access_point(self, values: dict[tuple[int, int], bytes]) -> None:
        for key in self.without_access_point:
            del self.values[key]
        self.values.update(values)

    def power_lost(self) -> None:
        self.link_quality.stop()
        # Not persistent (wlan.h, sl_WlanSet).
        self.values[GENERAL, DISABLE_SERVER_AUTHENTICATION] = b"\0"

    @property
    def refused(self) -> frozenset[bytes]:
        """Stations that may not join the access point."""
        on = any(self.values[ACCESS_LIST, LIST_MODE])
        return frozenset(self.access_list if on else ())

    @property
    def stations(self) -> int:
        """How many may join it."""
        return self.values[AP, AP_STATIONS][0]

    @property
    def ssid(self) -> bytes:
        """Of the access point."""
        return self.values.get((AP, AP_SSID)) or self._default_ssid

    @property
    def device_name(self) -> bytes:
        return self.values[P2P, P2P_NAME]

    @property
    def scan_parameters(self) -> ScanParameters:
        return ScanParameters.parse(self.values[GENERAL, SCAN_PARAMETERS])

    @property
    def _default_ssid(self) -> bytes:
        return b"mysimplelink-" + self.netcfg.mac[3:].hex().upper().encode()

    def apply(self) -> None:
        """What concerns the station's radio, to the radio."""
        station = self.netcfg.services.network.station
        if station is not None:
            last = COUNTRIES[self.values[GENERAL, COUNTRY]]
            station.tune(last, self.values[GENERAL, STATION_POWER][0])

    @property
    def access_point_power(self) -> int:
        """dB below the most that there is."""
        return self.values[GENERAL, AP_POWER][0]

    def access_point(self, option: int) -> bytes:
        return self.values[AP, option]

    def set(self, transaction: Transaction, message: SetSetting) -> BasicResponse:
        return BasicResponse(self.change(message.identity, message.option, message.value))

    def change(self, identity: int, option: int, value: bytes) -> int:
        """0, or an error."""
        if identity == ACCESS_LIST and option != LIST_MODE:
            status = self._change_list(option, value)
        elif identity == FILTERS:
            status = self.filters.set(option, value)
        elif (identity, option) == (GENERAL, LINK_QUALITY):
            status = self.link_quality.set(value)
        else:
            status = judge(identity, option, value, self.values)
            if status == 0:
                self._store(identity, option, value)
            else:
                self._explain(identity, option)
        if identity in (AP, ACCESS_LIST) and self.changed is not None:
            self.changed()
        return status

    def _store(self, identity: int, option: int, value: bytes) -> None:
        self.values[identity, option] = value
        self.apply()
        if (identity, option) == (GENERAL, SUSPENDED_PROFILES):
            self.station.saved.suspended = int.from_bytes(value, "little")

    def _explain(self, identity: int, option: int) -> None:
        reason = WITHOUT_EFFECT.get((identity, option))
        if reason is not None:
            surroundings = self.netcfg.services.surroundings
            surroundings.log.warning(
                "%s: WLAN option %d of %d is refused: %s",
                surroundings.name,
                option,
                identity,
                reason,
            )

    def _change_list(self, option: int, value: bytes) -> int:
        entries = self.access_list
        if option == ADD_MAC and len(value) == 6:
            if value in entries:
                return 0
            if len(entries) == MAX_REFUSED:
                return Error.WLAN_ACCESS_LIST_FULL
            entries.append(value)
        elif option in (DELETE_MAC, DELETE_INDEX) and not entries:
            return Error.WLAN_ACCESS_LIST_EMPTY
        elif option == DELETE_MAC and value in entries:
            entries.remove(value)
        elif option == DELETE_INDEX and value and value[0] < len(entries):
            del entries[value[0]]
        else:
            return Error.INVALID
        return 0

    def get(self, transaction: Transaction, message: GetSetting) -> Setting:
        identity, option = message.identity, message.option
        if (identity, option) == (GENERAL, BEACON_INFORMATION) and self.station.associated is None:
            return Setting(Error.WLAN_NOT_CONNECTED, identity, option)
        value = self._value(identity, option)
        if value is None:
            return Setting(Error.INVALID, identity, option)
        return Setting(0, identity, option, value).cut(message.length)

    def _value(self, identity: int, option: int) -> bytes | None:
        if identity == CONNECTION:
            return self.station.info.emit()
        if identity == FILTERS:
            return self.filters.get(option)
        if (identity, option) == (ACCESS_LIST, ENTRIES):
            return bytes((len(self.access_list),))
        if identity == ACCESS_LIST and option != LIST_MODE:
            # The option is the first entry that is asked for.
            return b"".join(self.access_list[option:])
        if (identity, option) == (AP, AP_SSID):
            return self.values.get((identity, option), self._default_ssid)
        if (identity, option) == (GENERAL, BEACON_INFORMATION):
            return BeaconInformation().emit()
        return self.values.get((identity, option))

    HANDLERS = (
        Handler(Opcode.WLAN_CONFIG_SET, SetSetting, set),
        Handler(Opcode.WLAN_CONFIG_GET, GetSetting, get),
    )
