"""The module's pins and its framing on SPI (UM1755; ST's hw_spi.c and BlueNRG_SPI_Read).

With the chip select low the first five bytes are a header: the application says whether it writes
(0x0A) or reads (0x0B), the module that it is ready (0x02), how many bytes it takes, and how many it
has. The payload follows in the same window. IRQ is high while there is something to read; it falls
with a header and comes back after the window.
"""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.clock import MICROSECOND, Event
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.machine import Machine

CHIP_SELECT, RESET = 0, 1
"""Inputs of `on_gpio`."""
IRQ = 0
"""Output."""
WRITE, READ = 0x0A, 0x0B
READY, NOT_READY = 0x02, 0x00
HEADER = 5
WRITE_ROOM = 127
"""Bytes of a window that the module takes."""
TAKEN = 0xFF
"""What comes back while it takes them; Zephyr's drivers/bluetooth/hci/spi.c repeats them at 0."""
REARM = 50 * MICROSECOND
"""From the end of a window to IRQ, as the module updates its header."""
LENGTH_BYTES = {0x02: 2}
"""Of a packet's length, by its type, before which three bytes stand; 1 but for ACL data."""
FIRST_BYTE = 8
"""Bits of a frame; longer frames are two bytes, the first one high."""


class HciProcessor(Protocol):
    """What is behind the link."""

    def reset(self, asserted: bool) -> None: ...

    def execute(self, raw: bytes) -> None:
        """A packet of the application."""


class SharedBus(Protocol):
    """A controller with other devices on its wires."""

    def choose(self, device: object = None) -> None:
        """Only this one is on the wires; None: the one that is attached."""


class BlueNrgLink:
    """CS and RESET in, frames both ways, IRQ out. It may share its bus with other devices."""

    shares_bus = True

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine = machine
        self.name = name
        self.lines = {IRQ: Line()}
        self.bus: SharedBus | None = None
        self.processor: HciProcessor | None = None
        self._irq = self.lines[IRQ]
        # Pins that nobody has configured yet read low: that selects nothing.
        self._select_level = False
        self._is_selected = False
        self._in_reset = True
        self._is_ready = False
        self._rearm: Event | None = None
        self._events: list[bytes] = []
        self._command = b""
        self._position = 0
        self._operation = 0
        self._header = bytes(HEADER)
        self._sent = 0

    # Pins.

    def on_gpio(self, number: int, level: bool) -> None:
        if number == RESET:
            self._reset(not level)
        elif number == CHIP_SELECT and level != self._select_level:
            self._select_level = level
            if level:
                self._deselect()
            elif not self._in_reset:
                self._select()

    def _reset(self, asserted: bool) -> None:
        if asserted == self._in_reset:
            return
        self._in_reset = asserted
        if asserted:
            self._deselect()
            self._is_ready = False
            self._events = []
            self._command = b""
            self._drive()
        if self.processor is not None:
            self.processor.reset(asserted)

    def _select(self) -> None:
        self._is_selected = True
        self._position = self._operation = self._sent = 0
        waiting = len(self._events[0]) if self._events else 0
        if self._is_ready:
            room = WRITE_ROOM.to_bytes(2, "little")
            self._header = bytes([READY]) + room + waiting.to_bytes(2, "little")
        else:
            self._header = bytes([NOT_READY]) + bytes(HEADER - 1)
        if self.bus is not None:
            self.bus.choose(self)

    def _deselect(self) -> None:
        if not self._is_selected:
            return
        self._is_selected = False
        if self.bus is not None:
            self.bus.choose()
        if self._sent and self._events:
            rest = self._events[0][self._sent :]
            self._events[:1] = [rest] if rest else []
        self._take_command()
        if self._position >= HEADER:
            self._irq.set(False)
        if self._rearm is None:
            self._rearm = self.machine.clock.schedule(REARM, self._rearmed)

    def _rearmed(self) -> None:
        self._rearm = None
        self._drive()

    def _drive(self) -> None:
        """IRQ follows what there is to read, but for its pause after a window."""
        if self._rearm is None and not self._is_selected:
            self._irq.set(bool(self._events))

    # Bytes.

    def exchange(self, frame: int, bits: int) -> int:
        """Shift one frame of up to 16 bits both ways."""
        if bits <= FIRST_BYTE:
            return self._exchange_byte(frame)
        return self._exchange_byte(frame >> 8) << 8 | self._exchange_byte(frame & 0xFF)

    def _exchange_byte(self, sent: int) -> int:
        position, self._position = self._position, self._position + 1
        if position == 0:
            self._operation = sent
        if position < HEADER:
            if position == HEADER - 1 and self._operation == READ:
                self._irq.set(False)
            return self._header[position]
        if not self._is_ready:
            return 0
        if self._operation == WRITE and position < HEADER + WRITE_ROOM:
            self._command += bytes([sent])
            return TAKEN
        elif self._operation == READ and self._events:
            event, index = self._events[0], self._sent
            if index < len(event):
                self._sent += 1
                return event[index]
        return 0

    def _take_command(self) -> None:
        """Packets may come in several windows."""
        while (end := _packet_length(self._command)) and len(self._command) >= end:
            raw, self._command = self._command[:end], self._command[end:]
            if self.processor is not None:
                self.processor.execute(raw)

    # The processor's side.

    def booted(self) -> None:
        """It answers from now on."""
        self._is_ready = True

    def offer(self, event: bytes) -> None:
        """An event for the application."""
        self._events.append(event)
        self._drive()


def _packet_length(raw: bytes) -> int:
    """0: not all of its header is there."""
    header = 3 + LENGTH_BYTES.get(raw[0], 1) if raw else 4
    if len(raw) < header:
        return 0
    return header + int.from_bytes(raw[3:header], "little")
