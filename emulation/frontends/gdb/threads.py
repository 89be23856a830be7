"""Threads as GDB sees them: the tasks of an RTOS, or the processor alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from xml.sax.saxutils import quoteattr

PROCESSOR = 1
"""Id of the only thread while no RTOS runs."""


@dataclass(frozen=True)
class Thread:
    """id: above 0. name: of the task, "" without one. state: what its RTOS says of it.

    is_current: its registers are the processor's.
    """

    id: int
    name: str = ""
    state: str = ""
    is_current: bool = True


class Rtos(Protocol):
    """What is known of an RTOS by the symbols of the image."""

    symbols: tuple[str, ...]
    """Names that it has to know."""

    def threads(self) -> list[Thread]:
        """The tasks; none while it doesn't run yet. Never raises for what memory holds."""

    def registers(self, thread: Thread) -> dict[str, int]:
        """Those of a task that doesn't run, by GDB's names; what isn't known is left out."""


def thread_list(threads: list[Thread]) -> str:
    """threads.xml of `qXfer:threads:read`."""
    rows = ['<?xml version="1.0"?>', "<threads>"]
    for thread in threads:
        name = f" name={quoteattr(thread.name)}" if thread.name else ""
        rows.append(f'<thread id="{thread.id:x}"{name}>{_text(thread.state)}</thread>')
    rows.append("</threads>")
    return "\n".join(rows) + "\n"


def _text(state: str) -> str:
    return state.replace("&", "&amp;").replace("<", "&lt;")
