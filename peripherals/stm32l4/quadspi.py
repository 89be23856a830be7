"""Quad-SPI interface (RM0351 section 17): indirect and status-polling modes, in no virtual time.

`attach(flash)` puts a memory behind it: `start(instruction, address)`, `read() -> byte`,
`write(byte)`, `finish()`. The memory-mapped window is memory of the board's description; the
register block only keeps that mode.
"""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.clock import MILLISECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import Register

CR_EN, CR_ABORT = 1 << 0, 1 << 1
CR_FTHRES_SHIFT = 8
CR_APMS, CR_PMM = 1 << 22, 1 << 23
SR_TEF, SR_TCF, SR_FTF, SR_SMF, SR_TOF, SR_BUSY = (1 << bit for bit in range(6))
SR_FLEVEL_SHIFT = 8
CCR_ADMODE = 3 << 10
CCR_DMODE = 3 << 24
CCR_FMODE_SHIFT = 26
WRITE, READ, POLL, MAPPED = range(4)
FIFO_BYTES = 16
DR_OFFSET = 0x20
POLL_AGAIN = MILLISECOND
"""Between two looks at a status that doesn't match; what changes it is slower than that."""

# Enable bit of CR, flag of SR.
INTERRUPTS = (
    (1 << 16, SR_TEF),
    (1 << 17, SR_TCF),
    (1 << 18, SR_FTF),
    (1 << 19, SR_SMF),
    (1 << 20, SR_TOF),
)


class SerialFlash(Protocol):
    """A memory that takes one instruction at a time."""

    def start(self, instruction: int, address: int) -> None: ...

    def read(self) -> int: ...

    def write(self, byte: int) -> None: ...

    def finish(self) -> None: ...


class NoFlash:
    """Nothing fitted: the data lines read as ones."""

    def start(self, instruction: int, address: int) -> None:
        pass

    def read(self) -> int:
        return 0xFF

    def write(self, byte: int) -> None:
        pass

    def finish(self) -> None:
        pass


class STM32H7_QuadSPI(Block):
    REGISTERS = (
        Register("CR", 0x00, writable=0xFFDF0FFD & ~CR_ABORT, on_write="_control"),
        Register("DCR", 0x04, writable=0x001F0701),
        Register("SR", 0x08, writable=0),
        Register("FCR", 0x0C, writable=0, on_write="_clear_flags"),
        Register("DLR", 0x10),
        Register("CCR", 0x14, writable=0xDFFFFFFF, on_write="_communicate"),
        Register("AR", 0x18, on_write="_address"),
        Register("ABR", 0x1C),
        Register("DR", DR_OFFSET, writable=0, on_read="_read_word", on_write="_write_word"),
        Register("PSMKR", 0x24),
        Register("PSMAR", 0x28),
        Register("PIR", 0x2C, writable=0xFFFF),
        Register("LPTR", 0x30, writable=0xFFFF),
    )

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self._flash: SerialFlash = NoFlash()
        self._event: Event | None = None
        self._left = 0

    def attach(self, flash: SerialFlash) -> None:
        self._flash = flash

    def reset(self) -> None:
        self._stop()
        super().reset()

    def _stop(self) -> None:
        if self._event is not None:
            self._event.cancel()
            self._event = None
        self._left = 0
        self.registers["SR"] &= ~SR_BUSY

    # Commands.

    def _mode(self) -> int:
        return self.registers["CCR"] >> CCR_FMODE_SHIFT & 3

    def _control(self, value: int, old: int) -> None:
        if value & CR_ABORT or not value & CR_EN:
            self._stop()
            if value & CR_ABORT:
                self.registers["SR"] |= SR_TCF
        self._update()

    def _communicate(self, value: int, old: int) -> None:
        """CCR starts a command that has no address to wait for."""
        if self.registers["SR"] & SR_BUSY:
            self.registers["CCR"] = old
        elif not self.registers["CCR"] & CCR_ADMODE:
            self._start(0)

    def _address(self, value: int, old: int) -> None:
        """AR starts a command that has an address."""
        if not self.registers["SR"] & SR_BUSY and self.registers["CCR"] & CCR_ADMODE:
            self._start(self.registers["AR"])

    def _start(self, address: int) -> None:
        if not self.registers["CR"] & CR_EN:
            return
        command = self.registers["CCR"]
        mode = self._mode()
        self._flash.start(command & 0xFF, address)
        if mode == MAPPED:
            self.registers["SR"] |= SR_BUSY
        elif mode == POLL:
            self.registers["SR"] |= SR_BUSY
            self._poll()
        elif not command & CCR_DMODE:
            self._flash.finish()
            self.registers["SR"] |= SR_TCF
        else:
            self._left = self.registers["DLR"] + 1
            # A write is pending until its first byte, so the command can still be changed.
            if mode == READ:
                self.registers["SR"] |= SR_BUSY
        self._update()

    def _poll(self) -> None:
        self._event = None
        status = 0
        for index in range(min(self.registers["DLR"], 3) + 1):
            status |= self._flash.read() << (8 * index)
        mask = self.registers["PSMKR"]
        agreeing = ~(status ^ self.registers["PSMAR"]) & mask
        matches = agreeing != 0 if self.registers["CR"] & CR_PMM else agreeing == mask
        if matches:
            self.registers["SR"] |= SR_SMF
        if matches and self.registers["CR"] & CR_APMS:
            self._flash.finish()
            self._stop()
        else:
            self._event = self.machine.clock.schedule(POLL_AGAIN, self._poll)
        self._update()

    # Data.

    def read(self, offset: int, width: int) -> int:
        if offset == DR_OFFSET:
            return self._read_data(width)
        return super().read(offset, width)

    def write(self, offset: int, value: int, width: int) -> None:
        if offset == DR_OFFSET:
            self._write_data(value, width)
        else:
            super().write(offset, value, width)

    def _read_word(self) -> int:
        return self._read_data(4)

    def _write_word(self, value: int, old: int) -> None:
        self._write_data(value, 4)

    def _read_data(self, width: int) -> int:
        if self._mode() != READ:
            return 0
        value = 0
        for index in range(min(width, self._left)):
            value |= self._flash.read() << (8 * index)
            self._left -= 1
            if not self._left:
                self._end()
        self._update()
        return value

    def _write_data(self, value: int, width: int) -> None:
        if self._mode() != WRITE:
            return
        for index in range(min(width, self._left)):
            self.registers["SR"] |= SR_BUSY
            self._flash.write(value >> (8 * index) & 0xFF)
            self._left -= 1
            if not self._left:
                self._end()
        self._update()

    def _end(self) -> None:
        self._flash.finish()
        self.registers["SR"] = self.registers["SR"] & ~SR_BUSY | SR_TCF

    # Flags.

    def _clear_flags(self, value: int, old: int) -> None:
        self.registers["SR"] &= ~(value & (SR_TEF | SR_TCF | SR_SMF | SR_TOF))
        self._update()

    def _update(self) -> None:
        """FLEVEL, FTF and TCF follow what is left: all that is to be read waits in the FIFO."""
        control, status = self.registers["CR"], self.registers["SR"]
        reading = self._mode() == READ
        level = min(self._left, FIFO_BYTES) if reading else 0
        threshold = (control >> CR_FTHRES_SHIFT & 0xF) + 1
        ready = level >= threshold if reading else FIFO_BYTES - level >= threshold
        if reading and 0 < self._left <= FIFO_BYTES:
            status |= SR_TCF
        status &= ~(SR_FTF | 0x1F << SR_FLEVEL_SHIFT)
        status |= level << SR_FLEVEL_SHIFT | (SR_FTF if ready or (reading and level) else 0)
        self.registers["SR"] = status
        self.lines["IRQ"].set(
            any(control & enable and status & flag for enable, flag in INTERRUPTS)
        )
