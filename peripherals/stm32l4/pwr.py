# ironpython: executed by Renode
"""Power control (RM0351 section 5): settings read back, and the supply is always good."""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import Register

CR1_LPR = 1 << 14
SR2_REGLPF = 1 << 9
SR1_FLAGS = 0x8000011F


class STM32L4_PWR(Block):
    """SR2.VOSF reads 0 at once after a change of the voltage range, REGLPF follows CR1.LPR."""

    OUTPUTS = ()
    REGISTERS = (
        Register("CR1", 0x00, reset=0x00000200, writable=0x00004707, on_write="_regulate"),
        Register("CR2", 0x04, writable=0x000006FF),
        Register("CR3", 0x08, reset=0x00008000, writable=0x0000851F),
        Register("CR4", 0x0C, writable=0x0000031F),
        Register("SR1", 0x10, writable=0),
        Register("SR2", 0x14, writable=0),
        Register("SCR", 0x18, writable=0, on_write="_clear_status"),
        Register("PUCRx", 0x20, writable=0xFFFF, count=8, stride=8),
        Register("PDCRx", 0x24, writable=0xFFFF, count=8, stride=8),
    )

    def _regulate(self, value, old):
        # type: (int, int) -> None
        self.registers["SR2"] = SR2_REGLPF if self.registers["CR1"] & CR1_LPR else 0

    def _clear_status(self, value, old):
        # type: (int, int) -> None
        self.registers["SR1"] &= ~(value & SR1_FLAGS)
