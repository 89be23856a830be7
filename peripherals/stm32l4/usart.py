"""USART1 to USART5 and LPUART1 (RM0351 sections 40 and 41), asynchronous mode.

Transmitted bytes leave as `machine.trace(name, "uart", byte=...)`. With `timed_transmit` a byte
takes its time on the wire; without (the default) it is gone at once, which saves the guest from
polling through most of its boot. Received bytes always come at the speed of the wire.
"""

from __future__ import annotations

from collections import deque

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import Cause, Interrupt
from renode_wifi.peripherals.base.uart import FrameFormat
from renode_wifi.peripherals.stm32l4.clocks import BusClock, find_rcc, kernel_hz
from renode_wifi.peripherals.stm32l4.usart_registers import (
    BRR,
    CR1,
    CR2,
    CR3,
    GTPR,
    ICR,
    ISR,
    LPUART_BRR,
    LPUART_CR2,
    RDR,
    RQR,
    RTOR,
    TDR,
)

ADDRESS_MATCH, START_BIT, RECEIVED = 0, 2, 3
"""Codes of WUS: what wakes from Stop."""


class STM32F7_USART(Block):
    """frequency: kernel clock in Hz where no RCC named "rcc" gives it. lowPowerMode: an LPUART."""

    STATUS = PARTLY
    MISSING = "synchronous, LIN, IrDA and smartcard modes"
    OUTPUTS = ("IRQ", "ReceiveDmaRequest", "TransmitDmaRequest")
    INTERRUPTS = (
        Interrupt(
            "IRQ",
            Cause(ISR, ISR.IDLE, CR1, CR1.IDLEIE),
            Cause(ISR, ISR.RXNE | ISR.ORE, CR1, CR1.RXNEIE),
            Cause(ISR, ISR.TC, CR1, CR1.TCIE),
            Cause(ISR, ISR.TXE, CR1, CR1.TXEIE),
            Cause(ISR, ISR.PE, CR1, CR1.PEIE),
            Cause(ISR, ISR.CMF, CR1, CR1.CMIE),
            Cause(ISR, ISR.RTOF, CR1, CR1.RTOIE),
            Cause(ISR, ISR.EOBF, CR1, CR1.EOBIE),
            Cause(ISR, ISR.ORE | ISR.NE | ISR.FE, CR3, CR3.EIE),
            Cause(ISR, ISR.CTSIF, CR3, CR3.CTSIE),
            Cause(ISR, ISR.WUF, CR3, CR3.WUFIE),
            Cause(ISR, ISR.LBDF, CR2, CR2.LBDIE),
        ),
    )
    REGISTERS = (CR1, CR2, CR3, BRR, GTPR, RTOR, RQR, ISR, ICR, RDR, TDR)
    LOW_POWER = (CR1, LPUART_CR2, CR3, LPUART_BRR, RQR, ISR, ICR, RDR, TDR)

    def __init__(
        self, machine: Machine, name: str, frequency: int = 0, lowPowerMode: bool = False
    ) -> None:
        super().__init__(machine, name, "LOW_POWER" if lowPowerMode else "REGISTERS")
        self.frequency = frequency
        self.low_power = lowPowerMode
        self.timed_transmit = False
        self._bus_clock = BusClock(machine, name)
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

    def bit_time(self) -> int:
        """ns on the wire per bit; 0 while BRR isn't set."""
        divider = self.registers["BRR"]
        if self.low_power:
            numerator = divider * SECOND // 256
        elif self.registers["CR1"] & CR1.OVER8:
            # Bits 2:0 hold the fraction without its lowest bit.
            numerator = (divider & 0xFFF0 | (divider & 7) << 1) * SECOND // 2
        else:
            numerator = divider * SECOND
        hertz = kernel_hz(self.machine, self.name, self.frequency)
        return numerator // hertz if hertz else 0

    def _data_bits(self) -> int:
        """Bits of data without parity; seven, eight or nine by M1 and M0."""
        control = self.registers["CR1"]
        bits = 7 if control & CR1.M1 else 9 if control & CR1.M0 else 8
        return bits - 1 if control & CR1.PCE else bits

    def frame_format(self) -> FrameFormat:
        """As it is set; 1.5 stop bits count as two."""
        control = self.registers["CR1"]
        parity = "" if not control & CR1.PCE else "odd" if control & CR1.PS else "even"
        stop_bits = 2 if CR2["STOP"].get(self.registers["CR2"]) >= 2 else 1
        return FrameFormat(self.bit_time(), self._data_bits(), parity, stop_bits)

    def frame_time(self) -> int:
        """ns of a whole frame: start bit, data with parity, one stop bit (two where set)."""
        frame = self.frame_format()
        return (1 + frame.bits + bool(frame.parity) + frame.stop_bits) * frame.bit_time

    # Reception.

    @property
    def is_receiving(self) -> bool:
        """Whether software has switched reception on."""
        enabled = CR1.UE | CR1.RE
        return bool(self.registers["CR1"] & enabled == enabled)

    def receive(self, byte: int) -> None:
        """A byte reaches the RX pin, after those that are on their way already."""
        if not self._bus_clock.is_on or not self._is_clocked():
            self.machine.log.warning("%s: a byte arrives while it has no clock", self.name)
            return
        if not self.is_receiving:
            self.machine.log.warning("%s: a byte arrives while reception is disabled", self.name)
            return
        self._incoming.append(byte)
        self._wake(START_BIT)
        if self._arrival is None:
            self._arrival = self.machine.clock.schedule(self.frame_time(), self._arrive)

    def _is_stopped(self) -> bool:
        """The clocks of the buses stand still, as in Stop."""
        rcc = find_rcc(self.machine)
        return rcc is not None and not rcc.hclk_hz()

    def _is_clocked(self) -> bool:
        """In Stop only HSI16 and LSE go on, for a port with UESM (section 40.5.15)."""
        rcc = find_rcc(self.machine)
        if rcc is None or rcc.hclk_hz():
            return True
        return bool(self.registers["CR1"] & CR1.UESM) and rcc.runs_in_stop(self.name)

    def _wake(self, event: int) -> None:
        """WUF in Stop, by the event that WUS chooses."""
        if CR3["WUS"].get(self.registers["CR3"]) == event and self._is_stopped():
            self._raise(ISR.WUF)

    def _arrive(self) -> None:
        byte = self._incoming.popleft()
        self.machine.trace(self.name, "uart-received", byte=byte & 0xFF)
        self._arrival = None
        status = self.registers["ISR"]
        if status & ISR.RXNE and not self.registers["CR3"] & CR3.OVRDIS:
            status |= ISR.ORE
        else:
            self.registers["RDR"] = byte & self._data_mask
            status |= ISR.RXNE
        if byte == CR2["ADD"].get(self.registers["CR2"]):
            status |= ISR.CMF
            self._wake(ADDRESS_MATCH)
        self._wake(RECEIVED)
        self.registers["ISR"] |= status
        if self._timeout is not None:
            self._timeout.cancel()
            self._timeout = None
        # What software does about the byte comes after the next one is on its way.
        if self._incoming:
            self._arrival = self.machine.clock.schedule(self.frame_time(), self._arrive)
        else:
            self._arrival = self.machine.clock.schedule(self.frame_time(), self._idle)
        if self.registers["CR2"] & CR2.RTOEN:
            silence = RTOR["RTO"].get(self.registers["RTOR"]) * self.bit_time()
            self._timeout = self.machine.clock.schedule(silence, self._receiver_timeout)
        self._update()

    def _idle(self) -> None:
        """One frame of silence after the last byte."""
        self._arrival = None
        if self._incoming:
            self._arrival = self.machine.clock.schedule(self.frame_time(), self._arrive)
            return
        self._raise(ISR.IDLE)

    def _receiver_timeout(self) -> None:
        self._timeout = None
        self._raise(ISR.RTOF)

    def _take(self) -> int:
        self.registers["ISR"] &= ~ISR.RXNE
        self._update()
        return self.registers["RDR"]

    # Transmission.

    def _send(self, value: int, old: int) -> None:
        enabled = CR1.UE | CR1.TE
        if self.registers["CR1"] & enabled != enabled:
            return
        byte = value & self._data_mask
        if not self.timed_transmit:
            self.machine.trace(self.name, "uart", byte=byte & 0xFF)
            if not self.registers["ISR"] & ISR.TC:
                self._raise(ISR.TC)
        elif self._departure is None:
            self._shift(byte)
            self._update()
        else:
            self._waiting = byte
            self.registers["ISR"] &= ~ISR.TXE
            self._update()

    def _shift(self, byte: int) -> None:
        self._shifting = byte
        self._departure = self.machine.clock.schedule(self.frame_time(), self._sent)
        self.registers["ISR"] = self.registers["ISR"] & ~ISR.TC | ISR.TXE

    def _sent(self) -> None:
        self.machine.trace(self.name, "uart", byte=self._shifting & 0xFF)
        self._departure = None
        if self._waiting is not None:
            byte, self._waiting = self._waiting, None
            self._shift(byte)
            self._update()
        else:
            self._raise(ISR.TC)

    # Flags.

    def _raise(self, flags: int) -> None:
        self.registers["ISR"] |= flags
        self._update()

    def _update(self) -> None:
        self.registers.update_interrupts()
        control, control3 = self.registers["CR1"], self.registers["CR3"]
        status = self.registers["ISR"]
        # A request is an edge for the DMA: it takes everything there is to take at once.
        self.lines["ReceiveDmaRequest"].set(bool(control3 & CR3.DMAR and status & ISR.RXNE))
        self.lines["TransmitDmaRequest"].set(
            bool(control3 & CR3.DMAT and control & CR1.TE and status & ISR.TXE)
        )

    def _control(self, value: int, old: int) -> None:
        control = self.registers["CR1"]
        self._data_mask = (1 << self._data_bits()) - 1
        if control & CR1.UE:
            acknowledge = (ISR.TEACK if control & CR1.TE else 0) | (
                ISR.REACK if control & CR1.RE else 0
            )
            self.registers["ISR"] = self.registers["ISR"] & ~(ISR.TEACK | ISR.REACK) | acknowledge
        else:
            # Disabling ends the frames under way and resets the flags.
            self.registers["ISR"] = ISR.reset
            self._waiting = None
            for event in (self._departure, self._arrival, self._timeout):
                if event is not None:
                    event.cancel()
            self._departure = self._arrival = self._timeout = None
            self._incoming.clear()
        self._update()

    def _request(self, value: int, old: int) -> None:
        if value & RQR.RXFRQ:
            self.registers["ISR"] &= ~ISR.RXNE
        if value & RQR.TXFRQ:
            self._waiting = None
            self.registers["ISR"] |= ISR.TXE
        if value & RQR.SBKRQ:
            self.machine.trace(self.name, "uart-break")
        self._update()
