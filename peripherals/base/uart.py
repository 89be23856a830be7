"""A serial port as the world outside the chip sees it."""

from __future__ import annotations

from typing import NamedTuple, Protocol, runtime_checkable


@runtime_checkable
class Uart(Protocol):
    """Transmitted bytes go out as `machine.trace(name, "uart", byte=…)`."""

    name: str

    def receive(self, byte: int) -> None:
        """A byte arrives at the RX pin."""


@runtime_checkable
class PluggedUart(Uart, Protocol):
    """A serial port at the end of a cable that is plugged in when somebody is at it."""

    def plug(self) -> None:
        """Plug the cable in, if it isn't."""


class FrameFormat(NamedTuple):
    """bit_time: ns; 0 while no divider is set. bits: of data. parity: "", "even" or "odd"."""

    bit_time: int
    bits: int
    parity: str
    stop_bits: int


@runtime_checkable
class WiredUart(Uart, Protocol):
    """A serial port with a speed. Bytes that arrive are traced as `uart-received`, at their end.

    timed_transmit: sent bytes are traced at their end, too; otherwise as software writes them.
    """

    timed_transmit: bool

    def frame_format(self) -> FrameFormat: ...
