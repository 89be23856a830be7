"""Copies between memories that take a while, made by an engine where it can.

A batch of items is under way until a moment at which all of them are where they belong. When that
is, and what the channels of the controller work with, is kept in plain arrays. The controller's own
registers are of STM32's DMA (RM0351 section 11.6): four flags of each channel, CCR, CNDTR, CPAR and
CMAR of each.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from renode_wifi.peripherals.base.line import Line

# Indices of a channel in `Copier.state`; a number of two words has the lower one first.
COPY_BUSY = 0
COPY_WAITING = 1
COPY_TIME = 2
COPY_SEQUENCE = 4
COPY_WORDS = 6


@dataclass(eq=False)
class Copier:
    """channels: how many; `stride` words of the block apart, from `first`, CCR, on.

    status, clear: words of the flags and of what clears them. writable: bits of CCR.
    batch: items at most; each takes `cycles` of a clock of `hertz`[0] Hz.
    reload, peripheral, memory: by channel, the items to begin with, and where the next one is.
    lines: interrupt outputs. take_over: called to leave all batches to the model.

    state, by channel: COPY_BUSY: the model has something under way for it, and serves its
    registers. COPY_WAITING: a batch ends at COPY_TIME (ns).
    """

    channels: int
    status: int
    clear: int
    first: int
    stride: int
    writable: int
    batch: int
    cycles: int
    lines: Sequence[Line]
    take_over: Callable[[], None]
    served: bool = False
    hertz: array[int] = field(default_factory=lambda: array("I", [0]))

    def __post_init__(self) -> None:
        self.reload = array("I", [0] * self.channels)
        self.peripheral = array("I", [0] * self.channels)
        self.memory = array("I", [0] * self.channels)
        self.state = array("I", [0] * self.channels * COPY_WORDS)

    def clear_channels(self) -> None:
        """One by one: who copies has the arrays' addresses."""
        for values in (self.reload, self.peripheral, self.memory, self.state):
            for index in range(len(values)):
                values[index] = 0

    def set_busy(self, channel: int, busy: bool) -> None:
        self.state[channel * COPY_WORDS + COPY_BUSY] = busy

    def begin(self, channel: int, time: int, sequence: array[int]) -> None:
        """A batch ends at `time` (ns). `sequence` has the last number that an event got."""
        sequence[0] += 1
        at = channel * COPY_WORDS
        self.state[at + COPY_TIME] = time & 0xFFFFFFFF
        self.state[at + COPY_TIME + 1] = time >> 32
        self.state[at + COPY_SEQUENCE] = sequence[0] & 0xFFFFFFFF
        self.state[at + COPY_SEQUENCE + 1] = sequence[0] >> 32
        self.state[at + COPY_WAITING] = 1

    def cancel(self, channel: int) -> tuple[int, int] | None:
        """When the batch under way would have ended (ns), and that event's sequence number."""
        at = channel * COPY_WORDS
        if not self.state[at + COPY_WAITING]:
            return None
        self.state[at + COPY_WAITING] = 0
        low, high, first, second = self.state[at + COPY_TIME : at + COPY_SEQUENCE + 2]
        return high << 32 | low, second << 32 | first
