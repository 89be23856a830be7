"""ELF: what GCC, Clang, armlink (.axf), IAR and TI's linker (.out) write.

Segments go to their physical addresses, as a programmer writes them. Sections are a comfort: one
that cannot be read costs its symbols, not the program.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TypeVar

from elftools.common.utils import struct_parse
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from renode_wifi.emulation.image.content import Content, Damaged
from renode_wifi.emulation.image.formats.build_attributes import foreign_core
from renode_wifi.emulation.image.segments import Segment
from renode_wifi.emulation.image.symbols import Symbol
from renode_wifi.emulation.visible import visible

LOCAL_LABEL = "$C$"
"""How TI's compiler begins names of places within functions, which are no functions."""
KIND = "ELF"
MAGIC = b"\x7fELF"
Found = TypeVar("Found")

EM_ARM = "EM_ARM"
HEADER = 52
SECTION_TABLE, SECTION_COUNTS = slice(32, 36), slice(48, 52)
"""Of the header of a 32-bit file: e_shoff; e_shnum and e_shstrndx."""
SHT_ARM_ATTRIBUTES, SHT_SYMTAB = "SHT_ARM_ATTRIBUTES", "SHT_SYMTAB"
MAX_SHARED = 4
"""Times the length of the file that all segments may have, and all names of symbols. Linkers let a
name be the end of another one, but a file of some MB could stand for many GB."""
REBUILD = "build it with arm-none-eabi-gcc -mcpu=cortex-m4"


def read(data: bytes) -> Content:
    """Raises Damaged."""
    try:
        elf = _opened(data)
        _check(elf)
        segments = list(_segments(elf))
        symbols = _readable(_symbols(elf))
        entry = elf["e_entry"]
    except Damaged:
        raise
    except Exception as error:
        # The reader of a hostile file fails in many ways (struct, Unicode, assertion, recursion).
        raise Damaged("the ELF file is truncated or damaged") from error
    if not segments:
        raise Damaged("the ELF file has nothing to load", cure="link it as a program")
    return Content(KIND, segments, symbols, entry or None)


def _opened(data: bytes) -> ELFFile:
    """Raises Damaged where the end of the file is missing, and what the reader raises."""
    if len(data) >= HEADER:
        table = int.from_bytes(data[SECTION_TABLE], "little")
        if table >= len(data):
            raise Damaged("the ELF file is truncated: its table of sections is missing")
    try:
        return ELFFile(io.BytesIO(data))
    except Exception:
        # The reader wants the names of sections, which a program doesn't need.
        header = bytearray(data[:HEADER])
        header[SECTION_TABLE] = bytes(4)
        header[SECTION_COUNTS] = bytes(4)
        return ELFFile(io.BytesIO(bytes(header) + data[HEADER:]))


def _check(elf: ELFFile) -> None:
    if elf["e_machine"] != EM_ARM or elf.elfclass != 32 or not elf.little_endian:
        raise Damaged(
            f"an ELF file for {_machine(elf)}; the boards are 32-bit little-endian ARM (Cortex-M4)",
            cure=REBUILD,
        )
    if elf["e_type"] != "ET_EXEC":
        raise Damaged(
            "an object file or library, not a linked program",
            cure="link it with the board's linker script",
        )
    for _, offset, size in _readable(_sections_of(elf, SHT_ARM_ATTRIBUTES)):
        elf.stream.seek(offset)
        foreign = foreign_core(elf.stream.read(size))
        if foreign is not None:
            raise Damaged(f"an ELF file for {foreign}; the boards have a Cortex-M4", cure=REBUILD)


def _machine(elf: ELFFile) -> str:
    name = elf.get_machine_arch()
    order = "" if elf.little_endian else ", big-endian"
    return f"{'another machine' if name == '<unknown>' else name}, {elf.elfclass} bit{order}"


def _sections_of(elf: ELFFile, kind: str) -> Iterator[tuple[int, int, int]]:
    """(number, offset, size) of each section of a type.

    By their headers: the library's own way reads into attributes that may be damaged.
    """
    for number in range(elf.num_sections()):
        place = elf["e_shoff"] + number * elf["e_shentsize"]
        header = struct_parse(elf.structs.Elf_Shdr, elf.stream, place)
        if header["sh_type"] == kind:
            yield number, header["sh_offset"], header["sh_size"]


def _segments(elf: ELFFile) -> Iterator[Segment]:
    headers = list(elf.iter_segments("PT_LOAD"))
    # Linkers that know no physical addresses write 0 for all, as GNU's reader (bfd/elf.c) heeds.
    address = "p_paddr" if any(header["p_paddr"] for header in headers) else "p_vaddr"
    if sum(header["p_filesz"] for header in headers) > MAX_SHARED * elf.stream_len:
        raise Damaged("the ELF file is truncated or damaged")
    for header in headers:
        content = header.data()
        if len(content) != header["p_filesz"]:
            raise Damaged("the ELF file is truncated or damaged")
        # Linkers make the first segment start at the ELF header, in front of the sections.
        if content:
            yield Segment(header[address], content)


def _readable(found: Iterator[Found]) -> list[Found]:
    """What sections hold; nothing where one is damaged."""
    try:
        return list(found)
    except Exception:
        return []


def _symbols(elf: ELFFile) -> Iterator[Symbol]:
    """Raises ValueError for names that share more than they may."""
    length = 0
    for number, _, _ in _sections_of(elf, SHT_SYMTAB):
        table = elf.get_section(number)
        assert isinstance(table, SymbolTableSection)
        for entry in table.iter_symbols():
            length += len(entry.name)
            if length > MAX_SHARED * elf.stream_len:
                raise ValueError("names that have much in common")
            kind = entry["st_info"]["type"]
            # Some linkers leave the kind of static variables open; what a linker script defines
            # has neither kind nor size.
            known = kind == "STT_NOTYPE" and (
                entry["st_size"] > 0
                or (entry["st_info"]["bind"] == "STB_GLOBAL" and entry["st_shndx"] != "SHN_UNDEF")
            )
            if entry.name.startswith(LOCAL_LABEL):
                continue
            if entry.name and (known or kind in ("STT_FUNC", "STT_OBJECT")):
                is_function = kind == "STT_FUNC"
                address = entry["st_value"] & ~1 if is_function else entry["st_value"]
                yield Symbol(visible(entry.name), address, entry["st_size"], is_function)
