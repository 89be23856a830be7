"""System configuration (RM0351 section 9): which port's pin n reaches EXTI line n.

Port n's pins are wired to `receiver(n)`; line n goes to the EXTI.
"""

from __future__ import annotations

from array import array
from typing import Protocol, runtime_checkable

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.pins import PinSelector
from renode_wifi.peripherals.base.registers import (
    ONE_CLEARS,
    ONE_SETS,
    READ_ONLY,
    SELF_CLEARING,
    WRITE_ONLY,
    ZERO_CLEARS,
    Field,
    Register,
)

LINES = 16
PORTS = 8

MEMRMP = Register(
    "MEMRMP",
    0x00,
    computed="_read_remap",
    on_write="_remap",
    fields=(Field("MEM_MODE", 0, 3), Field("FB_MODE", 8, access=READ_ONLY)),
)
CFGR1 = Register(
    "CFGR1",
    0x04,
    reset=0x7C000001,
    on_write="_configure",
    fields=(
        Field("FWDIS", 0, access=ZERO_CLEARS),
        Field("BOOSTEN", 8),
        Field("I2C_PB{}_FMP", 16, count=4, first=6),
        Field("I2C{}_FMP", 20, count=3, first=1),
        Field("FPU_IE", 26, count=6),
    ),
)
EXTICR = Register(
    "EXTICR",
    0x08,
    count=4,
    first=1,
    on_write="_select",
    fields=(Field("EXTI", 0, 3, count=4, stride=4),),
)
SCSR = Register(
    "SCSR",
    0x18,
    fields=(Field("SRAM2ER", 0, access=SELF_CLEARING), Field("SRAM2BSY", 1, access=READ_ONLY)),
)
CFGR2 = Register(
    "CFGR2",
    0x1C,
    fields=(
        Field("CLL", 0, access=ONE_SETS),
        Field("SPL", 1, access=ONE_SETS),
        Field("PVDL", 2, access=ONE_SETS),
        Field("ECCL", 3, access=ONE_SETS),
        Field("SPF", 8, access=ONE_CLEARS),
    ),
)
SWPR = Register("SWPR", 0x20, access=ONE_SETS, fields=(Field("PAGE", 0, count=32),))
SKR = Register("SKR", 0x24, access=WRITE_ONLY, fields=(Field("KEY", 0, 8),))


@runtime_checkable
class BankSwap(Protocol):
    """What the flash controller does with its banks."""

    is_swapped: bool

    def swap_banks(self, swapped: bool) -> None: ...


class STM32_SYSCFG(Block):
    OUTPUTS = tuple(range(LINES))
    REGISTERS = (MEMRMP, CFGR1, EXTICR, SCSR, CFGR2, SWPR, SKR)
    SIZE = 0x30

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self.outputs = [self.lines[line] for line in range(LINES)]
        self.selected = array("B", [0] * LINES)
        """The port that each line shows."""
        self._ports = [PinSelector(port, self.selected, self.outputs) for port in range(PORTS)]

    def reset(self) -> None:
        """The pins keep their levels: what is low after reset is what port A says."""
        self.registers.reset()
        for index in range(4):
            self._select(index, 0, 0)

    def receiver(self, index: int) -> PinSelector:
        """Where port `index` (0 is A) delivers its pins."""
        return self._ports[index]

    def _flash(self) -> BankSwap | None:
        try:
            flash = self.machine.peripheral("flashController")
        except KeyError:
            return None
        return flash if isinstance(flash, BankSwap) else None

    def _read_remap(self) -> int:
        """The boot loader sets FB_MODE, too."""
        flash = self._flash()
        swapped = MEMRMP.FB_MODE if flash is not None and flash.is_swapped else 0
        return self.registers["MEMRMP"] | swapped

    def _remap(self, value: int, old: int) -> None:
        flash = self._flash()
        if flash is not None:
            flash.swap_banks(bool(value & MEMRMP.FB_MODE))

    def _configure(self, value: int, old: int) -> None:
        """The firewall, once enabled, stays so until the next reset."""
        if not old & ~self.registers["CFGR1"] & CFGR1.FWDIS:
            return
        try:
            enable = self.machine.peripheral("firewall").enable
        except (KeyError, AttributeError):
            return
        enable()

    def _select(self, index: int, value: int, old: int) -> None:
        choice = self.registers.values[EXTICR.word + index]
        for position in range(4):
            line = 4 * index + position
            self.selected[line] = port = choice >> (4 * position) & 7
            self.outputs[line].set(self._ports[port].levels[line] != 0)
