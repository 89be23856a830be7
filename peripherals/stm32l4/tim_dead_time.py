"""Dead time between a timer's channel and its complement (RM0351 section 30.3.15).

Where both are on, each becomes active later than the reference says, by the time in BDTR.DTG; a
pulse that is shorter than that does not appear.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from renode_wifi.peripherals.base.clock import SECOND, Clock, Event
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.stm32l4.tim_registers import BDTR, CR1


def duration(dead_time: int, control: int, hertz: int) -> int:
    """ns. dead_time: BDTR; control: CR1, which divides the timer's clock; hertz: of that clock."""
    code = BDTR["DTG"].get(dead_time)
    if code < 0x80:
        steps = code
    elif code < 0xC0:
        steps = (64 + (code & 0x3F)) * 2
    else:
        steps = (32 + (code & 0x1F)) * (8 if code < 0xE0 else 16)
    divided = 1 << min(2, CR1["CKD"].get(control))
    return steps * divided * SECOND // hertz if hertz else 0


class DeadTime:
    """Outputs that are to become active, by their names in `lines`."""

    def __init__(self, clock: Clock, lines: Mapping[int | str, Line]) -> None:
        self._clock = clock
        self._lines = lines
        self._pending: dict[str, Event] = {}

    def clear(self) -> None:
        for event in self._pending.values():
            event.cancel()
        self._pending.clear()

    def set(self, name: str, level: bool, active: bool, delay: int) -> None:
        """Bring a line to its level; `delay` ns later where that is the active one."""
        line = self._lines[name]
        if level == line.level or level != active or not delay:
            event = self._pending.pop(name, None)
            if event is not None:
                event.cancel()
            line.set(level)
        elif name not in self._pending:
            self._pending[name] = self._clock.schedule(delay, partial(self._end, name, level))

    def _end(self, name: str, level: bool) -> None:
        del self._pending[name]
        self._lines[name].set(level)
