"""Quad-SPI interface (RM0351 section 17): indirect and status-polling modes, in no virtual time.

`attach(flash)` puts a memory behind it: `start(instruction, address)`, `read() -> byte`,
`write(byte)`, `finish()`. The memory-mapped window is memory of the board's description; the
register block only keeps that mode.
"""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.clock import MILLISECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    SELF_CLEARING,
    WRITE_ONLY,
    Cause,
    Field,
    Interrupt,
    Register,
)

CR = Register(
    "CR",
    0x00,
    on_write="_control",
    fields=(
        Field("EN", 0),
        Field("ABORT", 1, access=SELF_CLEARING),
        Field("DMAEN", 2),
        Field("TCEN", 3),
        Field("SSHIFT", 4),
        Field("FTHRES", 8, 4),
        Field("TEIE", 16),
        Field("TCIE", 17),
        Field("FTIE", 18),
        Field("SMIE", 19),
        Field("TOIE", 20),
        Field("APMS", 22),
        Field("PMM", 23),
        Field("PRESCALER", 24, 8),
    ),
)
DCR = Register("DCR", 0x04, fields=(Field("CKMODE", 0), Field("CSHT", 8, 3), Field("FSIZE", 16, 5)))
SR = Register(
    "SR",
    0x08,
    access=READ_ONLY,
    fields=(
        Field("TEF", 0),
        Field("TCF", 1),
        Field("FTF", 2),
        Field("SMF", 3),
        Field("TOF", 4),
        Field("BUSY", 5),
        Field("FLEVEL", 8, 5),
    ),
)
FCR = Register(
    "FCR",
    0x0C,
    access=WRITE_ONLY,
    clears="SR",
    on_write="_flags_cleared",
    fields=(Field("CTEF", 0), Field("CTCF", 1), Field("CSMF", 3), Field("CTOF", 4)),
)
DLR = Register("DLR", 0x10, fields=(Field("DL", 0, 32),))
CCR = Register(
    "CCR",
    0x14,
    on_write="_communicate",
    fields=(
        Field("INSTRUCTION", 0, 8),
        Field("IMODE", 8, 2),
        Field("ADMODE", 10, 2),
        Field("ADSIZE", 12, 2),
        Field("ABMODE", 14, 2),
        Field("ABSIZE", 16, 2),
        Field("DCYC", 18, 5),
        Field("DMODE", 24, 2),
        Field("FMODE", 26, 2),
        Field("SIOO", 28),
        Field("DDRM", 31),
    ),
)
AR = Register("AR", 0x18, on_write="_address", fields=(Field("ADDRESS", 0, 32),))
ABR = Register("ABR", 0x1C, fields=(Field("ALTERNATE", 0, 32),))
DR = Register(
    "DR",
    0x20,
    access=READ_ONLY,
    on_read="_read_word",
    on_write="_write_word",
    fields=(Field("DATA", 0, 32),),
)
PSMKR = Register("PSMKR", 0x24, fields=(Field("MASK", 0, 32),))
PSMAR = Register("PSMAR", 0x28, fields=(Field("MATCH", 0, 32),))
PIR = Register("PIR", 0x2C, fields=(Field("INTERVAL", 0, 16),))
LPTR = Register("LPTR", 0x30, fields=(Field("TIMEOUT", 0, 16),))

WRITE, READ, POLL, MAPPED = range(4)
FIFO_BYTES = 16
DR_OFFSET = DR.offset
# As numbers of the module: every access asks them.
CR_WORD, SR_WORD, CCR_WORD = CR.word, SR.word, CCR.word
FMODE_SHIFT, FLEVEL_SHIFT = CCR["FMODE"].position, SR["FLEVEL"].position
FTF, TCF, DMAEN = SR.FTF, SR.TCF, CR.DMAEN
ENABLES = CR.TEIE | CR.TCIE | CR.FTIE | CR.SMIE | CR.TOIE
NO_LEVEL = ~(SR.FLEVEL | SR.FTF)
POLL_AGAIN = MILLISECOND
"""Between two looks at a status that doesn't match; what changes it is slower than that."""


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
    STATUS = PARTLY
    MISSING = "dual-flash mode, DDR; code that executes in memory-mapped mode"
    INTERRUPTS = (
        Interrupt(
            "IRQ",
            Cause(SR, SR.TEF, CR, CR.TEIE),
            Cause(SR, SR.TCF, CR, CR.TCIE),
            Cause(SR, SR.FTF, CR, CR.FTIE),
            Cause(SR, SR.SMF, CR, CR.SMIE),
            Cause(SR, SR.TOF, CR, CR.TOIE),
        ),
    )
    OUTPUTS = ("IRQ", "DMARequest")
    REGISTERS = (CR, DCR, SR, FCR, DLR, CCR, AR, ABR, DR, PSMKR, PSMAR, PIR, LPTR)

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self._flash: SerialFlash = NoFlash()
        self._event: Event | None = None
        self._left = 0
        self._values = self.registers.values

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
        self.registers["SR"] &= ~SR.BUSY

    # Commands.

    def _mode(self) -> int:
        return self._values[CCR_WORD] >> FMODE_SHIFT & 3

    def _control(self, value: int, old: int) -> None:
        if value & CR.ABORT or not value & CR.EN:
            self._stop()
            if value & CR.ABORT:
                self.registers["SR"] |= SR.TCF
        self._update()

    def _communicate(self, value: int, old: int) -> None:
        """CCR starts a command that has no address to wait for."""
        if self.registers["SR"] & SR.BUSY:
            self.registers["CCR"] = old
        elif not self.registers["CCR"] & CCR.ADMODE:
            self._start(0)

    def _address(self, value: int, old: int) -> None:
        """AR starts a command that has an address."""
        if not self.registers["SR"] & SR.BUSY and self.registers["CCR"] & CCR.ADMODE:
            self._start(self.registers["AR"])

    def _start(self, address: int) -> None:
        if not self.registers["CR"] & CR.EN:
            return
        command = self.registers["CCR"]
        mode = self._mode()
        if mode == MAPPED:
            # The first load from the region starts it (section 17.3.7).
            return
        self._flash.start(command & 0xFF, address)
        if mode == POLL:
            self.registers["SR"] |= SR.BUSY
            self._poll()
        elif not command & CCR.DMODE:
            self._flash.finish()
            self.registers["SR"] |= SR.TCF
        else:
            self._left = self.registers["DLR"] + 1
            # A write is pending until its first byte, so the command can still be changed.
            if mode == READ:
                self.registers["SR"] |= SR.BUSY
        self._update()

    def _poll(self) -> None:
        self._event = None
        status = 0
        for index in range(min(self.registers["DLR"], 3) + 1):
            status |= self._flash.read() << (8 * index)
        mask = self.registers["PSMKR"]
        agreeing = ~(status ^ self.registers["PSMAR"]) & mask
        matches = agreeing != 0 if self.registers["CR"] & CR.PMM else agreeing == mask
        if matches:
            self.registers["SR"] |= SR.SMF
        if matches and self.registers["CR"] & CR.APMS:
            self._flash.finish()
            self._stop()
        else:
            self._event = self.machine.clock.schedule(POLL_AGAIN, self._poll)
        self._update()

    def read_mapped(self, address: int, width: int) -> int:
        """A load from the region of memory-mapped mode; 0 in the other modes, which have none."""
        if self._mode() != MAPPED or not self.registers["CR"] & CR.EN:
            return 0
        self.registers["SR"] |= SR.BUSY
        self._flash.start(self.registers["CCR"] & 0xFF, address)
        value = 0
        for index in range(width):
            value |= self._flash.read() << (8 * index)
        self._flash.finish()
        return value

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
            self.registers["SR"] |= SR.BUSY
            self._flash.write(value >> (8 * index) & 0xFF)
            self._left -= 1
            if not self._left:
                self._end()
        self._update()

    def _end(self) -> None:
        self._flash.finish()
        self.registers["SR"] = self.registers["SR"] & ~SR.BUSY | SR.TCF

    # Flags.

    def _flags_cleared(self, value: int, old: int) -> None:
        self._update()

    def _update(self) -> None:
        """FLEVEL, FTF and TCF follow what is left: all that is to be read waits in the FIFO."""
        values, left = self._values, self._left
        status = values[SR_WORD] & NO_LEVEL
        # Whatever is there to be read counts as FTHRES bytes; a FIFO to be written always has room.
        if values[CCR_WORD] >> FMODE_SHIFT & 3 != READ:
            status |= FTF
        elif left:
            status |= FTF | min(left, FIFO_BYTES) << FLEVEL_SHIFT
            if left <= FIFO_BYTES:
                status |= TCF
        values[SR_WORD] = status
        if values[CR_WORD] & ENABLES or self.lines["IRQ"].level:
            self.registers.update_interrupts()
        if values[CR_WORD] & DMAEN or self.lines["DMARequest"].level:
            self._request_dma()

    def _request_dma(self) -> None:
        """While an indirect mode has data to move (section 17.3.5), which may happen at once."""
        control = self._values[CR_WORD]
        moves = self._left and self._mode() in (WRITE, READ) and control & CR.EN
        self.lines["DMARequest"].set(bool(moves and control & DMAEN))
