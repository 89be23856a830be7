"""A serial port as the world outside the chip sees it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Uart(Protocol):
    """Transmitted bytes go out as `machine.trace(name, "uart", byte=…)`."""

    name: str

    def receive(self, byte: int) -> None:
        """A byte arrives at the RX pin."""
