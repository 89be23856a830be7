"""UARTA0 and UARTA1 (SWRU465 section 6): an ARM PL011 with the additions of this family, which are
the end-of-transmission interrupt and the DMA-done flags.

Received bytes come at the pace of the wire. With `timed_transmit` transmitted ones take their time
too, and wait in the FIFO; without (the default) a byte is gone at once, so that BUSY and TXFF never
read 1, which saves the guest from waiting for its console.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import Protocol

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.clock import MICROSECOND, SECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import Register
from renode_wifi.peripherals.base.uart import FrameFormat

FR_CTS = 1 << 0
FR_BUSY = 1 << 3
FR_RXFE = 1 << 4
FR_TXFF = 1 << 5
FR_RXFF = 1 << 6
FR_TXFE = 1 << 7
RSR_OE = 1 << 3
LCRH_STP2 = 1 << 3
LCRH_PEN = 1 << 1
LCRH_EPS = 1 << 2
LCRH_FEN = 1 << 4
CTL_UARTEN = 1 << 0
CTL_HSE = 1 << 5
CTL_LBE = 1 << 7
CTL_TXE = 1 << 8
CTL_RXE = 1 << 9
INT_RX = 1 << 4
INT_TX = 1 << 5
INT_RT = 1 << 6
INT_OE = 1 << 10
INT_EOT = 1 << 11
INT_DMARX = 1 << 16
INT_DMATX = 1 << 17
DMACTL_RXDMAE = 1 << 0
DMACTL_TXDMAE = 1 << 1
SENDS = CTL_UARTEN | CTL_TXE
CTL_WORD, RIS_WORD = 0x30 // 4, 0x3C // 4
FIFO_DEPTH = 16
RECEIVE_LEVELS = (2, 4, 8, 12, 14, 14, 14, 14)
"""Bytes in the FIFO that make the receive interrupt, by IFLS.RXIFLSEL."""
TRANSMIT_LEVELS = (2, 4, 8, 12, 14, 14, 14, 14)
"""Bytes in the FIFO at which, going down, the transmit interrupt comes, by IFLS.TXIFLSEL."""
SILENT_BITS = 32
"""Bit times without a byte after which the receive timeout is raised for what is in the FIFO."""
DEFAULT_HZ = 80_000_000
DMA_TIME = MICROSECOND
"""From a transfer, which the controller makes at once, to its flag: drivers of TI's SDK clear the
flag after they have enabled the channel."""


class DmaRequests(Protocol):
    """What brings requests of a port to a DMA controller."""

    def connect(self, port: PL011) -> None: ...


class PL011(Block):
    """frequency: clock in Hz. fifoSize: bytes. Outputs: IRQ; requests to receive and to send.

    Inputs: 0 the end of a DMA transfer that received, 1 of one that sent.
    """

    STATUS = PARTLY
    MISSING = "parity and framing errors, modem lines"
    OUTPUTS = ("IRQ", "ReceiveDmaRequest", "TransmitDmaRequest")
    SIZE = 0x1000
    REGISTERS = (
        Register("DR", 0x000, writable=0xFF, on_read="_take", on_write="_send"),
        Register("RSR_ECR", 0x004, writable=0, on_write="_clear_errors"),
        Register("FR", 0x018, reset=FR_TXFE | FR_RXFE | FR_CTS, writable=0),
        Register("ILPR", 0x020, writable=0xFF),
        Register("IBRD", 0x024, writable=0xFFFF),
        Register("FBRD", 0x028, writable=0x3F),
        Register("LCRH", 0x02C, writable=0xFF, on_write="_format"),
        Register("CTL", 0x030, reset=CTL_TXE | CTL_RXE, writable=0xCFBF, on_write="_control"),
        Register("IFLS", 0x034, reset=0x12, writable=0x3F, on_write="_update"),
        Register("IM", 0x038, writable=0x31FF2, on_write="_update"),
        Register("RIS", 0x03C, writable=0),
        Register("MIS", 0x040, writable=0),
        Register("ICR", 0x044, writable=0, on_write="_clear_interrupts"),
        Register("DMACTL", 0x048, writable=7, on_write="_update"),
        Register("LCTL", 0x090),
        Register("LSS", 0x094, writable=0),
        Register("LTIM", 0x098, writable=0),
        Register("9BITADDR", 0x0A4),
        Register("9BITAMASK", 0x0A8, reset=0xFF),
        Register("PP", 0xFC0, reset=3, writable=0),
        Register("CC", 0xFC8),
        Register("PERIPHID4", 0xFD0, reset=0, writable=0, count=4),
        Register("PERIPHID0", 0xFE0, reset=0x11, writable=0),
        Register("PERIPHID1", 0xFE4, reset=0, writable=0),
        Register("PERIPHID2", 0xFE8, reset=0x18, writable=0),
        Register("PERIPHID3", 0xFEC, reset=0x01, writable=0),
        Register("PCELLID0", 0xFF0, reset=0x0D, writable=0),
        Register("PCELLID1", 0xFF4, reset=0xF0, writable=0),
        Register("PCELLID2", 0xFF8, reset=0x05, writable=0),
        Register("PCELLID3", 0xFFC, reset=0xB1, writable=0),
    )

    def __init__(
        self,
        machine: Machine,
        name: str,
        fifoSize: int = FIFO_DEPTH,
        frequency: int = DEFAULT_HZ,
    ) -> None:
        super().__init__(machine, name)
        self.frequency = frequency
        self.depth = fifoSize
        self.timed_transmit = False
        self._outgoing: deque[int] = deque()
        """Bytes that wait behind the one on the wire."""
        self._shifting = 0
        self._departure: Event | None = None
        self._fifo: deque[int] = deque()
        self._incoming: deque[int] = deque()
        self._arrival: Event | None = None
        self._silence: Event | None = None
        self._transfers: list[Event] = []
        """Ends of DMA transfers that are not flagged yet."""

    def attach(self, requests: DmaRequests, place: int | None = None) -> None:
        """Let `requests` bring the port's requests to a DMA controller."""
        requests.connect(self)

    def reset(self) -> None:
        for event in (self._arrival, self._silence, self._departure, *self._transfers):
            if event is not None:
                event.cancel()
        self._arrival = self._silence = self._departure = None
        self._outgoing.clear()
        self._transfers.clear()
        self._incoming.clear()
        self._fifo.clear()
        super().reset()

    # Time on the wire.

    def bit_time(self) -> int:
        """ns per bit; 0 while no divider is set."""
        divider = self.registers["IBRD"] << 6 | self.registers["FBRD"]
        samples = 8 if self.registers["CTL"] & CTL_HSE else 16
        return divider * samples * SECOND // 64 // self.frequency

    def frame_format(self) -> FrameFormat:
        line = self.registers["LCRH"]
        parity = "" if not line & LCRH_PEN else "even" if line & LCRH_EPS else "odd"
        stop_bits = 2 if line & LCRH_STP2 else 1
        return FrameFormat(self.bit_time(), 5 + (line >> 5 & 3), parity, stop_bits)

    def frame_time(self) -> int:
        """ns of start bit, data, parity and stop bits."""
        frame = self.frame_format()
        return (1 + frame.bits + bool(frame.parity) + frame.stop_bits) * frame.bit_time

    # The bus. Consoles write DR once per byte, and poll FR, which is a plain register.

    def write(self, offset: int, value: int, width: int) -> None:
        if offset == 0:
            self._send(value, 0)
        else:
            self.registers.write(offset, value, width)

    # Reception.

    def receive(self, byte: int) -> None:
        """A byte reaches the RX pin, after those that are on their way already."""
        enabled = CTL_UARTEN | CTL_RXE
        if self.registers["CTL"] & enabled != enabled:
            self.machine.log.warning("%s: a byte arrives while reception is disabled", self.name)
            return
        self._incoming.append(byte)
        if self._arrival is None:
            self._arrival = self.machine.clock.schedule(self.frame_time(), self._arrive)

    def _arrive(self) -> None:
        byte = self._incoming.popleft()
        self.machine.trace(self.name, "uart-received", byte=byte & 0xFF)
        self._arrival = (
            self.machine.clock.schedule(self.frame_time(), self._arrive) if self._incoming else None
        )
        room = self.depth if self.registers["LCRH"] & LCRH_FEN else 1
        if len(self._fifo) >= room:
            self.registers["RSR_ECR"] |= RSR_OE
            self.registers["RIS"] |= INT_OE
        else:
            self._fifo.append(byte)
        self._listen_for_silence()
        if len(self._fifo) >= self._level():
            self.registers["RIS"] |= INT_RX
        self._show_fifo()

    def _level(self) -> int:
        if not self.registers["LCRH"] & LCRH_FEN:
            return 1
        return RECEIVE_LEVELS[self.registers["IFLS"] >> 3 & 7]

    def _listen_for_silence(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
        delay = SILENT_BITS * self.bit_time()
        self._silence = self.machine.clock.schedule(delay, self._silent)

    def _silent(self) -> None:
        self._silence = None
        if self._fifo:
            self.registers["RIS"] |= INT_RT
            self._update(0, 0)

    def _take(self) -> int:
        if self._fifo:
            self.registers["DR"] = self._fifo.popleft()
        if len(self._fifo) < self._level():
            self.registers["RIS"] &= ~INT_RX
        if not self._fifo:
            self.registers["RIS"] &= ~INT_RT
        self._show_fifo()
        return self.registers["DR"]

    def _show_fifo(self) -> None:
        room = self.depth if self.registers["LCRH"] & LCRH_FEN else 1
        flags = self.registers["FR"] & ~(FR_RXFE | FR_RXFF)
        if not self._fifo:
            flags |= FR_RXFE
        elif len(self._fifo) >= room:
            flags |= FR_RXFF
        self.registers["FR"] = flags
        self._update(0, 0)

    # Transmission.

    def _send(self, value: int, old: int) -> None:
        values = self.registers.values
        control = values[CTL_WORD]
        if control & SENDS != SENDS:
            return
        if self.timed_transmit:
            self._queue(value & 0xFF)
            return
        self.machine.trace(self.name, "uart", byte=value & 0xFF)
        if control & CTL_LBE:
            self.receive(value & 0xFF)
        if values[RIS_WORD] & (INT_TX | INT_EOT) != INT_TX | INT_EOT:
            values[RIS_WORD] |= INT_TX | INT_EOT
            self._update(0, 0)

    def _queue(self, byte: int) -> None:
        """A byte goes to the wire, or behind those that are on their way already."""
        if self._departure is None:
            self._shift(byte)
        elif len(self._outgoing) < self._room():
            self._outgoing.append(byte)
        self._show_transmitter()

    def _room(self) -> int:
        return self.depth if self.registers["LCRH"] & LCRH_FEN else 1

    def _shift(self, byte: int) -> None:
        self._shifting = byte
        self._departure = self.machine.clock.schedule(self.frame_time(), self._sent)

    def _sent(self) -> None:
        self._departure = None
        self.machine.trace(self.name, "uart", byte=self._shifting)
        if self.registers["CTL"] & CTL_LBE:
            self.receive(self._shifting)
        waiting = len(self._outgoing)
        if waiting:
            self._shift(self._outgoing.popleft())
            level = TRANSMIT_LEVELS[self.registers["IFLS"] & 7] if self._room() > 1 else 0
            if waiting - 1 == level:
                self.registers["RIS"] |= INT_TX
        else:
            self.registers["RIS"] |= INT_EOT
        self._show_transmitter()

    def _show_transmitter(self) -> None:
        flags = self.registers["FR"] & ~(FR_BUSY | FR_TXFF | FR_TXFE)
        if self._departure is not None:
            flags |= FR_BUSY
        if len(self._outgoing) >= self._room():
            flags |= FR_TXFF
        if not self._outgoing:
            flags |= FR_TXFE
        self.registers["FR"] = flags
        self._update(0, 0)

    # Settings and flags.

    def _format(self, value: int, old: int) -> None:
        if (value ^ old) & LCRH_FEN:
            self._fifo.clear()
        self._show_fifo()

    def _control(self, value: int, old: int) -> None:
        if not value & CTL_UARTEN:
            self._incoming.clear()
            if self._arrival is not None:
                self._arrival.cancel()
                self._arrival = None
            self._outgoing.clear()
            if self._departure is not None:
                self._departure.cancel()
                self._departure = None
                self._show_transmitter()
        self._update(0, 0)

    def _clear_errors(self, value: int, old: int) -> None:
        self.registers["RSR_ECR"] = 0

    def _clear_interrupts(self, value: int, old: int) -> None:
        self.registers["RIS"] &= ~value
        self._update(0, 0)

    def _update(self, value: int, old: int) -> None:
        masked = self.registers["RIS"] & self.registers["IM"]
        self.registers["MIS"] = masked
        self.lines["IRQ"].set(masked != 0)
        dma = self.registers["DMACTL"]
        enabled = bool(self.registers["CTL"] & CTL_UARTEN)
        self.lines["ReceiveDmaRequest"].set(bool(dma & DMACTL_RXDMAE and self._fifo))
        room = len(self._outgoing) < self._room()
        self.lines["TransmitDmaRequest"].set(bool(dma & DMACTL_TXDMAE and enabled and room))

    def on_gpio(self, number: int, level: bool) -> None:
        if level:
            done = self.machine.clock.schedule(DMA_TIME, partial(self._transferred, number))
            self._transfers.append(done)

    def _transferred(self, number: int) -> None:
        del self._transfers[0]
        self.registers["RIS"] |= INT_DMATX if number else INT_DMARX
        self._update(0, 0)
