"""SPI1 to SPI3 (RM0090 section 28): a master of 8 or 16 bit frames, one frame at a time.

A frame is exchanged with the attached device the moment it is written: the wire takes no time.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import Cause, Interrupt, Register, packed

CR1 = Register(
    "CR1",
    0x00,
    fields=packed(
        "CPHA CPOL MSTR BR:3 SPE LSBFIRST SSI SSM RXONLY DFF CRCNEXT CRCEN BIDIOE BIDIMODE"
    ),
)
CR2 = Register(
    "CR2", 0x04, on_write="_update", fields=packed("RXDMAEN TXDMAEN SSOE - FRF ERRIE RXNEIE TXEIE")
)
SR = Register(
    "SR",
    0x08,
    reset=0x02,
    access="r",
    fields=packed("RXNE TXE CHSIDE UDR CRCERR/rc_w0 MODF OVR BSY FRE"),
)
DR = Register("DR", 0x0C, access="r", on_read="_take", on_write="_send", fields=packed("DR:16"))
CRCPR = Register("CRCPR", 0x10, reset=0x07, fields=packed("CRCPOLY:16"))
RXCRCR = Register("RXCRCR", 0x14, access="r", fields=packed("RXCRC:16"))
TXCRCR = Register("TXCRCR", 0x18, access="r", fields=packed("TXCRC:16"))
I2SCFGR = Register(
    "I2SCFGR",
    0x1C,
    fields=packed("CHLEN DATLEN:2 CKPOL I2SSTD:2 - PCMSYNC I2SCFG:2 I2SE I2SMOD"),
)
I2SPR = Register("I2SPR", 0x20, reset=0x02, fields=packed("I2SDIV:8 ODD MCKOE"))


class WireDevice(Protocol):
    """What is on the wire."""

    def exchange(self, frame: int, bits: int) -> int: ...


class STM32SPI(Block):
    """bufferCapacity: frames that wait to be read, as in Renode's model (the chip holds one)."""

    STATUS = PARTLY
    MISSING = "slave mode, errors, CRC, I2S"
    OUTPUTS = ("IRQ", "DMARecieve")
    INTERRUPTS = (
        Interrupt("IRQ", Cause(SR, SR.RXNE, CR2, CR2.RXNEIE), Cause(SR, SR.TXE, CR2, CR2.TXEIE)),
    )
    REGISTERS = (CR1, CR2, SR, DR, CRCPR, RXCRCR, TXCRCR, I2SCFGR, I2SPR)

    def __init__(self, machine: Machine, name: str, bufferCapacity: int = 4) -> None:
        super().__init__(machine, name)
        self._device: WireDevice | None = None
        self._received: deque[int] = deque(maxlen=max(1, bufferCapacity))

    def attach(self, device: WireDevice) -> None:
        """Put `device.exchange(frame, bits) -> frame` at the other end of the wire."""
        _ = device.exchange
        self._device = device

    def reset(self) -> None:
        self._received.clear()
        super().reset()

    def _send(self, value: int, old: int) -> None:
        control = self.registers["CR1"]
        if not control & CR1.SPE:
            return
        bits = 16 if control & CR1.DFF else 8
        frame = (1 << bits) - 1
        if self._device is not None:
            frame &= self._device.exchange(value & frame, bits)
        self._received.append(frame)
        self.registers["SR"] |= SR.RXNE
        if self.registers["CR2"] & CR2.RXDMAEN:
            self.lines["DMARecieve"].set(True)
            self.lines["DMARecieve"].set(False)
        self.registers.update_interrupts()

    def _take(self) -> int:
        frame = self._received.popleft() if self._received else 0
        if not self._received:
            self.registers["SR"] &= ~SR.RXNE
            self.registers.update_interrupts()
        return frame

    def _update(self, value: int, old: int) -> None:
        self.registers.update_interrupts()
