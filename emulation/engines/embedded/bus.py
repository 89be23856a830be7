"""What reaches the core from outside: interrupt inputs, and the bus for masters and debuggers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING

from renode_wifi.emulation.engines.embedded import native
from renode_wifi.emulation.platform.core import Interrupts
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.machine import WriteTrap

if TYPE_CHECKING:
    from renode_wifi.emulation.engines.embedded.cpu import Core

FIRST_IRQ = 16
"""Exception number of interrupt 0."""


class CoreError(RenodeWifiError):
    """A mapping or a use of the core that cannot be."""


class Nvic(Interrupts):
    """The interrupt inputs: `on_gpio(irq, level)`."""

    def __init__(self, core: Core, first: int = FIRST_IRQ) -> None:
        self._set_line: Callable[..., None] = core._library.core_set_line
        self._pend: Callable[..., None] = core._library.core_pend
        self._handle = core._handle
        self._first = first

    def on_gpio(self, number: int, level: bool) -> None:
        self._set_line(self._handle, self._first + number, level)

    def exception_of(self, number: int) -> int:
        """The exception that input `number` pends."""
        return self._first + number

    def disconnect(self) -> None:
        """The core is closed: levels no longer matter."""
        self._set_line = self._pend = self._ignore

    @staticmethod
    def _ignore(core: int, number: int, level: bool = False) -> None:
        pass

    def pend(self, number: int) -> None:
        """Make input `number` pending, as software can."""
        self._pend(self._handle, self._first + number)


class CoreBus:
    """The system bus as bus masters and memory controllers see it (`base.machine.Bus`)."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._word = native.u32()

    def read(self, address: int, width: int) -> int:
        core = self._core
        if not core._library.core_bus_read(core._handle, address, width, ctypes.byref(self._word)):
            raise CoreError(f"bus master read at 0x{address:08X}: nothing is mapped there")
        return self._word.value

    def write(self, address: int, value: int, width: int) -> None:
        core = self._core
        if not core._library.core_bus_write(core._handle, address, value, width):
            raise CoreError(f"bus master write at 0x{address:08X}: nothing is mapped there")

    def read_bytes(self, address: int, length: int) -> bytes:
        parts = []
        while length:
            memory, offset, size = self._core._memory_at(address)
            if memory is None:
                parts.append(self.read(address, 1).to_bytes(1, "little"))
                size = 1
            else:
                size = min(length, size)
                parts.append(bytes(memory.data[offset : offset + size]))
            address += size
            length -= size
        return b"".join(parts)

    def write_bytes(self, address: int, data: bytes) -> None:
        done = 0
        while done < len(data):
            memory, offset, size = self._core._memory_at(address + done)
            if memory is None:
                self.write(address + done, data[done], 1)
                size = 1
            else:
                size = min(len(data) - done, size)
                memory.data[offset : offset + size] = data[done : done + size]
                self._core._code_changed(address + done, size)
            done += size

    def trap_writes(self, start: int, size: int, handler: WriteTrap) -> None:
        self._core.trap_writes(start, size, handler)

    def is_memory(self, address: int, length: int, written: bool) -> bool:
        return self._core._is_memory(address, length, written)

    def model_at(self, address: int) -> tuple[object, int] | None:
        return self._core._model_at(address)
