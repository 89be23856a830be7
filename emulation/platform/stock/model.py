"""What stock models are, and what they ask of their machine."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from renode_wifi.emulation.platform.core import Core
from renode_wifi.peripherals.base.machine import Machine


class StockMachine(Machine, Protocol):
    """A machine as stock models see it, who have to do with its core."""

    @property
    def core(self) -> Core: ...

    def start(self, *, vector_table: int) -> None:
        """Let the core start from a vector table, now and at each reset."""

    def request_stop(self) -> None:
        """End the run."""

    def find_file(self, name: str) -> Path | None:
        """A file by its name on the path of scripts."""


class StockModel:
    """Something with a name on a machine."""

    def __init__(self, machine: StockMachine, name: str) -> None:
        self.machine = machine
        self.name = name
