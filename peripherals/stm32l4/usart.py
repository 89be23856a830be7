"""USART1 to USART5 and LPUART1 (RM0351 sections 40 and 41), asynchronous mode.

Transmitted bytes leave as `machine.trace(name, "uart", byte=...)`. With `timed_transmit` a byte
takes its time on the wire; without (the default) it is gone at once, which saves the guest from
polling through most of its boot. Received bytes always come at the speed of the wire.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import Register

CR1_UE = 1 << 0
CR1_RE = 1 << 2
CR1_TE = 1 << 3
CR1_IDLEIE = 1 << 4
CR1_RXNEIE = 1 << 5
CR1_TCIE = 1 << 6
CR1_TXEIE = 1 << 7
CR1_PEIE = 1 << 8
CR1_PCE = 1 << 10
CR1_M0 = 1 << 12
CR1_CMIE = 1 << 14
CR1_OVER8 = 1 << 15
CR1_RTOIE = 1 << 26
CR1_M1 = 1 << 28
CR2_RTOEN = 1 << 23
CR2_ADD_SHIFT = 24
CR3_EIE = 1 << 0
CR3_DMAR = 1 << 6
CR3_DMAT = 1 << 7
CR3_OVRDIS = 1 << 12
RQR_SBKRQ = 1 << 1
RQR_RXFRQ = 1 << 3
RQR_TXFRQ = 1 << 4
ISR_PE = 1 << 0
ISR_FE = 1 << 1
ISR_NF = 1 << 2
ISR_ORE = 1 << 3
ISR_IDLE = 1 << 4
ISR_RXNE = 1 << 5
ISR_TC = 1 << 6
ISR_TXE = 1 << 7
ISR_RTOF = 1 << 11
ISR_CMF = 1 << 17
ISR_TEACK = 1 << 21
ISR_REACK = 1 << 22
ISR_RESET = ISR_TXE | ISR_TC
ICR_CLEARABLE = (
    ISR_PE | ISR_FE | ISR_NF | ISR_ORE | ISR_IDLE | ISR_TC | 0x00000300 | ISR_RTOF | ISR_CMF
)
ERRORS = ISR_ORE | ISR_NF | ISR_FE

# Enable bit of CR1, flags of ISR.
INTERRUPTS = (
    (CR1_IDLEIE, ISR_IDLE),
    (CR1_RXNEIE, ISR_RXNE | ISR_ORE),
    (CR1_TCIE, ISR_TC),
    (CR1_TXEIE, ISR_TXE),
    (CR1_PEIE, ISR_PE),
    (CR1_CMIE, ISR_CMF),
    (CR1_RTOIE, ISR_RTOF),
)

TDR_OFFSET = 0x28


class STM32F7_USART(Block):
    """frequency: kernel clock in Hz where no RCC named "rcc" tells it. lowPowerMode: an LPUART."""

    OUTPUTS = ("IRQ", "ReceiveDmaRequest", "TransmitDmaRequest")
    REGISTERS = (
        Register("CR1", 0x00, on_write="_control"),
        Register("CR2", 0x04),
        Register("CR3", 0x08, on_write="_control"),
        Register("BRR", 0x0C, writable=0x000FFFFF),
        Register("GTPR", 0x10, writable=0xFFFF),
        Register("RTOR", 0x14),
        Register("RQR", 0x18, writable=0, on_write="_request"),
        Register("ISR", 0x1C, reset=ISR_RESET, writable=0),
        Register("ICR", 0x20, writable=0, on_write="_clear_flags"),
        Register("RDR", 0x24, writable=0, on_read="_take"),
        Register("TDR", TDR_OFFSET, writable=0x1FF, on_write="_send"),
    )

    def __init__(
        self, machine: Machine, name: str, frequency: int = 0, lowPowerMode: bool = False
    ) -> None:
        super().__init__(machine, name)
        self.frequency = frequency
        self.low_power = lowPowerMode
        self.timed_transmit = False
        self._incoming: deque[int] = deque()
        self._arrival: Event | None = None
        self._departure: Event | None = None
        self._timeout: Event | None = None
        self._shifting = 0
        self._data_mask = 0xFF
        self._waiting: int | None = None

    def reset(self) -> None:
        for event in (self._arrival, self._departure, self._timeout):
            if event is not None:
                event.cancel()
        self._arrival = self._departure = self._timeout = None
        self._incoming.clear()
        self._waiting = None
        super().reset()

    # Time on the wire.

    def _kernel_hz(self) -> int:
        try:
            rcc: Any = self.machine.peripheral("rcc")
        except KeyError:
            return self.frequency
        try:
            return int(rcc.kernel_hz(self.name))
        except (AttributeError, KeyError):
            return self.frequency

    def bit_time(self) -> int:
        """ns on the wire per bit; 0 while BRR isn't set."""
        divider = self.registers["BRR"]
        if self.low_power:
            numerator = divider * SECOND // 256
        elif self.registers["CR1"] & CR1_OVER8:
            # Bits 2:0 hold the fraction without its lowest bit.
            numerator = (divider & 0xFFF0 | (divider & 7) << 1) * SECOND // 2
        else:
            numerator = divider * SECOND
        hertz = self._kernel_hz()
        return numerator // hertz if hertz else 0

    def _data_bits(self) -> int:
        """Bits of data without parity; seven, eight or nine by M1 and M0."""
        control = self.registers["CR1"]
        bits = 7 if control & CR1_M1 else 9 if control & CR1_M0 else 8
        return bits - 1 if control & CR1_PCE else bits

    def frame_time(self) -> int:
        """ns of a whole frame: start bit, data with parity, one stop bit (two where set)."""
        control = self.registers["CR1"]
        bits = self._data_bits() + (3 if control & CR1_PCE else 2)
        if self.registers["CR2"] >> 12 & 3 >= 2:
            bits += 1
        return bits * self.bit_time()

    # Reception.

    def receive(self, byte: int) -> None:
        """A byte reaches the RX pin, after those that are on their way already."""
        enabled = CR1_UE | CR1_RE
        if self.registers["CR1"] & enabled != enabled:
            self.machine.log.warning("%s: a byte arrives while reception is disabled", self.name)
            return
        self._incoming.append(byte)
        if self._arrival is None:
            self._arrival = self.machine.clock.schedule(self.frame_time(), self._arrive)

    def _arrive(self) -> None:
        byte = self._incoming.popleft()
        self._arrival = None
        status = self.registers["ISR"]
        if status & ISR_RXNE and not self.registers["CR3"] & CR3_OVRDIS:
            status |= ISR_ORE
        else:
            self.registers["RDR"] = byte & self._data_mask
            status |= ISR_RXNE
        if byte == self.registers["CR2"] >> CR2_ADD_SHIFT:
            status |= ISR_CMF
        self.registers["ISR"] = status
        if self._timeout is not None:
            self._timeout.cancel()
            self._timeout = None
        # What software does about the byte comes after the next one is on its way.
        if self._incoming:
            self._arrival = self.machine.clock.schedule(self.frame_time(), self._arrive)
        else:
            self._arrival = self.machine.clock.schedule(self.frame_time(), self._idle)
        if self.registers["CR2"] & CR2_RTOEN:
            silence = (self.registers["RTOR"] & 0xFFFFFF) * self.bit_time()
            self._timeout = self.machine.clock.schedule(silence, self._receiver_timeout)
        self._update()

    def _idle(self) -> None:
        """One frame of silence after the last byte."""
        self._arrival = None
        if self._incoming:
            self._arrival = self.machine.clock.schedule(self.frame_time(), self._arrive)
            return
        self._raise(ISR_IDLE)

    def _receiver_timeout(self) -> None:
        self._timeout = None
        self._raise(ISR_RTOF)

    def _take(self) -> int:
        self.registers["ISR"] &= ~ISR_RXNE
        self._update()
        return self.registers["RDR"]

    # Transmission.

    def _send(self, value: int, old: int) -> None:
        enabled = CR1_UE | CR1_TE
        if self.registers["CR1"] & enabled != enabled:
            return
        byte = value & self._data_mask
        if not self.timed_transmit:
            self.machine.trace(self.name, "uart", byte=byte & 0xFF)
            if not self.registers["ISR"] & ISR_TC:
                self._raise(ISR_TC)
        elif self._departure is None:
            self._shift(byte)
            self._update()
        else:
            self._waiting = byte
            self.registers["ISR"] &= ~ISR_TXE
            self._update()

    def _shift(self, byte: int) -> None:
        self._shifting = byte
        self._departure = self.machine.clock.schedule(self.frame_time(), self._sent)
        self.registers["ISR"] = self.registers["ISR"] & ~ISR_TC | ISR_TXE

    def _sent(self) -> None:
        self.machine.trace(self.name, "uart", byte=self._shifting & 0xFF)
        self._departure = None
        if self._waiting is not None:
            byte, self._waiting = self._waiting, None
            self._shift(byte)
            self._update()
        else:
            self._raise(ISR_TC)

    # Flags.

    def _raise(self, flags: int) -> None:
        self.registers["ISR"] |= flags
        self._update()

    def _update(self) -> None:
        control = self.registers["CR1"]
        control3 = self.registers["CR3"]
        status = self.registers["ISR"]
        pending = control3 & CR3_EIE and status & ERRORS
        for enable, flags in INTERRUPTS:
            if control & enable and status & flags:
                pending = True
        self.lines["IRQ"].set(bool(pending))
        # A request is an edge for the DMA: it takes everything there is to take at once.
        self.lines["ReceiveDmaRequest"].set(bool(control3 & CR3_DMAR and status & ISR_RXNE))
        self.lines["TransmitDmaRequest"].set(
            bool(control3 & CR3_DMAT and control & CR1_TE and status & ISR_TXE)
        )

    def _control(self, value: int, old: int) -> None:
        control = self.registers["CR1"]
        self._data_mask = (1 << self._data_bits()) - 1
        if control & CR1_UE:
            acknowledge = (ISR_TEACK if control & CR1_TE else 0) | (
                ISR_REACK if control & CR1_RE else 0
            )
            self.registers["ISR"] = self.registers["ISR"] & ~(ISR_TEACK | ISR_REACK) | acknowledge
        else:
            # Disabling ends the frames under way and resets the flags.
            self.registers["ISR"] = ISR_RESET
            self._waiting = None
            for event in (self._departure, self._arrival, self._timeout):
                if event is not None:
                    event.cancel()
            self._departure = self._arrival = self._timeout = None
            self._incoming.clear()
        self._update()

    def _request(self, value: int, old: int) -> None:
        if value & RQR_RXFRQ:
            self.registers["ISR"] &= ~ISR_RXNE
        if value & RQR_TXFRQ:
            self._waiting = None
            self.registers["ISR"] |= ISR_TXE
        if value & RQR_SBKRQ:
            self.machine.trace(self.name, "uart-break")
        self._update()

    def _clear_flags(self, value: int, old: int) -> None:
        self.registers["ISR"] &= ~(value & ICR_CLEARABLE)
        self._update()
