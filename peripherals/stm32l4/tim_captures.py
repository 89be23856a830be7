"""Clocks of the chip at a timer's first input (RM0351 sections 32.6.19 and 32.6.20).

Firmware measures an oscillator by capturing its edges. They come at whole multiples of the clock's
period, as if it had run since power-on.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.register_file import RegisterFile
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from renode_wifi.peripherals.stm32l4.rcc_registers import BDCR, CR, CSR
from renode_wifi.peripherals.stm32l4.rcc_tree import LSI_HERTZ
from renode_wifi.peripherals.stm32l4.tim_registers import CCER, CCMR1, SR, TIM16_REMAP

LSI, LSE, MSI, HSE_32 = "LSI", "LSE", "MSI", "HSE/32"
# Clock by timer and TI1_RMP.
SOURCES = {15: {1: LSE}, 16: {1: LSI, 2: LSE}, 17: {1: MSI, 2: HSE_32}}
FROM_TI1 = 1
"""Code of CC1S."""


class ClockEdges:
    """The edges that a timer's first channel captures; none unless it is set up for a clock."""

    def __init__(self, number: int, registers: RegisterFile) -> None:
        self._sources = SOURCES.get(number, {})
        self._registers = registers
        self._hertz = 0
        self._every = 1
        self._due: int | None = None

    def settle(self, rcc: STM32L4_RCC | None) -> None:
        """Registers have changed: which clock is captured, and every how many of its edges."""
        if not self._sources:
            return
        registers = self._registers
        mode = registers["CCMR1"]
        source = self._sources.get(TIM16_REMAP["TI1_RMP"].get(registers["OR1"]))
        captures = CCMR1["CC1S"].get(mode) == FROM_TI1 and registers["CCER"] & CCER.CC1E
        self._every = 1 << (mode >> 2 & 3)
        self._hertz = _frequency(rcc, source) if captures and source and rcc is not None else 0

    def next_after(self, now: int) -> int | None:
        """When the next edge is captured, in ns; None while a captured one waits for software."""
        self._due = None
        if self._hertz and not self._registers["SR"] & SR.CC1IF:
            edge = (now * self._hertz // SECOND // self._every + 1) * self._every
            self._due = -(-edge * SECOND // self._hertz)
        return self._due

    def is_due(self, now: int) -> bool:
        return self._due is not None and now >= self._due


def _frequency(rcc: STM32L4_RCC, source: str) -> int:
    """Of a clock that is on; else 0."""
    if source == LSI:
        return LSI_HERTZ if rcc.registers["CSR"] & CSR.LSION else 0
    if source == LSE:
        return rcc.lse_hz() if rcc.registers["BDCR"] & BDCR.LSEON else 0
    if source == MSI:
        return rcc.msi_hz() if rcc.registers["CR"] & CR.MSION else 0
    return rcc.hse_hz() // 32 if rcc.registers["CR"] & CR.HSEON else 0
