"""Whether firmware has anything to do."""

from __future__ import annotations

import re

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.image.image import symbol_address
from renode_wifi.emulation.image.rtos.freertos import FreeRtos
from renode_wifi.emulation.image.rtos.view import ImageView

RESTS = re.compile(r"[iI]dle|Termination|Sleep|sleep|[wW][fF][iI]|Suppress")
"""Functions of an operating system in which nothing is to be done."""
IDLE_TASK = re.compile(r"(?i)idle")


def function_at(board: Board) -> str:
    """The function that is executed; "" where no symbol says."""
    image = board.image
    symbol = None if image is None else image.symbols.at(board.engine.registers().get("pc", 0))
    return "" if symbol is None else symbol[0].name


def loops_skipped(board: Board) -> int:
    """Iterations of loops that wait, so far, which the embedded engine counts and doesn't execute.

    How many they are depends on how a run is cut; whether there are any does not.
    """
    engine = board.engine
    return engine.machine.core.iterations_skipped if isinstance(engine, EmbeddedEngine) else 0


def is_idle(board: Board) -> bool:
    """Whether the idle task runs, or a function in which nothing is to be done."""
    image = board.image
    if image is not None:
        view = ImageView(lambda name: symbol_address([image], name), board.engine.read_memory)
        for thread in FreeRtos(view).threads():
            if thread.is_current:
                return IDLE_TASK.search(thread.name) is not None
    return RESTS.search(function_at(board)) is not None
