"""A probe at a line."""

from __future__ import annotations

from renode_wifi.peripherals.base.line import Line, Receiver
from renode_wifi.peripherals.base.machine import Machine

EVENT = "level"


class LevelProbe(Receiver):
    """Traces each change of a line as `level`, with the probe's name as the source."""

    def __init__(self, machine: Machine, name: str, line: Line) -> None:
        self._machine = machine
        self._name = name
        line.connect(self, 0)

    def on_gpio(self, number: int, level: bool) -> None:
        self._machine.trace(self._name, EVENT, level=level)
