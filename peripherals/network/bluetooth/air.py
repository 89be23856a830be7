"""Who advertises, who scans, and connections between two (Bluetooth Core 4.1, Vol 6, Part B).

Advertisers send at their interval, without the random delay of up to 10 ms. What one end of a
connection sends arrives at the next connection event. Nothing is lost, and all are in reach.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from renode_wifi.peripherals.base.clock import MICROSECOND, Clock, Event
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.contract.bluetooth import DeviceAddress

ADVERTISING_UNIT = 625 * MICROSECOND
CONNECTION_UNIT = 1250 * MICROSECOND
"""ns of the units in which intervals are given."""
CONNECTABLE, DIRECTED, SCANNABLE, NOT_CONNECTABLE, SCAN_RESPONSE = range(5)
"""Kinds of advertising, and of reports (Vol 2, Part E, section 7.7.65.2)."""
REMOTE_USER, LOCAL_HOST = 0x13, 0x16
"""Reasons of an end (Vol 2, Part D, section 1.3)."""


@late_dataclass()
class Advertiser:
    """interval: ns. connected: called with its end of a connection that a central has made."""

    address: DeviceAddress
    kind: int
    data: bytes
    response: bytes
    interval: int
    connected: Callable[[LinkEnd], None]


class BleScanner(Protocol):
    """One who listens."""

    def on_advertising(self, advertiser: Advertiser) -> None:
        """An advertiser sends."""


class Initiator(Protocol):
    """One who wants to connect to the next advertiser that it takes."""

    address: DeviceAddress
    interval: int
    """ns between connection events."""

    def takes(self, advertiser: Advertiser) -> bool: ...

    def connected(self, end: LinkEnd) -> None: ...


class LinkEnd:
    """One of the two ends of a connection. receive, closed: what its owner does then."""

    def __init__(
        self, clock: Clock, own: DeviceAddress, peer: DeviceAddress, interval: int, central: bool
    ) -> None:
        self.own = own
        self.peer = peer
        self.interval = interval
        self.is_central = central
        self.is_open = True
        self.receive: Callable[[bytes], None] | None = None
        self.closed: Callable[[int], None] | None = None
        self._clock = clock
        self._anchor = clock.now
        self._other: LinkEnd | None = None

    def join(self, other: LinkEnd) -> None:
        """Make these the two ends of one connection."""
        self._other, other._other = other, self

    def set_interval(self, interval: int) -> None:
        """Of both ends, from now on."""
        for end in (self, self._other):
            if end is not None:
                end.interval, end._anchor = interval, self._clock.now

    def until_event(self) -> int:
        """ns to the next connection event."""
        return self.interval - (self._clock.now - self._anchor) % self.interval

    def send(self, pdu: bytes) -> None:
        """To the other end."""
        if self.is_open and self._other is not None:
            self._clock.schedule(self.until_event(), partial(self._other._arrive, pdu))

    def _arrive(self, pdu: bytes) -> None:
        if self.is_open and self.receive is not None:
            self.receive(pdu)

    def close(self, reason: int = REMOTE_USER) -> None:
        """reason: what the other end learns; this one learns LOCAL_HOST."""
        if self.is_open and self._other is not None:
            self._clock.schedule(self.until_event(), partial(self._close, reason))

    def _close(self, reason: int) -> None:
        if not self.is_open or self._other is None:
            return
        self.is_open = self._other.is_open = False
        for end, why in ((self._other, reason), (self, LOCAL_HOST)):
            if end.closed is not None:
                end.closed(why)


class BluetoothAir:
    """Devices in reach of each other."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._advertisers: dict[int, Advertiser] = {}
        self._events: dict[int, Event] = {}
        self._scanners: list[BleScanner] = []
        self._initiators: list[Initiator] = []
        self._last = 0

    def advertise(self, advertiser: Advertiser) -> int:
        """Begin; a number with which to `withdraw` it."""
        self._last += 1
        self._advertisers[self._last] = advertiser
        self._wake(self._last)
        return self._last

    def withdraw(self, number: int) -> None:
        self._advertisers.pop(number, None)
        event = self._events.pop(number, None)
        if event is not None:
            event.cancel()

    def scan(self, scanner: BleScanner) -> None:
        self._scanners.append(scanner)
        self._wake_all()

    def stop_scan(self, scanner: BleScanner) -> None:
        if scanner in self._scanners:
            self._scanners.remove(scanner)

    def initiate(self, initiator: Initiator) -> None:
        self._initiators.append(initiator)
        self._wake_all()

    def cancel(self, initiator: Initiator) -> None:
        if initiator in self._initiators:
            self._initiators.remove(initiator)

    def _wake_all(self) -> None:
        for number in self._advertisers:
            self._wake(number)

    def _wake(self, number: int) -> None:
        """An advertiser that nobody listens to needs no events."""
        if number not in self._events and (self._scanners or self._initiators):
            interval = self._advertisers[number].interval
            self._events[number] = self.clock.schedule(interval, partial(self._send, number))

    def _send(self, number: int) -> None:
        del self._events[number]
        advertiser = self._advertisers[number]
        for scanner in list(self._scanners):
            scanner.on_advertising(advertiser)
        if advertiser.kind in (CONNECTABLE, DIRECTED):
            for initiator in list(self._initiators):
                if initiator.takes(advertiser) and number in self._advertisers:
                    self._connect(number, initiator)
                    return
        if number in self._advertisers:
            self._wake(number)

    def _connect(self, number: int, initiator: Initiator) -> None:
        advertiser = self._advertisers[number]
        self.withdraw(number)
        self.cancel(initiator)
        clock, interval = self.clock, initiator.interval
        central = LinkEnd(clock, initiator.address, advertiser.address, interval, True)
        peripheral = LinkEnd(clock, advertiser.address, initiator.address, interval, False)
        central.join(peripheral)
        advertiser.connected(peripheral)
        initiator.connected(central)
