"""Pins and SPI of a host processor, on a clock moved by hand."""

from __future__ import annotations

from enum import Enum

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.ism43362.link import DATA_READY, NSS, RESET
from renode_wifi.peripherals.ism43362.module import ISM43362

WORD_NS = 1_600
"""16 bits at 10 MHz."""
OK_TAIL = b"\r\nOK\r\n> "


class TimedOut(Exception):
    """RDY did not do what the driver waited for."""


class Wires:
    """Pins and SPI of the host, on a clock moved by hand."""

    def __init__(self, machine: BenchMachine, module: ISM43362) -> None:
        self.machine = machine
        self.module = module
        self.rising_edges = 0
        self.on_rising = False
        module.lines[DATA_READY].connect(self, 0)

    def on_gpio(self, number: int, level: bool) -> None:
        if level:
            self.rising_edges += 1
            self.on_rising = True

    @property
    def ready(self) -> bool:
        return bool(self.module.lines[DATA_READY].level)

    @property
    def now_us(self) -> int:
        return self.machine.clock.now // MICROSECOND

    def wait_us(self, microseconds: int) -> None:
        self.machine.clock.advance(microseconds * MICROSECOND)

    def wait_ms(self, milliseconds: int) -> None:
        self.machine.clock.advance(milliseconds * MILLISECOND)

    def select(self) -> None:
        self.module.on_gpio(NSS, False)

    def deselect(self) -> None:
        self.module.on_gpio(NSS, True)

    def reset(self, asserted: bool) -> None:
        self.module.on_gpio(RESET, not asserted)

    def word(self, value: int) -> int:
        self.machine.clock.advance(WORD_NS)
        answer = self.module.exchange(value, 16)
        assert 0 <= answer <= 0xFFFF
        return answer

    def write(self, data: bytes) -> None:
        """Shift out an even number of bytes, the earlier one of each word in its low byte."""
        for index in range(0, len(data), 2):
            self.word(data[index] | data[index + 1] << 8)

    def read(self, words: int, filler: int = 0x0A0A) -> bytes:
        return b"".join(self.word(filler).to_bytes(2, "little") for _ in range(words))

    def wait_ready(self, milliseconds: int) -> None:
        """Poll the level."""
        self._wait(milliseconds, lambda: self.ready)

    def wait_edge(self, milliseconds: int) -> None:
        """Wait for a rising edge since `on_rising` was cleared."""
        self._wait(milliseconds, lambda: self.on_rising)

    def _wait(self, milliseconds: int, condition) -> None:  # type: ignore[no-untyped-def]
        clock = self.machine.clock
        end = clock.now + milliseconds * MILLISECOND
        while not condition():
            following = clock.next_time
            if following is None or following > end:
                clock.advance(end - clock.now)
                raise TimedOut
            clock.advance(max(following - clock.now, 0))


def even(data: bytes) -> bytes:
    return data + b"\n" if len(data) % 2 else data


class Status(Enum):
    """How ST's driver sees the end of a command (es_wifi.h)."""

    OK = 0
    ERROR = 2
    IO_ERROR = 4
    UNEXPECTED_CLOSED_SOCKET = 5
    MODULE_CRASH = 6


class Reset(Exception):
    """ST's port returns SOCKETS_PERIPHERAL_RESET."""
