"""What is known of a running image, as whoever reads an RTOS's tasks needs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.layouts import Layout, Variable
from renode_wifi.emulation.image.rtos.memory import KernelMemory


def _no_layout(tag: str) -> Layout | None:
    return None


def _no_name(address: int) -> str:
    return ""


def _no_objects(tags: Set[str]) -> list[Variable]:
    return []


@dataclass(frozen=True)
class ImageView:
    """symbol(name): its address, None where the image has none. read_memory(address, length):
    bytes, RenodeWifiError where there are none.

    layout(tag): that of a structure, None without debug information of it. variable_at(address):
    name of the variable that begins there, "" without one. objects(tags): structures in variables,
    see `Layouts.objects`. function_at(address): name of the function around it, "" without one.
    data: addresses of each variable that has a size.
    """

    symbol: Callable[[str], int | None]
    read_memory: Callable[[int, int], bytes]
    layout: Callable[[str], Layout | None] = _no_layout
    variable_at: Callable[[int], str] = _no_name
    objects: Callable[[Set[str]], list[Variable]] = _no_objects
    function_at: Callable[[int], str] = _no_name
    data: Sequence[range] = ()

    @cached_property
    def memory(self) -> KernelMemory:
        return KernelMemory(self.read_memory)

    def object_name(self, place: int, offset: int) -> str:
        """Of a kernel's object: its own, to which the word at `offset` points; else its variable's;
        else its address."""
        try:
            name = self.memory.text(self.memory.word(place + offset))
        except RenodeWifiError:
            name = ""
        return name or self.variable_at(place) or f"0x{place:08X}"
