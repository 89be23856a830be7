"""Addresses that the monitor's `sysbus SetAddressRangeLocked` has locked."""

from __future__ import annotations

import logging

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.core import Core
from renode_wifi.emulation.platform.stock.cortex_m import CortexM
from renode_wifi.emulation.platform.stock.memory import Memory
from renode_wifi.emulation.platform.stock.system_bus import Places
from renode_wifi.emulation.platform.syntax import Range
from renode_wifi.peripherals.base.bus import BusPeripheral


class LockedRanges:
    """The locked addresses of a machine, as few ranges as there can be."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._ranges: list[Range] = []
        self._covered: set[str] = set()

    def overlaps(self, address: int, size: int) -> bool:
        """Whether one of these bytes is locked."""
        return any(each.start < address + size and address < each.end for each in self._ranges)

    def lock(self, area: Range) -> None:
        joined = [area, *(each for each in self._ranges if _touch(each, area))]
        self._ranges = [each for each in self._ranges if each not in joined]
        start, end = min(each.start for each in joined), max(each.end for each in joined)
        self._ranges.append(Range(start, end))

    def unlock(self, area: Range) -> None:
        kept = []
        for each in self._ranges:
            for start, end in (
                (each.start, min(each.end, area.start)),
                (max(each.start, area.end), each.end),
            ):
                if start < end:
                    kept.append(Range(start, end))
        self._ranges = list(dict.fromkeys(kept))  # A range apart is kept by both.

    def blocks_read(self, address: int, width: int) -> bool:
        """Log a load that is refused."""
        if not self.overlaps(address, width):
            return False
        self._log.warning(
            "sysbus: Tried to read %d bytes at 0x%X which is inside a locked address range,"
            " returning 0",
            *(width, address),
        )
        return True

    def blocks_write(self, address: int, value: int, width: int) -> bool:
        """Log a store that is refused."""
        if not self.overlaps(address, width):
            return False
        self._log.warning(
            "sysbus: Tried to write %d bytes (0x%X) at 0x%X which is inside a locked address range,"
            " write ignored",
            *(width, value, address),
        )
        return True

    def cover(self, core: Core, places: Places, models: dict[str, object]) -> None:
        """Put a guard before each model with locked addresses. Raises RenodeWifiError for memories
        where there is a processor, which reaches them by itself."""
        has_cpu = any(isinstance(model, CortexM) for model in models.values())
        for name, areas in places.items():
            model = models.get(name)
            locked = [area for area in areas if self.overlaps(area.start, area.size)]
            if not locked or name in self._covered:
                continue
            if isinstance(model, Memory):
                if has_cpu:
                    raise RenodeWifiError(
                        f"{name} is a memory: the processor's accesses to it cannot be locked here",
                        cure="lock peripherals, or forbid it to the firmware by the MPU",
                    )
                continue
            if isinstance(model, BusPeripheral):
                self._covered.add(name)
                for area in areas:
                    guard = LockGuard(self, area.start, model)
                    core.map_peripheral(area.start, area.size, guard)


class LockGuard:
    """Stands before a model some of whose addresses are or were locked."""

    def __init__(self, ranges: LockedRanges, base: int, model: BusPeripheral) -> None:
        self._ranges = ranges
        self._base = base
        self._model = model

    def read(self, offset: int, width: int) -> int:
        if self._ranges.blocks_read(self._base + offset, width):
            return 0
        return self._model.read(offset, width)

    def write(self, offset: int, value: int, width: int) -> None:
        if not self._ranges.blocks_write(self._base + offset, value, width):
            self._model.write(offset, value, width)

    def reset(self) -> None:
        """The model resets itself."""


def _touch(one: Range, other: Range) -> bool:
    return one.start <= other.end and other.start <= one.end
