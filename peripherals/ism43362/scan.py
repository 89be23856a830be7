"""What is on the air: the `F` commands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.clock import MICROSECOND
from renode_wifi.peripherals.ism43362 import at
from renode_wifi.peripherals.network.contract.station import Beacon, Security

if TYPE_CHECKING:
    from renode_wifi.peripherals.ism43362.processor import Processor, Transaction

SECURITY_NAMES = {
    Security.OPEN: b"Open",
    Security.WEP: b"WEP",
    Security.WPA: b"WPA AES",
    Security.WPA2: b"WPA2 AES",
    Security.WPA_WPA2: b"WPA WPA2",
    Security.WPA2_TKIP: b"WPA2 TKIP",
    Security.WPA3: b"WPA3",
}
ONE_BY_ONE = 2


class Scan:
    """`F0` tells all in one reply; `F0=2` one access point, and the next with each `MR`."""

    COMMANDS = {
        "F0": "run",
        "F1": "set_option",
        "F2": "set_option",
        "F3": "set_option",
        "F4": "set_option",
        "F5": "set_option",
        "F?": "options_line",
    }

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self.reset()

    def reset(self) -> None:
        self.options = {"F1": b"0", "F2": b"0", "F3": b"0", "F4": b"0", "F5": b"0"}
        self._lines: list[bytes] | None = None

    def set_option(self, transaction: Transaction) -> bytes:
        self.options[transaction.request.name] = b"%d" % transaction.request.number(0xFFFF)
        return self.processor.ok()

    def options_line(self, transaction: Transaction) -> bytes:
        return self.processor.ok(b",".join(self.options.values()))

    def run(self, transaction: Transaction) -> bytes | None:
        mode = transaction.request.number(3) if transaction.request.argument else 0
        self.processor.machine.clock.schedule(
            self.processor.profile.scan_time_us * MICROSECOND,
            partial(self._done, transaction, mode),
        )
        return None

    def _done(self, transaction: Transaction, mode: int) -> None:
        if not transaction.current:
            return
        station = self.processor.station
        beacons = station.scan() if station is not None else []
        lines = [_line(index, beacon) for index, beacon in enumerate(beacons, 1)]
        if mode == ONE_BY_ONE:
            self._lines = lines
            transaction.finish(self.next_line() or b"")
        else:
            transaction.finish(self.processor.ok(b"\r\n".join(self._fitting(lines))))

    def _fitting(self, lines: list[bytes]) -> list[bytes]:
        room = self.processor.profile.scan_reply_limit - len(at.success())
        fitting = []
        for line in lines:
            room -= len(line) + 2
            if room >= 0:
                fitting.append(line)
        return fitting

    def next_line(self) -> bytes | None:
        """The next reply of a listing under way; None without one."""
        if self._lines is None:
            return None
        if self._lines:
            return b"\r\n" + self._lines.pop(0) + self.processor.profile.scan_separator
        self._lines = None
        return self.processor.ok()


def _line(index: int, beacon: Beacon) -> bytes:
    ssid = b"" if beacon.hidden else beacon.ssid
    return b'#%03d,"%s",%s,%d,54.0,Infrastructure,%s,2.4GHz,%d' % (
        index,
        ssid,
        beacon.bssid.hex(":").upper().encode(),
        beacon.rssi,
        SECURITY_NAMES[beacon.security],
        beacon.channel,
    )
