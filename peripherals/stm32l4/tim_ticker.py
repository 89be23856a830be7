"""The update events of a timer, as an engine may set them by itself (base/counter.py)."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from renode_wifi.peripherals.base.counter import Ticker
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.register_file import STORED_KINDS, RegisterFile
from renode_wifi.peripherals.base.registers import ZERO_CLEARS
from renode_wifi.peripherals.stm32l4.tim_outputs import INTERRUPTS
from renode_wifi.peripherals.stm32l4.tim_registers import CR1, DIER, RCR, SR


def make(registers: RegisterFile, line: Line, take_over: Callable[[], None]) -> Ticker:
    clears = registers.plan.masks[STORED_KINDS.index(ZERO_CLEARS)][SR.word]
    return Ticker(SR.word, SR.UIF, clears, DIER.word, INTERRUPTS, line, take_over)


def is_plain(values: array[int]) -> bool:
    """Every overflow is an update event, and nothing else."""
    return not values[RCR.word] and not values[CR1.word] & (CR1.OPM | CR1.CMS | CR1.UDIS)
