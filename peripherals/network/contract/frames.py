"""802.11 frames, which a radio in transceiver mode sends and receives without joining anything."""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.late import late_dataclass


@late_dataclass(frozen=True)
class Frame:
    """data: from the 802.11 header on, without check sequence. rate: kbit/s. attenuation: dB below
    the most power that the radio has."""

    data: bytes
    rate: int = 1_000
    attenuation: int = 0
    short_preamble: bool = False


class FrameEvents(Protocol):
    def on_frame(self, frame: Frame, channel: int, rssi: int) -> None:
        """A frame has come with so many dBm."""


class Transceiver(Protocol):
    """channel: where it sends and receives; 0: nowhere yet."""

    channel: int

    def listen(self) -> None:
        """Receive from now on: other transceivers, and the beacons of access points."""

    def send(self, frame: Frame) -> int:
        """Transmit; the time that the frame is on the air (ns)."""

    def close(self) -> None: ...
