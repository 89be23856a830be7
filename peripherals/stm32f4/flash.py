"""Embedded flash memory (RM0090 section 3): keys, erasure by sectors, option bytes.

As in Renode's model stores reach the array whether or not PG is set, and take no time.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Protocol

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import (
    ONE_CLEARS,
    WRITE_ONLY,
    Register,
    packed,
)

KEYS = (0x45670123, 0xCDEF89AB)
OPTION_KEYS = (0x08192A3B, 0x4C5D6E7F)
KIB = 1024
SECTOR_SIZES = (*[16 * KIB] * 4, 64 * KIB, *[128 * KIB] * 7)
"""Of one bank of 1 MiB (table 5); the second is like the first, and its numbers begin at 16."""
SECTOR_STARTS = tuple(accumulate(SECTOR_SIZES, initial=0))
BANK_SIZE = SECTOR_STARTS[-1]
SECOND_BANK = 16
ERASED = b"\xff"

ACR = Register("ACR", 0x00, fields=packed("LATENCY:4 -:4 PRFTEN ICEN DCEN ICRST DCRST"))
KEYR = Register("KEYR", 0x04, access=WRITE_ONLY, on_write="_key", fields=packed("KEY:32"))
OPTKEYR = Register(
    "OPTKEYR", 0x08, access=WRITE_ONLY, on_write="_option_key", fields=packed("OPTKEY:32")
)
SR = Register(
    "SR",
    0x0C,
    access=ONE_CLEARS,
    fields=packed("EOP OPERR -:2 WRPERR PGAERR PGPERR PGSERR RDERR -:7 BSY/r"),
)
CR = Register(
    "CR",
    0x10,
    reset=0x80000000,
    on_write="_control",
    fields=packed("PG SER MER SNB:5 PSIZE:2 -:5 MER1 STRT/sc -:7 EOPIE ERRIE -:5 LOCK"),
)
OPTCR = Register(
    "OPTCR",
    0x14,
    reset=0x0FFFAAED,
    on_write="_option_control",
    fields=packed("OPTLOCK OPTSTRT/sc BOR_LEV:2 BFB2 WDG_SW nRST_STOP nRST_STDBY RDP:8 nWRP:12"),
)
OPTCR1 = Register("OPTCR1", 0x18, reset=0x0FFF0000, fields=packed("-:16 nWRP:12"))


class Array(Protocol):
    """What the controller needs of the memory that holds the array."""

    size: int
    base: int | None
    """Where it is on the bus."""


class OptionBytes:
    """The option bytes on the bus (section 3.6.1); they change through OPTCR only."""

    def __init__(self, machine: Machine, name: str, controller: STM32F4_FlashController) -> None:
        self._machine = machine
        self._name = name
        self._controller = controller

    def read(self, offset: int, width: int) -> int:
        options = self._controller.registers["OPTCR"]
        words = {0x0: options & 0xFFEC, 0x8: options >> 16 & 0xFFF}
        return words.get(offset & ~3, 0) >> 8 * (offset & 3) & (1 << 8 * width) - 1

    def write(self, offset: int, value: int, width: int) -> None:
        self._machine.log.warning("%s: option bytes are written through OPTCR", self._name)

    def reset(self) -> None:
        """Nothing is kept here."""


class STM32F4_FlashController(Block):
    """flash: the memory that holds the array. Its region `optionBytes` is on the bus apart."""

    STATUS = PARTLY
    MISSING = "write and read-out protection, programming errors, time"
    OUTPUTS = ()
    REGISTERS = (ACR, KEYR, OPTKEYR, SR, CR, OPTCR, OPTCR1)

    def __init__(self, machine: Machine, name: str, flash: Array) -> None:
        super().__init__(machine, name)
        self._flash = flash
        self._options = OPTCR.reset
        self._keys = self._option_keys = 0
        self.regions = {"optionBytes": OptionBytes(machine, name, self)}

    def reset(self) -> None:
        super().reset()
        self.registers["OPTCR"] = self._options
        self._keys = self._option_keys = 0

    def _key(self, value: int, old: int) -> None:
        self._keys = self._keys + 1 if value == KEYS[self._keys] else 0
        if self._keys == len(KEYS):
            self._keys = 0
            self.registers["CR"] &= ~CR.LOCK

    def _option_key(self, value: int, old: int) -> None:
        self._option_keys = self._option_keys + 1 if value == OPTION_KEYS[self._option_keys] else 0
        if self._option_keys == len(OPTION_KEYS):
            self._option_keys = 0
            self.registers["OPTCR"] &= ~OPTCR.OPTLOCK

    def _control(self, value: int, old: int) -> None:
        if old & CR.LOCK:
            self.registers["CR"] = old
            self.machine.log.warning("%s: CR is locked and keeps its value", self.name)
        elif value & CR.STRT:
            self._erase(value)

    def _erase(self, control: int) -> None:
        if control & (CR.MER | CR.MER1):
            banks = [bank for bank, bit in enumerate((CR.MER, CR.MER1)) if control & bit]
            for bank in banks:
                self._clear(bank * BANK_SIZE, BANK_SIZE)
        elif control & CR.SER:
            bank, sector = divmod(CR["SNB"].get(control), SECOND_BANK)
            if sector < len(SECTOR_SIZES):
                self._clear(bank * BANK_SIZE + SECTOR_STARTS[sector], SECTOR_SIZES[sector])
        else:
            # In the words of Renode's model, for which suites wait.
            self.machine.log.warning(
                "Tried to erase flash, but MER and SER are reset. This should be forbidden,"
                " ignoring..."
            )
        if control & CR.EOPIE:
            self.registers["SR"] |= SR.EOP

    def _clear(self, offset: int, size: int) -> None:
        size = min(size, self._flash.size - offset)
        if size > 0 and self._flash.base is not None:
            self.machine.bus.write_bytes(self._flash.base + offset, ERASED * size)

    def _option_control(self, value: int, old: int) -> None:
        if old & OPTCR.OPTLOCK:
            self.registers["OPTCR"] = old
            self.machine.log.warning("%s: OPTCR is locked and keeps its value", self.name)
        elif value & OPTCR.OPTSTRT:
            self._options = self.registers["OPTCR"] | OPTCR.OPTLOCK
