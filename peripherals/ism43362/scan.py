"""What is on the air: the `F` commands."""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.clock import MICROSECOND, Clock
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.ism43362.access import NetworkAccess
from renode_wifi.peripherals.ism43362.messages.argument import Bare
from renode_wifi.peripherals.ism43362.messages.reply import DONE, ListingLine, Ok, Reply
from renode_wifi.peripherals.ism43362.messages.scan import (
    ONE_BY_ONE,
    ScanLine,
    ScanMode,
    ScanOption,
)
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.ism43362.transaction import Transaction
from renode_wifi.peripherals.network.contract.station import Beacon, Security

SECURITY_NAMES = {
    Security.OPEN: b"Open",
    Security.WEP: b"WEP",
    Security.WPA: b"WPA AES",
    Security.WPA2: b"WPA2 AES",
    Security.WPA_WPA2: b"WPA WPA2",
    Security.WPA2_TKIP: b"WPA2 TKIP",
    Security.WPA3: b"WPA3",
    Security.WPA2_ENTERPRISE: b"WPA2 Enterprise",
}
OPTIONS = ("F1", "F2", "F3", "F4", "F5")


class Scan:
    """One scan after another, reported all at once or line by line."""

    def __init__(self, clock: Clock, access: NetworkAccess, profile: ModuleProfile) -> None:
        self.clock = clock
        self.access = access
        self.profile = profile
        self.reset()

    def reset(self) -> None:
        self.options = dict.fromkeys(OPTIONS, 0)
        self._lines: list[bytes] | None = None

    def set_option(self, transaction: Transaction, message: ScanOption) -> Reply:
        self.options[transaction.request.name] = message.value
        return DONE

    def show_options(self, transaction: Transaction, message: Bare) -> Reply:
        return Ok(b",".join(b"%d" % value for value in self.options.values()))

    def run(self, transaction: Transaction, message: ScanMode) -> Reply | None:
        self.clock.schedule(
            self.profile.scan_time_us * MICROSECOND,
            partial(self._done, transaction, message.value),
        )
        return None

    def _done(self, transaction: Transaction, mode: int) -> None:
        if not transaction.current:
            return
        station = self.access.station
        beacons = station.scan() if station is not None else []
        lines = [_line(index, beacon) for index, beacon in enumerate(beacons, 1)]
        if mode == ONE_BY_ONE:
            self._lines = lines
            transaction.finish(self.next_line() or Ok())
        else:
            transaction.finish(Ok(b"\r\n".join(self._fitting(lines))))

    def _fitting(self, lines: list[bytes]) -> list[bytes]:
        room = self.profile.scan_reply_limit - len(Ok().emit())
        fitting = []
        for line in lines:
            room -= len(line) + 2
            if room >= 0:
                fitting.append(line)
        return fitting

    def next_line(self) -> Reply | None:
        """The next reply of a listing under way; None without one."""
        if self._lines is None:
            return None
        if self._lines:
            return ListingLine(self._lines.pop(0))
        self._lines = None
        return DONE

    HANDLERS = (
        Handler("F0", ScanMode, run),
        Handler("F1", ScanOption, set_option),
        Handler("F2", ScanOption, set_option),
        Handler("F3", ScanOption, set_option),
        Handler("F4", ScanOption, set_option),
        Handler("F5", ScanOption, set_option),
        Handler("F?", Bare, show_options),
    )


def _line(index: int, beacon: Beacon) -> bytes:
    return ScanLine(
        index,
        b"" if beacon.hidden else beacon.ssid,
        beacon.bssid,
        beacon.rssi,
        SECURITY_NAMES[beacon.security],
        beacon.channel,
    ).emit()
