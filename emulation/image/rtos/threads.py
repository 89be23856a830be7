"""Tasks of an RTOS."""

from __future__ import annotations

import re
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


@dataclass(frozen=True)
class Wait:
    """text: what for. holder: id of the task that holds the mutex, 0 where it is none."""

    text: str = ""
    holder: int = 0


@dataclass(frozen=True)
class Stack:
    """bottom: its lowest address. unused: bytes that were never written; None: not known.

    privileged: addresses of the stack that the task has in system calls.
    """

    bottom: int = 0
    unused: int | None = None
    overflown: bool = False
    privileged: range = range(0)


@dataclass(frozen=True)
class Damage:
    """Something was written over a kernel's data. text: what shows it. tasks: those whose own data
    is whole, wherever the kernel's lists lead."""

    text: str
    tasks: tuple[Thread, ...] = ()


class Rtos(Protocol):
    """What is known of an RTOS by the symbols of the image."""

    name: str
    kernel: re.Pattern[str]
    """Functions of the kernel, by its naming rules."""
    symbols: tuple[str, ...]
    """Names that it has to know."""

    def threads(self) -> list[Thread]:
        """The tasks; none while it doesn't run yet. Never raises for what memory holds."""

    def damage(self) -> Damage | None:
        """Whether something was written over the kernel's data, as far as that shows."""

    def registers(self, thread: Thread) -> dict[str, int]:
        """Those of a task that doesn't run, by GDB's names; what isn't known is left out."""

    def wait(self, thread: Thread) -> Wait:
        """What a task that is blocked waits for; an empty one where it isn't known."""

    def stack(self, thread: Thread) -> Stack:
        """What is left of a task's stack."""
