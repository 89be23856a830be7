"""Scanning: the networks on the air, as the host fetches them in portions."""

from __future__ import annotations

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.network.contract.station import Beacon, Security
from renode_wifi.peripherals.simplelink.messages.wlan import (
    ExtendedNetworkEntry,
    ExtendedScanResults,
    NetworkEntry,
    ScanResults,
    ScanResultsGet,
)
from renode_wifi.peripherals.simplelink.network import NetworkAccess
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from renode_wifi.peripherals.simplelink.transaction import Transaction
from renode_wifi.peripherals.simplelink.wlan.profiles import Profiles
from renode_wifi.peripherals.simplelink.wlan.settings import WlanSettings

CIPHER_WEP, CIPHER_TKIP, CIPHER_CCMP = 0x1, 0x4, 0x8
KEY_802_1X, KEY_PSK = 1, 2
SECURITY_INFO = {
    Security.OPEN: (0, 0, 0),
    Security.WEP: (1, CIPHER_WEP, 0),
    Security.WPA: (2, CIPHER_TKIP, KEY_PSK),
    Security.WPA2: (4, CIPHER_CCMP, KEY_PSK),
    Security.WPA_WPA2: (6, CIPHER_TKIP, KEY_PSK),
    Security.WPA2_TKIP: (4, CIPHER_TKIP, KEY_PSK),
    Security.WPA3: (5, CIPHER_CCMP, KEY_PSK),
    Security.WPA2_ENTERPRISE: (4, CIPHER_CCMP, KEY_802_1X),
}
"""Type, cipher and key management of a scan result's SecurityInfo (wlan.h)."""
MAX_RESULTS = 30
"""Networks that the processor keeps of a scan."""


class Scan:
    """Results of the last scan, which is made anew when the host asks for the first one."""

    def __init__(self, network: NetworkAccess, saved: Profiles, settings: WlanSettings) -> None:
        self.network = network
        self.saved = saved
        self.settings = settings
        self._beacons: list[Beacon] = []

    def reset(self) -> None:
        self._beacons = []

    def _portion(self, message: ScanResultsGet) -> tuple[NetworkEntry, ...]:
        station, index = self.network.station, message.index
        if index == 0 or not self._beacons:
            found = station.scan() if station is not None else []
            self._beacons = [beacon for beacon in found if self._shows(beacon)][:MAX_RESULTS]
        end = index + min(message.count, MAX_RESULTS)
        return tuple(map(_entry, self._beacons[index:end]))

    def _shows(self, beacon: Beacon) -> bool:
        """By the scan parameters, and by the scan policy, which hides what hides itself."""
        parameters = self.settings.scan_parameters
        on_channel = parameters.channels >> (beacon.channel - 1) & 1
        loud = beacon.rssi >= parameters.rssi
        return bool(on_channel) and loud and (self.saved.lists_hidden or not beacon.hidden)

    def results(self, transaction: Transaction, message: ScanResultsGet) -> ScanResults:
        return ScanResults(self._portion(message))

    def extended_results(
        self, transaction: Transaction, message: ScanResultsGet
    ) -> ExtendedScanResults:
        return ExtendedScanResults(tuple(map(ExtendedNetworkEntry, self._portion(message))))

    HANDLERS = (
        Handler(Opcode.WLAN_SCAN_RESULTS, ScanResultsGet, results),
        Handler(Opcode.WLAN_EXTENDED_SCAN_RESULTS, ScanResultsGet, extended_results),
    )


def _entry(beacon: Beacon) -> NetworkEntry:
    kind, cipher, keys = SECURITY_INFO[beacon.security]
    info = cipher | cipher << 4 | kind << 8 | keys << 11 | beacon.hidden << 13
    ssid = b"" if beacon.hidden else beacon.ssid
    return NetworkEntry(ssid, beacon.bssid, beacon.rssi, info, beacon.channel & 0xFF)
