"""A probe at a line."""

from __future__ import annotations

from renode_wifi.peripherals.base.line import Line, Receiver
from renode_wifi.peripherals.base.probes import Place, Probed


class LevelProbe(Receiver):
    """Notifies of each change of a line with its level."""

    def __init__(self, machine: Probed, name: str, line: Line) -> None:
        self._machine = machine
        self._name = name
        line.connect(self, 0)

    @property
    def place(self) -> Place | None:
        """Where an engine may note the levels instead."""
        return self._machine.noted.get(self._name)

    def on_gpio(self, number: int, level: bool) -> None:
        self._machine.probes[self._name](level)
