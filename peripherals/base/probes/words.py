"""A probe between a bus controller and its device."""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.probes import Place, Probed
from renode_wifi.peripherals.base.stream import WordStream


class SpiDevice(Protocol):
    """What a controller exchanges frames with."""

    def exchange(self, frame: int, bits: int) -> int: ...


class SpiController(Protocol):
    """A master of an SPI bus."""

    name: str

    def attach(self, device: SpiDevice) -> None: ...

    def bit_time(self) -> int:
        """ns of a bit on the wire, as the clock's divider is set."""

    def mode(self) -> int:
        """0 to 3: CPOL, then CPHA."""


class WordProbe:
    """Notifies of each frame with what the controller sent, what it received, and the bits.

    It takes the time that the device takes. Words of the device's `stream` it gets only where no
    engine notes them.
    """

    def __init__(self, machine: Probed, name: str, device: SpiDevice) -> None:
        self._machine = machine
        self._name = name
        self._device = device
        self.exchanges_at_once: bool = getattr(device, "exchanges_at_once", False)

    @property
    def stream(self) -> WordStream | None:
        return getattr(self._device, "stream", None)

    @property
    def probe(self) -> WordProbe:
        return self

    @property
    def place(self) -> Place | None:
        """Where an engine may note the words instead."""
        return self._machine.noted.get(self._name)

    def exchange(self, frame: int, bits: int) -> int:
        answer = self._device.exchange(frame, bits)
        self._machine.probes[self._name](frame, answer, bits)
        return answer
