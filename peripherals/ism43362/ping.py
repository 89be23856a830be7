"""Reachability: the `T` commands."""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.clock import MILLISECOND, Clock
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.ism43362.access import NetworkAccess
from renode_wifi.peripherals.ism43362.messages.argument import ANY, Address, Bare
from renode_wifi.peripherals.ism43362.messages.ping import (
    PingCount,
    PingInterval,
    PingLine,
    PingSettings,
)
from renode_wifi.peripherals.ism43362.messages.reply import DONE, Error, Ok, Reply
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.ism43362.transaction import Transaction


class Ping:
    """ICMP echo, `count` times with a pause of `interval` ms."""

    def __init__(self, clock: Clock, access: NetworkAccess, profile: ModuleProfile) -> None:
        self.clock = clock
        self.access = access
        self.profile = profile
        self.reset()

    def reset(self) -> None:
        self.address = ANY
        self.count = 1
        self.interval = 1000

    def set_address(self, transaction: Transaction, message: Address) -> Reply:
        self.address = message.value
        return DONE

    def set_count(self, transaction: Transaction, message: PingCount) -> Reply:
        self.count = message.value
        return DONE

    def set_interval(self, transaction: Transaction, message: PingInterval) -> Reply:
        self.interval = message.value
        return DONE

    def show_settings(self, transaction: Transaction, message: Bare) -> Reply:
        return Ok(PingSettings(self.address, self.count, self.interval).emit())

    def run(self, transaction: Transaction, message: Bare) -> Reply | None:
        if self.access.joined is None:
            return Error("not joined")
        # Arm's driver sets the count 0 and expects the outcome of one.
        self._send(transaction, [], max(self.count, 1))
        return None

    def _send(self, transaction: Transaction, lines: list[bytes], left: int) -> None:
        station = self.access.station
        if transaction.current and station is not None:
            station.ping(
                self.address,
                self.profile.ping_timeout_ms * MILLISECOND,
                partial(self._answered, transaction, lines, left),
            )

    def _answered(
        self, transaction: Transaction, lines: list[bytes], left: int, round_trip: int | None
    ) -> None:
        if not transaction.current:
            return
        milliseconds = None if round_trip is None else round_trip // MILLISECOND
        lines.append(PingLine(self.address, milliseconds).emit())
        if left > 1:
            self.clock.schedule(
                self.interval * MILLISECOND, partial(self._send, transaction, lines, left - 1)
            )
        else:
            transaction.finish(Ok(b"\r\n".join(lines)))

    HANDLERS = (
        Handler("T0", Bare, run),
        Handler("T1", Address, set_address),
        Handler("T2", PingCount, set_count),
        Handler("T3", PingInterval, set_interval),
        Handler("T?", Bare, show_settings),
    )
