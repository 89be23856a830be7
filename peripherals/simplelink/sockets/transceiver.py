"""Transceiver mode: a raw socket for 802.11 frames (SWRU455, "Transceiver Mode").

The device isn't joined meanwhile. Frames are taken with room for the check sequence, which the
device fills in (sl_socket.h, sl_Send). Nobody else is on the air when it sends, so that clearance
and time-outs of transmissions never strike.
"""

from __future__ import annotations

from collections import deque
from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND, Event
from renode_wifi.peripherals.network.contract.frames import Frame, Transceiver
from renode_wifi.peripherals.simplelink.messages.sockets import (
    NOWHERE,
    Address,
    FrameParameters,
    ReceivedFrame,
)
from renode_wifi.peripherals.simplelink.opcodes import Error
from renode_wifi.peripherals.simplelink.sockets.options import (
    ALLOW_ACKS,
    FRAMES_TO_SEND,
    LEVEL_PHY,
    SHORT_PREAMBLE,
    TRANSMIT_POWER,
    TRANSMIT_RATE,
    SocketKind,
)
from renode_wifi.peripherals.simplelink.sockets.socket import Owner, Socket
from renode_wifi.peripherals.simplelink.transaction import Services

CHECK_SEQUENCE = 4
MIN_FRAME, MAX_FRAME = 10 + CHECK_SEQUENCE, 1_536
"""Bytes from the host: a control frame, and SL_SOCKET_PAYLOAD_TYPE_RAW_TRANCEIVER."""
MAX_FRAMES = 16
"""Frames kept for a host that doesn't receive them."""
MIN_CHANNEL, MAX_CHANNEL = 1, 14
RATES = {
    1: 1_000,
    2: 2_000,
    3: 5_500,
    4: 11_000,
    6: 6_000,
    7: 9_000,
    8: 12_000,
    9: 18_000,
    10: 24_000,
    11: 36_000,
    12: 48_000,
    13: 54_000,
    14: 6_500,
    15: 13_000,
    16: 19_500,
    17: 26_000,
    18: 39_000,
    19: 52_000,
    20: 58_500,
    21: 65_000,
}
"""kbit/s, by slSockTransceiverTXRateTable_e."""
RECEIVED_RATES = {rate: index for index, rate in enumerate(RATES.values())}
"""SlSockTransceiverRXRates_e, which has no gap."""
DATA_FRAME, FRAME_TYPE = 0x08, 0x0C
ACK = b"\xd4\x00\x00\x00"
"""Frame control and duration; the receiver's address follows."""


class TransceiverSocket(Socket):
    """radio: None without a world."""

    kind = SocketKind.RAW

    def __init__(
        self, owner: Owner, number: int, services: Services, radio: Transceiver | None
    ) -> None:
        super().__init__(owner, number)
        self.services = services
        self.radio = radio
        self.waiting: deque[bytes] = deque()
        self._repeating: Event | None = None

    @property
    def readable(self) -> bool:
        return bool(self.waiting)

    @property
    def writable(self) -> bool:
        return True

    def tune(self, channel: int) -> int:
        """0, or an error."""
        if not MIN_CHANNEL <= channel <= MAX_CHANNEL:
            return Error.INVALID
        if self.radio is not None:
            self.radio.channel = channel
        return 0

    def listen(self) -> None:
        """It only sends until the host receives (sl_socket.h, sl_Socket)."""
        if self.radio is not None:
            self.radio.listen()

    def send(self, data: bytes, parameters: FrameParameters) -> Error | None:
        """As often as SL_SO_PHY_NUM_FRAMES_TO_TX says; what the parameters leave out is set by the
        socket's options."""
        if not MIN_FRAME <= len(data) <= MAX_FRAME:
            return Error.INVALID
        if self.radio is None:
            return Error.UNREACHABLE
        if self._repeating is not None:
            return Error.NO_BUFFERS
        channel = parameters.channel or self.radio.channel
        rate = RATES.get(parameters.rate or self._option(TRANSMIT_RATE))
        if rate is None or not MIN_CHANNEL <= channel <= MAX_CHANNEL:
            return Error.INVALID
        self.radio.channel = channel
        frame = Frame(
            data[:-CHECK_SEQUENCE],
            rate,
            parameters.power or self._option(TRANSMIT_POWER),
            parameters.short_preamble or bool(self._option(SHORT_PREAMBLE)),
        )
        self._send(frame, max(1, self._option(FRAMES_TO_SEND)))
        return None

    def _option(self, name: int) -> int:
        value = self.options.get(LEVEL_PHY, name)
        return int.from_bytes((value or b"")[:4], "little")

    def _send(self, frame: Frame, count: int) -> None:
        self._repeating = None
        if self.radio is None:
            return
        duration = self.radio.send(frame)
        if count > 1:
            again = partial(self._send, frame, count - 1)
            self._repeating = self.services.host.after(duration, again)

    def on_frame(self, frame: Frame, channel: int, rssi: int) -> None:
        data = frame.data
        now = self.services.surroundings.clock.now // MICROSECOND
        head = ReceivedFrame(RECEIVED_RATES.get(frame.rate, 0), channel, rssi, now & 0xFFFF_FFFF)
        if len(self.waiting) < MAX_FRAMES:
            self.waiting.append(head.emit() + data)
        station = self.services.network.station
        mine = station is not None and data[4:10] == station.mac
        if mine and data[0] & FRAME_TYPE == DATA_FRAME and self._option(ALLOW_ACKS):
            self._send(Frame(ACK + data[10:16], frame.rate), 1)
        self.owner.changed(self)

    def take(self, limit: int) -> tuple[Address, bytes] | None:
        """The oldest frame, cut to `limit` bytes."""
        return (NOWHERE, self.waiting.popleft()[:limit]) if self.waiting else None

    def release(self) -> None:
        radio, self.radio = self.radio, None
        self.services.network.transceiving = False
        if self._repeating is not None:
            self._repeating.cancel()
        if radio is not None:
            radio.close()
        self.waiting.clear()
