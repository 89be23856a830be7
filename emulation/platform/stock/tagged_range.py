"""Address ranges without a model: the monitor's `sysbus Tag` and `SilenceRange`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.core import Core
from renode_wifi.emulation.platform.stock.accessor import Accessor
from renode_wifi.emulation.platform.stock.memory import Memory
from renode_wifi.emulation.platform.stock.system_bus import Places
from renode_wifi.emulation.platform.syntax import Range
from renode_wifi.peripherals.base.bus import BusPeripheral
from renode_wifi.peripherals.base.late import late_dataclass

WIDTHS = {1: "Byte", 2: "Word", 4: "DoubleWord", 8: "QuadWord"}
"""Bytes, as logs name accesses."""


@late_dataclass(frozen=True)
class Tag:
    """value: what is read, in any width. overrides: also where a model or a memory is, whose
    accesses by the CPU it leaves alone."""

    area: Range
    name: str
    value: int = 0
    silent: bool = False
    overrides: bool = False


class Tags:
    """The tags of a machine. What has a tag is mapped when time first passes: until then a model
    may come to its place."""

    def __init__(self, core: Core, log: logging.Logger) -> None:
        self.accessor = Accessor(core)
        self._core = core
        self._log = log
        self._tags: list[Tag] = []
        self._mapped: dict[Range, TaggedRange] = {}
        self._reported: set[tuple[str, int]] = set()
        self._settled = True

    def __iter__(self) -> Iterator[Tag]:
        return iter(self._tags)

    def add(self, new: Tag) -> None:
        """A tag within another one takes its addresses from it. Raises RenodeWifiError."""
        around = [tag for tag in self._tags if _overlap(tag.area, new.area)]
        names = ", ".join(tag.name for tag in around)
        if around and not (
            len(around) == 1
            and around[0].area.start <= new.area.start
            and new.area.end <= around[0].area.end
        ):
            raise RenodeWifiError(
                "Currently subtag has to be completely contained in other tag. Given one intersects"
                f" with tags: {names}",
                cure=f"RemoveTag 0x{around[0].area.start:X} first, or give a smaller range",
            )
        for parent in around:
            self._tags.remove(parent)
            rest = ((parent.area.start, new.area.start), (new.area.end, parent.area.end))
            self._tags += [
                replace(parent, area=Range(start, end)) for start, end in rest if start < end
            ]
            new = replace(new, name=f"{parent.name}/{new.name}")
        self._tags.append(new)
        self._settled = False

    def remove(self, address: int) -> None:
        """Of all tags at an address. Raises RenodeWifiError where there is none."""
        found = [tag for tag in self._tags if tag.area.start <= address < tag.area.end]
        if not found:
            raise RenodeWifiError(
                f"There is no tag at address 0x{address:X}.",
                cure="sysbus WhatPeripheralIsAt names what is there",
            )
        for tag in found:
            self._tags.remove(tag)

    def at(self, address: int, overriding: bool = False) -> Tag | None:
        """The tag at an address. overriding: only one that goes before models."""
        for tag in self._tags:
            if tag.area.start <= address < tag.area.end and (tag.overrides or not overriding):
                return tag
        return None

    def read(self, tag: Tag, address: int, width: int) -> int:
        value = tag.value & (1 << 8 * width) - 1
        returned = f", returning 0x{value:0{2 * width}X}"
        self._report(tag, f"Read{WIDTHS[width]} from", address, returned, False)
        return value

    def write(self, tag: Tag, address: int, value: int, width: int) -> None:
        value_text = f", value 0x{value:X}"
        self._report(tag, f"Write{WIDTHS[width]} to", address, value_text, True)

    def _report(self, tag: Tag, what: str, address: int, value: str, is_store: bool) -> None:
        if (what, address) in self._reported:
            return
        by = self.accessor.prefix(address, is_store)
        if by:
            # Firmware may poll there.
            self._reported.add((what, address))
            value += " (reported once)"
        self._log.log(
            logging.DEBUG if tag.silent else logging.WARNING,
            "sysbus: %s(tag: '%s') %s %s at 0x%X%s",
            *(by, tag.name, what),
            *("overriding tag" if tag.overrides else "non existing peripheral", address, value),
        )

    def settle(self, places: Places, models: dict[str, object]) -> None:
        """Map what has a tag and nothing else, and put overriding tags before models."""
        if self._settled:
            return
        self._settled = True
        for tag in self._tags:
            for area in places.free_ranges(tag.area):
                if not any(_overlap(area, other) for other in self._mapped):
                    self._mapped[area] = TaggedRange(self, area.start, self._log)
                    self._core.map_peripheral(area.start, area.size, self._mapped[area])
        for name, areas in places.items():
            model = models.get(name)
            # Of a memory that the core has, only debuggers' accesses are overridden, as in Renode.
            is_mapped = isinstance(model, Memory) and model.base is not None
            if is_mapped or not isinstance(model, BusPeripheral):
                continue
            for area in areas:
                if any(tag.overrides and _overlap(tag.area, area) for tag in self._tags):
                    covered = TaggedRange(self, area.start, self._log, model)
                    self._core.map_peripheral(area.start, area.size, covered)


class TaggedRange:
    """Addresses that somebody may touch though no model is there, or though one is.

    model: what answers where no overriding tag is.
    """

    def __init__(
        self, tags: Tags, base: int, log: logging.Logger, model: BusPeripheral | None = None
    ) -> None:
        self._tags = tags
        self._base = base
        self._log = log
        self._model = model

    def read(self, offset: int, width: int) -> int:
        address = self._base + offset
        tag = self._tags.at(address, self._model is not None)
        if tag is not None:
            return self._tags.read(tag, address, width)
        if self._model is not None:
            return self._model.read(offset, width)
        self._log.warning(
            "sysbus: %sRead%s from non existing peripheral at 0x%X.",
            *(self._tags.accessor.prefix(address, False), WIDTHS[width], address),
        )
        return 0

    def write(self, offset: int, value: int, width: int) -> None:
        address = self._base + offset
        tag = self._tags.at(address, self._model is not None)
        if tag is not None:
            self._tags.write(tag, address, value, width)
        elif self._model is not None:
            self._model.write(offset, value, width)
        else:
            self._log.warning(
                "sysbus: %sWrite%s to non existing peripheral at 0x%X, value 0x%X.",
                *(self._tags.accessor.prefix(address, True), WIDTHS[width], address, value),
            )

    def reset(self) -> None:
        """The model resets itself."""


def _overlap(one: Range, other: Range) -> bool:
    return one.start < other.end and other.start < one.end
