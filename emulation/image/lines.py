"""Addresses to source lines, from DWARF line programs (DWARF 4 section 6.2)."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from pathlib import Path

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


class LineTable:
    """Source lines by address."""

    def __init__(self, rows: list[Row]) -> None:
        # A sequence may begin where another ends: the beginning counts.
        self._rows = sorted(rows, key=lambda row: (row[0], row[1] is not None))
        self._starts = [address for address, _ in self._rows]

    @classmethod
    def of(cls, *paths: Path) -> LineTable:
        """Those of ELF files; other files have none."""
        return cls([row for path in paths for row in _rows_of(path)])

    def at(self, address: int) -> SourceLine | None:
        index = bisect.bisect_right(self._starts, address & ~1) - 1
        return self._rows[index][1] if index >= 0 else None


def _rows_of(path: Path) -> list[Row]:
    with path.open("rb") as stream:
        try:
            elf = ELFFile(stream)
            if not elf.has_dwarf_info():
                return []
            return _line_rows(elf.get_dwarf_info(relocate_dwarf_sections=False))
        except Exception:
            # Debug information is a comfort: its oddities, in whatever way the reader fails at
            # them, must not hide the crash itself.
            return []


def _line_rows(dwarf: object) -> list[Row]:
    rows: list[Row] = []
    for unit in dwarf.iter_CUs():  # type: ignore[attr-defined]
        program = dwarf.line_program_for_CU(unit)  # type: ignore[attr-defined]
        if program is None:
            continue
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
