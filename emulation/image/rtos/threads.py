"""Tasks of an RTOS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


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
