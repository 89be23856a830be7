"""What a model on the system bus offers to the engine."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from renode_wifi.peripherals.base.registers import RegisterFile


@runtime_checkable
class BusPeripheral(Protocol):
    """A block of registers. Offsets are bytes from the base; widths are 1, 2 or 4 bytes."""

    def read(self, offset: int, width: int) -> int: ...

    def write(self, offset: int, value: int, width: int) -> None: ...

    def reset(self) -> None: ...


@runtime_checkable
class RegisterPeripheral(BusPeripheral, Protocol):
    """A block whose plain registers an engine may serve by itself (see `RegisterFile`)."""

    registers: RegisterFile
