# ironpython: executed by Renode
"""MCU debug component (RM0351 section 48): the device's identity, and settings that read back."""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import CONSTANT, Field, Register

# Revision 4 (0x1007) of device 0x415, STM32L47x and L48x.
IDCODE = Register(
    "IDCODE",
    0x00,
    reset=0x10076415,
    access=CONSTANT,
    fields=(Field("DEV_ID", 0, 12), Field("REV_ID", 16, 16)),
)
CR = Register(
    "CR",
    0x04,
    fields=(
        Field("DBG_SLEEP", 0),
        Field("DBG_STOP", 1),
        Field("DBG_STANDBY", 2),
        Field("TRACE_IOEN", 5),
        Field("TRACE_MODE", 6, 2),
    ),
)
APB1FZR1 = Register(
    "APB1FZR1",
    0x08,
    fields=(
        Field("DBG_TIM{}_STOP", 0, count=6, first=2),
        Field("DBG_RTC_STOP", 10),
        Field("DBG_WWDG_STOP", 11),
        Field("DBG_IWDG_STOP", 12),
        Field("DBG_I2C{}_STOP", 21, count=3, first=1),
        Field("DBG_CAN_STOP", 25),
        Field("DBG_LPTIM1_STOP", 31),
    ),
)
APB1FZR2 = Register("APB1FZR2", 0x0C, fields=(Field("DBG_LPTIM2_STOP", 5),))
APB2FZ = Register(
    "APB2FZ",
    0x10,
    fields=(
        Field("DBG_TIM1_STOP", 11),
        Field("DBG_TIM8_STOP", 13),
        Field("DBG_TIM{}_STOP", 16, count=3, first=15),
    ),
)


class STM32L4_DBGMCU(Block):
    OUTPUTS = ()
    REGISTERS = (IDCODE, CR, APB1FZR1, APB1FZR2, APB2FZ)
