"""What stands at a pin whatever its mode: wake-up and tamper inputs see an analog pin, too.

RM0351 section 8.3.15: the additional functions of RTC and PWR have their own way to the pin.
"""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.line import Line, Receiver


class PadPort(Protocol):
    """Of a port."""

    def outside(self, number: int) -> bool | None:
        """The level from outside; None: nobody drives the pin."""


class Pad(Line):
    """Pin `number` of a port; `inner`: the level that the port's own inputs see."""

    def __init__(self, port: PadPort, number: int, inner: Line) -> None:
        super().__init__()
        self._port = port
        self._number = number
        self._inner = inner

    def connect(self, receiver: Receiver, number: int) -> None:
        if not self.is_connected:
            self._inner.connect(PadInput(self), 0)
            self.changed()
        super().connect(receiver, number)

    def changed(self) -> None:
        outside = self._port.outside(self._number)
        self.set(self._inner.level if outside is None else outside)


class PadInput(Receiver):
    """The pad's place at the inner line."""

    def __init__(self, pad: Pad) -> None:
        self._pad = pad

    def on_gpio(self, number: int, level: bool) -> None:
        self._pad.changed()
