"""System configuration (RM0351 section 9): which port's pin n reaches EXTI line n.

Port n's pins are wired to `receiver(n)`; line n goes to the EXTI. The comparators and the voltage
reference share the block's 1 KiB: their settings are kept, the reference is always ready.
"""

from __future__ import annotations

from array import array

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.pins import Selector
from renode_wifi.peripherals.base.registers import Register

LINES = 16
PORTS = 8
VREFBUF_ENVR = 1 << 0
VREFBUF_VRR = 1 << 3


class STM32_SYSCFG(Block):
    OUTPUTS = tuple(range(LINES))
    REGISTERS = (
        # FB_MODE stays 0: both flash banks are where they are after reset.
        Register("MEMRMP", 0x00, writable=0x00000007),
        Register("CFGR1", 0x04, reset=0x7C000001, writable=0xFC7F0100),
        Register("EXTICR", 0x08, writable=0x7777, count=4, on_write="_select"),
        Register("SCSR", 0x18, writable=0x00000001),
        Register("CFGR2", 0x1C, writable=0x0000000F, write_one_clears=0x00000100),
        Register("SWPR", 0x20),
        Register("SKR", 0x24, writable=0),
        Register("VREFBUF_CSR", 0x30, reset=0x00000002, writable=0x00000007, on_write="_reference"),
        Register("VREFBUF_CCR", 0x34, writable=0x0000003F),
        Register("COMP1_CSR", 0x200, writable=0xBFFFFFFF),
        Register("COMP2_CSR", 0x204, writable=0xBFFFFFFF),
    )

    def __init__(self, machine: Machine, name: str) -> None:
        super().__init__(machine, name)
        self.outputs = [self.lines[line] for line in range(LINES)]
        self.selected = array("B", [0] * LINES)
        """The port that each line shows."""
        self._ports = [Selector(port, self.selected, self.outputs) for port in range(PORTS)]

    def reset(self) -> None:
        """The pins keep their levels: what is low after reset is what port A says."""
        self.registers.reset()
        for index in range(4):
            self._select(index, 0, 0)

    def receiver(self, index: int) -> Selector:
        """Where port `index` (0 is A) delivers its pins."""
        return self._ports[index]

    def _select(self, index: int, value: int, old: int) -> None:
        choice = self.registers.values[0x08 // 4 + index]
        for position in range(4):
            line = 4 * index + position
            self.selected[line] = port = choice >> (4 * position) & 7
            self.outputs[line].set(self._ports[port].levels[line] != 0)

    def _reference(self, value: int, old: int) -> None:
        if value & VREFBUF_ENVR:
            self.registers["VREFBUF_CSR"] |= VREFBUF_VRR
        else:
            self.registers["VREFBUF_CSR"] &= ~VREFBUF_VRR
