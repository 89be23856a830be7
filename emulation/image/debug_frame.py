"""The section .debug_frame, of which only the entry that is asked for is decoded (DWARF 4 section
6.4.1): all of them take a fifth of a second for an image of 3 MB."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from elftools.dwarf.callframe import FDE, CallFrameInfo
from elftools.dwarf.dwarfinfo import DWARFInfo

HEAD = struct.Struct("<2I")
"""Length of what follows it, and the place of the common entry in the section."""
RANGE = struct.Struct("<2I")
COMMON = 0xFFFF_FFFF
"""A common entry, in the place of the place of one."""
MAX_LENGTH = 0xFFFF_FFF0
"""Longer ones announce 64-bit DWARF, which no ELF file of 32 bits has."""


class DebugFrame:
    """Entries by their place in the section."""

    def __init__(self, dwarf: DWARFInfo) -> None:
        self._structs = dwarf.structs
        section = dwarf.debug_frame_sec
        self._data = b""
        if section is not None:
            section.stream.seek(0)
            self._data = section.stream.read(section.size)

    def entries(self) -> Iterator[tuple[int, int, int]]:
        """(Address, length, place) of each function's entry."""
        place = 0
        while place + HEAD.size <= len(self._data):
            size, common = HEAD.unpack_from(self._data, place)
            if size >= MAX_LENGTH:
                return
            if common != COMMON and place + HEAD.size + RANGE.size <= len(self._data):
                yield *RANGE.unpack_from(self._data, place + HEAD.size), place
            place += 4 + size

    def entry(self, place: int) -> FDE:
        """A function's entry. Raises ValueError, and what the library raises about damaged ones."""
        size, common = HEAD.unpack_from(self._data, place)
        (common_size,) = struct.unpack_from("<I", self._data, common)
        piece = self._data[common : common + 4 + common_size]
        # In the piece the common entry is at 0.
        piece += HEAD.pack(size, 0) + self._data[place + HEAD.size : place + 4 + size]
        information = CallFrameInfo(io.BytesIO(piece), len(piece), 0, self._structs)
        found = information.get_entries()[-1]
        if not isinstance(found, FDE):
            raise ValueError("no entry of a function")
        return found
