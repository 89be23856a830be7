# ironpython: executed by Renode
"""Sends the core's stores into the flash array to its controller while it is being programmed.

Renode's core writes mapped memory by itself. While the controller's PG bit is set the array's pages
are accessed through the bus, where a hook takes the stores. At other times they go through to the
array, where the chip would raise an error.
"""

import System

from renode_wifi.emulation.renode.remote import message_of

IO_PAGE = 0x400
CR_PROGRAMMING = 1 << 0 | 1 << 18


class FlashTrap(object):
    """handler: called with (address, value, width) for each store."""

    def __init__(self, machine, start, size, handler):
        # type: (typing.Any, int, int, typing.Any) -> None
        self.machine = machine
        self.start = start
        self.size = size
        self.handler = handler
        self.active = False
        self._hooked = False

    def follow(self, control):
        # type: (int) -> None
        """control: CR of the controller after a write."""
        active = control & CR_PROGRAMMING != 0
        if active == self.active:
            return
        self.active = active
        if active and not self._hooked:
            self._hook()
        bus = self.machine.renode.SystemBus
        change = bus.SetPageAccessViaIo if active else bus.ClearPageAccessViaIo
        for address in range(self.start, self.start + self.size, IO_PAGE):
            change(System.UInt64(address))

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
            if not (self.active and running):
                return value
            self.handler(self.start + int(offset), int(value), width)
            return int(self.machine.bus.read(self.start + int(offset), width))
        except System.Exception as error:
            self.machine.log.error("flash: a store failed: %s", message_of(error))
            return value


MYPY = False
if MYPY:
    import typing  # noqa: F401
