"""Ways to the endpoints of a device: control transfers, and streams of bytes by bulk transfers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.usb.bus import UsbBus, UsbDevice
from renode_wifi.peripherals.usb.packets import ACK, DATA0, DATA1, NAK, STALL
from renode_wifi.peripherals.usb.requests import SetupRequest

MAX_ERRORS = 3
"""Transactions without an answer, one after the other, that end a transfer."""
TIME_LIMIT = 5 * SECOND
"""ns of a control transfer (as Linux gives it)."""
STALLED, NO_ANSWER, TIMED_OUT = "stalled", "no answer", "timed out"

Outcome = bytes | str
"""What a control transfer has read, or why it failed."""


class ControlPipe:
    """Control transfers by endpoint 0, one at a time (USB 2.0 section 8.5.3)."""

    def __init__(self, bus: UsbBus, device: UsbDevice) -> None:
        self.bus = bus
        self.device = device
        self.address = 0
        self.max_packet = 8
        self.is_blocked = False
        self._queue: deque[tuple[SetupRequest, Callable[[Outcome], None]]] = deque()
        self._stage = self._setup
        self._data = bytearray()
        self._toggle = DATA1
        self._errors = 0
        self._limit: Event | None = None

    def transfer(self, request: SetupRequest, done: Callable[[Outcome], None]) -> None:
        """done: called with the outcome at the transfer's end."""
        self._queue.append((request, done))
        if len(self._queue) == 1:
            self._begin()

    def close(self) -> None:
        """End all transfers; nobody is called."""
        self._queue.clear()
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _begin(self) -> None:
        self._stage = self._setup
        self._data.clear()
        self._errors = 0
        self.is_blocked = False
        self._limit = self.bus.clock.schedule(TIME_LIMIT, self._time_out)
        self.bus.go()

    def _time_out(self) -> None:
        self._limit = None
        self._finish(TIMED_OUT)

    def _finish(self, outcome: Outcome) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
        _, done = self._queue.popleft()
        if self._queue:
            self._begin()
        done(outcome)

    def wants(self) -> bool:
        return bool(self._queue)

    def transact(self) -> int:
        return self._stage(self._queue[0][0])

    def _setup(self, request: SetupRequest) -> int:
        if not self.device.setup(self.address, bytearray(request.emit())):
            self._take(None)
            return 8
        self._errors = 0
        self._toggle = DATA1
        if not request.length:
            self._stage = self._status
        else:
            self._stage = self._read if request.is_read else self._write
        return 8

    def _read(self, request: SetupRequest) -> int:
        pid, data = self.device.transmit(self.address, 0)
        if not isinstance(pid, int):
            self._take(pid)
            return 0
        self._errors = 0
        if pid == self._toggle:
            self._toggle ^= DATA1
            self._data += data
            if len(data) < self.max_packet or len(self._data) >= request.length:
                self._stage = self._status
        return len(data)

    def _write(self, request: SetupRequest) -> int:
        first = len(self._data)
        data = request.data[first : first + self.max_packet]
        answer = self.device.receive(self.address, 0, self._toggle, bytearray(data))
        if self._take(answer):
            self._toggle ^= DATA1
            self._data += data
            if len(self._data) >= request.length:
                self._stage = self._status
        return len(data)

    def _status(self, request: SetupRequest) -> int:
        if request.is_read and request.length:
            if self._take(self.device.receive(self.address, 0, DATA1, bytearray())):
                self._finish(bytes(self._data[: request.length]))
            return 0
        pid, _ = self.device.transmit(self.address, 0)
        if self._take(ACK if isinstance(pid, int) else pid):
            self._finish(b"")
        return 0

    def _take(self, answer: str | None) -> bool:
        """Whether a transaction was acknowledged; what else the answer says is done."""
        if answer == ACK:
            self._errors = 0
            return True
        if answer == NAK:
            self.is_blocked = True
        elif answer == STALL:
            self._finish(STALLED)
        else:
            self._errors += 1
            if self._errors == MAX_ERRORS:
                self._finish(NO_ANSWER)
        return False


class BulkIn:
    """Bytes that come from an endpoint, as soon as it has them; for an interrupt endpoint, too."""

    def __init__(
        self, device: UsbDevice, address: int, endpoint: int, take: Callable[[bytes], None]
    ) -> None:
        self.device = device
        self.address = address
        self.endpoint = endpoint
        self.is_blocked = False
        self._take = take
        self._toggle = DATA0

    def wants(self) -> bool:
        return True

    def transact(self) -> int:
        pid, data = self.device.transmit(self.address, self.endpoint)
        if not isinstance(pid, int):
            # Stalled or silent: software that mends it says so by becoming ready.
            self.is_blocked = True
            return 0
        if pid == self._toggle:
            self._toggle ^= DATA1
            self._take(bytes(data))
        return len(data)


class BulkOut:
    """Bytes for an endpoint, in its packets."""

    def __init__(self, device: UsbDevice, address: int, endpoint: int, max_packet: int) -> None:
        self.device = device
        self.address = address
        self.endpoint = endpoint
        self.max_packet = max_packet
        self.is_blocked = False
        self.waiting = bytearray()
        self._toggle = DATA0

    def wants(self) -> bool:
        return bool(self.waiting)

    def transact(self) -> int:
        data = self.waiting[: self.max_packet]
        answer = self.device.receive(self.address, self.endpoint, self._toggle, data)
        if answer != ACK:
            self.is_blocked = True
            return len(data)
        self._toggle ^= DATA1
        del self.waiting[: len(data)]
        return len(data)
