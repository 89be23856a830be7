"""I2C1 to I2C3 (RM0351 section 39), master mode; bits take the time that TIMINGR says.

`attach(device, address)` puts a device on the bus. An address that nobody has is not acknowledged,
as on a board without that part, nor is a byte that a device refuses. Without an RCC named "rcc" the
kernel clock isn't known, and transfers take no time.

A byte is sent or received when its nine bits are over. The next one begins once software has given
or taken a byte: there is no second byte in the shift register.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.i2c import I2CBus, I2CDevice
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import Cause, Interrupt
from renode_wifi.peripherals.stm32l4.clocks import kernel_hz
from renode_wifi.peripherals.stm32l4.i2c_registers import (
    CR1,
    CR2,
    ICR,
    ISR,
    OAR1,
    OAR2,
    PECR,
    RXDR,
    TIMEOUTR,
    TIMINGR,
    TXDR,
)

SADD, NBYTES = CR2["SADD"], CR2["NBYTES"]

ERRORS = ISR.BERR | ISR.ARLO | ISR.OVR | ISR.PECERR | ISR.TIMEOUT | ISR.ALERT


# Times on the bus, in bits: a start with an address and its acknowledge, a byte, a stop.
ADDRESS_BITS, BYTE_BITS, STOP_BITS = 10, 9, 1
SYNCHRONISATION = 4
"""Kernel clock cycles that the edges of SCL take to be seen in each period (section 39.4.9)."""


class STM32F7_I2C(Block):
    STATUS = PARTLY
    MISSING = "slave and SMBus modes"
    OUTPUTS = ("EventInterrupt", "ErrorInterrupt", "RX_DMA", "TX_DMA")
    INTERRUPTS = (
        Interrupt(
            "EventInterrupt",
            Cause(ISR, ISR.TXIS, CR1, CR1.TXIE),
            Cause(ISR, ISR.RXNE, CR1, CR1.RXIE),
            Cause(ISR, ISR.ADDR, CR1, CR1.ADDRIE),
            Cause(ISR, ISR.NACKF, CR1, CR1.NACKIE),
            Cause(ISR, ISR.STOPF, CR1, CR1.STOPIE),
            Cause(ISR, ISR.TC | ISR.TCR, CR1, CR1.TCIE),
        ),
        Interrupt("ErrorInterrupt", Cause(ISR, ERRORS, CR1, CR1.ERRIE)),
        Interrupt("RX_DMA", Cause(ISR, ISR.RXNE, CR1, CR1.RXDMAEN)),
        Interrupt("TX_DMA", Cause(ISR, ISR.TXIS, CR1, CR1.TXDMAEN)),
    )
    REGISTERS = (CR1, CR2, OAR1, OAR2, TIMINGR, TIMEOUTR, ISR, ICR, PECR, RXDR, TXDR)

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self._bus = I2CBus()
        self._event: Event | None = None
        self._clear()

    def attach(self, device: I2CDevice, address: int) -> None:
        """Put `device` on the bus at a seven-bit address."""
        self._bus.attach(device, address)

    def reset(self) -> None:
        super().reset()
        self._clear()

    def _clear(self) -> None:
        if self._event is not None:
            self._event.cancel()
            self._event = None
        self._bus.stop()
        self._left = 0
        self._shift = 0
        self._reading = False

    def _enable(self, value: int, old: int) -> None:
        if not self.registers["CR1"] & CR1.PE:
            self.registers["ISR"] = ISR.TXE
            self.registers["CR2"] &= ~(CR2.START | CR2.STOP)
            self._clear()
        self.registers.update_interrupts()

    # Time.

    def _after(self, bits: int, action: Callable[[], None]) -> None:
        """Call `action` once so many bits have gone over the bus."""
        if self._event is not None:
            self._event.cancel()
            self._event = None
        duration = bits * self._bit_time()
        if duration:
            self._event = self.machine.clock.schedule(duration, partial(self._finish, action))
        else:
            action()

    def _finish(self, action: Callable[[], None]) -> None:
        self._event = None
        action()
        self.registers.update_interrupts()

    def _bit_time(self) -> int:
        """ns of a period of SCL (section 39.4.9); 0: not known."""
        hertz = kernel_hz(self.machine, self.name, 0)
        setting = self.registers["TIMINGR"]
        cycles = TIMINGR["SCLL"].get(setting) + TIMINGR["SCLH"].get(setting) + 2
        cycles = cycles * (TIMINGR["PRESC"].get(setting) + 1) + SYNCHRONISATION
        return cycles * SECOND // hertz if hertz else 0

    # Transfers.

    def _control(self, value: int, old: int) -> None:
        if not self.registers["CR1"] & CR1.PE:
            self.registers["CR2"] &= ~(CR2.START | CR2.STOP)
            return
        status = self.registers["ISR"]
        if value & ~old & CR2.START:
            self._start()
        elif value & ~old & CR2.STOP or (status & ISR.TC and value & CR2.AUTOEND):
            # A transfer that is complete ends when automatic end mode is chosen afterwards, too.
            self._stop()
        elif status & ISR.TCR and value & CR2.NBYTES:
            self.registers["ISR"] &= ~ISR.TCR
            self._left = NBYTES.get(value)
            self._next()
        self.registers.update_interrupts()

    def _start(self) -> None:
        control = self.registers["CR2"]
        self.registers["ISR"] = self.registers["ISR"] & ~(ISR.TC | ISR.TCR) | ISR.BUSY
        self._reading = bool(control & CR2.RD_WRN)
        self._left = NBYTES.get(control)
        self._after(ADDRESS_BITS, self._addressed)

    def _addressed(self) -> None:
        control = self.registers["CR2"]
        self.registers["CR2"] = control & ~CR2.START
        if self._bus.start(SADD.get(control) >> 1 & 0x7F, self._reading):
            self._next()
        else:
            self._refused()

    def _refused(self) -> None:
        """STOP follows a missing acknowledge by itself."""
        self.registers["ISR"] |= ISR.NACKF
        self._stop()

    def _stop(self) -> None:
        self._after(STOP_BITS, self._stopped)

    def _stopped(self) -> None:
        self.registers["CR2"] &= ~CR2.STOP
        self._bus.stop()
        status = self.registers["ISR"] & ~(ISR.BUSY | ISR.TC | ISR.TCR | ISR.TXIS)
        self.registers["ISR"] = status | ISR.STOPF | ISR.TXE
        self._clear()

    def _next(self) -> None:
        """Ask for the next byte, or end the transfer as CR2 says."""
        control = self.registers["CR2"]
        if self._left:
            if self._reading:
                self._after(BYTE_BITS, self._received)
            elif self.registers["ISR"] & ISR.TXE:
                self.registers["ISR"] |= ISR.TXIS
            else:
                self._shift_out()
        elif control & CR2.RELOAD:
            self.registers["ISR"] |= ISR.TCR
        elif control & CR2.AUTOEND:
            self._stop()
        else:
            self.registers["ISR"] |= ISR.TC

    def _received(self) -> None:
        if self._bus.busy:
            self.registers["RXDR"] = self._bus.read() & 0xFF
            self.registers["ISR"] |= ISR.RXNE

    def _send(self, value: int, old: int) -> None:
        """A byte may be there before the transfer asks for it (section 39.4.8, TXE and TXIS)."""
        if not self.registers["CR1"] & CR1.PE:
            return
        is_asked = self.registers["ISR"] & ISR.TXIS
        self.registers["ISR"] &= ~(ISR.TXIS | ISR.TXE)
        if is_asked:
            self._shift_out()
        self.registers.update_interrupts()

    def _shift_out(self) -> None:
        self._shift = self.registers["TXDR"] & 0xFF
        self.registers["ISR"] |= ISR.TXE
        self._after(BYTE_BITS, self._sent)

    def _sent(self) -> None:
        if not self._bus.busy:
            return
        self._left -= 1
        if self._bus.write(self._shift):
            self._next()
        else:
            self._refused()

    def _take(self) -> int:
        byte = self.registers["RXDR"]
        if self.registers["ISR"] & ISR.RXNE:
            self.registers["ISR"] &= ~ISR.RXNE
            if self._bus.busy:
                self._left -= 1
                self._next()
            self.registers.update_interrupts()
        return byte

    def _flush(self, value: int, old: int) -> None:
        """Software may only set TXE, which empties TXDR."""
        if value & ISR.TXE:
            self.registers["ISR"] |= ISR.TXE
