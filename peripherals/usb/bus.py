"""Full-speed transactions in virtual time (USB 2.0 sections 5 and 8).

One transaction follows the other. A pipe that was answered NAK is asked again when the device says
that an endpoint is ready, instead of in every frame: what software sees is the same, but for the
number of NAKs.
"""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.clock import SECOND, Clock, Event

BIT_RATE = 12_000_000
OVERHEAD = 13
"""Bytes of a bulk transaction besides its data (USB 2.0 table 5-9)."""


class UsbDevice(Protocol):
    """See `usb.packets`."""

    def set_vbus(self, level: bool) -> None: ...

    def reset_bus(self) -> None: ...

    def end_reset(self) -> None: ...

    def start_frame(self) -> None: ...

    def setup(self, address: int, data: bytearray) -> bool: ...

    def receive(self, address: int, number: int, pid: int, data: bytearray) -> str: ...

    def transmit(self, address: int, number: int) -> tuple[int | str, bytearray]: ...


class Pipe(Protocol):
    """is_blocked: it was answered NAK, and no endpoint has become ready since."""

    is_blocked: bool

    def wants(self) -> bool:
        """It has something to send, or would take something."""

    def transact(self) -> int:
        """Do one transaction; returns the bytes of its data."""


class UsbBus:
    """The pipes of one device, in turn."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._pipes: list[Pipe] = []
        self._event: Event | None = None
        self._is_busy = False
        self._free_at = 0

    def add(self, pipe: Pipe) -> None:
        self._pipes.append(pipe)
        self.go()

    def clear(self) -> None:
        """Forget all pipes and the transaction under way."""
        self._pipes.clear()
        if self._event is not None:
            self._event.cancel()
            self._event = None

    def on_ready(self) -> None:
        for pipe in self._pipes:
            pipe.is_blocked = False
        self.go()

    def go(self) -> None:
        """A pipe may want to transact."""
        if self._event is None and not self._is_busy and self._next() is not None:
            delay = max(0, self._free_at - self.clock.now) + _duration(OVERHEAD)
            self._event = self.clock.schedule(delay, self._transact)

    def _next(self) -> Pipe | None:
        for pipe in self._pipes:
            if not pipe.is_blocked and pipe.wants():
                return pipe
        return None

    def _transact(self) -> None:
        self._event = None
        pipe = self._next()
        if pipe is None:
            return
        # It is the others' turn.
        self._pipes.remove(pipe)
        self._pipes.append(pipe)
        self._is_busy = True
        self._free_at = self.clock.now + _duration(pipe.transact())
        self._is_busy = False
        self.go()


def _duration(length: int) -> int:
    """ns of so many bytes."""
    return length * 8 * SECOND // BIT_RATE
