# ironpython: executed by Renode
"""STACKDIE_CTRL: arbitration between the die of the flash and the die of the processor. Registers
keep what is written (hw_stack_die_ctrl.h of TI's SDK).
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import Register


class CC3220_StackDie(Block):
    STATUS = PARTLY
    MISSING = "arbitration: registers keep what is written"
    OUTPUTS = ()
    SIZE = 0x200
    REGISTERS = (
        Register("STK_UP_RESET", 0x000),
        Register("SR_MASTER_PRIORITY", 0x004),
        Register("STK_SR_ACC_CTL_BK2", 0x008),
        Register("BASE_UP_ACC_REQ_BK2", 0x00C),
        Register("STK_UP_ACC_REQ_BK2", 0x010),
        Register("STK_SR_ACC_CTL_BK3", 0x014),
        Register("BASE_UP_ACC_REQ_BK3", 0x018),
        Register("STK_UP_ACC_REQ_BK3", 0x01C),
        Register("RDSM_CFG_CPU", 0x020),
        Register("RDSM_CFG_EE", 0x024),
        Register("BASE_UP_IRQ_LOG", 0x028),
        Register("STK_UP_IRQ_LOG", 0x02C),
        Register("STK_CLK_EN", 0x030),
        Register("SPIN_LOCK_MODE", 0x034),
        Register("BUS_FAULT_ADDR", 0x038, writable=0),
        Register("BUS_FAULT_CLR", 0x03C, writable=0),
        Register("RESET_CAUSE", 0x040, writable=0),
        Register("WDOG_TIMER_EVENT", 0x044),
        Register("DMA_REQ", 0x048),
        Register("SRAM_JUMP_OFFSET_ADDR", 0x04C),
        Register("SW_REG1", 0x050),
        Register("SW_REG2", 0x054),
        Register("FMC_SLEEP_CTL", 0x058),
        Register("MISC_CTL", 0x05C),
        Register("SW_DFT_CTL", 0x0FC),
        Register("PADN_CTL_0", 0x100),
    )
