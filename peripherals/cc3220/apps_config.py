# ironpython: executed by Renode
"""APPS_CONFIG: which peripherals' DMA transfers have ended, and other settings of the processor
(SWRU465 section 4; hardware header hw_apps_config.h of TI's SDK).
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Register, packed
from renode_wifi.peripherals.cc3220.partly_documented import PartlyDocumented

DONE_LINES = 16
TRANSFERS = packed(
    "SDIOM_RD SDIOM_WR APPS_SPI_RD APPS_SPI_WR HOSTSPI_RD HOSTSPI_WR SHSPI_RD SHSPI_WR "
    "CAM_THRESHHOLD CAM_FIFO_EMPTY MCASP_RD MCASP_WR ADC_WR0 ADC_WR1 ADC_WR2 ADC_WR3"
)
"""The beginnings of the fields' names, whose ends are the registers'."""
MASK = Register("DMA_DONE_INT_MASK", 0x8C, reset=0xFFFF, on_write="_update", fields=TRANSFERS)


class CC3220_APPS_CONFIG(Block):
    """Inputs 0 to 15: pulses at the end of a transfer. 0 and 1 are SDHOST's (read, write), 2 and 3
    GSPI's, 4 and 5 LSPI's, 6 and 7 SSPI's, 8 and 9 the camera's, 10 and 11 I2S's, 12 to 15 the
    converter's. Outputs, with the same numbers: done and not masked.
    """

    OUTPUTS = tuple(range(DONE_LINES))
    SIZE = 0x100
    REGISTERS = (
        Register("PATCH_TRAP_ADDR_REG", 0x00, count=30),
        PartlyDocumented("PATCH_TRAP_EN_REG", 0x78, fields=packed("PATCH_TRAP_EN:30")),
        Register(
            "FAULT_STATUS_REG",
            0x7C,
            access=READ_ONLY,
            fields=packed("PATCH_ERR PATCH_ERR_INDEX:5"),
        ),
        PartlyDocumented("MEMSS_WR_ERR_CLR_REG", 0x80, fields=packed("MEMSS_WR_ERR_CLR")),
        Register("MEMSS_WR_ERR_ADDR_REG", 0x84, access=READ_ONLY),
        MASK,
        Register(
            "DMA_DONE_INT_MASK_SET",
            0x90,
            access=WRITE_ONLY,
            on_write="_set_mask",
            fields=TRANSFERS,
        ),
        Register(
            "DMA_DONE_INT_MASK_CLR",
            0x94,
            access=WRITE_ONLY,
            on_write="_clear_mask",
            fields=TRANSFERS,
        ),
        Register(
            "DMA_DONE_INT_STS_CLR", 0x98, access=WRITE_ONLY, on_write="_clear", fields=TRANSFERS
        ),
        Register("DMA_DONE_INT_ACK", 0x9C, access=WRITE_ONLY, on_write="_clear", fields=TRANSFERS),
        Register("DMA_DONE_INT_STS_MASKED", 0xA0, access=READ_ONLY, fields=TRANSFERS),
        Register("DMA_DONE_INT_STS_RAW", 0xA4, access=READ_ONLY, fields=TRANSFERS),
        PartlyDocumented("FAULT_STATUS_CLR_REG", 0xA8, fields=packed("PATCH_ERR_CLR")),
        Register("RESERVD_REG_0", 0xAC),
        PartlyDocumented("GPT_TRIG_SEL", 0xB0, fields=packed("GPT_TRIG_SEL:8")),
        Register("TOP_DIE_SPARE_DIN_REG", 0xB4, access=READ_ONLY, fields=packed("D2D_SPARE_DIN:3")),
        PartlyDocumented("TOP_DIE_SPARE_DOUT_REG", 0xB8, fields=packed("D2D_SPARE_DOUT:3")),
    )

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        if level:
            self.registers["DMA_DONE_INT_STS_RAW"] |= 1 << number
            self._update(0, 0)

    def _update(self, value, old):
        # type: (int, int) -> None
        masked = self.registers["DMA_DONE_INT_STS_RAW"] & ~self.registers["DMA_DONE_INT_MASK"]
        self.registers["DMA_DONE_INT_STS_MASKED"] = masked
        for number in range(DONE_LINES):
            self.lines[number].set(masked >> number & 1 != 0)

    def _set_mask(self, value, old):
        # type: (int, int) -> None
        self.registers["DMA_DONE_INT_MASK"] |= value & MASK.written()
        self._update(0, 0)

    def _clear_mask(self, value, old):
        # type: (int, int) -> None
        self.registers["DMA_DONE_INT_MASK"] &= ~value
        self._update(0, 0)

    def _clear(self, value, old):
        # type: (int, int) -> None
        self.registers["DMA_DONE_INT_STS_RAW"] &= ~value
        self._update(0, 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401
