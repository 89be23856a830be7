"""A firmware image: the bytes that a programmer writes, and what is known of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from renode_wifi import moved
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.content import Content
from renode_wifi.emulation.image.segments import Overlap, Segment, merged
from renode_wifi.emulation.image.symbols import Symbol, Symbols

if TYPE_CHECKING:
    from renode_wifi.emulation.image.layouts import Layouts
    from renode_wifi.emulation.image.lines import LineTable
    from renode_wifi.emulation.image.unwind import UnwindTables

__all__ = ["Image", "Segment", "Symbol", "Symbols", "combined", "symbol_address"]


@dataclass
class Image:
    """A loaded firmware image.

    path: the file, or the first of several. kind: its format. entry: where it says that execution
    starts; chips start by a vector table, so that only what a debugger loads needs it.

    `segments` holds file-backed bytes only: what an image leaves out stays as the memory was
    (erased flash reads 0xFF), which is what its programmer would do.
    """

    path: Path
    kind: str
    segments: list[Segment]
    symbols: Symbols = field(default_factory=lambda: Symbols([]))
    entry: int | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    """For the file system of the board's radio."""
    parts: Sequence[Image] = ()
    """What it was combined from."""

    @classmethod
    def of(cls, path: Path, content: Content) -> Image:
        return cls(
            path,
            content.kind,
            content.segments,
            Symbols(content.symbols),
            content.entry,
            content.files,
        )

    def read(self, address: int, length: int) -> bytes | None:
        """Bytes of the image at a physical address; None where it has none."""
        for segment in self.segments:
            if segment.address <= address and address + length <= segment.end:
                start = address - segment.address
                return segment.data[start : start + length]
        return None

    def word(self, address: int) -> int | None:
        data = self.read(address, 4)
        return None if data is None else int.from_bytes(data, "little")

    @cached_property
    def lines(self) -> LineTable:
        """Source lines from the image's DWARF; read on first use, since it takes a while."""
        from renode_wifi.emulation.image.lines import LineTable

        return LineTable.of(*self._elf_files())

    @cached_property
    def layouts(self) -> Layouts:
        """Of the image's structures, from its DWARF."""
        from renode_wifi.emulation.image.layouts import Layouts

        return Layouts(self._elf_files())

    @cached_property
    def unwind(self) -> UnwindTables:
        """How its functions return, from its unwind tables."""
        from renode_wifi.emulation.image.unwind import UnwindTables

        return UnwindTables.of(*self._elf_files())

    def _elf_files(self) -> tuple[Path, ...]:
        return tuple(part.path for part in self.parts or [self] if part.kind == "ELF")

    def strings(self, pattern: str) -> list[str]:
        """Printable matches of `pattern` anywhere in the image."""
        found: dict[str, None] = {}
        for segment in self.segments:
            for match in re.finditer(pattern.encode("ascii"), segment.data):
                found[match.group().decode("ascii", "replace")] = None
        return list(found)


def combined(images: Sequence[Image]) -> Image:
    """One image of several, such as a boot loader, an application and its data.

    Raises RenodeWifiError where two of them have different bytes for one address.
    """
    if len(images) == 1:
        return images[0]
    try:
        segments = merged(segment for image in images for segment in image.segments)
    except Overlap as error:
        files = [str(image.path) for image in images if image.read(error.address, 1) is not None]
        raise RenodeWifiError(
            f"{' and '.join(dict.fromkeys(files))} have {error}",
            cure="link them for places of their own",
        ) from None
    return Image(
        images[0].path,
        " + ".join(dict.fromkeys(image.kind for image in images)),
        segments,
        Symbols(symbol for image in images for symbol in image.symbols),
        next((image.entry for image in images if image.entry is not None), None),
        {name: content for image in images for name, content in image.files.items()},
        tuple(images),
    )


if not TYPE_CHECKING:

    def __getattr__(name):
        return moved.old_name(__name__, name)


def symbol_address(images: Sequence[Image], name: str) -> int | None:
    """The address of a symbol, of the image loaded last first; None where none has it."""
    for image in reversed(images):
        symbol = image.symbols.get(name)
        if symbol is not None:
            return symbol.address
    return None
