"""Pins and their edges, kept where an engine can move them by itself.

A firmware that waits for a pin's edge and answers by moving another makes the same few accesses for
every exchange with its device. What they need is kept in plain arrays, whose layout is given here:
a port's in `Pins`, what lies between a port and the interrupt controller in `PinSelector` and
`Edges`. The models work on these arrays, and an engine may do the same in their place.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.base.line import Line, Receiver

PINS = 16

# Indices in `Pins.state`: bit sets of pins.
PINS_OUTPUTS = 0
PINS_DRIVEN = 1
PINS_INPUTS = 2
PINS_LOCKED = 3
PINS_FORCED = 4
PINS_OUTSIDE = 5
PINS_WIRED = 6
PINS_FUNCTIONS = 7
PINS_LATCH = 8
PINS_EDGES = 9
PINS_WORDS = 10


@late_dataclass(frozen=True)
class Modes:
    """Words of a port's registers that say what decides the level of each pin.

    mode: two bits a pin, 0 input, 1 output, 2 alternate function, 3 analog. pull: two bits, 1
    pulls up. open_drain: a bit that keeps an output from driving high.
    """

    mode: int
    pull: int
    open_drain: int


@late_dataclass(frozen=True)
class MaskedData:
    """A port of ARM's PL061: a mask in the address says which pins an access means.

    words: how many words from the port's first on read the pins behind the mask that is the word's
    index, and write their output data. by_level, both, high, enabled: words that say what
    interrupts: levels or edges, both edges, the high ones, which pins. raw, masked: words that show
    the pins that do.
    """

    words: int
    by_level: int
    both: int
    high: int
    enabled: int
    raw: int
    masked: int


@dataclass(eq=False)
class Pins:
    """The pins of a port. lines: their levels.

    levels, data, set_reset, reset: words of the port's `registers`: the levels of the pins, the
    output data, and where ones set or clear output data (in the upper and the lower half of
    `set_reset`, where set wins, and in `reset`).

    state: PINS_OUTPUTS: pins that output data. PINS_DRIVEN: those whose level nothing else decides.
    PINS_INPUTS: those whose level the outside decides.

    With `modes`: PINS_LOCKED: pins whose configuration is frozen. PINS_FORCED, PINS_OUTSIDE: pins
    that the outside drives, and how. PINS_WIRED, PINS_FUNCTIONS: pins whose alternate function
    drives something, and what. With `masked`, where `levels` is the word of all pins: PINS_LATCH:
    output data. PINS_EDGES: pins with an edge that interrupts.

    drive: moves an input pin, while an engine serves the pins: `drive(pin, level)`; false: the
    model has to.
    """

    lines: Sequence[Line]
    levels: int
    data: int
    set_reset: int
    reset: int
    state: array[int] = field(default_factory=lambda: array("I", [0] * PINS_WORDS))
    drive: Callable[[int, bool], bool] | None = None
    modes: Modes | None = None
    masked: MaskedData | None = None


class PinSelector(Receiver):
    """The pins of one port on their way to outputs that several ports share.

    Output n shows pin n of the port whose number is `selected[n]`; `number` is that of this port.
    """

    def __init__(self, number: int, selected: array[int], outputs: Sequence[Line]) -> None:
        self.number = number
        self.selected = selected
        self.outputs = outputs
        self.levels = array("B", [0] * PINS)

    def on_gpio(self, number: int, level: bool) -> None:
        self.levels[number] = level
        if self.selected[number] == self.number:
            self.outputs[number].set(level)


@dataclass(eq=False)
class Edges:
    """An edge detector. lines: its outputs, high while an edge is pending that isn't masked.

    Input n is bit n of `levels[0]` and of the words of the detector's `registers`: mask, rising,
    falling (which edges count), trigger (by software) and pending (ones clear that and the
    trigger). detected: the inputs that work so.
    """

    lines: Sequence[Line]
    levels: array[int]
    mask: int
    rising: int
    falling: int
    trigger: int
    pending: int
    detected: int
