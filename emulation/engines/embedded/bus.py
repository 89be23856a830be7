"""What reaches the core from outside: interrupt inputs, and the bus for masters and debuggers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from renode_wifi.emulation.engines.embedded import native
from renode_wifi.emulation.engines.embedded.memory_map import MemoryMap
from renode_wifi.emulation.engines.embedded.native_core import CoreError, NativeCore
from renode_wifi.emulation.engines.embedded.peripheral_map import PeripheralMap
from renode_wifi.emulation.platform.core import Interrupts
from renode_wifi.peripherals.base.bus_master import BusError
from renode_wifi.peripherals.base.machine import WriteHandler

FIRST_IRQ = 16
"""Exception number of interrupt 0."""


class Unmapped(CoreError, BusError):
    """An access of a bus master or a debugger to where nothing is mapped."""

    def __init__(self, address: int) -> None:
        super().__init__(f"nothing is mapped at 0x{address:08X}")


class NvicInputs(Interrupts):
    """The interrupt inputs: `on_gpio(irq, level)`."""

    def __init__(self, core: NativeCore, first: int = FIRST_IRQ) -> None:
        self._set_line: Callable[..., None] = core.library.core_set_line
        self._pend: Callable[..., None] = core.library.core_pend
        self._handle = core.handle
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

    def __init__(
        self, core: NativeCore, memory_map: MemoryMap, peripheral_map: PeripheralMap
    ) -> None:
        self._core = core
        self._memory_map = memory_map
        self._peripheral_map = peripheral_map
        self._word = native.u32()

    def read(self, address: int, width: int) -> int:
        core = self._core
        if not core.library.core_bus_read(core.handle, address, width, ctypes.byref(self._word)):
            raise Unmapped(address)
        return self._word.value

    def write(self, address: int, value: int, width: int) -> None:
        core = self._core
        if not core.library.core_bus_write(core.handle, address, value, width):
            raise Unmapped(address)

    def read_bytes(self, address: int, length: int) -> bytes:
        memory, offset, size = self._memory_map.at(address)
        if memory is not None and length <= size:
            return bytes(memory.data[offset : offset + length])
        parts = []
        while length:
            memory, offset, size = self._memory_map.at(address)
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
            memory, offset, size = self._memory_map.at(address + done)
            if memory is None:
                self.write(address + done, data[done], 1)
                size = 1
            else:
                size = min(len(data) - done, size)
                memory.data[offset : offset + size] = data[done : done + size]
                self._memory_map.code_changed(address + done, size)
            done += size

    def handle_writes(self, start: int, size: int, handler: WriteHandler) -> None:
        self._memory_map.handle_writes(start, size, handler)

    def is_memory(self, address: int, length: int, written: bool) -> bool:
        """Whether a range is in one memory, with nothing in it that loads or stores set off."""
        memory, offset, available = self._memory_map.at(address)
        if memory is None or length > available or self._peripheral_map.overlaps(address, length):
            return False
        return not written or memory.takes_stores(offset, length)

    def model_at(self, address: int) -> tuple[object, int] | None:
        return self._peripheral_map.model_at(address)
