# ironpython: executed by Renode
"""APPS_CONFIG: which peripherals' DMA transfers have ended, and other settings of the processor
(SWRU465 section 4; hardware header hw_apps_config.h of TI's SDK).
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import Register

DONE_LINES = 16
ALL = (1 << DONE_LINES) - 1


class CC3220_APPS_CONFIG(Block):
    """Inputs 0 to 15: pulses at the end of a transfer. 0 and 1 are SDHOST's (read, write), 2 and 3
    GSPI's, 4 and 5 LSPI's, 6 and 7 SSPI's, 8 and 9 the camera's, 10 and 11 I2S's, 12 to 15 the
    converter's. Outputs, with the same numbers: done and not masked.
    """

    OUTPUTS = tuple(range(DONE_LINES))
    SIZE = 0x100
    REGISTERS = (
        Register("PATCH_TRAP_ADDR_REG", 0x00, count=30),
        Register("PATCH_TRAP_EN_REG", 0x78),
        Register("FAULT_STATUS_REG", 0x7C, writable=0),
        Register("MEMSS_WR_ERR_CLR_REG", 0x80),
        Register("MEMSS_WR_ERR_ADDR_REG", 0x84, writable=0),
        Register("DMA_DONE_INT_MASK", 0x8C, reset=ALL, writable=ALL, on_write="_update"),
        Register("DMA_DONE_INT_MASK_SET", 0x90, writable=0, on_write="_set_mask"),
        Register("DMA_DONE_INT_MASK_CLR", 0x94, writable=0, on_write="_clear_mask"),
        Register("DMA_DONE_INT_STS_CLR", 0x98, writable=0, on_write="_clear"),
        Register("DMA_DONE_INT_ACK", 0x9C, writable=0, on_write="_clear"),
        Register("DMA_DONE_INT_STS_MASKED", 0xA0, writable=0),
        Register("DMA_DONE_INT_STS_RAW", 0xA4, writable=0),
        Register("FAULT_STATUS_CLR_REG", 0xA8),
        Register("RESERVD_REG_0", 0xAC),
        Register("GPT_TRIG_SEL", 0xB0),
        Register("TOP_DIE_SPARE_DIN_REG", 0xB4, writable=0),
        Register("TOP_DIE_SPARE_DOUT_REG", 0xB8),
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
        self.registers["DMA_DONE_INT_MASK"] |= value & ALL
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
