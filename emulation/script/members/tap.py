"""Stands before a model or a memory on the bus: sees and changes what passes, and logs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeGuard

from renode_wifi.emulation.platform.core import Access, Watchpoint
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.stock.memory import Memory
from renode_wifi.emulation.platform.syntax import Range
from renode_wifi.peripherals.base.bus import BusPeripheral
from renode_wifi.peripherals.base.register_file import RegisterFile

NAMES = {1: "Byte", 2: "UInt16", 4: "UInt32", 8: "UInt64"}
UNKNOWN = "unknown"
"""The register at an offset that has none."""
Filter = Callable[[int, int, int], int]
"""Takes offset, value, width; returns the value to go on with."""


class Tap:
    """While it is inserted, all accesses go by way of Python: slower, but alike."""

    def __init__(
        self, machine: Machine, name: str, model: BusPeripheral, areas: Sequence[Range]
    ) -> None:
        self.name = name
        self.on_read: Filter | None = None
        self.on_write: Filter | None = None
        self.is_logged = False
        self._machine = machine
        self._model = model
        self._areas = areas
        self._accessor = machine.tags.accessor

    @staticmethod
    def fits(model: object) -> TypeGuard[BusPeripheral]:
        return isinstance(model, BusPeripheral) and not isinstance(model, Memory)

    @property
    def is_used(self) -> bool:
        return self.is_logged or self.on_read is not None or self.on_write is not None

    def insert(self) -> None:
        self._map(self)

    def remove(self) -> None:
        self._map(self._model)

    def _map(self, model: BusPeripheral) -> None:
        for area in self._areas:
            self._machine.core.map_peripheral(area.start, area.size, model)

    def reset(self) -> None:
        """The model resets itself."""

    def read(self, offset: int, width: int) -> int:
        value = self._model.read(offset, width)
        if self.on_read is not None:
            value = self.on_read(offset, value, width)
        if self.is_logged:
            self._log(f"Read{NAMES[width]} from", offset, f", returned 0x{value:X}", False)
        return value

    def write(self, offset: int, value: int, width: int) -> None:
        if self.on_write is not None:
            value = self.on_write(offset, value, width)
        if self.is_logged:
            self._log(f"Write{NAMES[width]} to", offset, f", value 0x{value:X}", True)
        self._model.write(offset, value, width)

    def _log(self, what: str, offset: int, value: str, is_store: bool) -> None:
        registers = getattr(self._model, "registers", None)
        name = None
        if isinstance(registers, RegisterFile) and offset // 4 in registers.plan.by_word:
            name = registers.plan.name_of(offset // 4)
        place = f"0x{offset:X} ({name or UNKNOWN})"
        # Where a model has several places, the one that the processor's instruction accesses.
        by = self._accessor.prefix(self._areas[0].start + offset, is_store)
        self._machine.log.info("%s: %s%s %s%s", self.name, by, what, place, value)


class MemoryTap:
    """Of a memory: behind the CPU's accesses, and before those of the monitor.

    What a filter makes of a value that the CPU has loaded does not reach it any more; a stored
    value is replaced. While there is one, code is executed at about a tenth of the usual speed.
    """

    def __init__(self, machine: Machine, name: str, areas: Sequence[Range]) -> None:
        self.name = name
        self.on_read: Filter | None = None
        self.on_write: Filter | None = None
        self.is_logged = False
        self._machine = machine
        self._watchpoints = [Watchpoint(area.start, area.size, True, True) for area in areas]

    @property
    def is_used(self) -> bool:
        return self.is_logged or self.on_read is not None or self.on_write is not None

    def insert(self) -> None:
        for watchpoint in self._watchpoints:
            self._machine.core.debug.add_watch_hook(watchpoint, self._on_access)

    def remove(self) -> None:
        for watchpoint in self._watchpoints:
            self._machine.core.debug.remove_watch_hook(watchpoint, self._on_access)

    def seen(self, access: Access) -> int:
        """The value that an access goes on with; the same where it is of another memory."""
        for area in self._watchpoints:
            if access.hits(area):
                offset, value, width = access.address - area.start, access.value, access.width
                on_access = self.on_write if access.is_store else self.on_read
                if on_access is not None:
                    value = on_access(offset, value, width) & (1 << 8 * width) - 1
                if self.is_logged:
                    what = (
                        f"Write{NAMES[width]} to" if access.is_store else f"Read{NAMES[width]} from"
                    )
                    shown = "value" if access.is_store else "returned"
                    text = f"%s: %s%s 0x%X ({UNKNOWN}), %s 0x%X"
                    by = self._machine.tags.accessor.behind()
                    self._machine.log.info(text, self.name, by, what, offset, shown, value)
                return value
        return access.value

    def _on_access(self, access: Access) -> None:
        value = self.seen(access)
        if access.is_store and value != access.value:
            data = value.to_bytes(access.width, "little")
            self._machine.bus.write_bytes(access.address, data)
