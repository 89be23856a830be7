# ironpython: executed by Renode
"""Sends the core's stores into the flash array to its controller while it is being programmed.

Renode's core writes mapped memory by itself. While the controller's PG bit is set, pages that have
an erased slot are accessed through the bus, where a hook takes the stores. All other stores go
through to the array, where the chip would raise an error.

Both the change of a page and each load from such a page cost some microseconds, so the pages stay
that way for a moment, for the next double word, and those full of code are left alone.
"""

import System
from System.Text import Encoding

from renode_wifi.emulation.engines.renode.inside.log import message_of

IO_PAGE = 0x400
ERASED_SLOT = "\xff" * 8
LATIN_1 = 28591
CR_PROGRAMMING = 1 << 0 | 1 << 18
CR_STRT = 1 << 16
LINGER = 1000000
"""ns after the end of programming; a driver goes on with the next double word at once."""


class FlashWrites(object):
    """handler: called with (address, value, width) for each store."""

    def __init__(self, machine, start, size, handler):
        # type: (typing.Any, int, int, typing.Any) -> None
        self.machine = machine
        self.start = start
        self.size = size
        self.handler = handler
        self._programming = False
        self._pages = []  # type: list[int]
        self._end = None  # type: typing.Any
        self._hooked = False

    def follow(self, control):
        # type: (int) -> None
        """control: CR of the controller after a write."""
        programming = control & CR_PROGRAMMING != 0
        if control & CR_STRT and not programming:
            # What it erases can be programmed next.
            self._release()
        if programming == self._programming:
            return
        self._programming = programming
        if self._end is not None:
            self._end.cancel()
            self._end = None
        if not programming:
            self._end = self.machine.clock.schedule(LINGER, self._release)
        elif not self._pages:
            self._take()

    def _take(self):
        # type: () -> None
        if not self._hooked:
            self._hook()
        bus = self.machine.renode.SystemBus
        # Text, because searching it is quick.
        content = Encoding.GetEncoding(LATIN_1).GetString(
            bus.ReadBytes(System.UInt64(self.start), self.size)
        )
        for offset in range(0, self.size, IO_PAGE):
            if ERASED_SLOT in content[offset : offset + IO_PAGE]:
                self._pages.append(self.start + offset)
                bus.SetPageAccessViaIo(System.UInt64(self.start + offset))

    def _release(self):
        # type: () -> None
        pages, self._pages = self._pages, []
        for page in pages:
            self.machine.renode.SystemBus.ClearPageAccessViaIo(System.UInt64(page))

    def _hook(self):
        # type: () -> None
        self._hooked = True
        bus = self.machine.renode.SystemBus
        memory = bus.WhatPeripheralIsAt(System.UInt64(self.start))
        bus.SetHookBeforePeripheralWrite[System.UInt32](memory, self._on_double_word)
        bus.SetHookBeforePeripheralWrite[System.UInt16](memory, self._on_word)
        bus.SetHookBeforePeripheralWrite[System.Byte](memory, self._on_byte)

    def _on_double_word(self, value, offset):
        # type: (int, int) -> int
        return self._store(value, offset, 4)

    def _on_word(self, value, offset):
        # type: (int, int) -> int
        return self._store(value, offset, 2)

    def _on_byte(self, value, offset):
        # type: (int, int) -> int
        return self._store(value, offset, 1)

    def _store(self, value, offset, width):
        # type: (int, int, int) -> int
        """What the memory shall hold afterwards, which is what the controller has put there."""
        try:
            running, _ = self.machine.renode.SystemBus.TryGetCurrentCPU()
            if not (self._programming and running):
                return value
            self.handler(self.start + int(offset), int(value), width)
            return int(self.machine.bus.read(self.start + int(offset), width))
        except System.Exception as error:
            self.machine.log.error("flash: a store failed: %s", message_of(error))
            return value


MYPY = False
if MYPY:
    import typing  # noqa: F401
