"""I2C1 to I2C3 (RM0351 section 39), master mode; transfers take no virtual time.

`attach(device, address)` puts a device on the bus, which has `start(reading)`, `write(byte)`,
`read() -> byte` and `stop()`. An address that nobody has is not acknowledged, as on a board without
that part.
"""

from __future__ import annotations

from typing import Protocol

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import Register

CR1_PE = 1 << 0
CR2_RD_WRN = 1 << 10
CR2_START, CR2_STOP = 1 << 13, 1 << 14
CR2_NBYTES_SHIFT = 16
CR2_RELOAD, CR2_AUTOEND = 1 << 24, 1 << 25
ISR_TXE, ISR_TXIS, ISR_RXNE = 1 << 0, 1 << 1, 1 << 2
ISR_NACKF, ISR_STOPF, ISR_TC, ISR_TCR = 1 << 4, 1 << 5, 1 << 6, 1 << 7
ISR_BUSY = 1 << 15
ICR_CLEARABLE = 0x3F38

# Enable bit of CR1, flags of ISR.
INTERRUPTS = (
    (1 << 1, ISR_TXIS),
    (1 << 2, ISR_RXNE),
    (1 << 4, ISR_NACKF),
    (1 << 5, ISR_STOPF),
    (1 << 6, ISR_TC | ISR_TCR),
)


class I2CDevice(Protocol):
    """What answers to an address."""

    def start(self, reading: bool) -> None: ...

    def write(self, byte: int) -> None: ...

    def read(self) -> int: ...

    def stop(self) -> None: ...


class STM32F7_I2C(Block):
    OUTPUTS = ("EventInterrupt", "ErrorInterrupt")
    REGISTERS = (
        Register("CR1", 0x00, writable=0x00FFDFFF, on_write="_enable"),
        Register("CR2", 0x04, writable=0x07FFFFFF & ~(CR2_START | CR2_STOP), on_write="_control"),
        Register("OAR1", 0x08, writable=0x87FF),
        Register("OAR2", 0x0C, writable=0x87FE),
        Register("TIMINGR", 0x10, writable=0xF0FFFFFF),
        Register("TIMEOUTR", 0x14, writable=0x9FFF8FFF),
        Register("ISR", 0x18, reset=ISR_TXE, writable=0, on_write="_flush"),
        Register("ICR", 0x1C, writable=0, on_write="_clear_flags"),
        Register("PECR", 0x20, writable=0),
        Register("RXDR", 0x24, writable=0, on_read="_take"),
        Register("TXDR", 0x28, writable=0xFF, on_write="_send"),
    )

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
        if not self.registers["CR1"] & CR1_PE:
            self.registers["ISR"] = ISR_TXE
            self._clear()
        self._update()

    def _control(self, value: int, old: int) -> None:
        if not self.registers["CR1"] & CR1_PE:
            return
        status = self.registers["ISR"]
        if value & CR2_START:
            self._start()
        elif value & CR2_STOP:
            self._stop()
        elif status & ISR_TCR and value >> CR2_NBYTES_SHIFT & 0xFF:
            self.registers["ISR"] &= ~ISR_TCR
            self._left = value >> CR2_NBYTES_SHIFT & 0xFF
            self._next()
        self._update()

    def _start(self) -> None:
        control = self.registers["CR2"]
        self.registers["ISR"] = self.registers["ISR"] & ~(ISR_TC | ISR_TCR) | ISR_BUSY
        self._reading = bool(control & CR2_RD_WRN)
        self._left = control >> CR2_NBYTES_SHIFT & 0xFF
        self._device = self._devices.get(control >> 1 & 0x7F)
        if self._device is None:
            # STOP follows a missing acknowledge by itself.
            self.registers["ISR"] |= ISR_NACKF
            self._stop()
            return
        self._device.start(self._reading)
        self._next()

    def _stop(self) -> None:
        if self._device is not None:
            self._device.stop()
        status = self.registers["ISR"] & ~(ISR_BUSY | ISR_TC | ISR_TCR | ISR_TXIS)
        self.registers["ISR"] = status | ISR_STOPF | ISR_TXE
        self._clear()

    def _next(self) -> None:
        """Ask for the next byte, or end the transfer as CR2 says."""
        control = self.registers["CR2"]
        if self._left:
            assert self._device is not None
            if self._reading:
                self.registers["RXDR"] = self._device.read() & 0xFF
                self.registers["ISR"] |= ISR_RXNE
            else:
                self.registers["ISR"] |= ISR_TXIS
        elif control & CR2_RELOAD:
            self.registers["ISR"] |= ISR_TCR
        elif control & CR2_AUTOEND:
            self._stop()
        else:
            self.registers["ISR"] |= ISR_TC

    def _send(self, value: int, old: int) -> None:
        if not self.registers["ISR"] & ISR_TXIS or self._device is None:
            return
        self.registers["ISR"] &= ~ISR_TXIS
        self._device.write(value & 0xFF)
        self._left -= 1
        self._next()
        self._update()

    def _take(self) -> int:
        byte = self.registers["RXDR"]
        if self.registers["ISR"] & ISR_RXNE:
            self.registers["ISR"] &= ~ISR_RXNE
            if self._device is not None:
                self._left -= 1
                self._next()
            self._update()
        return byte

    def _flush(self, value: int, old: int) -> None:
        """Software may only set TXE, which empties TXDR."""
        if value & ISR_TXE:
            self.registers["ISR"] |= ISR_TXE

    def _clear_flags(self, value: int, old: int) -> None:
        self.registers["ISR"] &= ~(value & ICR_CLEARABLE)
        self._update()

    def _update(self) -> None:
        control, status = self.registers["CR1"], self.registers["ISR"]
        self.lines["EventInterrupt"].set(
            any(control & enable and status & flags for enable, flags in INTERRUPTS)
        )
