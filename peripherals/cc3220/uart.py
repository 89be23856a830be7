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
from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Register, packed
from renode_wifi.peripherals.base.uart import FrameFormat
from renode_wifi.peripherals.cc3220.identification import identification

DR = Register(
    "DR",
    0x000,
    on_read="_take",
    on_write="_send",
    fields=packed("DATA:8 FE/r PE/r BE/r OE/r"),
)
RSR_ECR = Register(
    "RSR_ECR", 0x004, access=READ_ONLY, on_write="_clear_errors", fields=packed("FE PE BE OE")
)
FR = Register(
    "FR",
    0x018,
    reset=0x91,
    access=READ_ONLY,
    fields=packed("CTS DSR DCD BUSY RXFE TXFF RXFF TXFE RI"),
)
LCRH = Register("LCRH", 0x02C, on_write="_format", fields=packed("BRK PEN EPS STP2 FEN WLEN:2 SPS"))
CTL = Register(
    "CTL",
    0x030,
    reset=0x300,
    on_write="_control",
    fields=packed(
        "UARTEN SIREN SIRLP SMART EOT HSE LIN/r LBE TXE RXE DTR RTS DCD/r RI/r RTSEN CTSEN"
    ),
)
IFLS = Register("IFLS", 0x034, reset=0x12, on_write="_update", fields=packed("TX:3 RX:3"))
IM = Register(
    "IM",
    0x038,
    on_write="_update",
    fields=packed(
        "RIMIM/r CTSMIM DCDMIM/r DSRMIM/r RXIM TXIM RTIM FEIM PEIM BEIM OEIM EOTIM 9BITIM "
        "LMSBIM/r LME1IM/r LME5IM/r DMARXIM DMATXIM"
    ),
)
RIS = Register(
    "RIS",
    0x03C,
    access=READ_ONLY,
    fields=packed(
        "RIRIS CTSRIS DCDRIS DSRRIS RXRIS TXRIS RTRIS FERIS PERIS BERIS OERIS EOTRIS 9BITRIS "
        "LMSBRIS LME1RIS LME5RIS DMARXRIS DMATXRIS"
    ),
)
MIS = Register(
    "MIS",
    0x040,
    access=READ_ONLY,
    fields=packed(
        "RIMIS CTSMIS DCDMIS DSRMIS RXMIS TXMIS RTMIS FEMIS PEMIS BEMIS OEMIS EOTMIS 9BITMIS "
        "LMSBMIS LME1MIS LME5MIS DMARXMIS DMATXMIS"
    ),
)
ICR = Register(
    "ICR",
    0x044,
    access=WRITE_ONLY,
    on_write="_clear_interrupts",
    fields=packed(
        "RIMIC CTSMIC DCDMIC DSRMIC RXIC TXIC RTIC FEIC PEIC BEIC OEIC EOTIC 9BITIC "
        "LMSBIC LME1IC LME5IC DMARXIC DMATXIC"
    ),
)
DMACTL = Register("DMACTL", 0x048, on_write="_update", fields=packed("RXDMAE TXDMAE DMAERR"))

# As numbers of the module: consoles come here for each byte.
SENDS, RECEIVES = CTL.UARTEN | CTL.TXE, CTL.UARTEN | CTL.RXE
LOOPS_BACK, CTL_WORD, RIS_WORD = CTL.LBE, CTL.word, RIS.word
SENT = RIS.TXRIS | RIS.EOTRIS
FIFO_DEPTH = 16
RECEIVE_LEVELS = (2, 4, 8, 12, 14, 14, 14, 14)
"""Bytes in the FIFO that make the receive interrupt, by IFLS.RX."""
TRANSMIT_LEVELS = (2, 4, 8, 12, 14, 14, 14, 14)
"""Bytes in the FIFO at which, going down, the transmit interrupt comes, by IFLS.TX."""
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
        DR,
        RSR_ECR,
        FR,
        Register("ILPR", 0x020, fields=packed("ILPDVSR:8")),
        Register("IBRD", 0x024, fields=packed("DIVINT:16")),
        Register("FBRD", 0x028, fields=packed("DIVFRAC:6")),
        LCRH,
        CTL,
        IFLS,
        IM,
        RIS,
        MIS,
        ICR,
        DMACTL,
        Register("LCTL", 0x090, fields=packed("MASTER -:3 BLEN:2")),
        Register("LSS", 0x094, access=READ_ONLY, fields=packed("TSS:16")),
        Register("LTIM", 0x098, access=READ_ONLY, fields=packed("TIMER:16")),
        Register("9BITADDR", 0x0A4, fields=packed("ADDR:8 -:7 9BITEN")),
        Register("9BITAMASK", 0x0A8, reset=0xFF, fields=packed("MASK:8 RANGE:8")),
        Register("PP", 0xFC0, reset=3, access=READ_ONLY, fields=packed("SC NB MS MSE")),
        Register("CC", 0xFC8, fields=packed("CS:4")),
        *identification(0x11),
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
        samples = 8 if self.registers["CTL"] & CTL.HSE else 16
        return divider * samples * SECOND // 64 // self.frequency

    def frame_format(self) -> FrameFormat:
        line = self.registers["LCRH"]
        parity = "" if not line & LCRH.PEN else "even" if line & LCRH.EPS else "odd"
        stop_bits = 2 if line & LCRH.STP2 else 1
        return FrameFormat(self.bit_time(), 5 + LCRH["WLEN"].get(line), parity, stop_bits)

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

    @property
    def is_receiving(self) -> bool:
        """Whether software has switched reception on."""
        return bool(self.registers["CTL"] & RECEIVES == RECEIVES)

    def receive(self, byte: int) -> None:
        """A byte reaches the RX pin, after those that are on their way already."""
        if not self.is_receiving:
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
        room = self.depth if self.registers["LCRH"] & LCRH.FEN else 1
        if len(self._fifo) >= room:
            self.registers["RSR_ECR"] |= RSR_ECR.OE
            self.registers["RIS"] |= RIS.OERIS
        else:
            self._fifo.append(byte)
        self._listen_for_silence()
        if len(self._fifo) >= self._level():
            self.registers["RIS"] |= RIS.RXRIS
        self._show_fifo()

    def _level(self) -> int:
        if not self.registers["LCRH"] & LCRH.FEN:
            return 1
        return RECEIVE_LEVELS[IFLS["RX"].get(self.registers["IFLS"])]

    def _listen_for_silence(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
        delay = SILENT_BITS * self.bit_time()
        self._silence = self.machine.clock.schedule(delay, self._silent)

    def _silent(self) -> None:
        self._silence = None
        if self._fifo:
            self.registers["RIS"] |= RIS.RTRIS
            self._update(0, 0)

    def _take(self) -> int:
        if self._fifo:
            self.registers["DR"] = self._fifo.popleft()
        if len(self._fifo) < self._level():
            self.registers["RIS"] &= ~RIS.RXRIS
        if not self._fifo:
            self.registers["RIS"] &= ~RIS.RTRIS
        self._show_fifo()
        return self.registers["DR"]

    def _show_fifo(self) -> None:
        room = self.depth if self.registers["LCRH"] & LCRH.FEN else 1
        flags = self.registers["FR"] & ~(FR.RXFE | FR.RXFF)
        if not self._fifo:
            flags |= FR.RXFE
        elif len(self._fifo) >= room:
            flags |= FR.RXFF
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
        if control & LOOPS_BACK:
            self.receive(value & 0xFF)
        if values[RIS_WORD] & SENT != SENT:
            values[RIS_WORD] |= SENT
            self._update(0, 0)

    def _queue(self, byte: int) -> None:
        """A byte goes to the wire, or behind those that are on their way already."""
        if self._departure is None:
            self._shift(byte)
        elif len(self._outgoing) < self._room():
            self._outgoing.append(byte)
        self._show_transmitter()

    def _room(self) -> int:
        return self.depth if self.registers["LCRH"] & LCRH.FEN else 1

    def _shift(self, byte: int) -> None:
        self._shifting = byte
        self._departure = self.machine.clock.schedule(self.frame_time(), self._sent)

    def _sent(self) -> None:
        self._departure = None
        self.machine.trace(self.name, "uart", byte=self._shifting)
        if self.registers["CTL"] & CTL.LBE:
            self.receive(self._shifting)
        waiting = len(self._outgoing)
        if waiting:
            self._shift(self._outgoing.popleft())
            level = (
                TRANSMIT_LEVELS[IFLS["TX"].get(self.registers["IFLS"])] if self._room() > 1 else 0
            )
            if waiting - 1 == level:
                self.registers["RIS"] |= RIS.TXRIS
        else:
            self.registers["RIS"] |= RIS.EOTRIS
        self._show_transmitter()

    def _show_transmitter(self) -> None:
        flags = self.registers["FR"] & ~(FR.BUSY | FR.TXFF | FR.TXFE)
        if self._departure is not None:
            flags |= FR.BUSY
        if len(self._outgoing) >= self._room():
            flags |= FR.TXFF
        if not self._outgoing:
            flags |= FR.TXFE
        self.registers["FR"] = flags
        self._update(0, 0)

    # Settings and flags.

    def _format(self, value: int, old: int) -> None:
        if (value ^ old) & LCRH.FEN:
            self._fifo.clear()
        self._show_fifo()

    def _control(self, value: int, old: int) -> None:
        if not value & CTL.UARTEN:
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
        enabled = bool(self.registers["CTL"] & CTL.UARTEN)
        self.lines["ReceiveDmaRequest"].set(bool(dma & DMACTL.RXDMAE and self._fifo))
        room = len(self._outgoing) < self._room()
        self.lines["TransmitDmaRequest"].set(bool(dma & DMACTL.TXDMAE and enabled and room))

    def on_gpio(self, number: int, level: bool) -> None:
        if level:
            done = self.machine.clock.schedule(DMA_TIME, partial(self._transferred, number))
            self._transfers.append(done)

    def _transferred(self, number: int) -> None:
        del self._transfers[0]
        self.registers["RIS"] |= RIS.DMATXRIS if number else RIS.DMARXRIS
        self._update(0, 0)
