# ironpython: executed by Renode
"""HIB1P2: trims of the converters, straps, and a fast view of the slow clock counter."""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.counter import Counter
from renode_wifi.peripherals.base.registers import READ_ONLY, Register, packed
from renode_wifi.peripherals.cc3220.gprcm import COLD, SECOND, SLOW_CLOCK_HZ
from renode_wifi.peripherals.cc3220.partly_documented import PartlyDocumented

WORD = 0xFFFFFFFF
LSW = Register("HIB_RTC_TIMER_LSW_1P2", 0x0CC, access=READ_ONLY, on_read="_low")
MSW = Register(
    "HIB_RTC_TIMER_MSW_1P2",
    0x0D0,
    access=READ_ONLY,
    on_read="_high",
    fields=packed("hib_rtc_timer_msw:16"),
)


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
        PartlyDocumented(
            "ANA_DCDC_PARAMETERS_OVERRIDE",
            0x0A8,
            fields=packed(
                "mem_dcdc_ana_en_lowv_fsm_override_ctrl "
                "mem_dcdc_ana_en_pwm_mode_lowv_fsm_override_ctrl "
                "mem_dcdc_ana_en_slp_mode_lowv_fsm_override_ctrl "
                "mem_dcdc_ana_ilim_trim_lowv_efc_override_ctrl "
                "mem_dcdc_ana_en_subreg_1p8v_lowv_override_ctrl "
                "mem_dcdc_ana_en_subreg_1p2v_lowv_override_ctrl"
            ),
        ),
        PartlyDocumented(
            "FLASH_DCDC_PARAMETERS_OVERRIDE",
            0x0AC,
            fields=packed(
                "mem_dcdc_flash_ilim_trim_lowv_override_ctrl mem_dcdc_flash_en_lowv_override_ctrl"
            ),
        ),
        PartlyDocumented(
            "DIG_DCDC_VTRIM_CFG",
            0x0B0,
            fields=packed(
                "Spare_RW:6 mem_dcdc_dig_lpds_vtrim:6 mem_dcdc_dig_dslp_vtrim:6 "
                "mem_dcdc_dig_run_vtrim:6"
            ),
        ),
        PartlyDocumented(
            "DIG_DCDC_FSM_PARAMETERS",
            0x0B4,
            fields=packed(
                "mem_dcdc_dig_dslp_exit_cot_to_run:3 mem_dcdc_dig_dslp_exit_vtrim_to_cot:3 "
                "mem_dcdc_dig_dslp_exit_sleep_to_vtrim:3 mem_dcdc_dig_dslp_enter_vtrim_to_sleep:3 "
                "mem_dcdc_dig_dslp_enter_cot_to_vtrim:3"
            ),
        ),
        PartlyDocumented(
            "ANA_DCDC_FSM_PARAMETERS",
            0x0B8,
            fields=packed("mem_dcdc_ana_dslp_exit_sleep_to_run:3"),
        ),
        PartlyDocumented(
            "SRAM_SKA_LDO_FSM_PARAMETERS",
            0x0BC,
            fields=packed("mem_sram_ldo_en_to_ska_ldo_dis:3 mem_ska_ldo_en_to_sram_ldo_dis:3"),
        ),
        PartlyDocumented(
            "BGAP_DUTY_CYCLING_EXIT_CFG",
            0x0C0,
            fields=packed("mem_bgap_duty_cycling_exit_time:3"),
        ),
        PartlyDocumented(
            "CM_OSC_16M_CONFIG",
            0x0C4,
            fields=packed(
                "mem_cm_sli_16m_trim:3 mem_cm_osc_en_sli_16m mem_cm_osc_16m_spare:6 "
                "mem_cm_osc_16m_trim:6 mem_cm_en_osc_16m cm_clk_good_16m"
            ),
        ),
        Register("SOP_SENSE_VALUE", 0x0C8, access=READ_ONLY, fields=packed("sop_sense_value:8")),
        LSW,
        MSW,
        Register("TRIM_AND_SYNC", 0x0D4, count=15),
        Register(
            "CM_SPARE",
            0x110,
            fields=packed("MEM_CM_SPARE:16 MEM_CM_TEST_CTRL:8 CM_SPARE_OUT:8"),
        ),
        Register("PORPOL_SPARE", 0x114),
        Register("CLOCK_CONFIG", 0x118, count=11),
    )

    def __init__(self, machine, name, counter="hib3p3", sop=0):
        # type: (typing.Any, str, str, int) -> None
        Block.__init__(self, machine, name)
        self._counter = counter
        self._sop = sop
        self._low_word, self._high_word = Counter(LSW.word), Counter(MSW.word)
        self.counters = (self._low_word, self._high_word)
        self.registers["SOP_SENSE_VALUE"] = sop

    def reset(self):
        # type: () -> None
        if self.machine.reset_cause in COLD:
            Block.reset(self)
            self.registers["SOP_SENSE_VALUE"] = self._sop

    def _ticks(self):
        # type: () -> int
        source = self.machine.peripheral(self._counter)
        ticks = source.ticks()  # type: int
        origin = source.follow(self)
        low = ticks & WORD
        if origin is not None and ticks * SECOND + origin >= 0:
            # From the beginning of this tick on, the upper word until the lower one goes round.
            origin += ticks * SECOND
            self._low_word.follow(low, False, WORD, SLOW_CLOCK_HZ, SECOND, origin)
            rest = (WORD + 1 - low) * SECOND
            self._high_word.follow(ticks >> 32, False, 1, SLOW_CLOCK_HZ, rest, origin)
        return ticks

    def withdraw(self):
        # type: () -> None
        """The counter follows from something else from here on."""
        for counter in self.counters:
            counter.withdraw()

    def _low(self):
        # type: () -> int
        return self._ticks() & WORD

    def _high(self):
        # type: () -> int
        return self._ticks() >> 32


MYPY = False
if MYPY:
    import typing  # noqa: F401
