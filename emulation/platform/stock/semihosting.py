"""`UART.SemihostingUart`: what firmware writes by semihosting (ARM 100863).

Output goes out as from a serial port of this name, SYS_EXIT ends the run. Files of the host are out
of reach: only the console, ":tt", opens.
"""

from __future__ import annotations

from collections import deque

from renode_wifi.emulation.platform.stock.model import StockMachine, StockModel

SYS_OPEN, SYS_CLOSE, SYS_WRITEC, SYS_WRITE0, SYS_WRITE, SYS_READ, SYS_READC = range(1, 8)
SYS_ISERROR, SYS_ISTTY, SYS_FLEN = 8, 9, 0xC
SYS_CLOCK, SYS_TIME, SYS_ERRNO = 0x10, 0x11, 0x13
SYS_EXIT, SYS_EXIT_EXTENDED = 0x18, 0x20

CONSOLE = 1
"""The one file handle."""
FAILED = 0xFFFFFFFF
MAX_TEXT = 65536
"""Bytes of one call."""
APPLICATION_EXIT = 0x20026
CENTISECOND = 10_000_000


class SemihostingUart(StockModel):
    """Registered on the core: `semihosting: UART.SemihostingUart @ cpu`.

    exit_status: what SYS_EXIT gave: 0 for ADP_Stopped_ApplicationExit; None before it.
    """

    def __init__(self, machine: StockMachine, name: str) -> None:
        super().__init__(machine, name)
        self.exit_status: int | None = None
        self._received: deque[int] = deque()
        machine.core.on_semihosting(self._call)

    def receive(self, byte: int) -> None:
        """A byte for SYS_READC and SYS_READ."""
        self._received.append(byte)

    def reset(self) -> None:
        self._received.clear()
        self.exit_status = None

    def _call(self) -> int:
        core = self.machine.core
        number, argument = core.read_register("R0"), core.read_register("R1")
        if number == SYS_WRITEC:
            return self._put(self.machine.bus.read_bytes(argument, 1))
        if number == SYS_WRITE0:
            return self._put(self._string(argument))
        if number == SYS_WRITE:
            return self._put(self.machine.bus.read_bytes(*self._block(argument)))
        if number == SYS_READC:
            return self._received.popleft() if self._received else FAILED
        if number == SYS_READ:
            return self._read(*self._block(argument))
        if number == SYS_OPEN:
            name, length = self._word(argument), self._word(argument + 8)
            is_console = self.machine.bus.read_bytes(name, min(length, 8)) == b":tt"
            return CONSOLE if is_console else FAILED
        if number == SYS_CLOCK:
            return self.machine.clock.now // CENTISECOND
        if number in (SYS_EXIT, SYS_EXIT_EXTENDED):
            return self._exit(number, argument)
        if number == SYS_ISTTY:
            return 1
        if number == SYS_ISERROR:
            return int(self._word(argument) == FAILED)
        return 0 if number in (SYS_CLOSE, SYS_FLEN, SYS_ERRNO, SYS_TIME) else FAILED

    def _word(self, address: int) -> int:
        return int.from_bytes(self.machine.bus.read_bytes(address, 4), "little")

    def _block(self, arguments: int) -> tuple[int, int]:
        """Address and length of SYS_WRITE and SYS_READ."""
        return self._word(arguments + 4), min(self._word(arguments + 8), MAX_TEXT)

    def _string(self, address: int) -> bytes:
        text = bytearray()
        while len(text) < MAX_TEXT:
            byte = self.machine.bus.read_bytes(address + len(text), 1)
            if byte == b"\0":
                break
            text += byte
        return bytes(text)

    def _put(self, text: bytes) -> int:
        for byte in text:
            self.machine.trace(self.name, "uart", byte=byte)
        return 0

    def _read(self, address: int, length: int) -> int:
        """The number of bytes not read."""
        data = bytes(self._received.popleft() for _ in range(min(length, len(self._received))))
        self.machine.bus.write_bytes(address, data)
        return length - len(data)

    def _exit(self, number: int, argument: int) -> int:
        reason = self._word(argument) if number == SYS_EXIT_EXTENDED else argument
        status = self._word(argument + 4) if number == SYS_EXIT_EXTENDED else 0
        self.exit_status = status if reason == APPLICATION_EXIT else 1
        self.machine.trace(self.name, "exit", status=self.exit_status)
        self.machine.request_stop()
        return 0
