"""Semihosting as a model on the core, and the ITM as a console.

Sections of "Semihosting for AArch32 and AArch64" (Arm, 2020Q4), and of ARM DDI 0403E.
"""

from __future__ import annotations

import pytest

from renode_wifi.emulation.platform.machine import Machine
from tests.emulation.guest import CHIP, RAM, machine_with

SEMIHOSTING = "semihosting: UART.SemihostingUart @ cpu\n"
NAMES = ("R0", "R1")


class Caller:
    """Calls as a guest makes them, without one."""

    def __init__(self) -> None:
        self.machine: Machine = machine_with(CHIP + SEMIHOSTING)
        self.events: list[tuple[str, str, object]] = []
        self.machine.subscribe(self._note)
        self.model = self.machine.peripheral("semihosting")

    def _note(self, time: int, source: str, event: str, fields: dict[str, object]) -> None:
        self.events.append((source, event, next(iter(fields.values()), None)))

    @property
    def text(self) -> bytes:
        return bytes(
            value
            for source, event, value in self.events
            if (source, event) == ("semihosting", "uart") and isinstance(value, int)
        )

    def call(self, number: int, argument: int = 0) -> int:
        for name, value in zip(NAMES, (number, argument), strict=True):
            self.machine.core.write_register(name, value)
        answer: int = self.model._call()
        return answer

    def block(self, *words: int) -> int:
        data = b"".join(word.to_bytes(4, "little") for word in words)
        self.machine.bus.write_bytes(RAM + 0x40, data)
        return RAM + 0x40


def test_text_goes_to_a_console() -> None:
    """Sections 6.22 to 6.24: SYS_WRITE, SYS_WRITEC, SYS_WRITE0."""
    caller = Caller()
    caller.machine.bus.write_bytes(RAM, b"hello\0rest")
    assert caller.call(0x4, RAM) == 0
    assert caller.call(0x3, RAM) == 0
    assert caller.call(0x5, caller.block(1, RAM + 6, 4)) == 0
    assert caller.text == b"hellohrest"


def test_received_bytes_are_read() -> None:
    """Sections 6.13, SYS_READ: what it gives are the bytes not filled; 6.14, SYS_READC."""
    caller = Caller()
    assert caller.call(0x7) == 0xFFFFFFFF
    for byte in b"abc":
        caller.model.receive(byte)
    assert caller.call(0x7) == ord("a")
    assert caller.call(0x6, caller.block(1, RAM, 5)) == 3
    assert caller.machine.bus.read_bytes(RAM, 2) == b"bc"


@pytest.mark.parametrize(("name", "handle"), [(b":tt", 1), (b"/etc/passwd", 0xFFFFFFFF)])
def test_only_the_console_opens(name: bytes, handle: int) -> None:
    """Section 6.12, SYS_OPEN: `:tt` is the console; -1 is a failure."""
    caller = Caller()
    caller.machine.bus.write_bytes(RAM, name)
    assert caller.call(0x1, caller.block(RAM, 0, len(name))) == handle


@pytest.mark.parametrize(
    ("number", "words", "status"), [(0x18, None, 0), (0x20, (0x20026, 3), 3), (0x20, (1, 0), 1)]
)
def test_exit_ends_the_run(number: int, words: tuple[int, ...] | None, status: int) -> None:
    """Sections 6.5, SYS_EXIT, and 6.6, SYS_EXIT_EXTENDED: reason and status."""
    caller = Caller()
    caller.call(number, 0x20026 if words is None else caller.block(*words))
    assert caller.model.exit_status == status
    assert ("semihosting", "exit", status) in caller.events


def test_unknown_calls_fail() -> None:
    """Section 4: operation numbers from 0x32 on are reserved."""
    assert Caller().call(0x77) == 0xFFFFFFFF


def test_stimulus_port_0_is_a_console() -> None:
    """ARM DDI 0403E, C1.7.1: with DEMCR.TRCENA, TCR.ITMENA and the port's bit in TER."""
    caller = Caller()
    caller.machine.bus.write(0xE000EDFC, 1 << 24, 4)
    caller.machine.bus.write(0xE0000E80, 1, 4)
    caller.machine.bus.write(0xE0000E00, 1, 4)
    caller.machine.bus.write(0xE0000000, ord("x"), 1)
    assert ("itm", "uart", ord("x")) in caller.events
