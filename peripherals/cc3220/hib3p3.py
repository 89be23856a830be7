# ironpython: executed by Renode
"""HIB3P3: hibernation, its wake-up sources, and the slow clock counter (SWRU465 section 15.4).

The counter has 48 bits and runs at 32768 Hz, through resets and hibernation. In hibernation the
core is reset and the boot code waits until a wake-up source resets it once more.
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    WRITE_ONLY,
    Field,
    Register,
    packed,
)
from renode_wifi.peripherals.cc3220.gprcm import SLOW_CLOCK_HZ
from renode_wifi.peripherals.cc3220.partly_documented import PartlyDocumented

SECOND = 1000000000
COUNTER_BITS = 48

LOST = ("power-on", "pin", "soc")
"""Resets that the always-on domain does not survive."""

WAKE_PINS = 7
LOW_LEVEL, HIGH_LEVEL, FALLING_EDGE, RISING_EDGE = range(4)
WAKE_RTC, WAKE_GPIO = 2, 4
"""MEM_HIB_WAKE_STATUS.hib_wake_src."""

HIB_REQ = Register(
    "MEM_HIB_REQ",
    0x000,
    on_write="_request",
    fields=packed("mem_hib_req/sc mem_hib_clk_disable/sc"),
)
TIMER_ENABLE = Register(
    "MEM_HIB_RTC_TIMER_ENABLE",
    0x004,
    on_write="_enable",
    fields=packed("mem_hib_rtc_timer_enable"),
)
TIMER_RESET = Register(
    "MEM_HIB_RTC_TIMER_RESET",
    0x008,
    access=WRITE_ONLY,
    on_write="_restart",
    fields=packed("mem_hib_rtc_timer_reset"),
)
GPIO_WAKE_CONF = Register(
    "MEM_GPIO_WAKE_CONF", 0x408, fields=(Field("mem_gpio_wake_conf", 0, 2, count=8),)
)
WAKE_STATUS = Register(
    "MEM_HIB_WAKE_STATUS",
    0x468,
    access=READ_ONLY,
    fields=packed("hib_wake_status hib_wake_src:4"),
)


class CC3220_HIB3P3(Block):
    """Inputs 0 to 6: the pins that can wake: GPIO 2, 4, 13, 17, 11, 24, 26.

    Outputs: 0 a pulse when the counter reaches its match, 1 high during hibernation.
    """

    OUTPUTS = (0, 1)
    SIZE = 0x600
    REGISTERS = (
        HIB_REQ,
        TIMER_ENABLE,
        TIMER_RESET,
        Register(
            "MEM_HIB_RTC_TIMER_READ",
            0x00C,
            access=WRITE_ONLY,
            on_write="_latch",
            fields=packed("mem_hib_rtc_timer_read"),
        ),
        Register("MEM_HIB_RTC_TIMER_LSW", 0x010, access=READ_ONLY),
        Register(
            "MEM_HIB_RTC_TIMER_MSW", 0x014, access=READ_ONLY, fields=packed("hib_rtc_timer_msw:16")
        ),
        Register("MEM_HIB_RTC_WAKE_EN", 0x018, fields=packed("mem_hib_rtc_wake_en")),
        Register("MEM_HIB_RTC_WAKE_LSW_CONF", 0x01C),
        Register("MEM_HIB_RTC_WAKE_MSW_CONF", 0x020, fields=packed("mem_hib_rtc_wake_msw_conf:16")),
        PartlyDocumented(
            "MEM_INT_OSC_CONF",
            0x02C,
            fields=packed(
                "mem_cm_en_intosc_32k mem_cm_intosc_32k_trim:6 - "
                "mem_cm_en_intosc_32k_override_ctrl mem_cm_intosc_32k_spare:6 cm_clk_good_32k_int"
            ),
        ),
        PartlyDocumented(
            "MEM_XTAL_OSC_CONF",
            0x034,
            fields=packed(
                "mem_cm_en_xtal_32k mem_cm_en_input_sense:2 mem_cm_en_fref_32k_slicer "
                "mem_cm_fref_32k_slicer_itrim:3 mem_cm_sli_32k_trim:3 mem_cm_en_sli_32k "
                "mem_cm_xtal_trim:6 cm_clk_good_xtal mem_cm_en_xtal_32k_override_ctrl "
                "mem_cm_en_sli_32k_override_ctrl"
            ),
        ),
        Register("MEM_BGAP_PARAMETERS", 0x038, count=2),
        Register(
            "MEM_HIB_DETECTION_STATUS",
            0x040,
            access=READ_ONLY,
            fields=packed(
                "hib_xtal_det_out_status hib_ext_clk_det_out_status hib_forced_flash_status -:3 "
                "hib_forced_ana_status"
            ),
        ),
        PartlyDocumented(
            "MEM_HIB_MISC_CONTROLS",
            0x044,
            fields=packed(
                "mem_hib_en_tmux -:3 mem_hib_flash_det_en - mem_hib_pok_por_comp_trim:3 "
                "mem_hib_en_pok_por_comp_ref mem_hib_en_pok_por_comp"
            ),
        ),
        PartlyDocumented(
            "MEM_HIB_CONFIG",
            0x050,
            fields=packed(
                "-:8 mem_hib_xtal_enable -:7 EN_ANA_DIG_SHARED0 EN_ANA_DIG_SHARED1 "
                "EN_ANA_DIG_SHARED2 EN_ANA_DIG_SHARED3 -:4 TOP_MUX_CTRL_SOP_SPIO:8"
            ),
        ),
        Register(
            "MEM_HIB_RTC_IRQ_ENABLE",
            0x054,
            on_write="_plan_match",
            fields=packed("HIB_RTC_IRQ_ENABLE"),
        ),
        Register("MEM_HIB_RTC_IRQ_LSW_CONF", 0x058, on_write="_plan_match"),
        Register(
            "MEM_HIB_RTC_IRQ_MSW_CONF",
            0x05C,
            on_write="_plan_match",
            fields=packed("HIB_RTC_IRQ_MSW_CONF:16"),
        ),
        PartlyDocumented("MEM_HIB_UART_CONF", 0x400, fields=packed("mem_hib_uart_wake_en")),
        Register("MEM_GPIO_WAKE_EN", 0x404, fields=packed("mem_gpio_wake_en:8")),
        GPIO_WAKE_CONF,
        PartlyDocumented(
            "MEM_PAD_OEN_RET33_CONF",
            0x40C,
            fields=packed("PAD_RET33_CONF PAD_OEN33_CONF mem_pad_oen_ret33_override_ctrl"),
        ),
        PartlyDocumented(
            "MEM_UART_RTS_OEN_RET33_CONF",
            0x410,
            fields=packed(
                "PAD_UART_RTS_RET33_CONF PAD_UART_RTS_OEN33_CONF "
                "mem_uart_nrts_oen_ret33_override_ctrl"
            ),
        ),
        PartlyDocumented(
            "MEM_JTAG_CONF",
            0x414,
            fields=packed(
                "PAD_JTAG0_RTS_RET33_CONF PAD_JTAG0_RTS_OEN33_CONF PAD_JTAG1_RTS_RET33_CONF "
                "PAD_JTAG1_RTS_OEN33_CONF -:4 mem_jtag0_oen_ret33_override_ctrl "
                "mem_jtag1_oen_ret33_override_ctrl"
            ),
        ),
        Register("MEM_HIB_REG0", 0x418),
        Register("MEM_HIB_REG1", 0x41C),
        Register("MEM_HIB_REG2", 0x420),
        Register("MEM_HIB_REG3", 0x424),
        Register("MEM_HIB_SEQUENCER_CFG0", 0x45C),
        Register("MEM_HIB_SEQUENCER_CFG1", 0x460),
        PartlyDocumented("MEM_HIB_MISC_CONFIG", 0x464, fields=packed("mem_en_pll_untrim_current")),
        WAKE_STATUS,
        Register("MEM_HIB_LPDS_GPIO_SEL", 0x46C, fields=packed("HIB_LPDS_GPIO_SEL:3")),
        Register("MEM_HIB_SEQUENCER_CFG2", 0x470),
        Register("HIBANA", 0x474, count=9),
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._started = 0
        self._stopped_at = 0
        self._match = None  # type: typing.Any
        self._alarm = None  # type: typing.Any
        self._pins = [False] * WAKE_PINS
        self._hibernating = False
        # Models that show the counter, which follows from something else when it is set.
        self._followers = []  # type: list[typing.Any]

    def reset(self):
        # type: () -> None
        cause = self.machine.reset_cause
        if cause == "hibernate-enter":
            return
        if cause in LOST:
            self._cancel_alarm()
            if self._match is not None:
                self._match.cancel()
                self._match = None
            self._stopped_at = 0
            self._hibernating = False
            Block.reset(self)
            self._withdraw()
        elif cause != "hibernate":
            self.registers["MEM_HIB_WAKE_STATUS"] = 0

    # The slow clock counter.

    def ticks(self):
        # type: () -> int
        """The counter now."""
        count = self._stopped_at
        if self.registers["MEM_HIB_RTC_TIMER_ENABLE"]:
            count += (self.machine.clock.now - self._started) * SLOW_CLOCK_HZ // SECOND
        return count & ((1 << COUNTER_BITS) - 1)

    def follow(self, model):
        # type: (typing.Any) -> int | None
        """When the counter was 0, in ns * Hz; None: it stands still.

        It is so until `model.withdraw` is called.
        """
        if not self.registers["MEM_HIB_RTC_TIMER_ENABLE"]:
            return None
        if model not in self._followers:
            self._followers.append(model)
        origin = self._started * SLOW_CLOCK_HZ - self._stopped_at * SECOND  # type: int
        return origin

    def _withdraw(self):
        # type: () -> None
        for model in self._followers:
            model.withdraw()
        del self._followers[:]

    def _time_until(self, ticks):
        # type: (int) -> int
        """ns until the counter reads `ticks`, which may be after it went round."""
        missing = (ticks - self.ticks()) & ((1 << COUNTER_BITS) - 1)
        return (missing * SECOND + SLOW_CLOCK_HZ - 1) // SLOW_CLOCK_HZ

    def _enable(self, value, old):
        # type: (int, int) -> None
        running = TIMER_ENABLE.mem_hib_rtc_timer_enable
        if value & running and not old & running:
            self._started = self.machine.clock.now
        elif old & running and not value & running:
            self.registers["MEM_HIB_RTC_TIMER_ENABLE"] = running
            self._stopped_at = self.ticks()
            self.registers["MEM_HIB_RTC_TIMER_ENABLE"] = 0
        self._withdraw()
        self._plan_match(0, 0)

    def _restart(self, value, old):
        # type: (int, int) -> None
        if value & TIMER_RESET.mem_hib_rtc_timer_reset:
            self._started = self.machine.clock.now
            self._stopped_at = 0
            self._withdraw()
            self._plan_match(0, 0)

    def _latch(self, value, old):
        # type: (int, int) -> None
        ticks = self.ticks()
        self.registers["MEM_HIB_RTC_TIMER_LSW"] = ticks & 0xFFFFFFFF
        self.registers["MEM_HIB_RTC_TIMER_MSW"] = ticks >> 32

    def _pair(self, name):
        # type: (str) -> int
        low = self.registers[name + "_LSW_CONF"]  # type: int
        return self.registers[name + "_MSW_CONF"] << 32 | low

    def _plan_match(self, value, old):
        # type: (int, int) -> None
        if self._match is not None:
            self._match.cancel()
            self._match = None
        if self.registers["MEM_HIB_RTC_IRQ_ENABLE"] and self.registers["MEM_HIB_RTC_TIMER_ENABLE"]:
            delay = self._time_until(self._pair("MEM_HIB_RTC_IRQ"))
            self._match = self.machine.clock.schedule(delay, self._matched)

    def _matched(self):
        # type: () -> None
        self._match = None
        self.lines[0].pulse()

    # Hibernation.

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        changed, self._pins[number] = level != self._pins[number], level
        if changed:
            self._consider_pin(number, True)

    def _consider_pin(self, number, changed):
        # type: (int, bool) -> None
        """Wake where this pin is to; levels count as they stand, edges as they come."""
        if not self._hibernating or not self.registers["MEM_GPIO_WAKE_EN"] >> number & 1:
            return
        conf = GPIO_WAKE_CONF["mem_gpio_wake_conf%d" % number]
        kind = conf.get(self.registers["MEM_GPIO_WAKE_CONF"])
        wanted = kind in (HIGH_LEVEL, RISING_EDGE)
        if self._pins[number] == wanted and (changed or kind in (LOW_LEVEL, HIGH_LEVEL)):
            self._wake(WAKE_GPIO)

    def _request(self, value, old):
        # type: (int, int) -> None
        if not value & HIB_REQ.mem_hib_req:
            return
        self._hibernating = True
        self.lines[1].set(True)
        self.machine.trace(self.name, "hibernate", asleep=True)
        self.machine.request_reset("hibernate-enter")
        if self.registers["MEM_HIB_RTC_WAKE_EN"]:
            delay = self._time_until(self._pair("MEM_HIB_RTC_WAKE"))
            self._alarm = self.machine.clock.schedule(delay, self._alarm_rang)
        for number in range(WAKE_PINS):
            self._consider_pin(number, False)

    def _alarm_rang(self):
        # type: () -> None
        self._alarm = None
        self._wake(WAKE_RTC)

    def _cancel_alarm(self):
        # type: () -> None
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _wake(self, source):
        # type: (int) -> None
        if not self._hibernating:
            return
        self._cancel_alarm()
        self._hibernating = False
        status = WAKE_STATUS["hib_wake_src"].put(WAKE_STATUS.hib_wake_status, source)
        self.registers["MEM_HIB_WAKE_STATUS"] = status
        self.lines[1].set(False)
        self.machine.trace(self.name, "hibernate", asleep=False)
        self.machine.request_reset("hibernate")


MYPY = False
if MYPY:
    import typing  # noqa: F401
