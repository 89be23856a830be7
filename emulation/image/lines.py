"""Addresses to source lines, from DWARF line programs (DWARF 4 section 6.2)."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from elftools.dwarf.aranges import ARanges
from elftools.dwarf.compileunit import CompileUnit
from elftools.dwarf.dwarfinfo import DWARFInfo
from elftools.elf.elffile import ELFFile

from renode_wifi.emulation.visible import visible


@dataclass(frozen=True)
class SourceLine:
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


Row = tuple[int, SourceLine | None]
"""The line from an address on; None where a sequence of lines ends."""


class Rows:
    """Source lines by address, of line programs that were decoded."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        # A sequence may begin where another ends: the beginning counts.
        self._rows = sorted(rows, key=lambda row: (row[0], row[1] is not None))
        self._starts = [address for address, _ in self._rows]

    def at(self, address: int) -> SourceLine | None:
        index = bisect.bisect_right(self._starts, address) - 1
        return self._rows[index][1] if index >= 0 else None


class LineTable:
    """Source lines by address. Line programs are decoded as they are asked for: all of them take a
    second for an image of 3 MB, and whoever presses Ctrl-C waits for a few lines."""

    def __init__(self, files: Iterable[FileLines]) -> None:
        self._files = list(files)

    @classmethod
    def of(cls, *paths: Path) -> LineTable:
        """Those of ELF files; other files have none."""
        return cls(FileLines(path) for path in paths)

    def at(self, address: int) -> SourceLine | None:
        found = (file.at(address & ~1) for file in self._files)
        return next((line for line in found if line is not None), None)


class FileLines:
    """Those of one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._units: dict[int, Rows] = {}
        """By the place of the compilation unit."""

    def __reduce__(self) -> tuple[type[FileLines], tuple[Path]]:
        return FileLines, (self._path,)

    def at(self, address: int) -> SourceLine | None:
        # Debug information is a comfort: its oddities, in whatever way the reader fails at them,
        # must not hide the crash itself.
        try:
            place = self._place_of(address)
            rows = self._unlisted if place is None else self._rows_of(place)
        except Exception:
            return None
        return rows.at(address)

    @cached_property
    def _dwarf(self) -> DWARFInfo | None:
        with self._path.open("rb") as stream:
            try:
                elf = ELFFile(stream)
                if not elf.has_dwarf_info():
                    return None
                return elf.get_dwarf_info(relocate_dwarf_sections=False)
            except Exception:
                return None

    @cached_property
    def _ranges(self) -> ARanges | None:
        """Which unit an address is of, where the compiler wrote that (DWARF 4 section 6.1.2)."""
        try:
            found = None if self._dwarf is None else self._dwarf.get_aranges()
        except Exception:
            return None
        return found if found is not None and found.entries else None

    def _place_of(self, address: int) -> int | None:
        return None if self._ranges is None else self._ranges.cu_offset_at_addr(address)

    def _rows_of(self, place: int) -> Rows:
        if place not in self._units:
            self._units[place] = Rows()  # What can't be read isn't tried again.
            if self._dwarf is not None:
                unit = self._dwarf.get_CU_at(place)
                self._units[place] = Rows(_line_rows(unit))
        return self._units[place]

    @cached_property
    def _unlisted(self) -> Rows:
        """Of units with code that the compiler did not list."""
        rows: list[Row] = []
        listed = {entry.info_offset for entry in self._ranges.entries} if self._ranges else set()
        with suppress(Exception):
            for unit in self._dwarf.iter_CUs() if self._dwarf is not None else ():
                if unit.cu_offset not in listed and (not listed or _has_code(unit)):
                    rows += _line_rows(unit)
        return Rows(rows)


def _has_code(unit: CompileUnit) -> bool:
    return not {"DW_AT_low_pc", "DW_AT_ranges"}.isdisjoint(unit.get_top_DIE().attributes)


def _line_rows(unit: CompileUnit) -> list[Row]:
    program = unit.dwarfinfo.line_program_for_CU(unit)
    if program is None:
        return []
    rows: list[Row] = []
    files = program["file_entry"]
    first = 0 if program.header.version >= 5 else 1
    for entry in program.get_entries():
        state = entry.state
        if state is None:
            continue
        if state.end_sequence:
            rows.append((state.address, None))
            continue
        index = state.file - first
        name = files[index].name.decode("utf-8", "replace") if 0 <= index < len(files) else "?"
        rows.append((state.address, SourceLine(visible(name), state.line)))
    return rows
