"""Which addresses of the system bus are taken, and by what."""

from __future__ import annotations

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.syntax import Range

DEFAULT_BLOCK_SIZE = 0x400


class Places(dict[str, list[Range]]):
    """Ranges by the name of what is there."""

    def claim(self, name: str, area: Range) -> None:
        """`name` is at `area` from now on. Raises RenodeWifiError where something else is."""
        for other, ranges in self.items():
            for taken in ranges:
                if area.start < taken.end and taken.start < area.end:
                    raise RenodeWifiError(
                        f"0x{area.start:08X}…0x{area.end - 1:08X} overlaps {other} at {taken}",
                        cure="give it a smaller range: <address, +size>",
                    )
        self.setdefault(name, []).append(area)

    def free_ranges(self, area: Range) -> list[Range]:
        """What of `area` nothing has taken, from below."""
        ranges = []
        start = area.start
        for taken in sorted((each for all_ in self.values() for each in all_), key=_start):
            if taken.end <= start or area.end <= taken.start:
                continue
            if start < taken.start:
                ranges.append(Range(start, taken.start))
            start = taken.end
        if start < area.end:
            ranges.append(Range(start, area.end))
        return ranges


def _start(area: Range) -> int:
    return area.start


def block_size(model: object) -> int:
    """Bytes that a model takes on the bus when its description gives an address only."""
    registers = getattr(model, "registers", None)
    if registers is not None:
        return int(registers.size)
    return int(getattr(model, "SIZE", getattr(model, "size", DEFAULT_BLOCK_SIZE)))
