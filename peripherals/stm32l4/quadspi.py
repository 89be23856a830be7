"""Quad-SPI interface (RM0351 section 17): indirect and status-polling modes.

A command takes its phases' cycles of the divided AHB clock, and those for which chip select stays
high before it. Data come and go by up to a FIFO at once, and stop for one that is full or empty.
Where a load would make the bus wait, the bytes that it lacks come early instead.

`attach(flash)` puts a memory behind it: `start(instruction, address)`, `read() -> byte`,
`write(byte)`, `finish()`. The memory-mapped window is memory of the board's description; the
register block only keeps that mode.
"""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import Cause, Interrupt
from renode_wifi.peripherals.base.timed.reply import MAX_REPLY, Reply
from renode_wifi.peripherals.stm32l4.clocks import on_clock_change
from renode_wifi.peripherals.stm32l4.quadspi_registers import (
    ABR,
    AR,
    CCR,
    CR,
    DCR,
    DLR,
    DR,
    FCR,
    LPTR,
    PIR,
    PSMAR,
    PSMKR,
    SR,
)
from renode_wifi.peripherals.stm32l4.serial_flash import NoFlash, SerialFlash

WRITE, READ, POLL, MAPPED = range(4)
FIFO_BYTES = 16
SHARE = FIFO_BYTES // 2
"""Bytes that move at once, if there are so many: the other half of the FIFO is read or written."""
LINES = (0, 1, 2, 4)
"""By IMODE, ADMODE, ABMODE and DMODE; 0: there is no such phase."""
RESET_CLOCK = 4_000_000
"""Hz: of MSI, from which the AHB runs after reset (RM0351 section 6.2)."""
DR_OFFSET = DR.offset
# As numbers of the module: every access asks them.
CR_WORD, SR_WORD, CCR_WORD = CR.word, SR.word, CCR.word
FMODE_SHIFT, FLEVEL_SHIFT = CCR["FMODE"].position, SR["FLEVEL"].position
FTHRES_SHIFT = CR["FTHRES"].position
FTF, TCF, BUSY, DMAEN = SR.FTF, SR.TCF, SR.BUSY, CR.DMAEN
ENABLES = CR.TEIE | CR.TCIE | CR.FTIE | CR.SMIE | CR.TOIE
NO_LEVEL = ~(SR.FLEVEL | SR.FTF)
FLAGS = SR.TEF | SR.TCF | SR.SMF | SR.TOF
POLL_AGAIN = MILLISECOND
"""Between two looks at a status that doesn't match; what changes it is slower than that."""


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
        # Bytes of the command that haven't been on the wires, and how many come or go next.
        self._left = 0
        self._moving = 0
        self._fifo: list[int] = []
        # Cycles before the data of a write, which waits for its first byte.
        self._header = 0
        self._values = self.registers.values
        self._listens_to_clock = False
        self.reply = Reply(
            CCR.word,
            DLR.word,
            DR.word,
            SR.word,
            FCR.word,
            busy=BUSY,
            complete=TCF,
            ready=FTF,
            level=FLEVEL_SHIFT,
            kept=FLAGS,
            take_over=self.take_over,
        )

    def attach(self, flash: SerialFlash) -> None:
        self.reply.withdraw()
        self._flash = flash

    def reset(self) -> None:
        self.take_over()
        self.reply.withdraw()
        self._stop()
        super().reset()

    def _stop(self) -> None:
        if self._event is not None:
            self._event.cancel()
            self._event = None
        self._left = 0
        del self._fifo[:]
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
        self._stop()
        self._flash.start(command & 0xFF, address)
        header = self._header_cycles(command)
        if mode == POLL:
            self.registers["SR"] |= BUSY
            count = min(self.registers["DLR"], 3) + 1
            self._await(header + count * self._byte_cycles(), self._poll)
        elif not command & CCR.DMODE:
            self.registers["SR"] |= BUSY
            self._await(header, self._end)
        else:
            self._left = self.registers["DLR"] + 1
            if mode == READ:
                self._await_bytes(header)
                self._offer_reply(command, header)
            else:
                # It is pending until its first byte, so the command can still be changed.
                self._header = header
        self._update()

    # Commands that an engine sends by itself.

    def _offer_reply(self, command: int, header: int) -> None:
        values, answer = self._values, self._flash.answer(command & 0xFF)
        if command & CCR.ADMODE or not answer or self._left > MAX_REPLY:
            return
        if values[CR_WORD] & (ENABLES | DMAEN) or any(line.level for line in self.lines.values()):
            return
        if not self._listens_to_clock:
            self._listens_to_clock = True
            on_clock_change(self.machine, self.reply.withdraw)
        data = [answer[index % len(answer)] for index in range(self._left)]
        duration = self._duration(header + self._left * self._byte_cycles())
        self.reply.follow(command, self._left - 1, data, duration)

    def take_over(self) -> None:
        """A command that an engine has sent is the model's."""
        end = self.reply.cancel()
        if end is not None:
            self._left = self._moving = self.registers["DLR"] + 1
            self._flash.start(self.registers["CCR"] & 0xFF, 0)
            self._event = self.machine.clock.schedule_at(*end, self._arrive)
        elif self.reply.is_under_way:
            self._fifo[:] = self.reply.take()

    def _configure(self, value: int, old: int) -> None:
        """What has been offered has another duration."""

    # Time.

    def _header_cycles(self, command: int) -> int:
        """Of the phases before the data (section 17.3.3), with chip select high before (17.5.2)."""
        phases = (
            (8, CCR["IMODE"]),
            (8 * (CCR["ADSIZE"].get(command) + 1), CCR["ADMODE"]),
            (8 * (CCR["ABSIZE"].get(command) + 1), CCR["ABMODE"]),
        )
        cycles = DCR["CSHT"].get(self.registers["DCR"]) + 1 + CCR["DCYC"].get(command)
        for bits, mode in phases:
            lines = LINES[mode.get(command)]
            cycles += bits // lines if lines else 0
        return cycles

    def _byte_cycles(self) -> int:
        return 8 // (LINES[CCR["DMODE"].get(self.registers["CCR"])] or 1)

    def _await(self, cycles: int, callback: Callable[[], None]) -> None:
        """Call back in so many cycles of the divided clock."""
        self._event = self.machine.clock.schedule(self._duration(cycles), callback)

    def _duration(self, cycles: int) -> int:
        """ns of so many cycles of the divided clock."""
        hertz = self.machine.cpu_frequency or RESET_CLOCK
        return cycles * (CR["PRESCALER"].get(self.registers["CR"]) + 1) * SECOND // hertz

    def _await_bytes(self, header: int = 0) -> None:
        """The next bytes of a read, if the FIFO has room for its share of them."""
        count = min(self._left, FIFO_BYTES - len(self._fifo))
        if count >= min(self._left, SHARE) > 0:
            self._moving = count
            self._await(header + count * self._byte_cycles(), self._arrive)

    def _arrive(self) -> None:
        self._event = None
        self._receive(self._moving)
        self._await_bytes()
        self._update()

    def _receive(self, count: int) -> None:
        self._fifo += [self._flash.read() for _ in range(count)]
        self._left -= count
        if not self._left:
            self._finish()

    def _send(self, header: int = 0) -> None:
        self._moving = min(len(self._fifo), SHARE)
        self._await(header + self._moving * self._byte_cycles(), self._sent)

    def _sent(self) -> None:
        self._event = None
        for byte in self._fifo[: self._moving]:
            self._flash.write(byte)
        del self._fifo[: self._moving]
        self._left -= self._moving
        if not self._left:
            self._end()
        elif self._fifo:
            self._send()
        self._update()

    def _end(self) -> None:
        """The last phase of a command is over."""
        self._event = None
        self.registers["SR"] &= ~BUSY
        self._finish()
        self._update()

    def _finish(self) -> None:
        self._flash.finish()
        self.registers["SR"] |= TCF

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
            self.take_over()
            return self._read_data(width)
        return super().read(offset, width)

    def write(self, offset: int, value: int, width: int) -> None:
        self.take_over()
        if offset != FCR.offset:
            self.reply.withdraw()
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
        fifo = self._fifo
        if self._left and len(fifo) < width:
            if self._event is not None:
                self._event.cancel()
                self._event = None
            self._receive(min(self._left, width - len(fifo)))
        value = int.from_bytes(fifo[:width], "little")
        del fifo[:width]
        if self._event is None:
            self._await_bytes()
        self._update()
        return value

    def _write_data(self, value: int, width: int) -> None:
        if self._mode() != WRITE:
            return
        count = min(width, self._left - len(self._fifo))
        if count <= 0:
            return
        self.registers["SR"] |= BUSY
        self._fifo += value.to_bytes(4, "little")[:count]
        if self._event is None:
            self._send(self._header)
            self._header = 0
        self._update()

    # Flags.

    def _flags_cleared(self, value: int, old: int) -> None:
        self._update()

    def _update(self) -> None:
        """FLEVEL and FTF follow the FIFO; a read is busy until that is empty (section 17.5.3)."""
        values, level = self._values, len(self._fifo)
        control, mode = values[CR_WORD], values[CCR_WORD] >> FMODE_SHIFT & 3
        threshold = control >> FTHRES_SHIFT & 0xF
        status = values[SR_WORD] & NO_LEVEL | min(level, FIFO_BYTES) << FLEVEL_SHIFT
        if mode == READ:
            status &= ~BUSY
            if self._left or level or self._event is not None:
                status |= BUSY
            ready = level > threshold or (level and not self._left)
        else:
            ready = FIFO_BYTES - level > threshold
        if ready:
            status |= FTF
        values[SR_WORD] = status
        if control & ENABLES or self.lines["IRQ"].level:
            self.registers.update_interrupts()
        if control & DMAEN or self.lines["DMARequest"].level:
            wants = level if mode == READ else self._left > level and mode == WRITE
            enabled = control & DMAEN and control & CR.EN
            self.lines["DMARequest"].set(bool(ready and wants and enabled))
