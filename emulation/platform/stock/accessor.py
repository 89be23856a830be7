"""Who accesses the bus, for the log: `[cpu: 0x8000104] `, as Renode has it."""

from __future__ import annotations

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image import thumb
from renode_wifi.emulation.platform.core import Core

NAMES = (*(f"R{number}" for number in range(13)), "SP", "LR", "PC")
MAX_BLOCK = 64
"""Instructions behind the core's PC, the start of its block, that are looked at."""


class Accessor:
    """Finds the instruction of an access that is under way: the first one of the core's block that
    would access the address with the values that registers have."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._last = (-1, -1, -1)
        """Cycle and start of the block looked at last, and the instruction found in it."""

    def prefix(self, address: int, is_store: bool) -> str:
        """Empty for accesses of a debugger or of the monitor."""
        if not self._core.is_running:
            return ""
        return f"[cpu: 0x{self._instruction(address, is_store):X}] "

    def behind(self) -> str:
        """The same where the instruction has been executed."""
        if not self._core.is_running:
            return ""
        place = (self._core.read_register("PC") & ~1) - 4
        code = int.from_bytes(self._core.bus.read_bytes(place, 4), "little")
        is_wide = thumb.size(code & 0xFFFF) == 4
        if not (is_wide and thumb.touched(code & 0xFFFF, code >> 16, self._register)):
            place += 2
        return f"[cpu: 0x{place:X}] "

    def _instruction(self, address: int, is_store: bool) -> int:
        start = self._core.read_register("PC") & ~1
        cycle, block, last = self._last
        # A second access of a block's execution is that of a later instruction.
        again = (cycle, block) == (self._core.instructions, start)
        for behind in (last, -1) if again else (-1,):
            found = self._search(start, behind, address, is_store)
            if found is not None:
                self._last = (self._core.instructions, start, found)
                return found
        return start

    def _search(self, start: int, behind: int, address: int, is_store: bool) -> int | None:
        place = start
        for _ in range(MAX_BLOCK):
            try:
                code = int.from_bytes(self._core.bus.read_bytes(place, 4), "little")
            except RenodeWifiError:
                return None
            first, second = code & 0xFFFF, code >> 16
            if place > behind:
                touched = thumb.touched(first, second, self._register)
                if touched is not None and touched.has(address, is_store):
                    return place
            place += thumb.size(first)
        return None

    def _register(self, number: int) -> int:
        return self._core.read_register(NAMES[number])
