"""AT commands at random against the module: no exception, no hang, no growth.

Run it for long with `python -m tests.peripherals.ism43362.fuzz 1000000 [seed]`.
"""

from __future__ import annotations

import random
import sys
from typing import Any

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.ism43362.asynchronous import MAX_PENDING
from renode_wifi.peripherals.ism43362.faults import Fault, FaultKind
from renode_wifi.peripherals.ism43362.firmware import quirks_of
from renode_wifi.peripherals.ism43362.link import DATA_READY, NSS, RESET
from renode_wifi.peripherals.ism43362.module import ISM43362
from renode_wifi.peripherals.ism43362.processor import UNMODELLED
from tests.peripherals.ism43362.worlds import ECHO, TLS_ECHO, UDP_ECHO, make_world
from tests.peripherals.silent_machine import SilentMachine

ADDRESSES = [b"10.10.0.1", b"0.0.0.0", b"255.255.255.255", b"10.10.0.77", b"224.0.0.5", b"1.2.3"]
SSIDS = [b"fwemu-ap", b"open", b"nowhere", b"", b"x" * 33]
KEYS = [b"fwemu-pass", b"", b"short", b"x" * 70]
NAMES = [b"broker.test", b"no.test", b"10.10.0.1", b"\xff", b"a" * 300]
PORTS = [ECHO, TLS_ECHO, UDP_ECHO, 9, 0, 65_535, 65_536]
USEFUL = ["P0", "P1", "P3", "P4", "P5", "P6", "R0", "R1", "R2", "S2", "S3", "MR", "P?", "D0"]
RESET_AFTER = 500
"""Commands, at most."""
MAX_EVENTS = 200
"""Of the clock, whatever the commands are."""
MAX_WAIT = 120 * SECOND
"""For a reply, which a command with a time-out of its own may take."""


MODULES: list[dict[str, Any]] = [
    {},
    {"firmware": "C3.5.2.3.BETA9", "timing": "typical"},
    dict.fromkeys(quirks_of(""), False),
]
"""Attributes of the module; the seed chooses."""


class Fuzzer:
    """Sends commands that are nearly right, wholly wrong, or cut off, and reads most replies."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.machine = SilentMachine()
        self.module = ISM43362(self.machine, "wifi", **MODULES[seed % len(MODULES)])
        self.world = make_world(self.machine)
        self.module.connect_world(self.world)
        self.commands_by_name = [*map(str, self.module.processor.handlers), *sorted(UNMODELLED)]
        self.commands = 0
        self.replies = 0
        self.resets = 0
        self._left = 0

    def run(self, count: int) -> None:
        for _ in range(count):
            if self._left == 0 or not self._ready:
                self._reset()
            self._left -= 1
            self._command()
            self._read()
            self._check()

    @property
    def _ready(self) -> bool:
        return bool(self.module.lines[DATA_READY].level)

    # One round

    def _reset(self) -> None:
        self._left = self.random.randrange(1, RESET_AFTER)
        self.resets += 1
        self.module.on_gpio(NSS, True)
        while True:
            spoilt = bool(self.module.processor.faults.waiting)
            self.module.on_gpio(RESET, False)
            self.module.on_gpio(RESET, True)
            self.machine.clock.advance(SECOND)
            if self._ready:
                break
            assert spoilt, "no prompt after RESET"
        self._read()
        if self.random.random() < 0.8:
            for command in (b"C1=fwemu-ap\r", b"C2=fwemu-pass\r", b"C3=3\r", b"C0\r"):
                self._send(command)
                self._read()

    def _command(self) -> None:
        self.commands += 1
        draw = self.random
        if draw.random() < 0.02:
            kind = draw.choice(list(FaultKind))
            amount = draw.randrange(4) if kind is FaultKind.CONNECTION_DROPPED else None
            self.module.inject(Fault(kind, nth=draw.randrange(1, 4), amount=amount))
        pick = draw.random()
        name = draw.choice(USEFUL if pick < 0.6 else self.commands_by_name)
        window = name.encode() + self._argument(name)
        if pick < 0.02:
            window = draw.randbytes(draw.randrange(1, 40))
        elif pick < 0.06:
            window = window[: draw.randrange(1, len(window) + 1)]
        elif pick < 0.12:
            changed = bytearray(window)
            changed[draw.randrange(len(changed))] = draw.getrandbits(8)
            window = bytes(changed)
        self._send(window)

    def _argument(self, name: str) -> bytes:
        draw = self.random
        if name in ("S3", "S0", "PG"):
            payload = bytes(draw.choice((0, 1, 100, 1460, 1461)))
            length = len(payload) if draw.random() < 0.9 else draw.randrange(2000)
            if name == "S0":
                return b"\r" + payload
            head = b"" if name == "S3" else b"%d,%d," % (draw.randrange(5), draw.randrange(4))
            return b"=%s%04d\r" % (head, length) + payload
        if draw.random() < 0.1:
            return b"\r"
        choices: dict[str, list[bytes]] = {
            "P0": [b"0", b"1", b"2", b"3", b"4"],
            "P1": [b"0", b"1", b"2", b"3", b"4"],
            "P5": [b"0", b"1", b"10", b"11", b"5"],
            "P6": [b"0", b"1"],
            "R2": [b"0", b"1", b"50", b"4000000000"],
            "S2": [b"1", b"50", b"20000"],
            "C1": SSIDS,
            "C2": KEYS,
            "D0": NAMES,
            "AS": [b"0,mine", b"1,mine", b"mine", b"0,"],
            "A2": KEYS,
        }
        if name in choices:
            value = draw.choice(choices[name])
        elif name in ("P3", "T1", "Z6", "C6", "C7", "C8", "C9", "CA"):
            value = draw.choice(ADDRESSES)
        elif name in ("P2", "P4"):
            value = b"%d" % draw.choice(PORTS)
        else:
            value = draw.choice((b"%d" % draw.randrange(12), b"0,3", b"1,3000", b"", b"a,b,c"))
        return b"=" + value + b"\r"

    def _send(self, window: bytes) -> None:
        self.module.on_gpio(NSS, False)
        for index in range(0, len(window), 2):
            self.module.exchange(int.from_bytes(window[index : index + 2], "little"), 16)
        self.module.on_gpio(NSS, True)

    def _read(self) -> None:
        """Wait for the reply and read it, as long as RDY is high; or less of it."""
        clock = self.machine.clock
        end = clock.now + MAX_WAIT
        while not self._ready:
            following = clock.next_time
            if following is None or following > end:
                break
            clock.advance(max(0, following - clock.now))
        processor = self.module.processor
        # R2=0 and S2=0 wait for ever; some faults last until RESET.
        silent = processor.transaction is not None or processor.hung or self.module._failure
        assert self._ready or silent, "a command without a reply"
        self.module.on_gpio(NSS, False)
        limit = 4096 if self.random.random() < 0.97 else self.random.randrange(8)
        for _ in range(limit):
            if not self._ready:
                break
            self.module.exchange(0x0A0A, 16)
        self.replies += 1
        self.module.on_gpio(NSS, True)
        clock.advance(self.random.choice((0, 0, MILLISECOND, 20 * MILLISECOND)))

    def _check(self) -> None:
        processor = self.module.processor
        assert len(processor.messages.pending) <= MAX_PENDING
        assert len(processor.softap.clients) <= processor.softap.max_clients
        if self.commands % 1000 == 0:
            processor.faults.clear()
            due = [event for _, _, event in self.machine.clock._heap if event.callback is not None]
            assert len(due) < MAX_EVENTS, f"{len(due)} events are due"
            assert len(self.world.internet.hosts) < 10


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 10_000
    fuzzer = Fuzzer(int(arguments[1]) if len(arguments) > 1 else 0)
    step = max(1, count // 20)
    for done in range(0, count, step):
        fuzzer.run(min(step, count - done))
        print(
            f"{fuzzer.commands} commands, {fuzzer.replies} replies, {fuzzer.resets} resets",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
