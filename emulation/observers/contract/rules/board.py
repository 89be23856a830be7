"""What works in the emulator, and not on the board."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from renode_wifi.emulation.observers.contract.port import ST, TI
from renode_wifi.emulation.observers.contract.rule import Basis, Level, Rule
from renode_wifi.emulation.observers.contract.rules.pins import (
    LOOKS,
    PIN_WITHOUT_FUNCTION,
    WIFI_BUS,
)
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.uart import WiredUart

CLOCK_OFF = Rule(
    "peripheral-clock-off",
    "a block is accessed that has no clock",
    Level.ERROR,
    {
        ST: Basis(
            "when the peripheral clock is not active, its registers' values may not be readable"
            " by software, and a write is ignored",
            "RM0351, section 6.2.19",
        )
    },
)
BAUD_RATE = Rule(
    "baud-rate-off",
    "a serial port sends at a rate that no host has",
    Level.ERROR,
    {
        ST: Basis(
            "a receiver tolerates a deviation of the clocks of 3.75 % at most",
            "RM0351, section 40.5.5",
        ),
        TI: Basis(
            "a frame of ten bits is read wrong when rates differ by half a bit, 5 %",
            "SWRU465, section 6.2: start bit, eight bits of data, stop bit",
        ),
    },
)
RULES = (CLOCK_OFF, BAUD_RATE, PIN_WITHOUT_FUNCTION)

RATES = (1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 76800, 115200, 128000)
FAST_RATES = (230400, 250000, 256000, 460800, 500000, 576000, 921600)
FASTEST_RATES = (1000000, 1152000, 1500000, 2000000, 2500000, 3000000, 3500000, 4000000)
TOLERANCE = 0.0375
LINE_FEED = 0x0A

Report = Callable[[Rule, str, str], None]
"""Rule, what the firmware did, and in which way it breaks the rule."""


class BoardChecks:
    """Of one machine, until `detach`. A port is looked at with the first byte of a line, the bus to
    the Wi-Fi module with each command.

    port: the name of a port of Secure Sockets.
    """

    def __init__(self, machine: Machine, port: str, report: Report) -> None:
        self._machine = machine
        self._report = report
        self._within_line: set[str] = set()
        self._reported: set[tuple[str, int]] = set()
        """Ports with their bits' times."""
        self._pins = LOOKS[port](machine)
        self._without_pins: set[str] = set()
        machine.unanswered.listeners.append(self._without_clock)
        machine.subscribe(self._on_byte, "uart")
        machine.subscribe(self._on_command, "at")

    def detach(self) -> None:
        self._machine.unanswered.listeners.remove(self._without_clock)
        self._machine.unsubscribe(self._on_byte)
        self._machine.unsubscribe(self._on_command)

    def _without_clock(self, block: str, gate: str) -> None:
        self._report(CLOCK_OFF, f"access to {block}", f"{gate} is not set")

    def _on_byte(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        if fields["byte"] == LINE_FEED:
            self._within_line.discard(source)
        elif source not in self._within_line:
            self._within_line.add(source)
            block = source.rpartition("/")[2]
            self._look_at_pins(block)
            self._look_at(source)

    def _on_command(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        self._look_at_pins(WIFI_BUS)

    def _look_at_pins(self, block: str) -> None:
        if block in self._without_pins:
            return
        lacking = self._pins(block)
        if lacking:
            self._without_pins.add(block)
            self._report(PIN_WITHOUT_FUNCTION, f"transmission by {block}", lacking)

    def _look_at(self, source: str) -> None:
        port = self._machine.peripherals.get(source.rpartition("/")[2])
        if not isinstance(port, WiredUart):
            return
        bit_time = port.frame_format().bit_time
        known = (source, bit_time) in self._reported
        if bit_time and not known and not is_usual(SECOND / bit_time):
            self._reported.add((source, bit_time))
            rate = f"{SECOND / bit_time:.0f} baud, {_nearest(SECOND / bit_time)} is the nearest"
            self._report(BAUD_RATE, f"transmission by {source}", rate)


def is_usual(rate: float) -> bool:
    """Within the tolerance of a rate that hosts have."""
    return abs(rate / _nearest(rate) - 1) <= TOLERANCE


def _nearest(rate: float) -> int:
    return min((*RATES, *FAST_RATES, *FASTEST_RATES), key=partial(_distance, rate))


def _distance(rate: float, other: int) -> float:
    return abs(rate / other - 1)
