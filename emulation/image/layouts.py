"""Layouts of an image's structures, from DWARF (DWARF 4 sections 5.5 and 7.7.3)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from elftools.dwarf.die import DIE
from elftools.elf.elffile import ELFFile

ALIASES = ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type")
GROUPS = ("DW_TAG_structure_type", "DW_TAG_union_type")
ARRAY = "DW_TAG_array_type"
DEPTH = 4
"""Structures inside structures that are looked into."""
MAX_NAMES = 64
"""Of a type."""
MAX_OBJECTS = 1024
"""Of one variable."""

OP_ADDRESS = 0x03
"""DW_OP_addr."""
ODDITIES = (Exception,)
"""Debug information is a comfort: its oddities, in whatever way the reader fails at them, must not
hide what is reported."""

Layout = Mapping[str, int]
"""Offsets of a structure's members, in bytes. A member of a member is `outer.inner`; members of an
array are those of its first element."""


@dataclass(frozen=True)
class Variable:
    """A structure in memory. tag: that of its type. name: as in C, such as `pool[2].lock`."""

    name: str
    address: int
    tag: str


@dataclass
class Layouts:
    """Those of ELF files, by the structures' tags; each is looked up when it is first asked for."""

    paths: tuple[Path, ...]

    def __post_init__(self) -> None:
        self._known: dict[str, Layout | None] = {}
        self._objects: dict[frozenset[str], list[Variable]] = {}

    def get(self, tag: str) -> Layout | None:
        if tag not in self._known:
            wanted = tag.encode()
            found = (
                dict(_members(die, "", 0, DEPTH))
                for die in self._dies()
                if die.tag in GROUPS and _value(die, "DW_AT_name") == wanted and _is_whole(die)
            )
            self._known[tag] = _first(found)
        return self._known[tag]

    def objects(self, tags: Set[str]) -> list[Variable]:
        """Structures with these tags in variables outside functions, outer ones before inner."""
        wanted = frozenset(tags)
        if wanted not in self._objects:
            finder = Finder(wanted)
            found: list[Variable] = []
            with contextlib.suppress(*ODDITIES):
                for die in self._dies():
                    found += finder.objects(die)
            self._objects[wanted] = found
        return self._objects[wanted]

    def _dies(self) -> Iterator[DIE]:
        """What is declared outside functions."""
        for path in self.paths:
            with path.open("rb") as stream:
                elf = ELFFile(stream)
                if not elf.has_dwarf_info():
                    continue
                for unit in elf.get_dwarf_info(relocate_dwarf_sections=False).iter_CUs():
                    yield from unit.get_top_DIE().iter_children()


def _first(layouts: Iterator[Layout]) -> Layout | None:
    try:
        return next(layouts, None)
    except ODDITIES:
        return None


class Finder:
    """Structures with some tags, wherever they are in a variable."""

    def __init__(self, tags: Set[str]) -> None:
        self._tags = tags
        self._inside: dict[int, list[Variable]] = {}
        """Those of a type, by the place of its DIE; addresses are offsets in it."""

    def objects(self, die: DIE) -> Iterable[Variable]:
        """Those of a variable; none of anything else."""
        if die.tag != "DW_TAG_variable":
            return
        place = _value(die, "DW_AT_location")
        typed = die
        if "DW_AT_specification" in die.attributes:  # It was declared before.
            die = die.get_DIE_from_attribute("DW_AT_specification")
            if "DW_AT_type" not in typed.attributes:  # That of an array has its length.
                typed = die
        name = _value(die, "DW_AT_name")
        if not isinstance(name, bytes):
            return
        if not isinstance(place, list) or len(place) != 5 or place[0] != OP_ADDRESS:
            return
        address = int.from_bytes(bytes(place[1:]), "little")
        text = name.decode("utf-8", "replace")
        for found in self._of_type(typed):
            yield Variable(text + found.name, address + found.address, found.tag)

    def _of_type(self, typed: DIE) -> list[Variable]:
        """Those of what a variable or a member is."""
        counts: list[int] = []
        for die in _types(typed):
            if die.tag in GROUPS:
                return _repeated(self._of_group(die), counts, _value(die, "DW_AT_byte_size"))
            if die.tag == ARRAY:
                counts += _counts(die)
        return []

    def _of_group(self, group: DIE) -> list[Variable]:
        if group.offset in self._inside:
            return self._inside[group.offset]
        self._inside[group.offset] = []  # Of one that has itself inside, which C does not know.
        found: list[Variable] = []
        tag = _value(group, "DW_AT_name")
        if isinstance(tag, bytes) and (text := tag.decode("utf-8", "replace")) in self._tags:
            found.append(Variable("", 0, text))
        for die in group.iter_children():
            place = _value(die, "DW_AT_data_member_location") or 0
            if die.tag != "DW_TAG_member" or not isinstance(place, int):
                continue
            name = _value(die, "DW_AT_name")
            path = "." + name.decode("utf-8", "replace") if isinstance(name, bytes) else ""
            found += (
                Variable(path + each.name, place + each.address, each.tag)
                for each in self._of_type(die)
            )
        self._inside[group.offset] = found[:MAX_OBJECTS]
        return self._inside[group.offset]


def _counts(array: DIE) -> list[int]:
    """Elements in each dimension; 0 where it isn't said."""
    counts = []
    for die in array.iter_children():
        bound, count = _value(die, "DW_AT_upper_bound"), _value(die, "DW_AT_count")
        if isinstance(bound, int):
            count = bound + 1
        counts.append(count if isinstance(count, int) else 0)
    return counts


def _repeated(
    inside: list[Variable], counts: list[int], size: int | bytes | list[int] | None
) -> list[Variable]:
    """What is in an element of an array, for all of its elements."""
    if not isinstance(size, int):
        return []
    for count in reversed(counts):
        inside = [
            Variable(f"[{index}]{each.name}", index * size + each.address, each.tag)
            for index in range(min(count, MAX_OBJECTS) if inside else 0)
            for each in inside
        ][:MAX_OBJECTS]
        size *= count
    return inside


def _is_whole(die: DIE) -> bool:
    return "DW_AT_declaration" not in die.attributes


def _members(group: DIE, prefix: str, base: int, depth: int) -> Iterable[tuple[str, int]]:
    for die in group.iter_children():
        if die.tag != "DW_TAG_member":
            continue
        place = _value(die, "DW_AT_data_member_location") or 0
        if not isinstance(place, int):
            continue  # An expression, as of bases that are virtual.
        name = _value(die, "DW_AT_name")
        path = prefix + name.decode("utf-8", "replace") if isinstance(name, bytes) else ""
        if path:
            yield path, base + place
        inner = _inner(die)
        if inner is not None and depth:
            yield from _members(inner, f"{path}." if path else prefix, base + place, depth - 1)


def _inner(member: DIE) -> DIE | None:
    """The structure or union that a member is, or consists of."""
    return next((die for die in _types(member) if die.tag in GROUPS), None)


def _types(typed: DIE) -> Iterator[DIE]:
    """Type of a variable or a member, and what is behind its other names and in its arrays."""
    for _ in range(MAX_NAMES):
        if "DW_AT_type" not in typed.attributes:
            return
        typed = typed.get_DIE_from_attribute("DW_AT_type")
        yield typed
        if typed.tag not in (*ALIASES, ARRAY):
            return


def _value(die: DIE, name: str) -> int | bytes | list[int] | None:
    attribute = die.attributes.get(name)
    return None if attribute is None else attribute.value
