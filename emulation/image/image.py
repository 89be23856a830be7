"""Firmware images: ELF, Intel HEX and raw binary, as the bytes a flash programmer would write."""

from __future__ import annotations

import bisect
import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from elftools.common.exceptions import DWARFError, ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import ARMAttributesSection, SymbolTableSection
from intelhex import IntelHex, IntelHexError

from renode_wifi.emulation.errors import RenodeWifiError

EM_ARM = "EM_ARM"
PROFILES = {"A": "Cortex-A", "R": "Cortex-R"}
"""Tag_CPU_arch_profile (Addenda to the ABI for the Arm Architecture, section 3.3.5.2)."""
ARMV8M = 16
"""Tag_CPU_arch from which on the others of profile M are Armv8-M and later (the same section)."""
HEX_SUFFIXES = (".hex", ".ihex", ".ihx")
HEX_RECORD = re.compile(rb"\s*:[0-9A-Fa-f]{10}")
HEX_END = re.compile(rb"^:00[0-9A-Fa-f]{4}01", re.MULTILINE)
"""The record of type 01 that ends an Intel HEX file."""


LARGEST = 1 << 28
"""Bytes of a file, most of them debug information; a device like /dev/zero has no end."""


@dataclass(frozen=True)
class Segment:
    """Bytes to be written at a physical address."""

    address: int
    data: bytes

    @property
    def end(self) -> int:
        return self.address + len(self.data)


@dataclass(frozen=True)
class Symbol:
    name: str
    address: int
    size: int
    is_function: bool


class Symbols:
    """Names of an image: by name, and the function around an address."""

    def __init__(self, symbols: list[Symbol]) -> None:
        self._by_name: dict[str, Symbol] = {}
        for symbol in symbols:
            self._by_name.setdefault(symbol.name, symbol)
        self._functions = sorted(
            (symbol for symbol in symbols if symbol.is_function), key=lambda s: s.address
        )
        self._starts = [symbol.address for symbol in self._functions]

    def __len__(self) -> int:
        return len(self._by_name)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def get(self, name: str) -> Symbol | None:
        return self._by_name.get(name)

    def at(self, address: int) -> tuple[Symbol, int] | None:
        """The function that contains `address`, and how far into it."""
        address &= ~1
        index = bisect.bisect_right(self._starts, address) - 1
        if index < 0:
            return None
        symbol = self._functions[index]
        offset = address - symbol.address
        if offset >= max(symbol.size, 2):
            return None
        return symbol, offset

    def describe(self, address: int) -> str:
        """`name+0x12`, or the bare address where no symbol covers it."""
        found = self.at(address)
        if found is None:
            return f"0x{address:08X}"
        symbol, offset = found
        return f"{symbol.name}+0x{offset:X}" if offset else symbol.name


@dataclass
class Image:
    """A loaded firmware image.

    `segments` holds file-backed bytes only: what an image leaves out stays as the memory was
    (erased flash reads 0xFF), which is what its programmer would do.
    """

    path: Path
    kind: str
    segments: list[Segment]
    symbols: Symbols = field(default_factory=lambda: Symbols([]))

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
        return LineTable.of(self.path) if self.kind == "ELF" else LineTable([])

    def strings(self, pattern: str) -> list[str]:
        """Printable matches of `pattern` anywhere in the image."""
        found: dict[str, None] = {}
        for segment in self.segments:
            for match in re.finditer(pattern.encode("ascii"), segment.data):
                found[match.group().decode("ascii", "replace")] = None
        return list(found)


@dataclass(frozen=True)
class SourceLine:
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class LineTable:
    """Addresses to source lines, from DWARF line programs (DWARF 4 section 6.2)."""

    def __init__(self, rows: list[tuple[int, SourceLine | None]]) -> None:
        self._rows = sorted(rows, key=lambda row: row[0])
        self._starts = [address for address, _ in self._rows]

    @classmethod
    def of(cls, path: Path) -> LineTable:
        rows: list[tuple[int, SourceLine | None]] = []
        with path.open("rb") as stream:
            try:
                elf = ELFFile(stream)
                if elf.has_dwarf_info():
                    rows = _line_rows(elf.get_dwarf_info())
            except (ELFError, DWARFError, KeyError, ValueError, AssertionError):
                # Debug information is a comfort: its oddities must not hide the crash itself.
                rows = []
        return cls(rows)

    def at(self, address: int) -> SourceLine | None:
        index = bisect.bisect_right(self._starts, address & ~1) - 1
        return self._rows[index][1] if index >= 0 else None


def _line_rows(dwarf: object) -> list[tuple[int, SourceLine | None]]:
    rows: list[tuple[int, SourceLine | None]] = []
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
            rows.append((state.address, SourceLine(name, state.line)))
    return rows


def load_image(path: Path | str, base: int | None = None) -> Image:
    """Read an image. base: address of a raw binary; required for one, refused for the others.

    Raises RenodeWifiError, naming the file, for anything that cannot be an image for these boards.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise RenodeWifiError(
            f"cannot read the image: {error.strerror}",
            where=str(path),
            cure="give the path of an ELF, Intel HEX or binary file",
        ) from error
    if not data:
        raise RenodeWifiError("the image is empty", where=str(path), cure="build it again")
    if len(data) > LARGEST:
        raise RenodeWifiError(
            f"more than {LARGEST >> 20} MB, which is no image for a board with 1 MB of flash",
            where=str(path),
            cure="give the path of an ELF, Intel HEX or binary file",
        )
    if data.startswith(b"\x7fELF"):
        kind, loader = "ELF", _load_elf
    elif HEX_RECORD.match(data) or path.suffix.lower() in HEX_SUFFIXES:
        kind, loader = "Intel HEX", _load_hex
    elif base is not None:
        return Image(path, "binary", [Segment(base, data)])
    else:
        raise RenodeWifiError(
            "neither ELF nor Intel HEX",
            where=str(path),
            cure="for a raw binary give its address as well: --base 0x08000000 for the ST board,"
            " 0x01000800 for TI's",
        )
    if base is not None:
        raise RenodeWifiError(
            f"an {kind} file carries its own addresses", where=str(path), cure="drop --base"
        )
    return loader(path, data)


def _load_elf(path: Path, data: bytes) -> Image:
    broken = RenodeWifiError(
        "the ELF file is truncated or damaged", where=str(path), cure="copy or build it again"
    )
    try:
        elf = ELFFile(io.BytesIO(data))
        machine = elf["e_machine"]
        if machine != EM_ARM or elf.elfclass != 32 or not elf.little_endian:
            raise RenodeWifiError(
                f"an ELF file for {elf.get_machine_arch()}, {elf.elfclass} bit; the boards are"
                " 32-bit little-endian ARM (Cortex-M4)",
                where=str(path),
                cure="build it with arm-none-eabi-gcc -mcpu=cortex-m4",
            )
        if elf["e_type"] != "ET_EXEC":
            raise RenodeWifiError(
                "an object file or library, not a linked program",
                where=str(path),
                cure="link it with the board's linker script",
            )
        foreign = _foreign_core(elf)
        if foreign is not None:
            raise RenodeWifiError(
                f"an ELF file for {foreign}; the boards have a Cortex-M4",
                where=str(path),
                cure="build it with arm-none-eabi-gcc -mcpu=cortex-m4",
            )
        segments = []
        for header in elf.iter_segments("PT_LOAD"):
            content = header.data()
            if len(content) != header["p_filesz"]:
                raise broken
            # Linkers make the first segment start at the ELF header, in front of the sections.
            if content:
                segments.append(Segment(header["p_paddr"], content))
        symbols = []
        table = elf.get_section_by_name(".symtab")
        if isinstance(table, SymbolTableSection):
            for entry in table.iter_symbols():
                kind = entry["st_info"]["type"]
                if entry.name and kind in ("STT_FUNC", "STT_OBJECT"):
                    is_function = kind == "STT_FUNC"
                    address = entry["st_value"] & ~1 if is_function else entry["st_value"]
                    symbols.append(Symbol(entry.name, address, entry["st_size"], is_function))
    except RenodeWifiError:
        raise
    except Exception as error:
        # The reader of a hostile file fails in many ways (struct, Unicode, assertion, recursion).
        raise broken from error
    if not segments:
        raise RenodeWifiError(
            "the ELF file has nothing to load", where=str(path), cure="link it as a program"
        )
    return Image(path, "ELF", segments, Symbols(symbols))


def _foreign_core(elf: ELFFile) -> str | None:
    """The kind of Arm core that an image was built for, if it is none that the boards have."""
    section = elf.get_section_by_name(".ARM.attributes")
    if not isinstance(section, ARMAttributesSection):
        return None
    attributes = {
        attribute.tag: attribute.value
        for vendor in section.iter_subsections()
        for scope in vendor.iter_subsubsections()
        for attribute in scope.iter_attributes()
    }
    profile = chr(attributes.get("TAG_CPU_ARCH_PROFILE", 0))
    if profile == "M" and attributes.get("TAG_CPU_ARCH", 0) >= ARMV8M:
        return "an Armv8-M core such as Cortex-M33"
    return PROFILES.get(profile)


def _load_hex(path: Path, data: bytes) -> Image:
    reader = IntelHex()
    try:
        reader.loadhex(io.StringIO(data.decode("ascii")))
        segments = [
            Segment(start, bytes(reader.tobinarray(start=start, end=end - 1)))
            for start, end in reader.segments()
        ]
    except (IntelHexError, UnicodeDecodeError, ValueError) as error:
        raise RenodeWifiError(
            f"the Intel HEX file is damaged: {error}", where=str(path), cure="build it again"
        ) from error
    if HEX_END.search(data) is None:
        raise RenodeWifiError(
            "the Intel HEX file is truncated: its end record is missing",
            where=str(path),
            cure="copy or build it again",
        )
    if not segments:
        raise RenodeWifiError(
            "the Intel HEX file has no data", where=str(path), cure="build it again"
        )
    return Image(path, "Intel HEX", segments)
