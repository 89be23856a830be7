"""Radios in transceiver mode: what one sends, those that listen on its channel receive.

Access points are known by their beacons (IEEE 802.11-2016 section 9.3.3.3).
"""

from __future__ import annotations

import struct
from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND, SECOND, Event
from renode_wifi.peripherals.network.contract.frames import Frame, FrameEvents
from renode_wifi.peripherals.network.contract.station import Beacon, Security
from renode_wifi.peripherals.network.stack.air import Air
from renode_wifi.peripherals.network.stack.internet import Internet

STRONGEST = -30
"""dBm that another transceiver receives of a frame with the most power."""
TIME_UNIT = 1_024 * MICROSECOND
BEACON_INTERVAL = 100
"""In time units, as access points usually have it."""
PREAMBLE, SHORT_PREAMBLE = 192 * MICROSECOND, 96 * MICROSECOND
"""With the header of the physical layer (section 16.2)."""
BEACON, BROADCAST = 0x0080, b"\xff" * 6
ESS, PRIVACY = 0x0001, 0x0010
RATES = b"\x82\x84\x8b\x96"
"""1, 2, 5.5 and 11 Mbit/s, all of them basic."""
RSN = bytes.fromhex("0100000fac040100000fac040100000fac020000")
"""Version 1; CCMP for all, and a pre-shared key."""
RSN_NETWORKS = (Security.WPA2, Security.WPA_WPA2, Security.WPA2_TKIP)


class AirTransceiver:
    """Implements `frames.Transceiver`."""

    def __init__(
        self, air: Air, internet: Internet, mac: bytes, channel: int, events: FrameEvents
    ) -> None:
        self.air = air
        self.internet = internet
        self.mac = mac
        self.channel = channel
        self.events = events
        self.listening = False
        self._beacons: Event | None = None
        self._sequence = 0
        air.transceivers.append(self)

    def listen(self) -> None:
        if not self.listening:
            self.listening = True
            self._wait_for_beacons()

    def send(self, frame: Frame) -> int:
        preamble = SHORT_PREAMBLE if frame.short_preamble else PREAMBLE
        duration = preamble + len(frame.data) * 8 * SECOND // (frame.rate * 1_000)
        self.internet.trace(
            "frame",
            mac=self.mac.hex(":"),
            channel=self.channel,
            rate=frame.rate,
            attenuation=frame.attenuation,
            data=frame.data.hex(),
        )
        self.internet.clock.schedule(duration, partial(self._sent, frame, self.channel))
        return duration

    def _sent(self, frame: Frame, channel: int) -> None:
        for other in list(self.air.transceivers):
            if other is not self:
                other.receive(frame, channel, STRONGEST - frame.attenuation)

    def receive(self, frame: Frame, channel: int, rssi: int) -> None:
        if self.listening and channel == self.channel:
            self.events.on_frame(frame, channel, rssi)

    def _wait_for_beacons(self) -> None:
        interval = BEACON_INTERVAL * TIME_UNIT
        now = self.internet.clock.now
        self._beacons = self.internet.clock.schedule(interval - now % interval, self._on_beacons)

    def _on_beacons(self) -> None:
        self._wait_for_beacons()
        self._sequence = (self._sequence + 1) & 0xFFF
        for beacon in self.air.on_channel(self.channel):
            data = beacon_frame(beacon, self._sequence, self.internet.clock.now // MICROSECOND)
            self.receive(Frame(data), beacon.channel, beacon.rssi)

    def close(self) -> None:
        self.listening = False
        if self._beacons is not None:
            self._beacons.cancel()
        if self in self.air.transceivers:
            self.air.transceivers.remove(self)


def beacon_frame(beacon: Beacon, sequence: int, time: int) -> bytes:
    """As an access point sends it. time: us of its timer."""
    capabilities = ESS | (0 if beacon.security is Security.OPEN else PRIVACY)
    elements = [
        (0, b"" if beacon.hidden else beacon.ssid),
        (1, RATES),
        (3, bytes([beacon.channel])),
    ]
    if beacon.security in RSN_NETWORKS:
        elements.append((48, RSN))
    header = struct.pack("<HH", BEACON, 0) + BROADCAST + beacon.bssid * 2
    return (
        header
        + struct.pack("<HQHH", sequence << 4, time, BEACON_INTERVAL, capabilities)
        + b"".join(bytes([number, len(value)]) + value for number, value in elements)
    )
