"""I2C1 to I2C3 (RM0351 section 39), master mode; transfers take no virtual time.

`attach(device, address)` puts a device on the bus, which has `start(reading)`, `write(byte)`,
`read() -> byte` and `stop()`. An address that nobody has is not acknowledged, as on a board without
that part.
"""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.block import PARTLY, Block
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

CR1 = Register(
    "CR1",
    0x00,
    on_write="_enable",
    fields=(
        Field("PE", 0),
        Field("TXIE", 1),
        Field("RXIE", 2),
        Field("ADDRIE", 3),
        Field("NACKIE", 4),
        Field("STOPIE", 5),
        Field("TCIE", 6),
        Field("ERRIE", 7),
        Field("DNF", 8, 4),
        Field("ANFOFF", 12),
        Field("TXDMAEN", 14),
        Field("RXDMAEN", 15),
        Field("SBC", 16),
        Field("NOSTRETCH", 17),
        Field("WUPEN", 18),
        Field("GCEN", 19),
        Field("SMBHEN", 20),
        Field("SMBDEN", 21),
        Field("ALERTEN", 22),
        Field("PECEN", 23),
    ),
)
CR2 = Register(
    "CR2",
    0x04,
    on_write="_control",
    fields=(
        Field("SADD", 0, 10),
        Field("RD_WRN", 10),
        Field("ADD10", 11),
        Field("HEAD10R", 12),
        Field("START", 13, access=SELF_CLEARING),
        Field("STOP", 14, access=SELF_CLEARING),
        Field("NACK", 15),
        Field("NBYTES", 16, 8),
        Field("RELOAD", 24),
        Field("AUTOEND", 25),
        Field("PECBYTE", 26),
    ),
)
OAR1 = Register(
    "OAR1", 0x08, fields=(Field("OA1", 0, 10), Field("OA1MODE", 10), Field("OA1EN", 15))
)
OAR2 = Register(
    "OAR2",
    0x0C,
    fields=(
        Field("OA2", 1, 7),
        Field("OA2MSK", 8, 3),
        Field("OA2EN", 15),
    ),
)
TIMINGR = Register(
    "TIMINGR",
    0x10,
    fields=(
        Field("SCLL", 0, 8),
        Field("SCLH", 8, 8),
        Field("SDADEL", 16, 4),
        Field("SCLDEL", 20, 4),
        Field("PRESC", 28, 4),
    ),
)
TIMEOUTR = Register(
    "TIMEOUTR",
    0x14,
    fields=(
        Field("TIMEOUTA", 0, 12),
        Field("TIDLE", 12),
        Field("TIMOUTEN", 15),
        Field("TIMEOUTB", 16, 12),
        Field("TEXTEN", 31),
    ),
)
ISR = Register(
    "ISR",
    0x18,
    reset=0x1,
    access=READ_ONLY,
    on_write="_flush",
    fields=(
        Field("TXE", 0),
        Field("TXIS", 1),
        Field("RXNE", 2),
        Field("ADDR", 3),
        Field("NACKF", 4),
        Field("STOPF", 5),
        Field("TC", 6),
        Field("TCR", 7),
        Field("BERR", 8),
        Field("ARLO", 9),
        Field("OVR", 10),
        Field("PECERR", 11),
        Field("TIMEOUT", 12),
        Field("ALERT", 13),
        Field("BUSY", 15),
        Field("DIR", 16),
        Field("ADDCODE", 17, 7),
    ),
)
ICR = Register(
    "ICR",
    0x1C,
    access=WRITE_ONLY,
    clears="ISR",
    fields=(
        Field("ADDRCF", 3),
        Field("NACKCF", 4),
        Field("STOPCF", 5),
        Field("BERRCF", 8),
        Field("ARLOCF", 9),
        Field("OVRCF", 10),
        Field("PECCF", 11),
        Field("TIMOUTCF", 12),
        Field("ALERTCF", 13),
    ),
)
PECR = Register("PECR", 0x20, access=READ_ONLY, fields=(Field("PEC", 0, 8),))
RXDR = Register("RXDR", 0x24, access=READ_ONLY, on_read="_take", fields=(Field("RXDATA", 0, 8),))
TXDR = Register("TXDR", 0x28, on_write="_send", fields=(Field("TXDATA", 0, 8),))

SADD, NBYTES = CR2["SADD"], CR2["NBYTES"]

ERRORS = ISR.BERR | ISR.ARLO | ISR.OVR | ISR.PECERR | ISR.TIMEOUT | ISR.ALERT


class I2CDevice(Protocol):
    """What answers to an address."""

    def start(self, reading: bool) -> None: ...

    def write(self, byte: int) -> None: ...

    def read(self) -> int: ...

    def stop(self) -> None: ...


class STM32F7_I2C(Block):
    STATUS = PARTLY
    MISSING = "slave and SMBus modes"
    OUTPUTS = ("EventInterrupt", "ErrorInterrupt")
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
    )
    REGISTERS = (CR1, CR2, OAR1, OAR2, TIMINGR, TIMEOUTR, ISR, ICR, PECR, RXDR, TXDR)

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self._devices: dict[int, I2CDevice] = {}
        self._clear()

    def attach(self, device: I2CDevice, address: int) -> None:
        """Put `device` on the bus at a seven-bit address."""
        self._devices[address] = device

    def reset(self) -> None:
        super().reset()
        self._clear()

    def _clear(self) -> None:
        self._device: I2CDevice | None = None
        self._left = 0
        self._reading = False

    def _enable(self, value: int, old: int) -> None:
        if not self.registers["CR1"] & CR1.PE:
            self.registers["ISR"] = ISR.TXE
            self._clear()
        self.registers.update_interrupts()

    def _control(self, value: int, old: int) -> None:
        if not self.registers["CR1"] & CR1.PE:
            return
        status = self.registers["ISR"]
        if value & CR2.START:
            self._start()
        elif value & CR2.STOP:
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
        self._device = self._devices.get(SADD.get(control) >> 1)
        if self._device is None:
            # STOP follows a missing acknowledge by itself.
            self.registers["ISR"] |= ISR.NACKF
            self._stop()
            return
        self._device.start(self._reading)
        self._next()

    def _stop(self) -> None:
        if self._device is not None:
            self._device.stop()
        status = self.registers["ISR"] & ~(ISR.BUSY | ISR.TC | ISR.TCR | ISR.TXIS)
        self.registers["ISR"] = status | ISR.STOPF | ISR.TXE
        self._clear()

    def _next(self) -> None:
        """Ask for the next byte, or end the transfer as CR2 says."""
        control = self.registers["CR2"]
        if self._left:
            assert self._device is not None
            if self._reading:
                self.registers["RXDR"] = self._device.read() & 0xFF
                self.registers["ISR"] |= ISR.RXNE
            else:
                self.registers["ISR"] |= ISR.TXIS
        elif control & CR2.RELOAD:
            self.registers["ISR"] |= ISR.TCR
        elif control & CR2.AUTOEND:
            self._stop()
        else:
            self.registers["ISR"] |= ISR.TC

    def _send(self, value: int, old: int) -> None:
        if not self.registers["ISR"] & ISR.TXIS or self._device is None:
            return
        self.registers["ISR"] &= ~ISR.TXIS
        self._device.write(value & 0xFF)
        self._left -= 1
        self._next()
        self.registers.update_interrupts()

    def _take(self) -> int:
        byte = self.registers["RXDR"]
        if self.registers["ISR"] & ISR.RXNE:
            self.registers["ISR"] &= ~ISR.RXNE
            if self._device is not None:
                self._left -= 1
                self._next()
            self.registers.update_interrupts()
        return byte

    def _flush(self, value: int, old: int) -> None:
        """Software may only set TXE, which empties TXDR."""
        if value & ISR.TXE:
            self.registers["ISR"] |= ISR.TXE
