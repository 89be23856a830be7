# ironpython: executed by Renode
"""OCP_SHARED: semaphores, pad configuration and spare registers (SWRU465 sections 16 and 17).

Bit 1 of SPARE_REG_5 stops the network processor; a wake request of the ARCM starts it.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import Register
from renode_wifi.peripherals.cc3220.gprcm import COLD

SLSTOP = 1 << 1
PAD_RESET = 0xC61
"""A pad after reset: not driven."""


class CC3220_OCP_SHARED(Block):
    """Input 0: a pulse that wakes the network processor. Output 0: its power."""

    STATUS = PARTLY
    MISSING = "pads: what is configured has no effect on pins"
    OUTPUTS = (0,)
    SIZE = 0x200
    REGISTERS = (
        Register("SEMAPHORE", 0x000, count=12),
        Register("IC_LOCKER_ID", 0x030),
        Register("MCU_SEMAPHORE_PEND", 0x034),
        Register("WL_SEMAPHORE_PEND", 0x038),
        Register("PLATFORM_DETECTION_RD_ONLY", 0x03C, writable=0),
        Register("SEMAPHORES_STATUS_RD_ONLY", 0x040, writable=0),
        Register("CC3XX_CONFIG_CTRL", 0x044, count=9),
        Register("SPARE_REG_0", 0x068, count=4),
        Register("GPIO_PAD_CONFIG", 0x0A0, reset=PAD_RESET, count=41),
        Register("GPIO_PAD_CMN_CONFIG", 0x144),
        Register("D2D_PAD_CONFIG", 0x148, count=3),
        Register("SOP_CONF_OVERRIDE", 0x154),
        Register("CC3XX_DEBUGSS_STATUS", 0x158, writable=0),
        Register("CC3XX_DEBUGMUX_SEL", 0x15C),
        Register("ALT_PC_VAL_NW", 0x160),
        Register("ALT_PC_VAL_APPS", 0x164),
        Register("SPARE_REG_4", 0x168),
        Register("SPARE_REG_5", 0x16C, on_write="_stop"),
        Register("SH_SPI_CS_MASK", 0x170),
        Register("CC3XX_DEVICE_TYPE", 0x174, writable=0),
        Register("MEM_TOPMUXCTRL_IFORCE", 0x178),
        Register("CC3XX_DEV_PACKAGE_DETECT", 0x17C, writable=0),
        Register("AUTONMS_SPICLK_SEL", 0x180),
        Register("CC3XX_DEV_PADCONF", 0x184),
        Register("SPARE_REG_8", 0x188),
        Register("SPARE_REG_6", 0x18C),
        Register("SPARE_REG_7", 0x190),
        Register("APPS_WLAN_ORBIT", 0x194),
        Register("APPS_WLAN_SCRATCH_PAD", 0x198),
    )

    def reset(self):
        # type: () -> None
        """The block is outside of what LPDS and the resets of the application processor reach."""
        if self.machine.reset_cause in COLD:
            Block.reset(self)

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        if level and not self.registers["SPARE_REG_5"] & SLSTOP:
            self.lines[0].set(True)

    def _stop(self, value, old):
        # type: (int, int) -> None
        if value & SLSTOP:
            self.lines[0].set(False)


MYPY = False
if MYPY:
    import typing  # noqa: F401
