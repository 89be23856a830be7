# ironpython: executed by Renode
"""The parallel camera interface without a camera (SWRU465 section 14): it can be set up and
started, but no frame ever comes.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import Register

SYSCONFIG_SOFT_RESET = 1 << 1
RESET_DONE = 1 << 0
CTRL_RST = 1 << 18


class CC3220_Camera(Block):
    """Output 0: interrupt."""

    STATUS = PARTLY
    MISSING = "the camera: no frame ever comes"
    OUTPUTS = (0,)
    SIZE = 0x200
    REGISTERS = (
        Register("CC_REVISION", 0x000, reset=0x20, writable=0),
        Register("CC_SYSCONFIG", 0x010, on_write="_configure"),
        Register("CC_SYSSTATUS", 0x014, reset=RESET_DONE, writable=0),
        Register("CC_IRQSTATUS", 0x018, writable=0, write_one_clears=0x000FFFFF),
        Register("CC_IRQENABLE", 0x01C),
        Register("CC_CTRL", 0x040, on_write="_control"),
        Register("CC_CTRL_DMA", 0x044),
        Register("CC_CTRL_XCLK", 0x048),
        Register("CC_FIFO_DATA", 0x04C, writable=0),
        Register("CC_TEST", 0x050),
        Register("CC_GEN_PAR", 0x054, reset=5, writable=0),
        Register("BUFFER", 0x100, writable=0, count=64),
    )

    def _configure(self, value, old):
        # type: (int, int) -> None
        if value & SYSCONFIG_SOFT_RESET:
            self.reset()

    def _control(self, value, old):
        # type: (int, int) -> None
        """Resetting the FIFO takes no time."""
        self.registers["CC_CTRL"] &= ~CTRL_RST


MYPY = False
if MYPY:
    import typing  # noqa: F401
