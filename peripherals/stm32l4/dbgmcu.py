# ironpython: executed by Renode
"""MCU debug component (RM0351 section 48): the device's identity, and settings that read back."""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import Register

# Revision 4 (0x1007) of device 0x415, STM32L47x and L48x.
IDCODE = 0x10076415


class STM32L4_DBGMCU(Block):
    OUTPUTS = ()
    REGISTERS = (
        Register("IDCODE", 0x00, reset=IDCODE, writable=0),
        Register("CR", 0x04, writable=0x000000E7),
        Register("APB1FZR1", 0x08, writable=0x8CE01C3F),
        Register("APB1FZR2", 0x0C, writable=0x00000020),
        Register("APB2FZR", 0x10, writable=0x00072800),
    )
