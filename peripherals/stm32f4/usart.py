"""USART1 to USART3, UART4 and UART5 (RM0090 section 30), asynchronous mode.

As in Renode's model a byte is sent the moment it is written and there when it arrives: neither
takes time on the wire, and what the receiver cannot hold waits outside of it.
"""

from __future__ import annotations

from collections import deque

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import Cause, Interrupt, Register, packed

SR = Register(
    "SR",
    0x00,
    reset=0x00C0,
    access="r",
    on_write="_status_written",
    fields=packed("PE FE NF ORE IDLE RXNE/rc_w0 TC/rc_w0 TXE LBD/rc_w0 CTS/rc_w0"),
)
DR = Register("DR", 0x04, access="r", on_read="_take", on_write="_send", fields=packed("DR:9"))
BRR = Register("BRR", 0x08, fields=packed("DIV_Fraction:4 DIV_Mantissa:12"))
CR1 = Register(
    "CR1",
    0x0C,
    on_write="_control",
    fields=packed(
        "SBK/sc RWU RE TE IDLEIE RXNEIE TCIE TXEIE PEIE PS PCE WAKE M UE - OVER8",
    ),
)
CR2 = Register("CR2", 0x10, fields=packed("ADD:4 - LBDL LBDIE - LBCL CPHA CPOL CLKEN STOP:2 LINEN"))
CR3 = Register(
    "CR3",
    0x14,
    on_write="_control",
    fields=packed("EIE IREN IRLP HDSEL NACK SCEN DMAR DMAT RTSE CTSE CTSIE ONEBIT"),
)
GTPR = Register("GTPR", 0x18, fields=packed("PSC:8 GT:8"))


class STM32_UART(Block):
    """frequency: kernel clock in Hz, from which BRR divides the baud rate."""

    STATUS = PARTLY
    MISSING = "errors, synchronous, LIN, IrDA and smartcard modes, time on the wire"
    OUTPUTS = ("IRQ", "DMARequest")
    INTERRUPTS = (
        Interrupt(
            "IRQ",
            Cause(SR, SR.IDLE, CR1, CR1.IDLEIE),
            Cause(SR, SR.RXNE, CR1, CR1.RXNEIE),
            Cause(SR, SR.TC, CR1, CR1.TCIE),
            Cause(SR, SR.TXE, CR1, CR1.TXEIE),
        ),
    )
    REGISTERS = (SR, DR, BRR, CR1, CR2, CR3, GTPR)

    def __init__(self, machine: Machine, name: str, frequency: int = 8_000_000) -> None:
        super().__init__(machine, name)
        self.frequency = frequency
        self._received: deque[int] = deque()
        self._silence: Event | None = None

    def reset(self) -> None:
        self._received.clear()
        self._stop_waiting()
        super().reset()

    def frame_time(self) -> int:
        """ns of ten bits; 0 while BRR isn't set."""
        divider = self.registers["BRR"]
        if self.registers["CR1"] & CR1.OVER8:
            # Bits 2:0 hold the fraction without its lowest bit.
            divider = (divider & 0xFFF0 | (divider & 7) << 1) // 2
        return 10 * divider * SECOND // self.frequency

    # Reception.

    @property
    def is_receiving(self) -> bool:
        """Whether software has switched reception on."""
        enabled = CR1.UE | CR1.RE
        return bool(self.registers["CR1"] & enabled == enabled)

    def receive(self, byte: int) -> None:
        """A byte reaches the RX pin."""
        if not self.is_receiving:
            self.machine.log.warning("%s: a byte arrives while reception is disabled", self.name)
            return
        self._received.append(byte)
        self._stop_waiting()
        if self.frame_time():
            self._silence = self.machine.clock.schedule(self.frame_time(), self._idle)
        self._raise(SR.RXNE)
        if self.registers["CR3"] & CR3.DMAR:
            self.lines["DMARequest"].set(True)
            self.lines["DMARequest"].set(False)

    def _idle(self) -> None:
        """One frame of silence after the last byte."""
        self._silence = None
        self._raise(SR.IDLE)

    def _stop_waiting(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _take(self) -> int:
        value = self._received.popleft() if self._received else 0
        self.registers["SR"] &= ~SR.IDLE
        if not self._received:
            self.registers["SR"] &= ~SR.RXNE
        self.registers.update_interrupts()
        return value

    # Transmission.

    def _send(self, value: int, old: int) -> None:
        enabled = CR1.UE | CR1.TE
        if self.registers["CR1"] & enabled != enabled:
            self.machine.log.warning("%s: a byte is sent while transmission is disabled", self.name)
            return
        self.machine.trace(self.name, "uart", byte=value & 0xFF)
        self._raise(SR.TC)

    # Flags.

    def _raise(self, flags: int) -> None:
        self.registers["SR"] |= flags
        self.registers.update_interrupts()

    def _status_written(self, value: int, old: int) -> None:
        self.registers.update_interrupts()

    def _control(self, value: int, old: int) -> None:
        enabled = CR1.UE | CR1.RE
        if self.registers["CR1"] & enabled != enabled:
            self._stop_waiting()
        self.registers.update_interrupts()
