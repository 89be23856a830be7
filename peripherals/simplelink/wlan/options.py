"""Options of the WLAN silo (wlan.h, sl_WlanSet and sl_WlanGet): which there are, and their values.

An option that is accepted is kept, and read back. Of two that is all: stations of the world never
fall silent without leaving, so that none is too old (AP_AGING); and every access point knows both
ways of waking a station, which take the same time (NO_PS_POLL). Nobody else speaks Wi-Fi Direct.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from renode_wifi.peripherals.simplelink.messages.wlan import MAX_SSID, ScanParameters
from renode_wifi.peripherals.simplelink.opcodes import Error
from renode_wifi.peripherals.simplelink.wlan.security import OPEN, WEP, WPA2_PLUS, WPA3, WPA_WPA2

AP, GENERAL, P2P, ACCESS_LIST, FILTERS, CONNECTION = range(6)
AP_SSID, AP_CHANNEL, AP_HIDDEN, AP_SECURITY, AP_PASSWORD, AP_STATIONS = 0, 3, 4, 6, 7, 19
AP_AGING = 26
COUNTRY, STATION_POWER, AP_POWER = 9, 10, 11
P2P_NAME, P2P_TYPE, P2P_CHANNELS = 12, 13, 14
SCAN_PARAMETERS = 18
ADD_MAC, DELETE_MAC, DELETE_INDEX, ENTRIES, LIST_MODE = 20, 21, 22, 24, 25
DISABLE_SERVER_AUTHENTICATION, SUSPENDED_PROFILES = 32, 33
LINK_QUALITY, NO_PS_POLL, BEACON_INFORMATION = 38, 43, 44

COUNTRIES = {b"US": 11, b"JP": 13, b"EU": 13}
"""Their last channel (SWRU455M table 5-7)."""
SOCIAL_CHANNELS = (0, 1, 6, 11)
"""Of Wi-Fi Direct; 0: any of them."""
MAX_POWER_OFFSET = 15
"""dB below the most that there is."""
MAX_STATIONS = 4
WEP_KEYS = (5, 13)
AP_SECURITIES = (OPEN, WEP, WPA_WPA2, WPA2_PLUS, WPA3)

Values = Mapping[tuple[int, int], bytes]
"""By identity and option."""
Judge = Callable[[bytes, Values], int]
"""The status of an attempt to set a value: 0 or an error."""


def _anything(value: bytes, others: Values) -> int:
    return 0


def _flag(value: bytes, others: Values) -> int:
    return 0 if value[0] in (0, 1) else Error.INVALID


def _channel(value: bytes, others: Values) -> int:
    last = COUNTRIES.get(others[GENERAL, COUNTRY], 14)
    return 0 if 1 <= value[0] <= last else Error.WLAN_ILLEGAL_CHANNEL


def _hidden(value: bytes, others: Values) -> int:
    return 0 if value[0] in (0, 1, 2) else Error.INVALID


def _security(value: bytes, others: Values) -> int:
    return 0 if value[0] in AP_SECURITIES else Error.WLAN_INVALID_SECURITY


def _password(value: bytes, others: Values) -> int:
    fits = len(value) in (0, *WEP_KEYS) or 8 <= len(value) <= 64
    return 0 if fits else Error.WLAN_AP_PASSWORD_LENGTH


def _stations(value: bytes, others: Values) -> int:
    return 0 if 1 <= value[0] <= MAX_STATIONS else Error.INVALID


def _country(value: bytes, others: Values) -> int:
    return 0 if value in COUNTRIES else Error.WLAN_COUNTRY


def _power(value: bytes, others: Values) -> int:
    return 0 if value[0] <= MAX_POWER_OFFSET else Error.WLAN_POWER


def _list_mode(value: bytes, others: Values) -> int:
    return 0 if value[0] in (0, 1) else Error.WLAN_ACCESS_LIST_MODE


def _p2p_channels(value: bytes, others: Values) -> int:
    return 0 if value[0] in SOCIAL_CHANNELS and value[2] in SOCIAL_CHANNELS else Error.INVALID


@dataclass(frozen=True)
class Option:
    """sizes: how many bytes a value has. default: None: the device has a value of its own."""

    sizes: range
    default: bytes | None
    judge: Judge = _anything
    wrong_size: int = Error.INVALID


def _exactly(size: int) -> range:
    return range(size, size + 1)


BYTE = range(1, 5)
"""One byte counts; firmware gives words, too."""

OPTIONS: Mapping[tuple[int, int], Option] = {
    (AP, AP_SSID): Option(range(1, MAX_SSID + 1), None),
    (AP, AP_CHANNEL): Option(BYTE, b"\x06", _channel),
    (AP, AP_HIDDEN): Option(BYTE, b"\0", _hidden),
    (AP, AP_SECURITY): Option(BYTE, b"\0", _security),
    (AP, AP_PASSWORD): Option(range(65), b"", _password, Error.WLAN_AP_PASSWORD_LENGTH),
    (AP, AP_STATIONS): Option(BYTE, bytes((MAX_STATIONS,)), _stations),
    (AP, AP_AGING): Option(range(2, 5), (60).to_bytes(2, "little")),
    (GENERAL, COUNTRY): Option(_exactly(2), b"EU", _country, Error.WLAN_COUNTRY),
    (GENERAL, STATION_POWER): Option(BYTE, b"\0", _power),
    (GENERAL, AP_POWER): Option(BYTE, b"\0", _power),
    (GENERAL, SCAN_PARAMETERS): Option(range(8, 17), ScanParameters(0x1FFF, -95).emit()),
    (GENERAL, DISABLE_SERVER_AUTHENTICATION): Option(BYTE, b"\0", _flag),
    (GENERAL, SUSPENDED_PROFILES): Option(_exactly(4), bytes(4)),
    (GENERAL, NO_PS_POLL): Option(BYTE, b"\0", _flag),
    (P2P, P2P_NAME): Option(range(1, 33), b"mysimplelink"),
    (P2P, P2P_TYPE): Option(range(1, 18), b"1-0050F204-1"),
    (P2P, P2P_CHANNELS): Option(_exactly(4), bytes(4), _p2p_channels),
    (ACCESS_LIST, LIST_MODE): Option(BYTE, b"\0", _list_mode),
}
DEFAULTS = {key: option.default for key, option in OPTIONS.items() if option.default is not None}

WITHOUT_EFFECT: Mapping[tuple[int, int], str] = {
    (GENERAL, 16): "beacons have no elements of the host's",
    (GENERAL, 34): "this chip has no 5 GHz",
    (GENERAL, 35): "this chip has no 5 GHz",
    (GENERAL, 36): "regions are set by the country code",
    (GENERAL, 37): "regions are set by the country code",
    (GENERAL, 39): "there is no Bluetooth beside this radio",
    (GENERAL, 40): "there is one antenna",
    (GENERAL, 41): "there is one antenna",
    (GENERAL, 42): "there is one antenna",
}
"""Options of wlan.h that are refused here, and why."""


def judge(identity: int, number: int, value: bytes, others: Values) -> int:
    """The status of sl_WlanSet. others: what is set now."""
    option = OPTIONS.get((identity, number))
    if option is None:
        return Error.INVALID
    if len(value) not in option.sizes:
        return option.wrong_size
    return option.judge(value, others)
