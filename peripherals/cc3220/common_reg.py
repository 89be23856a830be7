# ironpython: executed by Renode
"""COMMON_REG: flags and interrupts between the application processor and the network processor.

NW_INT_* is the network processor's interrupt to the application, APPS_INT_* the other way round
(hardware header hw_common_reg.h of TI's SDK; host driver, NwpRegisters.h and cc_pal.c).
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    WRITE_ONLY,
    Register,
    packed,
)
from renode_wifi.peripherals.cc3220.partly_documented import PartlyDocumented

NWP = 1 << 0
"""The one interrupt of each direction that is used."""
LPDS = ("lpds-enter", "lpds")
"""Resets of the core's domain that this block is outside of."""


class CC3220_COMMON_REG(Block):
    """Input 0: the network processor's interrupt request. Output 0: it reaches the NVIC."""

    OUTPUTS = (0,)
    SIZE = 0x100
    REGISTERS = (
        PartlyDocumented(
            "I2C_Properties_Register", 0x00, fields=packed("I2C_Properties_Register:2")
        ),
        PartlyDocumented(
            "SPI_Properties_Register", 0x04, fields=packed("SPI_Properties_Register:2")
        ),
        Register("SH_RESOURCE_INTERRUPT", 0x0C, count=4),
        PartlyDocumented("Flash_ctrl_reg", 0x1C, fields=packed("Flash_ctrl_reg:2")),
        PartlyDocumented(
            "BUS_MATRIX_SEGMENT_ACCESS_CONFIG",
            0x24,
            count=6,
            fields=packed("Bus_matrix_segment_access_config:18"),
        ),
        PartlyDocumented(
            "GPIO_properties_register", 0x3C, fields=packed("GPIO_properties_register:10")
        ),
        Register("APPS_NW_SEMAPHORE", 0x40, count=12),
        Register("APPS_SEMAPPHORE_PEND", 0x70),
        Register("NW_SEMAPPHORE_PEND", 0x74),
        Register("SEMAPHORE_STATUS", 0x78),
        Register("IDMEM_TIM_Update", 0x7C),
        PartlyDocumented("FPGA_ROM_WR_EN", 0x80, fields=packed("FPGA_ROM_WR_EN")),
        Register("NW_INT_MASK", 0x84, reset=0xFFFFFFFF, on_write="_update"),
        Register("NW_INT_MASK_SET", 0x88, access=WRITE_ONLY, on_write="_set_mask"),
        Register("NW_INT_MASK_CLR", 0x8C, access=WRITE_ONLY, on_write="_clear_mask"),
        Register("NW_INT_STS_CLR", 0x90, access=WRITE_ONLY),
        Register("NW_INT_ACK", 0x94, access=WRITE_ONLY),
        Register("NW_INT_TRIG", 0x98, access=WRITE_ONLY),
        Register("NW_INT_STS_MASKED", 0x9C, access=READ_ONLY),
        Register("NW_INT_STS_RAW", 0xA0, access=READ_ONLY),
        Register("APPS_INT_MASK", 0xA4, reset=0xFFFFFFFF),
        Register("APPS_INT_MASK_SET", 0xA8, access=WRITE_ONLY, on_write="_set_apps_mask"),
        Register("APPS_INT_MASK_CLR", 0xAC, access=WRITE_ONLY, on_write="_clear_apps_mask"),
        Register("APPS_INT_STS_CLR", 0xB0, access=WRITE_ONLY, on_write="_clear_apps"),
        Register("APPS_INT_ACK", 0xB4, access=WRITE_ONLY, on_write="_clear_apps"),
        Register("APPS_INT_TRIG", 0xB8, access=WRITE_ONLY, on_write="_trigger_apps"),
        Register("APPS_INT_STS_MASKED", 0xBC, access=READ_ONLY),
        Register("APPS_INT_STS_RAW", 0xC0, access=READ_ONLY),
        PartlyDocumented("IDMEM_TIM_Updated", 0xC4, fields=packed("TIM_UPDATED")),
        PartlyDocumented("APPS_GPIO_TRIG_EN", 0xC8, fields=packed("APPS_GPIO_TRIG_EN:5")),
        Register("EMU_DEBUG_REG", 0xCC),
        PartlyDocumented("SEMAPHORE_STATUS2", 0xD0, fields=packed("SEMAPHORE_STATUS2:24")),
        PartlyDocumented(
            "SEMAPHORE_PREV_OWNER", 0xD4, count=2, fields=packed("SEMAPHORE_PREV_OWNER:18")
        ),
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._request = False

    def reset(self):
        # type: () -> None
        """The request is the network processor's, which goes on.

        The block keeps its settings over LPDS: firmware unmasks the interrupt when it starts the
        network processor (cc_pal.c, NwpPowerOn), not when it wakes.
        """
        if self.machine.reset_cause not in LPDS:
            self.registers.reset()
        self._update(0, 0)

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        self._request = level
        self._update(0, 0)

    def _update(self, value, old):
        # type: (int, int) -> None
        raw = NWP if self._request else 0
        masked = raw & ~self.registers["NW_INT_MASK"]
        self.registers["NW_INT_STS_RAW"] = raw
        self.registers["NW_INT_STS_MASKED"] = masked
        self.lines[0].set(masked != 0)

    def _set_mask(self, value, old):
        # type: (int, int) -> None
        self.registers["NW_INT_MASK"] |= value
        self._update(0, 0)

    def _clear_mask(self, value, old):
        # type: (int, int) -> None
        self.registers["NW_INT_MASK"] &= ~value
        self._update(0, 0)

    # Towards the network processor, which takes an interrupt note of at once.

    def _update_apps(self):
        # type: () -> None
        raw = self.registers["APPS_INT_STS_RAW"]
        self.registers["APPS_INT_STS_MASKED"] = raw & ~self.registers["APPS_INT_MASK"]

    def _set_apps_mask(self, value, old):
        # type: (int, int) -> None
        self.registers["APPS_INT_MASK"] |= value
        self._update_apps()

    def _clear_apps_mask(self, value, old):
        # type: (int, int) -> None
        self.registers["APPS_INT_MASK"] &= ~value
        self._update_apps()

    def _clear_apps(self, value, old):
        # type: (int, int) -> None
        self.registers["APPS_INT_STS_RAW"] &= ~value
        self._update_apps()

    def _trigger_apps(self, value, old):
        # type: (int, int) -> None
        self.registers["APPS_INT_STS_RAW"] |= value
        self._update_apps()


MYPY = False
if MYPY:
    import typing  # noqa: F401
