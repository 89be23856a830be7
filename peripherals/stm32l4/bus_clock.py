"""The clock of its bus, as a block sees it (RM0351 section 6.2.19)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from renode_wifi.peripherals.base.machine import Machine


class BusClock:
    """Whether RCC lets it through. changed: called when that changes."""

    def __init__(
        self, machine: Machine, name: str, changed: Callable[[], None] | None = None
    ) -> None:
        self._machine = machine
        self._name = name
        self._changed = changed
        self._rcc: Any = None
        self._looked = False

    @property
    def is_on(self) -> bool:
        """Without an RCC that knows, it is."""
        self.follow()
        return self._rcc is None or bool(self._rcc.has_clock(self._name))

    def follow(self) -> None:
        """Look for the RCC, which comes to the machine after its blocks."""
        if self._looked:
            return
        self._looked = True
        try:
            rcc: Any = self._machine.peripheral("rcc")
            listen = rcc.on_gate
        except (AttributeError, KeyError):
            return
        self._rcc = rcc
        if self._changed is not None:
            listen(self._name, self._changed)
