# ironpython: executed by Renode
"""One-time programmable area of 1 KiB (RM0351 section 3.3.1): erased, and it stays so."""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import CONSTANT, Register


class STM32L4_OTP(Block):
    STATUS = PARTLY
    MISSING = "programming"
    OUTPUTS = ()
    REGISTERS = (Register("OTP", 0x00, reset=0xFFFFFFFF, access=CONSTANT, count=256),)
