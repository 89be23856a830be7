"""Where the serial flash is seen in memory-mapped mode of QUADSPI (RM0351 section 17.3.7)."""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.machine import Machine


class Mapping(Protocol):
    def read_mapped(self, address: int, width: int) -> int: ...


class STM32L4_QUADSPI_Region:
    """controller: whose flash it shows."""

    def __init__(self, machine: Machine, name: str, controller: Mapping) -> None:
        self.machine = machine
        self.name = name
        self.controller = controller
        self._logged = False

    def read(self, offset: int, width: int) -> int:
        return self.controller.read_mapped(offset, width)

    def write(self, offset: int, value: int, width: int) -> None:
        """It is read-only."""
        if not self._logged:
            self._logged = True
            self.machine.log.warning("%s: stores are ignored (reported once)", self.name)

    def reset(self) -> None:
        """Nothing is kept."""
