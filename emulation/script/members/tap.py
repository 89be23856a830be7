"""Stands before a model on the bus: sees and changes what passes, and logs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeGuard

from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.platform.stock.memory import Memory
from renode_wifi.emulation.platform.syntax import Range
from renode_wifi.peripherals.base.bus import BusPeripheral
from renode_wifi.peripherals.base.register_file import RegisterFile

NAMES = {1: "Byte", 2: "UInt16", 4: "UInt32"}
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
            self._log(f"Read{NAMES[width]} from", offset, f", returned 0x{value:X}")
        return value

    def write(self, offset: int, value: int, width: int) -> None:
        if self.on_write is not None:
            value = self.on_write(offset, value, width)
        if self.is_logged:
            self._log(f"Write{NAMES[width]} to", offset, f", value 0x{value:X}")
        self._model.write(offset, value, width)

    def _log(self, what: str, offset: int, value: str) -> None:
        registers = getattr(self._model, "registers", None)
        name = None
        if isinstance(registers, RegisterFile) and offset // 4 in registers.plan.by_word:
            name = registers.plan.name_of(offset // 4)
        place = f"0x{offset:X} ({name})" if name else f"0x{offset:X}"
        self._machine.log.info("%s: %s %s%s", self.name, what, place, value)
