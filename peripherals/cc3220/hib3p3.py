# ironpython: executed by Renode
"""HIB3P3: hibernation, its wake-up sources, and the slow clock counter (SWRU465 section 15.4).

The counter has 48 bits and runs at 32768 Hz, through resets and hibernation. In hibernation the
core is reset and the boot code waits until a wake-up source resets it once more.
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import Register

SLOW_CLOCK_HZ = 32768
SECOND = 1000000000
COUNTER_BITS = 48

LOST = ("power-on", "pin", "soc")
"""Resets that the always-on domain does not survive."""

WAKE_PINS = 7
LOW_LEVEL, HIGH_LEVEL, FALLING_EDGE, RISING_EDGE = range(4)
STATUS_HIBERNATED = 1 << 0
STATUS_RTC = 2 << 1
STATUS_GPIO = 4 << 1


class CC3220_HIB3P3(Block):
    """Inputs 0 to 6: the pins that can wake: GPIO 2, 4, 13, 17, 11, 24, 26.

    Outputs: 0 a pulse when the counter reaches its match, 1 high during hibernation.
    """

    OUTPUTS = (0, 1)
    SIZE = 0x600
    REGISTERS = (
        Register("MEM_HIB_REQ", 0x000, on_write="_request"),
        Register("MEM_HIB_RTC_TIMER_ENABLE", 0x004, writable=1, on_write="_enable"),
        Register("MEM_HIB_RTC_TIMER_RESET", 0x008, writable=0, on_write="_restart"),
        Register("MEM_HIB_RTC_TIMER_READ", 0x00C, writable=0, on_write="_latch"),
        Register("MEM_HIB_RTC_TIMER_LSW", 0x010, writable=0),
        Register("MEM_HIB_RTC_TIMER_MSW", 0x014, writable=0),
        Register("MEM_HIB_RTC_WAKE_EN", 0x018, writable=1),
        Register("MEM_HIB_RTC_WAKE_LSW_CONF", 0x01C),
        Register("MEM_HIB_RTC_WAKE_MSW_CONF", 0x020, writable=0xFFFF),
        Register("MEM_INT_OSC_CONF", 0x02C),
        Register("MEM_XTAL_OSC_CONF", 0x034),
        Register("MEM_BGAP_PARAMETERS", 0x038, count=2),
        Register("MEM_HIB_DETECTION_STATUS", 0x040, writable=0),
        Register("MEM_HIB_MISC_CONTROLS", 0x044),
        Register("MEM_HIB_CONFIG", 0x050),
        Register("MEM_HIB_RTC_IRQ_ENABLE", 0x054, writable=1, on_write="_plan_match"),
        Register("MEM_HIB_RTC_IRQ_LSW_CONF", 0x058, on_write="_plan_match"),
        Register("MEM_HIB_RTC_IRQ_MSW_CONF", 0x05C, writable=0xFFFF, on_write="_plan_match"),
        Register("MEM_HIB_UART_CONF", 0x400),
        Register("MEM_GPIO_WAKE_EN", 0x404, writable=0xFF),
        Register("MEM_GPIO_WAKE_CONF", 0x408, writable=0xFFFF),
        Register("MEM_PAD_OEN_RET33_CONF", 0x40C),
        Register("MEM_UART_RTS_OEN_RET33_CONF", 0x410),
        Register("MEM_JTAG_CONF", 0x414),
        Register("MEM_HIB_REG0", 0x418),
        Register("MEM_HIB_REG1", 0x41C),
        Register("MEM_HIB_REG2", 0x420),
        Register("MEM_HIB_REG3", 0x424),
        Register("MEM_HIB_SEQUENCER_CFG0", 0x45C),
        Register("MEM_HIB_SEQUENCER_CFG1", 0x460),
        Register("MEM_HIB_MISC_CONFIG", 0x464),
        Register("MEM_HIB_WAKE_STATUS", 0x468, writable=0),
        Register("MEM_HIB_LPDS_GPIO_SEL", 0x46C, writable=7),
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

    def _time_until(self, ticks):
        # type: (int) -> int
        """ns until the counter reads `ticks`, which may be after it went round."""
        missing = (ticks - self.ticks()) & ((1 << COUNTER_BITS) - 1)
        return (missing * SECOND + SLOW_CLOCK_HZ - 1) // SLOW_CLOCK_HZ

    def _enable(self, value, old):
        # type: (int, int) -> None
        if value & 1 and not old & 1:
            self._started = self.machine.clock.now
        elif old & 1 and not value & 1:
            self.registers["MEM_HIB_RTC_TIMER_ENABLE"] = 1
            self._stopped_at = self.ticks()
            self.registers["MEM_HIB_RTC_TIMER_ENABLE"] = 0
        self._plan_match(0, 0)

    def _restart(self, value, old):
        # type: (int, int) -> None
        if value & 1:
            self._started = self.machine.clock.now
            self._stopped_at = 0
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
        kind = self.registers["MEM_GPIO_WAKE_CONF"] >> (2 * number) & 3
        wanted = kind in (HIGH_LEVEL, RISING_EDGE)
        if self._pins[number] == wanted and (changed or kind in (LOW_LEVEL, HIGH_LEVEL)):
            self._wake(STATUS_GPIO)

    def _request(self, value, old):
        # type: (int, int) -> None
        self.registers["MEM_HIB_REQ"] = 0
        if not value & 1:
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
        self._wake(STATUS_RTC)

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
        self.registers["MEM_HIB_WAKE_STATUS"] = STATUS_HIBERNATED | source
        self.lines[1].set(False)
        self.machine.trace(self.name, "hibernate", asleep=False)
        self.machine.request_reset("hibernate")


MYPY = False
if MYPY:
    import typing  # noqa: F401
