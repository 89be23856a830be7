"""The event of a weak signal (wlan.h, SL_WLAN_GENERAL_PARAM_REGISTER_LINK_QUALITY_EVENT).

Of the fields of its settings, a CC3220 heeds threshold, pacing, hysteresis and enable.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, Event
from renode_wifi.peripherals.simplelink.messages.layout import WireError
from renode_wifi.peripherals.simplelink.messages.wlan import LinkQuality, LinkQualityEvent
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services

BEACON_INTERVAL = 102_400 * MICROSECOND
MAX_PACING = 60_000
"""ms."""
THRESHOLDS = range(-100, 101)
"""dBm."""


class LinkQualityWatch:
    """Looks at every beacon while the event is wanted; power ends it."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.wanted: LinkQuality | None = None
        self._next: Event | None = None
        self._quiet_until = 0
        self._reported = False
        """The signal has not been above the hysteresis since."""

    def set(self, value: bytes) -> int:
        """The status of sl_WlanSet."""
        try:
            wanted = LinkQuality.parse(value)
        except WireError:
            return Error.INVALID
        if wanted.threshold not in THRESHOLDS or wanted.pacing > MAX_PACING:
            return Error.INVALID
        self.stop()
        if wanted.enabled:
            self.wanted = wanted
            self._wait()
        return 0

    def stop(self) -> None:
        self.wanted = None
        self._reported = False
        self._quiet_until = 0
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _wait(self) -> None:
        self._next = self.services.host.after(BEACON_INTERVAL, self._on_beacon)

    def _on_beacon(self) -> None:
        station, wanted = self.services.network.station, self.wanted
        beacon = None if station is None else station.beacon
        if wanted is None:
            return
        if beacon is not None:
            self._judge(wanted, beacon.rssi)
        self._wait()

    def _judge(self, wanted: LinkQuality, rssi: int) -> None:
        now = self.services.surroundings.clock.now
        if rssi >= wanted.threshold + wanted.hysteresis:
            self._reported = False
        elif rssi < wanted.threshold and not self._reported and now >= self._quiet_until:
            self._reported = True
            self._quiet_until = now + wanted.pacing * MILLISECOND
            self.services.host.event(
                Opcode.WLAN_LINK_QUALITY, LinkQualityEvent(rssi, wanted.trigger)
            )
