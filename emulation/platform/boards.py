"""The boards of this package: what their scripts and descriptions say, and what fits on them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.image import Image
from renode_wifi.emulation.platform.parser import parse
from renode_wifi.emulation.platform.syntax import Entry
from renode_wifi.peripherals.base.errors import close_matches

PLATFORMS = Path(__file__).resolve().parents[2] / "platforms"

# Lines of a script: `:name: text`, the address of the vector table, what it includes and loads.
_HEADER = re.compile(r"^:(\w+): (.*)$", re.MULTILINE)
_VECTORS = re.compile(r"^\$vectors=(\w+)$", re.MULTILINE)
_CHIP = re.compile(r"^include \$ORIGIN/(cpus/\S+\.resc)$", re.MULTILINE)
_DESCRIPTION = re.compile(r"LoadPlatformDescription \$ORIGIN/(\S+\.repl)")

_INCLUDED = re.compile(r"^\s*(?:include|i|start|s)\s+@?(\S+\.resc)", re.MULTILINE)
SCRIPT = ".resc"

MEMORY_TYPES = ("Memory.MappedMemory", "Memory.ArrayMemory")
FLASH, RAM = "flash", "sram"
"""How the names of such memories begin in chips' descriptions."""


@dataclass(frozen=True)
class MemoryRange:
    name: str
    start: int
    size: int

    def __contains__(self, address: int) -> bool:
        return self.start <= address < self.start + self.size


@dataclass(frozen=True)
class BoardType:
    """One board. title, radio and uart are those of the script's header.

    vector_table: where the boot code finds an image's initial SP and reset vector. signals: what a
    logic analyser is usually connected to.
    """

    name: str
    title: str
    radio: str
    uart: str
    signals: str
    vector_table: int
    script: Path
    chip_script: Path

    @classmethod
    def read(cls, script: Path) -> BoardType:
        """The board whose script this is."""
        text = script.read_text(encoding="utf-8")
        header = dict(_HEADER.findall(text))
        vectors, chip = _VECTORS.search(text), _CHIP.search(text)
        assert vectors is not None, script
        assert chip is not None, script
        return cls(
            name=script.stem,
            title=header["name"],
            radio=header["radio"],
            uart=header["console"],
            signals=header.get("signals", ""),
            vector_table=int(vectors[1], 0),
            script=script,
            chip_script=script.parent / chip[1],
        )

    @cached_property
    def _entries(self) -> list[Entry]:
        """What the descriptions of the chip say."""
        entries: list[Entry] = []
        for name in _DESCRIPTION.findall(self.chip_script.read_text(encoding="utf-8")):
            path = self.chip_script.parent / name
            entries += parse(path.read_text(encoding="utf-8"), str(path)).entries
        return entries

    @cached_property
    def chip(self) -> str:
        """In words: name, core and clock."""
        header = dict(_HEADER.findall(self.chip_script.read_text(encoding="utf-8")))
        cpu = {item.name: item.value for entry in self._entries for item in entry.assignments}
        return f"{header['name']}, {str(cpu['cpuType']).title()} at {cpu['PerformanceInMips']} MHz"

    @property
    def flash(self) -> tuple[MemoryRange, ...]:
        return self._memories(FLASH)

    @property
    def ram(self) -> tuple[MemoryRange, ...]:
        return self._memories(RAM)

    def _memories(self, kind: str) -> tuple[MemoryRange, ...]:
        found = []
        for entry in self._entries:
            if entry.type in MEMORY_TYPES and entry.name.startswith(kind):
                # The first place is the memory's own, the others show it again.
                place = entry.registrations[0].point if entry.registrations else None
                size = next(item.value for item in entry.assignments if item.name == "size")
                assert isinstance(place, int)
                assert isinstance(size, int)
                found.append(MemoryRange(entry.name, place, size))
        return tuple(found)

    @property
    def default_world(self) -> Path:
        return PLATFORMS / "worlds" / "home.yaml"

    def place(self, binary: bytes) -> int | None:
        """Where a raw binary belongs that has a vector table for this board; None without one.

        The table is at its beginning, or as far from it as from the beginning of the flash.
        """
        for base in dict.fromkeys((self.vector_table, self.flash[0].start)):
            vectors = binary[self.vector_table - base :][:8]
            stack, entry = (int.from_bytes(vectors[at : at + 4], "little") for at in (0, 4))
            inside = base <= entry < base + len(binary)
            if len(vectors) == 8 and self._is_stack(stack) and entry & 1 and inside:
                return base
        return None

    def _is_stack(self, address: int) -> bool:
        # The stack grows down from the address behind its last word.
        return address % 4 == 0 and any(address - 4 in memory for memory in self.ram)

    def misfit(self, image: Image) -> str | None:
        """Why the image cannot run on this board; None when it can."""
        if not image.segments:
            return "it has files for the serial flash only, and no program"
        memories = (*self.flash, *self.ram)
        for segment in image.segments:
            inside = any(
                segment.address in memory and segment.end <= memory.start + memory.size
                for memory in memories
            )
            if not inside:
                return (
                    f"it has {len(segment.data)} bytes at 0x{segment.address:08X},"
                    " where the board has no memory for them"
                )
        stack = image.word(self.vector_table)
        entry = image.word(self.vector_table + 4)
        if stack is None or entry is None:
            if all(any(segment.address in ram for ram in self.ram) for segment in image.segments):
                return (
                    "it is linked for RAM, for a debugger to load or for a chip without flash,"
                    " as the CC3220S and the CC3220R"
                )
            return f"it has no vector table at 0x{self.vector_table:08X}"
        if not self._is_stack(stack):
            return f"its initial stack pointer 0x{stack:08X} is not in RAM"
        if not entry & 1:
            return f"its reset vector 0x{entry:08X} is not a Thumb address (bit 0 is 0)"
        if image.read(entry & ~1, 2) is None:
            return f"its reset vector 0x{entry:08X} points outside the image"
        return None

    def check(self, image: Image) -> None:
        """Raise RenodeWifiError unless the image fits this board."""
        reason = self.misfit(image)
        if reason is None:
            return
        fitting = [board.name for board in all_boards() if board.misfit(image) is None]
        if fitting:
            cure = f"the image fits {' and '.join(fitting)}: use --board {fitting[0]}"
        elif not image.segments:
            cure = "name the program's file, or the folder of a serial flash that has one"
        else:
            cure = f"link it for {self.title} (vector table at 0x{self.vector_table:08X})"
        raise RenodeWifiError(
            f"the image does not fit {self.name}: {reason}", where=str(image.path), cure=cure
        )


@cache
def all_boards() -> tuple[BoardType, ...]:
    return tuple(BoardType.read(script) for script in sorted(PLATFORMS.glob("*.resc")))


def names() -> list[str]:
    return [board.name for board in all_boards()]


def _extended(script: Path) -> BoardType:
    """A board of this package with what a user's script puts around it."""
    try:
        text = script.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RenodeWifiError(
            f"cannot read the script: {error}", where=str(script), cure="give a .resc file"
        ) from error
    included = {Path(found).stem for found in _INCLUDED.findall(text)}
    base = [board for board in all_boards() if board.name in included]
    if len(base) != 1:
        raise RenodeWifiError(
            "the script makes no board of this package, or several",
            where=str(script),
            cure=f"it has to say include @platforms/{names()[0]}.resc",
        )
    return replace(base[0], script=script.absolute())


def find(name: str) -> BoardType:
    """The board called `name`, or that of a user's `.resc` file, which includes one.

    RenodeWifiError with the nearest name where there is none.
    """
    if name.endswith(SCRIPT):
        return _extended(Path(name))
    for board in all_boards():
        if board.name == name:
            return board
    near = close_matches(name, names())
    hint = f"did you mean {near[0]}? " if near else ""
    raise RenodeWifiError(
        f"no board is called {name!r}", cure=f"{hint}boards: {', '.join(names())}"
    )
