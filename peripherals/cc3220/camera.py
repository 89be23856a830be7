# ironpython: executed by Renode
"""The parallel camera interface without a camera (SWRU465 section 14): it can be set up and
started, but no frame ever comes.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import ONE_CLEARS, READ_ONLY, Register, packed

SYSCONFIG = Register(
    "CC_SYSCONFIG",
    0x010,
    on_write="_configure",
    fields=packed("AUTO_IDLE SOFT_RESET/w - S_IDLE_MODE:2"),
)


class CC3220_Camera(Block):
    """Output 0: interrupt."""

    STATUS = PARTLY
    MISSING = "the camera: no frame ever comes"
    OUTPUTS = (0,)
    SIZE = 0x200
    REGISTERS = (
        Register("CC_REVISION", 0x000, reset=0x20, access=READ_ONLY, fields=packed("REV:8")),
        SYSCONFIG,
        Register("CC_SYSSTATUS", 0x014, reset=1, access=READ_ONLY, fields=packed("RESET_DONE2")),
        Register(
            "CC_IRQSTATUS",
            0x018,
            access=ONE_CLEARS,
            fields=packed(
                "FIFO_UF_IRQ FIFO_OF_IRQ FIFO_THR_IRQ FIFO_FULL_IRQ FIFO_NONEMPTY_IRQ -:3 "
                "SSC_ERR_IRQ FSC_ERR_IRQ FW_ERR_IRQ FSP_ERR_IRQ -:4 FE_IRQ LS_IRQ LE_IRQ FS_IRQ"
            ),
        ),
        Register(
            "CC_IRQENABLE",
            0x01C,
            fields=packed(
                "FIFO_UF_IRQ_EN FIFO_OF_IRQ_EN FIFO_THR_IRQ_EN FIFO_FULL_IRQ_EN "
                "FIFO_NONEMPTY_IRQ_EN -:3 SSC_ERR_IRQ_EN FSC_ERR_IRQ_EN FW_ERR_IRQ_EN FSP_IRQ_EN "
                "-:4 FE_IRQ_EN LS_IRQ_EN LE_IRQ_EN FS_IRQ_EN"
            ),
        ),
        # Resetting the FIFO takes no time.
        Register(
            "CC_CTRL",
            0x040,
            fields=packed(
                "CCP_MODE PAR_MODE:3 -:4 NOBT_VS_POL NOBT_HS_POL PAR_CLK_POL PAR_ORDERCAM "
                "BT_CORRECT NOBT_SYNCHRO -:2 CC_EN CC_FRAME_TRIG CC_RST/sc CC_IF_SYNCHRO"
            ),
        ),
        Register("CC_CTRL_DMA", 0x044, fields=packed("FIFO_THRESHOLD:7 - DMA_EN")),
        Register("CC_CTRL_XCLK", 0x048, fields=packed("XCLK_DIV:5")),
        Register("CC_FIFO_DATA", 0x04C, access=READ_ONLY),
        Register(
            "CC_TEST",
            0x050,
            fields=packed("FIFO_LEVEL_PEAK:8 FIFO_LEVEL:8 FIFO_WR_POINTER:8 FIFO_RD_POINTER:8"),
        ),
        Register("CC_GEN_PAR", 0x054, reset=5, access=READ_ONLY, fields=packed("CC_FIFO_DEPTH:3")),
        Register("BUFFER", 0x100, access=READ_ONLY, count=64),
    )

    def _configure(self, value, old):
        # type: (int, int) -> None
        if value & SYSCONFIG.SOFT_RESET:
            self.reset()


MYPY = False
if MYPY:
    import typing  # noqa: F401
