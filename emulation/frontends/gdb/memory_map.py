"""The memory map as GDB wants it: what is flash, which `load` erases and programs, and the rest.

GDB refuses accesses to what a map leaves out, so everything that isn't flash is called RAM; an
access where nothing is gets an error from the bus.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

END = 1 << 32
BLOCK = 0x800
"""Bytes of a flash page: STM32L475 (RM0351, 3.3.1) and CC3220SF (SWRU465, 21.4.2)."""


@dataclass(frozen=True)
class Region:
    start: int
    size: int


def memory_map(flash: Iterable[Region]) -> str:
    """memory-map.xml."""
    lines = [
        '<?xml version="1.0"?>',
        '<!DOCTYPE memory-map PUBLIC "+//IDN gnu.org//DTD GDB Memory Map V1.0//EN"'
        ' "http://sourceware.org/gdb/gdb-memory-map.dtd">',
        "<memory-map>",
    ]
    position = 0
    for region in sorted(flash, key=lambda region: region.start):
        if region.start > position:
            lines.append(_memory("ram", position, region.start - position))
        lines.append(
            f'<memory type="flash" start="{region.start:#x}" length="{region.size:#x}">'
            f'<property name="blocksize">{BLOCK:#x}</property></memory>'
        )
        position = region.start + region.size
    if position < END:
        lines.append(_memory("ram", position, END - position))
    lines.append("</memory-map>")
    return "\n".join(lines) + "\n"


def _memory(kind: str, start: int, size: int) -> str:
    return f'<memory type="{kind}" start="{start:#x}" length="{size:#x}"/>'
