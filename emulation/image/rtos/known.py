"""The systems whose tasks can be read."""

from __future__ import annotations

from collections.abc import Callable, Set

from renode_wifi.emulation.image.layouts import Layout, Variable
from renode_wifi.emulation.image.rtos.freertos import FreeRtos
from renode_wifi.emulation.image.rtos.rtx5 import Rtx5
from renode_wifi.emulation.image.rtos.threads import Rtos
from renode_wifi.emulation.image.rtos.threadx import ThreadX
from renode_wifi.emulation.image.rtos.zephyr import Zephyr


def known(
    symbol: Callable[[str], int | None],
    read_memory: Callable[[int, int], bytes],
    layout: Callable[[str], Layout | None],
    variable_at: Callable[[int], str] = lambda address: "",
    objects: Callable[[Set[str]], list[Variable]] = lambda tags: [],
) -> tuple[Rtos, ...]:
    """All of them; the one that an image has is the one that has tasks.

    symbol(name): its address, None where the image has none. read_memory(address, length).
    layout(tag): that of a structure, None without debug information of it. variable_at(address):
    name of the variable that begins there, "" without one. objects(tags): structures in variables,
    see `Layouts.objects`.
    """
    return (
        FreeRtos(symbol, read_memory, variable_at),
        ThreadX(symbol, read_memory, layout, variable_at),
        Zephyr(symbol, read_memory, layout, objects, variable_at),
        Rtx5(symbol, read_memory, variable_at),
    )
