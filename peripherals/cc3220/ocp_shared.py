# ironpython: executed by Renode
"""OCP_SHARED: semaphores, pad configuration and spare registers (SWRU465 sections 16 and 17).

Bit 1 of SPARE_REG_5 stops the network processor; a wake request of the ARCM starts it.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Register, packed
from renode_wifi.peripherals.cc3220.gprcm import COLD
from renode_wifi.peripherals.cc3220.partly_documented import PartlyDocumented

SPARE_REG_5 = PartlyDocumented(
    "SPARE_REG_5",
    0x16C,
    on_write="_stop",
    fields=packed("- SLSTOP"),
)

PAD_RESET = 0xC61
"""A pad after reset: not driven."""


class CC3220_OCP_SHARED(Block):
    """Input 0: a pulse that wakes the network processor. Output 0: its power."""

    STATUS = PARTLY
    MISSING = "pads: what is configured has no effect on pins"
    OUTPUTS = (0,)
    SIZE = 0x200
    REGISTERS = (
        PartlyDocumented("SEMAPHORE", 0x000, count=12, fields=packed("MEM_SEMAPHORE:2")),
        PartlyDocumented("IC_LOCKER_ID", 0x030, fields=packed("MEM_IC_LOCKER_ID:3")),
        PartlyDocumented("MCU_SEMAPHORE_PEND", 0x034, fields=packed("MEM_MCU_SEMAPHORE_PEND:16")),
        PartlyDocumented("WL_SEMAPHORE_PEND", 0x038, fields=packed("MEM_WL_SEMAPHORE_PEND:16")),
        Register(
            "PLATFORM_DETECTION_RD_ONLY",
            0x03C,
            access=READ_ONLY,
            fields=packed("PLATFORM_DETECTION:16"),
        ),
        Register(
            "SEMAPHORES_STATUS_RD_ONLY",
            0x040,
            access=READ_ONLY,
            fields=packed("SEMAPHORES_STATUS:12"),
        ),
        Register("CC3XX_CONFIG_CTRL", 0x044, count=9),
        Register("SPARE_REG_0", 0x068, count=4),
        PartlyDocumented(
            "GPIO_PAD_CONFIG",
            0x0A0,
            reset=PAD_RESET,
            count=41,
            fields=packed("CONFMODE:4 IODEN I2MAEN I4MAEN I8MAEN IWKPUEN IWKPDEN IOE_N IOE_N_OV"),
        ),
        PartlyDocumented(
            "GPIO_PAD_CMN_CONFIG",
            0x144,
            fields=packed(
                "MEM_PAD_IDIEN MEM_PAD_IBIASEN MEM_PAD_HYSTEN MEM_PAD_HYSTVAL:2 "
                "MEM_PAD_JTAG_IDIEN MEM_D2D_ISO_Y_EN MEM_D2D_ISO_A_EN"
            ),
        ),
        Register("D2D_PAD_CONFIG", 0x148, count=3),
        PartlyDocumented("SOP_CONF_OVERRIDE", 0x154, fields=packed("MEM_SOP_CONF_OVERRIDE")),
        Register(
            "CC3XX_DEBUGSS_STATUS",
            0x158,
            access=READ_ONLY,
            fields=packed(
                "SSBD_UNLOCK TAPS_ENABLE_STATUS APPS_TAP_ENABLE_STATUS SW_INTERFACE_SEL_STATUS "
                "CJTAG_BYPASS_STATUS APPS_MCU_JTAGNSW"
            ),
        ),
        PartlyDocumented("CC3XX_DEBUGMUX_SEL", 0x15C, fields=packed("MEM_CC3XX_DEBUGMUX_SEL:16")),
        Register("ALT_PC_VAL_NW", 0x160),
        Register("ALT_PC_VAL_APPS", 0x164),
        Register("SPARE_REG_4", 0x168, fields=packed("INVERT_D2D_INTERFACE MEM_SPARE_REG_4:31")),
        SPARE_REG_5,
        PartlyDocumented("SH_SPI_CS_MASK", 0x170, fields=packed("MEM_SH_SPI_CS_MASK:4")),
        Register("CC3XX_DEVICE_TYPE", 0x174, access=READ_ONLY, fields=packed("DEVICE_TYPE:5")),
        PartlyDocumented(
            "MEM_TOPMUXCTRL_IFORCE",
            0x178,
            fields=packed("MEM_TOPMUXCTRL_IFORCE:4 MEM_TOPMUXCTRL_IFORCE1:4"),
        ),
        Register(
            "CC3XX_DEV_PACKAGE_DETECT", 0x17C, access=READ_ONLY, fields=packed("DEV_PKG_DETECT")
        ),
        PartlyDocumented(
            "AUTONMS_SPICLK_SEL",
            0x180,
            fields=packed("MEM_AUTONMS_SPICLK_SEL MEM_AUTONOMOUS_BYPASS"),
        ),
        PartlyDocumented("CC3XX_DEV_PADCONF", 0x184, fields=packed("MEM_CC3XX_DEV_PADCONF:16")),
        Register("SPARE_REG_8", 0x188),
        Register("SPARE_REG_6", 0x18C),
        Register("SPARE_REG_7", 0x190),
        Register(
            "APPS_WLAN_ORBIT",
            0x194,
            fields=packed(
                "mem_orbit_test_mode mem_orbit_halt_proc mem_orbit_test_id:6 mem_orbit_test_exec "
                "mem_orbit_test_status mem_orbit_spare:22"
            ),
        ),
        Register("APPS_WLAN_SCRATCH_PAD", 0x198),
    )

    def reset(self):
        # type: () -> None
        """The block is outside of what LPDS and the resets of the application processor reach."""
        if self.machine.reset_cause in COLD:
            Block.reset(self)

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        if level and not self.registers["SPARE_REG_5"] & SPARE_REG_5.SLSTOP:
            self.lines[0].set(True)

    def _stop(self, value, old):
        # type: (int, int) -> None
        if value & SPARE_REG_5.SLSTOP:
            self.lines[0].set(False)


MYPY = False
if MYPY:
    import typing  # noqa: F401
