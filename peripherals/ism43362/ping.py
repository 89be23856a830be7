"""Reachability: the `T` commands."""

from __future__ import annotations

from functools import partial
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.clock import MILLISECOND

if TYPE_CHECKING:
    from renode_wifi.peripherals.ism43362.processor import Processor, Transaction

MOST_PINGS = 100


class Ping:
    """ICMP echo, `count` times with a pause of `interval` ms."""

    COMMANDS = {
        "T0": "run",
        "T1": "set_address",
        "T2": "set_count",
        "T3": "set_interval",
        "T?": "settings_line",
    }

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self.reset()

    def reset(self) -> None:
        self.address = IPv4Address("0.0.0.0")
        self.count = 1
        self.interval = 1000

    def set_address(self, transaction: Transaction) -> bytes:
        self.address = transaction.request.address()
        return self.processor.ok()

    def set_count(self, transaction: Transaction) -> bytes:
        self.count = transaction.request.number(MOST_PINGS)
        return self.processor.ok()

    def set_interval(self, transaction: Transaction) -> bytes:
        self.interval = transaction.request.number(60_000)
        return self.processor.ok()

    def settings_line(self, transaction: Transaction) -> bytes:
        fields = (str(self.address), str(self.count), str(self.interval))
        return self.processor.ok(",".join(fields).encode())

    def run(self, transaction: Transaction) -> bytes | None:
        station = self.processor.station
        if station is None or station.lease is None:
            return self.processor.error("not joined")
        # Arm's driver sets the count 0 and expects the outcome of one.
        self._send(transaction, [], max(self.count, 1))
        return None

    def _send(self, transaction: Transaction, lines: list[bytes], left: int) -> None:
        station = self.processor.station
        if transaction.current and station is not None:
            station.ping(
                self.address,
                self.processor.profile.ping_timeout_ms * MILLISECOND,
                partial(self._answered, transaction, lines, left),
            )

    def _answered(
        self, transaction: Transaction, lines: list[bytes], left: int, round_trip: int | None
    ) -> None:
        if not transaction.current:
            return
        outcome = b"Timeout" if round_trip is None else b"%d" % (round_trip // MILLISECOND)
        lines.append(str(self.address).encode() + b"," + outcome)
        if left > 1:
            self.processor.machine.clock.schedule(
                self.interval * MILLISECOND, partial(self._send, transaction, lines, left - 1)
            )
        else:
            transaction.finish(self.processor.ok(b"\r\n".join(lines)))
