"""Who depends on the clock tree, and only on that."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from renode_wifi.peripherals.base.machine import Machine


def on_clock_change(machine: Machine, listener: Callable[[], None]) -> None:
    """Call `listener` after each change of the clock tree, if the board has an RCC of ours."""
    with suppress(KeyError, AttributeError):
        rcc: Any = machine.peripheral("rcc")
        rcc.on_change(listener)
