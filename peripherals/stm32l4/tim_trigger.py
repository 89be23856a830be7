"""Trigger outputs (RM0351 section 30.4.2): TRGO by CR2.MMS, TRGO2 of advanced timers by MMS2."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from renode_wifi.peripherals.base.clock import MICROSECOND, Clock, Event
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.registers import Field
from renode_wifi.peripherals.stm32l4.tim_registers import CR2

UNUSED = -1
RESET, ENABLE, UPDATE, COMPARE, FIRST_REFERENCE = range(5)
"""Codes; from the last on the reference of a channel, and of TRGO2 those of EDGES."""
CHANNEL_4, CHANNEL_5, CHANNEL_6 = 3, 4, 5
RISING, FALLING, BOTH = (True,), (False,), (True, False)
MAX_PULSES = 64
"""In an instant; a burst by DMA has 18."""
MAX_PULSES_TIME = 5 * MICROSECOND
"""What they take on the chip, about."""
# Codes of MMS2 that pulse at edges of references: channels, and the levels that they change to.
EDGES = {
    10: ((CHANNEL_4, BOTH),),
    11: ((CHANNEL_6, BOTH),),
    12: ((CHANNEL_4, RISING), (CHANNEL_6, RISING)),
    13: ((CHANNEL_4, RISING), (CHANNEL_6, FALLING)),
    14: ((CHANNEL_5, RISING), (CHANNEL_6, RISING)),
    15: ((CHANNEL_5, RISING), (CHANNEL_6, FALLING)),
}


class TriggerOutput:
    """One of the two. field: its mode in CR2. mode: UNUSED where nobody is at the line."""

    def __init__(self, name: str, field: Field, values: array[int], line: Line) -> None:
        self.name = name
        self._field = field
        self._values = values
        self._line = line
        self.clear()

    def clear(self) -> None:
        self.mode = UNUSED
        self._before: list[bool] = []

    def settle(self) -> None:
        """Registers have changed."""
        self.mode = self._field.get(self._values[CR2.word]) if self._line.is_connected else UNUSED

    @property
    def follows_period(self) -> bool:
        """It may change at the start of a period."""
        return self.mode == UPDATE or self.mode >= FIRST_REFERENCE

    def uses(self, channel: int) -> bool:
        """It may change at a match of that channel."""
        edges = EDGES.get(self.mode)
        if edges is not None:
            return any(channel == each for each, _ in edges)
        return self.mode == FIRST_REFERENCE + channel or (self.mode == COMPARE and not channel)

    def show(self, references: Sequence[bool], runs: bool) -> bool:
        """Bring the line to its level; whether it has to pulse."""
        edges = EDGES.get(self.mode)
        if edges is not None:
            before, self._before = self._before, list(references)
            return bool(before) and any(
                references[channel] != before[channel] and references[channel] in levels
                for channel, levels in edges
            )
        if self.mode == ENABLE:
            self._line.set(runs)
        elif self.mode >= FIRST_REFERENCE:
            self._line.set(references[self.mode - FIRST_REFERENCE])
        return False


def triggers(values: array[int], trgo: Line, trgo2: Line) -> tuple[TriggerOutput, TriggerOutput]:
    return (
        TriggerOutput("TRGO", CR2["MMS"], values, trgo),
        TriggerOutput("TRGO2", CR2["MMS2"], values, trgo2),
    )


class Pulses:
    """Pulses that are due at lines, by name. A receiver may bring on more of them.

    Timers that trigger each other in a circle never end. On the chip that takes time: a trigger is
    resynchronised to the clock of its receiver (RM0351 section 30.3.19).
    """

    def __init__(self, clock: Clock, lines: Mapping[int | str, Line]) -> None:
        self._clock = clock
        self._lines = lines
        self._due: list[str] = []
        self._event: Event | None = None
        self._is_emitting = False

    def __bool__(self) -> bool:
        return bool(self._due)

    def clear(self) -> None:
        self._due.clear()
        if self._event is not None:
            self._event.cancel()
            self._event = None

    def add(self, *names: str) -> None:
        self._due.extend(names)

    def emit(self) -> None:
        if self._is_emitting or self._event is not None:
            return  # Whoever emits goes on with what came in between.
        self._is_emitting = True
        try:
            for _ in range(MAX_PULSES):
                if not self._due:
                    return
                self._lines[self._due.pop(0)].pulse()
        finally:
            self._is_emitting = False
        if self._due:
            self._event = self._clock.schedule(MAX_PULSES_TIME, self._go_on)

    def _go_on(self) -> None:
        self._event = None
        self.emit()
