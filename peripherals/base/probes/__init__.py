"""What stands beside or between models to report what passes there; nothing else notices it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Probed(Protocol):
    """A machine. probes: whom probes notify, by their names; it is no part of a snapshot."""

    probes: dict[str, Callable[..., None]]
