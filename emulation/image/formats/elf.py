"""ELF: what GCC, Clang, armlink (.axf), IAR and TI's linker (.out) write.

Segments go to their physical addresses, as a programmer writes them. Sections are a comfort: one
that cannot be read costs its symbols, not the program.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import NamedTuple, Self, TypeVar

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

CLASS32_LITTLE = b"\x01\x01"
"""EI_CLASS and EI_DATA of what the boards execute."""
ET_EXEC, EM_ARM = 2, 40
PT_LOAD = 1
SHT_SYMTAB, SHT_ARM_ATTRIBUTES = 2, 0x7000_0003
STT_NOTYPE, STT_OBJECT, STT_FUNC = 0, 1, 2
STB_GLOBAL, SHN_UNDEF = 1, 0
MAX_SHARED = 4
"""Times the length of the file that all segments may have, and all symbols and their names. Linkers
let a name be the end of another one, but a file of some MB could stand for many GB."""
REBUILD = "build it with arm-none-eabi-gcc -mcpu=cortex-m4"


class _Header(NamedTuple):
    """Elf32_Ehdr. This and what follows: System V ABI, chapters 4 and 5."""

    e_ident: bytes
    e_type: int
    e_machine: int
    e_version: int
    e_entry: int
    e_phoff: int
    e_shoff: int
    e_flags: int
    e_ehsize: int
    e_phentsize: int
    e_phnum: int
    e_shentsize: int
    e_shnum: int
    e_shstrndx: int

    @classmethod
    def read(cls, data: bytes) -> Self:
        return cls(*struct.unpack_from("<16sHHIIIIIHHHHHH", data))


class _Program(NamedTuple):
    """Elf32_Phdr."""

    p_type: int
    p_offset: int
    p_vaddr: int
    p_paddr: int
    p_filesz: int
    p_memsz: int
    p_flags: int
    p_align: int


class _Section(NamedTuple):
    """Elf32_Shdr."""

    sh_name: int
    sh_type: int
    sh_flags: int
    sh_addr: int
    sh_offset: int
    sh_size: int
    sh_link: int
    sh_info: int
    sh_addralign: int
    sh_entsize: int


def read(data: bytes) -> Content:
    """Raises Damaged."""
    try:
        header = _Header.read(data)
        if header.e_shoff >= len(data):
            raise Damaged("the ELF file is truncated: its table of sections is missing")
        _check(header, data)
        segments = list(_segments(header, data))
    except struct.error as error:
        raise Damaged("the ELF file is truncated or damaged") from error
    if not segments:
        raise Damaged("the ELF file has nothing to load", cure="link it as a program")
    symbols = _readable(_symbols(_readable(_sections(header, data)), data))
    return Content(KIND, segments, symbols, header.e_entry or None)


def _check(header: _Header, data: bytes) -> None:
    if header.e_ident[4:6] != CLASS32_LITTLE or header.e_machine != EM_ARM:
        raise Damaged(
            f"an ELF file for {_machine(data)}; the boards are 32-bit little-endian ARM"
            " (Cortex-M4)",
            cure=REBUILD,
        )
    if header.e_type != ET_EXEC:
        raise Damaged(
            "an object file or library, not a linked program",
            cure="link it with the board's linker script",
        )
    for section in _readable(_sections(header, data)):
        if section.sh_type == SHT_ARM_ATTRIBUTES:
            foreign = foreign_core(data[section.sh_offset :][: section.sh_size])
            if foreign is not None:
                raise Damaged(
                    f"an ELF file for {foreign}; the boards have a Cortex-M4", cure=REBUILD
                )


def _machine(data: bytes) -> str:
    """Raises Damaged."""
    from elftools.elf.elffile import ELFFile

    try:
        elf = ELFFile(io.BytesIO(data))
        name = elf.get_machine_arch()
    except Exception as error:
        # The reader of a hostile file fails in many ways (struct, Unicode, assertion, recursion).
        raise Damaged("the ELF file is truncated or damaged") from error
    order = "" if elf.little_endian else ", big-endian"
    return f"{'another machine' if name == '<unknown>' else name}, {elf.elfclass} bit{order}"


def _sections(header: _Header, data: bytes) -> Iterator[_Section]:
    """Raises struct.error."""
    if header.e_shoff:
        for index in range(header.e_shnum):
            yield _Section(
                *struct.unpack_from("<10I", data, header.e_shoff + index * header.e_shentsize)
            )


def _segments(header: _Header, data: bytes) -> Iterator[Segment]:
    """Raises Damaged, struct.error."""
    programs = [
        _Program(*struct.unpack_from("<8I", data, header.e_phoff + index * header.e_phentsize))
        for index in range(header.e_phnum)
    ]
    loaded = [program for program in programs if program.p_type == PT_LOAD]
    # Linkers that know no physical addresses write 0 for all, as GNU's reader (bfd/elf.c) heeds.
    physical = any(program.p_paddr for program in loaded)
    if sum(program.p_filesz for program in loaded) > MAX_SHARED * len(data):
        raise Damaged("the ELF file is truncated or damaged")
    for program in loaded:
        content = data[program.p_offset : program.p_offset + program.p_filesz]
        if len(content) != program.p_filesz:
            raise Damaged("the ELF file is truncated or damaged")
        # Linkers make the first segment start at the ELF header, in front of the sections.
        if content:
            yield Segment(program.p_paddr if physical else program.p_vaddr, content)


def _readable(found: Iterator[Found]) -> list[Found]:
    """What sections hold; nothing where one is damaged."""
    try:
        return list(found)
    except (struct.error, ValueError, IndexError):
        return []


def _symbols(sections: list[_Section], data: bytes) -> Iterator[Symbol]:
    """Raises ValueError for symbols that share more than they may, IndexError, struct.error."""
    length = 0
    for table in sections:
        if table.sh_type != SHT_SYMTAB:
            continue
        names = sections[table.sh_link].sh_offset
        for place in range(table.sh_offset, table.sh_offset + table.sh_size, table.sh_entsize):
            st_name, value, size, info, _, index = struct.unpack_from("<IIIBBH", data, place)
            start = names + st_name
            end = data.find(b"\0", start)
            if end < 0:
                raise ValueError("a name without an end")
            name = data[start:end].decode("utf-8", "replace")
            length += table.sh_entsize + len(name)
            if length > MAX_SHARED * len(data):
                raise ValueError("symbols that have much in common")
            bind, kind = info >> 4, info & 15
            # Some linkers leave the kind of static variables open; what a linker script defines
            # has neither kind nor size.
            known = kind == STT_NOTYPE and (size > 0 or (bind == STB_GLOBAL and index != SHN_UNDEF))
            if name.startswith(LOCAL_LABEL):
                continue
            if name and (known or kind in (STT_FUNC, STT_OBJECT)):
                is_function = kind == STT_FUNC
                address = value & ~1 if is_function else value
                yield Symbol(visible(name), address, size, is_function)
