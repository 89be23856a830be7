# ironpython: executed by Renode
"""HIB1P2: trims of the converters, straps, and a fast view of the slow clock counter."""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import Register
from renode_wifi.peripherals.cc3220.gprcm import COLD


class CC3220_HIB1P2(Block):
    """counter: name of the block that counts the slow clock. sop: the sense-on-power straps."""

    STATUS = PARTLY
    MISSING = "trims: registers keep what is written"
    OUTPUTS = ()
    SIZE = 0x200
    REGISTERS = (
        Register("SRAM_SKA_LDO_PARAMETERS", 0x000, count=2),
        Register("DIG_DCDC_PARAMETERS", 0x008, count=7),
        Register("ANA_DCDC_PARAMETERS", 0x024, count=20),
        Register("FLASH_DCDC_PARAMETERS", 0x074, count=8),
        Register("PMBIST_PARAMETERS", 0x094, count=4),
        Register("FLASH_DCDC_PARAMETERS8", 0x0A4),
        Register("ANA_DCDC_PARAMETERS_OVERRIDE", 0x0A8),
        Register("FLASH_DCDC_PARAMETERS_OVERRIDE", 0x0AC),
        Register("DIG_DCDC_VTRIM_CFG", 0x0B0),
        Register("DIG_DCDC_FSM_PARAMETERS", 0x0B4),
        Register("ANA_DCDC_FSM_PARAMETERS", 0x0B8),
        Register("SRAM_SKA_LDO_FSM_PARAMETERS", 0x0BC),
        Register("BGAP_DUTY_CYCLING_EXIT_CFG", 0x0C0),
        Register("CM_OSC_16M_CONFIG", 0x0C4),
        Register("SOP_SENSE_VALUE", 0x0C8, writable=0),
        Register("HIB_RTC_TIMER_LSW_1P2", 0x0CC, writable=0, on_read="_low"),
        Register("HIB_RTC_TIMER_MSW_1P2", 0x0D0, writable=0, on_read="_high"),
        Register("TRIM_AND_SYNC", 0x0D4, count=15),
        Register("CM_SPARE", 0x110),
        Register("PORPOL_SPARE", 0x114),
        Register("CLOCK_CONFIG", 0x118, count=11),
    )

    def __init__(self, machine, name, counter="hib3p3", sop=0):
        # type: (typing.Any, str, str, int) -> None
        Block.__init__(self, machine, name)
        self._counter = counter
        self._sop = sop
        self.registers["SOP_SENSE_VALUE"] = sop

    def reset(self):
        # type: () -> None
        if self.machine.reset_cause in COLD:
            Block.reset(self)
            self.registers["SOP_SENSE_VALUE"] = self._sop

    def _ticks(self):
        # type: () -> int
        ticks = self.machine.peripheral(self._counter).ticks()  # type: int
        return ticks

    def _low(self):
        # type: () -> int
        return self._ticks() & 0xFFFFFFFF

    def _high(self):
        # type: () -> int
        return self._ticks() >> 32


MYPY = False
if MYPY:
    import typing  # noqa: F401
