# ironpython: executed by Renode
"""STACKDIE_CTRL: arbitration between the die of the flash and the die of the processor. Registers
keep what is written (hw_stack_die_ctrl.h of TI's SDK).
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Register, packed
from renode_wifi.peripherals.cc3220.partly_documented import PartlyDocumented

READ_TIMING = packed("READ_WAIT_STATE:4 PIPELINE_FLDATA FLCLK_SENSE FLCLK_PULSE_WIDTH:2")


class CC3220_StackDie(Block):
    STATUS = PARTLY
    MISSING = "arbitration: registers keep what is written"
    OUTPUTS = ()
    SIZE = 0x200
    REGISTERS = (
        PartlyDocumented("STK_UP_RESET", 0x000, fields=packed("UP_RESET")),
        PartlyDocumented("SR_MASTER_PRIORITY", 0x004, fields=packed("PRIORITY:2")),
        PartlyDocumented("STK_SR_ACC_CTL_BK2", 0x008, fields=packed("BASE_UP_ACCSS STK_UP_ACCSS")),
        PartlyDocumented("BASE_UP_ACC_REQ_BK2", 0x00C, fields=packed("ACCSS_REQ")),
        PartlyDocumented("STK_UP_ACC_REQ_BK2", 0x010, fields=packed("ACCSS_REQ")),
        PartlyDocumented("STK_SR_ACC_CTL_BK3", 0x014, fields=packed("BASE_UP_ACCSS STK_UP_ACCSS")),
        PartlyDocumented("BASE_UP_ACC_REQ_BK3", 0x018, fields=packed("ACCSS_REQ")),
        PartlyDocumented("STK_UP_ACC_REQ_BK3", 0x01C, fields=packed("ACCSS_REQ")),
        PartlyDocumented("RDSM_CFG_CPU", 0x020, fields=READ_TIMING),
        PartlyDocumented("RDSM_CFG_EE", 0x024, fields=READ_TIMING),
        PartlyDocumented(
            "BASE_UP_IRQ_LOG",
            0x028,
            fields=packed("SR_INVAL_ACCSS SR_BK2_GRANT SR_BK3_GRANT SR_BK2_RELEASE SR_BK3_REL"),
        ),
        PartlyDocumented(
            "STK_UP_IRQ_LOG",
            0x02C,
            fields=packed("SR_BK2_GRANT SR_BK3_GRANT SR_BK2_REL SR_BK3_REL"),
        ),
        PartlyDocumented("STK_CLK_EN", 0x030, fields=packed("STK_UP_CLK DFT_CTRL_CLK SR_CLK")),
        PartlyDocumented("SPIN_LOCK_MODE", 0x034, fields=packed("MODE")),
        Register("BUS_FAULT_ADDR", 0x038, access=READ_ONLY),
        Register("BUS_FAULT_CLR", 0x03C, access=WRITE_ONLY, fields=packed("CLEAR")),
        Register("RESET_CAUSE", 0x040, access=READ_ONLY),
        Register("WDOG_TIMER_EVENT", 0x044),
        PartlyDocumented("DMA_REQ", 0x048, fields=packed("DMAREQ0 DMAREQ1")),
        Register("SRAM_JUMP_OFFSET_ADDR", 0x04C),
        Register("SW_REG1", 0x050),
        Register("SW_REG2", 0x054),
        PartlyDocumented("FMC_SLEEP_CTL", 0x058, fields=packed("FMC_LPM_REQ FMC_LPM_ACK")),
        PartlyDocumented(
            "MISC_CTL",
            0x05C,
            fields=packed(
                "FLB_TEST_MUX_CTL_BK1 FLB_TEST_MUX_CTL_BK2 "
                "FLB_TEST_MUX_CTL_BK3 FW_IRQ0 FW_IRQ1 FW_IRQ2 - WDOG_RESET"
            ),
        ),
        PartlyDocumented(
            "SW_DFT_CTL",
            0x0FC,
            fields=packed(
                "-:8 FLBK0_OWNS FLBK1_OWNS FLBK2_OWNS FLBK3_OWNS FLBK4_OWNS "
                "-:9 CPU_FAIL CPU_DONE -:4 SWIF_CPU_READ FL_CTRL_OWNS"
            ),
        ),
        PartlyDocumented(
            "PADN_CTL_0", 0x100, fields=packed("OEN1X OEN2X SPARE_PAD_DIN SPARE_PAD_DOUT")
        ),
    )
