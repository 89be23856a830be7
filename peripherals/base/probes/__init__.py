"""What stands beside or between models to report what passes there; nothing else notices it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Place = tuple[int, int]


class Probed(Protocol):
    """A machine. probes: whom probes notify, by their names; it is no part of a snapshot.

    noted: where an engine may note what a probe would report: the address of a log, and the number
    to note it with.
    """

    probes: dict[str, Callable[..., object]]
    noted: dict[str, Place]
