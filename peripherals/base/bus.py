"""What a model on the system bus offers to the engine."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class BusPeripheral(Protocol):
    """A block of registers. Offsets are bytes from the base; widths are 1, 2 or 4 bytes.

    An engine may serve the plain registers of a block that keeps a `RegisterFile` as `registers`.
    """

    def read(self, offset: int, width: int) -> int: ...

    def write(self, offset: int, value: int, width: int) -> None: ...

    def reset(self) -> None: ...
