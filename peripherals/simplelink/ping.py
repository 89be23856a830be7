"""ICMP echo: one ping command under way (netapp.h, sl_NetAppPing)."""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.clock import MILLISECOND, Event
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.messages.basic import OK, BasicResponse
from renode_wifi.peripherals.simplelink.messages.netapp import PingReport, PingStart
from renode_wifi.peripherals.simplelink.messages.netcfg import ANY
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction

REPORT_EACH = 1
STOP_AFTER_SUCCESS = 2
MIN_TIMEOUT = 1 * MILLISECOND


class Series:
    """Echo requests of one command, and what came back."""

    def __init__(self, command: PingStart, started: int, reported: bool = True) -> None:
        self.command = command
        self.reported = reported
        self.started = started
        self.sent = 0
        self.answered = 0
        self.shortest = 0
        self.longest = 0
        self.total = 0
        self.ended = started
        """When the last answer came, or its time was over."""
        self.next: Event | None = None

    def count(self, duration: int) -> None:
        """An answer came after `duration` ms."""
        self.shortest = duration if self.answered == 0 else min(self.shortest, duration)
        self.longest = max(self.longest, duration)
        self.answered += 1
        self.total += duration

    def report(self, now: int) -> PingReport:
        average = self.total // self.answered if self.answered else 0
        return PingReport(
            0,
            min(self.shortest, 0xFFFF),
            min(self.longest, 0xFFFF),
            min(average, 0xFFFF),
            self.answered,
            self.sent,
            (now - self.started) // MILLISECOND & 0xFFFF_FFFF,
        )


class Ping:
    """At most one series is under way; a new one ends it."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.series: Series | None = None
        self.last: Series | None = None
        """Under way, or over."""

    def start(self, transaction: Transaction, message: PingStart) -> BasicResponse | None:
        if message.address == ANY:
            self.stop()
            return OK
        if self.services.network.joined is None:
            return BasicResponse(Error.PING_NOT_CONNECTED)
        transaction.status(0)
        self.begin(message)
        return None

    def begin(self, command: PingStart, reported: bool = True) -> bool:
        """reported: to the host. False: there is no network."""
        if self.services.network.joined is None:
            return False
        self.stop()
        self.series = self.last = Series(command, self.services.surroundings.clock.now, reported)
        self._send(self.series)
        return True

    def stop(self) -> None:
        if self.series is not None and self.series.next is not None:
            self.series.next.cancel()
        self.series = None

    def _send(self, series: Series) -> None:
        station = self.services.network.station
        if series is not self.series or station is None:
            return
        series.next = None
        series.sent += 1
        timeout = max(MIN_TIMEOUT, series.command.timeout * MILLISECOND)
        station.ping(series.command.address, timeout, partial(self._answered, series))

    def _answered(self, series: Series, round_trip: int | None) -> None:
        if series is not self.series:
            return
        command, host = series.command, self.services.host
        if round_trip is not None:
            series.count(round_trip // MILLISECOND)
        done = series.sent == command.attempts or (
            command.flags == STOP_AFTER_SUCCESS and round_trip is not None
        )
        if series.reported and (done or command.flags == REPORT_EACH):
            host.event(Opcode.PING_REPORT, series.report(self.services.surroundings.clock.now))
        series.ended = self.services.surroundings.clock.now
        if done:
            self.series = None
        else:
            interval = max(1, command.interval) * MILLISECOND
            series.next = host.after(interval, partial(self._send, series))

    HANDLERS = (Handler(Opcode.PING_START, PingStart, start),)
