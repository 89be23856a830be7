# ironpython: executed by Renode
"""The micro DMA controller (SWRU465 section 4): 32 channels with control entries in memory.

Input and output numbers are 4 * channel + encoding, as CHMAP chooses between the peripherals of a
channel: the input is the peripheral's request, the output pulses when a transfer of it ends. While
there are requests the controller moves up to `BATCH` items at once; then their bus time passes.
"""

import struct

from renode_wifi.peripherals.base import bus_master
from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.bus_master import BusError
from renode_wifi.peripherals.cc3220.udma_entry import (
    ALTERNATE_OFFSET,
    BASIC,
    ENTRY_SIZE,
    MEMORY_TASK,
    PING_PONG,
    STOP,
    WORD,
    ControlEntry,
)
from renode_wifi.peripherals.cc3220.udma_registers import CHMAP, ERRCLR, REGISTERS, STAT

CHANNELS = 32
ENCODINGS = 4
SOFTWARE = CHANNELS * ENCODINGS
ERROR = SOFTWARE + 1

SOFTWARE_ENCODING = 3
WORTHWHILE = 4
"""Words from which on a burst takes less time of the host than single accesses."""
BATCH = 1024
"""Items, the longest transfer of one entry, before their bus time passes."""
ENTRY_ITEMS = 2
"""Items that take as long as fetching an entry and writing it back."""
ONE_BY_ONE = ENTRY_ITEMS + 1
"""Items that one takes which is an arbitration period of its own."""
ITEM_TIME = 50
"""ns: a read and a write, each with address and data phase, at 80 MHz."""


class CC3220_uDMA(Block):
    """Output 128: the software interrupt, 129: the error interrupt."""

    OUTPUTS = tuple(range(SOFTWARE + 2))
    SIZE = 0x1000
    REGISTERS = REGISTERS

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._levels = [False] * SOFTWARE
        self._asked = 0
        # Channels that work through a list of tasks.
        self._listed = 0
        self._serving = False
        # Entries of basic transfers between their items, while requests are served.
        self._in_hand = {}  # type: dict[int, ControlEntry]
        # Items moved since time last passed, and when that was (ns).
        self._moved = 0
        self._moment = 0
        # The end of their bus time.
        self._pause = None  # type: typing.Any
        self._failed = set()  # type: set[int]

    def reset(self):
        # type: () -> None
        """Request lines are their peripherals'."""
        Block.reset(self)
        self._asked = self._listed = 0
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    # Requests.

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        self._levels[number] = level
        if level and not self._serving:
            self._serve()

    def _encoding(self, channel):
        # type: (int) -> int
        word, place = divmod(channel, CHANNELS // CHMAP.count)
        return self.registers.values[CHMAP.word + word] >> (4 * place) & 3

    def _is_requested(self, channel):
        # type: (int) -> bool
        bit = 1 << channel
        if self._asked & bit:
            return True
        if self.registers["REQMASKSET"] & bit:
            return False
        return self._levels[ENCODINGS * channel + self._encoding(channel)]

    def _request_by_software(self, value, old):
        # type: (int, int) -> None
        self._asked |= value & self.registers["ENASET"]
        self._serve()

    def _next_channel(self):
        # type: () -> int | None
        enabled = self.registers["ENASET"]
        if not enabled or not self.registers["STAT"] & STAT.MASTEN:
            return None
        first = self.registers["PRIOSET"]
        for group in (enabled & first, enabled & ~first):
            while group:
                lowest = group & -group
                channel = lowest.bit_length() - 1  # type: int
                if self._is_requested(channel):
                    return channel
                group ^= lowest
        return None

    def _serve(self):
        # type: () -> None
        """Move items while there are requests. What an item sets off may come back to `on_gpio`."""
        if self._serving or self._pause is not None:
            return
        self._serving = True
        now = self.machine.clock.now
        if now != self._moment:
            self._moment = now
            self._moved = 0
        before = None  # type: int | None
        channel = self._next_channel()
        while channel is not None and self._moved < BATCH:
            self._serve_once(channel, before)
            before, channel = channel, self._next_channel()
        if channel is not None:
            self._pause = self.machine.clock.schedule(self._moved * ITEM_TIME, self._resume)
            self._moved = 0
        self._put_back()
        self._serving = False

    def _serve_once(self, channel, before):
        # type: (int, int | None) -> None
        """One arbitration period of a channel. before: the channel that was served last."""
        try:
            self._move(channel)
        except BusError as error:
            self._fail(channel, error)
            return
        # A port that exchanges words, whose receiver is the channel before its sender.
        if before == channel + 1 == self._next_channel():
            self._exchange(channel, channel + 1)

    def _resume(self):
        # type: () -> None
        self._pause = None
        self._serve()

    # Transfers.

    def _address(self, channel, alternate):
        # type: (int, bool) -> int
        base = self.registers["CTLBASE"]  # type: int
        return base + ENTRY_SIZE * channel + (ALTERNATE_OFFSET if alternate else 0)

    def _control(self, channel, alternate):
        # type: (int, bool) -> int
        return bus_master.read(self.machine.bus, self._address(channel, alternate) + 8, 4)

    def _put_back(self):
        # type: () -> None
        """Memory gets the entries that were kept in hand between their items."""
        for channel, entry in list(self._in_hand.items()):
            try:
                entry.put_back()
            except BusError as error:
                self._fail(channel, error)
        self._in_hand.clear()

    def _fail(self, channel, error):
        # type: (int, BusError) -> None
        """A bus error disables its channel and interrupts (DMAERRCLR)."""
        self._in_hand.pop(channel, None)
        self._listed &= ~(1 << channel)
        self._stop(channel)
        self.registers["ERRCLR"] = ERRCLR.ERRCLR
        self.lines[ERROR].set(True)
        if channel not in self._failed:
            self._failed.add(channel)
            self.machine.log.warning(
                "%s: channel %d: %s (reported once)", self.name, channel, error
            )

    def _move(self, channel):
        # type: (int) -> None
        """One arbitration period of a channel: items until its size or the request ends."""
        bit = 1 << channel
        alternate = self.registers["ALTSET"] & bit != 0
        entry = self._in_hand.get(channel)
        if entry is None:
            entry = ControlEntry(self.machine.bus, self._address(channel, alternate))
        if entry.mode == STOP:
            self._stop(channel)
            return
        if entry.mode != BASIC:
            # It may write to the table.
            self._put_back()
        self._transfer(channel, entry)
        if entry.is_list:
            # The task is in the alternate entry now; it goes first.
            self.registers["ALTSET"] |= bit
            self._listed |= bit
            self._asked |= bit
        elif not entry.runs_on:
            self._asked &= ~bit
        if entry.left and entry.mode == BASIC:
            self._in_hand[channel] = entry
            return
        self._in_hand.pop(channel, None)
        entry.put_back()
        if not entry.left and not entry.is_list:
            self._finish(channel, entry.mode, alternate)

    def _transfer(self, channel, entry):
        # type: (int, ControlEntry) -> None
        # A list hands over one task, which is a burst, whatever the request does meanwhile.
        whole_burst = entry.is_list or entry.runs_on or self._asked >> channel & 1
        self._moved += ENTRY_ITEMS
        for _ in range(entry.left if entry.runs_on else min(entry.left, entry.burst)):
            self._moved += 1
            entry.move_item()
            if not whole_burst and not self._is_requested(channel):
                break

    def _exchange(self, receiver, sender):
        # type: (int, int) -> None
        """A word went out, one came in, and the next is requested: exchange many at once.

        Up to the last word of either channel, and only where moving them one by one would have the
        channels take turns: nothing but the words and their count differs, and no time.
        """
        incoming, outgoing = self._in_hand.get(receiver), self._in_hand.get(sender)
        if incoming is None or outgoing is None:
            return
        # As many as would have gone one by one before time passes.
        batch = (BATCH - self._moved + ONE_BY_ONE - 1) // (2 * ONE_BY_ONE)
        count = min(incoming.left - 1, outgoing.left - 1, batch)
        if count < WORTHWHILE or outgoing.burst != 1 or self.registers["PRIOSET"] >> sender & 1:
            return
        if incoming.source_step or outgoing.destination_step:
            return
        source = outgoing.words_ahead(outgoing.source, outgoing.source_step, count, False)
        target = incoming.words_ahead(incoming.destination, incoming.destination_step, count, True)
        if source is None or target is None:
            return
        if source[0] < sum(target) and target[0] < sum(source):
            # What comes in may go out again.
            return
        bus = self.machine.bus
        port = bus.model_at(outgoing.destination)
        if port is None or not hasattr(port[0], "exchange_burst"):
            return
        model, offset = port
        words = struct.unpack("<%dI" % (source[1] // WORD), bus.read_bytes(*source))
        if not outgoing.source_step:
            words *= count
        register = offset + incoming.source - outgoing.destination
        answers = model.exchange_burst(offset, register, words)
        self._moved += 2 * ONE_BY_ONE * len(answers)
        incoming.left -= len(answers)
        outgoing.left -= len(answers)
        if not incoming.destination_step:
            answers = answers[-1:]
        bus.write_bytes(target[0], struct.pack("<%dI" % len(answers), *answers))

    def _finish(self, channel, mode, alternate):
        # type: (int, int, bool) -> None
        """The entry is used up."""
        bit = 1 << channel
        if self._listed & bit:
            self.registers["ALTSET"] &= ~bit
            if self._control(channel, False) & 7 != STOP:
                if mode == MEMORY_TASK:
                    self._asked |= bit
                return
            self._listed &= ~bit
        elif mode == PING_PONG:
            self.registers["ALTSET"] ^= bit
            if self._control(channel, not alternate) & 7 != STOP:
                self._notify(channel)
                return
        self._stop(channel)
        self._notify(channel)

    def _stop(self, channel):
        # type: (int) -> None
        self.registers["ENASET"] &= ~(1 << channel)
        self._asked &= ~(1 << channel)

    def _notify(self, channel):
        # type: (int) -> None
        encoding = self._encoding(channel)
        self.registers["CHIS"] |= 1 << channel
        if encoding == SOFTWARE_ENCODING:
            self.lines[SOFTWARE].set(True)
        else:
            self.lines[ENCODINGS * channel + encoding].pulse()

    def _acknowledge(self, value, old):
        # type: (int, int) -> None
        for channel in range(CHANNELS):
            done = self.registers["CHIS"] >> channel & 1
            if done and self._encoding(channel) == SOFTWARE_ENCODING:
                return
        self.lines[SOFTWARE].set(False)

    # Registers in pairs that set and clear.

    def _enable_controller(self, value, old):
        # type: (int, int) -> None
        status = self.registers["STAT"] & ~STAT.MASTEN
        self.registers["STAT"] = status | value & STAT.MASTEN
        self._serve()

    def _set_base(self, value, old):
        # type: (int, int) -> None
        self.registers["ALTBASE"] = self.registers["CTLBASE"] + ALTERNATE_OFFSET

    def _enable(self, value, old):
        # type: (int, int) -> None
        self.registers["ENASET"] |= value
        self._serve()

    def _disable(self, value, old):
        # type: (int, int) -> None
        self.registers["ENASET"] &= ~value
        self._asked &= ~value
        self._listed &= ~value

    def _set_burst(self, value, old):
        # type: (int, int) -> None
        self.registers["USEBURSTSET"] |= value

    def _clear_burst(self, value, old):
        # type: (int, int) -> None
        self.registers["USEBURSTSET"] &= ~value

    def _set_mask(self, value, old):
        # type: (int, int) -> None
        self.registers["REQMASKSET"] |= value

    def _clear_mask(self, value, old):
        # type: (int, int) -> None
        self.registers["REQMASKSET"] &= ~value
        self._serve()

    def _set_alternate(self, value, old):
        # type: (int, int) -> None
        self.registers["ALTSET"] |= value

    def _clear_alternate(self, value, old):
        # type: (int, int) -> None
        self.registers["ALTSET"] &= ~value

    def _set_priority(self, value, old):
        # type: (int, int) -> None
        self.registers["PRIOSET"] |= value

    def _clear_priority(self, value, old):
        # type: (int, int) -> None
        self.registers["PRIOSET"] &= ~value

    def _clear_error(self, value, old):
        # type: (int, int) -> None
        if value & ERRCLR.ERRCLR:
            self.registers["ERRCLR"] = 0
            self.lines[ERROR].set(False)


MYPY = False
if MYPY:
    import typing  # noqa: F401
