"""Layouts of an image's structures, from DWARF (DWARF 4 sections 5.5 and 7.7.3)."""

from __future__ import annotations

import bisect
import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from elftools.dwarf.die import DIE
from elftools.elf.elffile import ELFFile

ALIASES = ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type")
GROUPS = ("DW_TAG_structure_type", "DW_TAG_union_type")
ARRAY = "DW_TAG_array_type"
DEPTH = 4
"""Structures inside structures that are looked into."""

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
    """tag: of the structure that it is."""

    name: str
    address: int
    tag: str


@dataclass
class Layouts:
    """Those of ELF files, by the structures' tags; each is looked up when it is first asked for."""

    paths: tuple[Path, ...]

    def __post_init__(self) -> None:
        self._known: dict[str, Layout | None] = {}

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

    def variable(self, address: int) -> Variable | None:
        """The structure that begins last at or before an address, of those outside functions."""
        index = bisect.bisect_right(self._variables, address, key=lambda each: each.address)
        return self._variables[index - 1] if index else None

    @cached_property
    def _variables(self) -> list[Variable]:
        found: list[Variable] = []
        with contextlib.suppress(*ODDITIES):
            found += (each for die in self._dies() if (each := _variable(die)) is not None)
        return sorted(found, key=lambda each: each.address)

    def _dies(self) -> Iterator[DIE]:
        """What is declared outside functions."""
        for path in self.paths:
            with path.open("rb") as stream:
                elf = ELFFile(stream)
                for unit in elf.get_dwarf_info().iter_CUs() if elf.has_dwarf_info() else ():
                    yield from unit.get_top_DIE().iter_children()


def _first(layouts: Iterator[Layout]) -> Layout | None:
    try:
        return next(layouts, None)
    except ODDITIES:
        return None


def _variable(die: DIE) -> Variable | None:
    if die.tag != "DW_TAG_variable":
        return None
    place = _value(die, "DW_AT_location")
    name = _value(die, "DW_AT_name")
    if "DW_AT_specification" in die.attributes:  # It was declared before.
        die = die.get_DIE_from_attribute("DW_AT_specification")
        name = _value(die, "DW_AT_name")
    if not isinstance(place, list) or len(place) != 5 or place[0] != OP_ADDRESS:
        return None
    group = _inner(die)
    tag = None if group is None else _value(group, "DW_AT_name")
    if not isinstance(name, bytes) or not isinstance(tag, bytes):
        return None
    address = int.from_bytes(bytes(place[1:]), "little")
    return Variable(name.decode("utf-8", "replace"), address, tag.decode("utf-8", "replace"))


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
    die = member
    while "DW_AT_type" in die.attributes:
        die = die.get_DIE_from_attribute("DW_AT_type")
        if die.tag in GROUPS:
            return die
        if die.tag not in (*ALIASES, ARRAY):
            break
    return None


def _value(die: DIE, name: str) -> int | bytes | list[int] | None:
    attribute = die.attributes.get(name)
    return None if attribute is None else attribute.value
