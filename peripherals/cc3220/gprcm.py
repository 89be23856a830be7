# ironpython: executed by Renode
"""GPRCM, the global power, reset and clock manager (SWRU465 section 15.6).

It knows why the application processor was last reset, and watches over LPDS: the core is reset when
it enters, the boot code waits, and a wake-up source resets it once more. The slow clock looks at
the sources, so that LPDS lasts one of its periods at least. The columns of SRAM that
APPS_SRAM_LPDS_CFG does not name have lost their contents then.
"""

from renode_wifi.peripherals.base.block import MODELLED, Block
from renode_wifi.peripherals.base.registers import Register

# Why the machine was reset -> APPS_RESET_CAUSE.
CAUSES = {
    "power-on": 0,
    "pin": 0,
    "hibernate": 0,
    "lpds": 1,
    "software": 3,
    "mcu": 4,
    "wdt": 5,
    "soc": 6,
}
COLD = ("power-on", "pin", "hibernate", "hibernate-enter", "soc")
"""Resets that the domain of this block does not survive."""

WAKE_TIMER, WAKE_GPIO, WAKE_HOST_IRQ = 1 << 0, 1 << 4, 1 << 7
FALLING_EDGE, LOW_LEVEL, RISING_EDGE = 1, 2, 3

SLOW_CLOCK_HZ = 32768
SECOND = 1000000000

NWP_AWAKE = 0x20
"""NWP_LPDS_WAKEUP_CFG: woken by the application processor only, and ready to lose power."""

DEVICE_CC3220SF = 0x30190000
"""GPRCM_EFUSE_READ_REG2: version 3.0 in the top byte, the kind of device in bits 20:16."""


SRAM, COLUMN_SIZE, COLUMNS = 0x20000000, 0x10000, 4
"""A bit of APPS_SRAM_LPDS_CFG for each column, the lowest address first (section 15.3.1.3)."""


class CC3220_GPRCM(Block):
    """Inputs: 0 a pulse that asks for LPDS, 1 the network processor's interrupt request, 2 the pin
    that wakes. Output 0: high during LPDS.
    """

    STATUS = MODELLED
    OUTPUTS = (0,)
    SIZE = 0x1000
    REGISTERS = (
        Register("APPS_SOFT_RESET", 0x000, on_write="_soft_reset"),
        Register("APPS_LPDS_WAKEUP_CFG", 0x004, reset=WAKE_HOST_IRQ, writable=0xFF),
        Register("APPS_LPDS_WAKEUP_SRC", 0x008, writable=0),
        Register("APPS_RESET_CAUSE", 0x00C, writable=0),
        Register("APPS_LPDS_WAKETIME_OPP_CFG", 0x010),
        Register("APPS_SRAM_DSLP_CFG", 0x018),
        Register("APPS_SRAM_LPDS_CFG", 0x01C, reset=0xF),
        Register("APPS_LPDS_WAKETIME_WAKE_CFG", 0x020),
        Register("TOP_DIE_ENABLE", 0x100),
        Register("TOP_DIE_ENABLE_PARAMETERS", 0x104),
        Register("MCU_GLOBAL_SOFT_RESET", 0x108, on_write="_global_reset"),
        Register("ADC_CLK_CONFIG", 0x10C),
        Register("APPS_GPIO_WAKE_CONF", 0x110, writable=3),
        Register("EN_NWP_BOOT_WO_DEVINIT", 0x114),
        Register("MEM_HCLK_DIV_CFG", 0x118),
        Register("MEM_SYSCLK_DIV_CFG", 0x11C),
        Register("APLLMCS_LOCK_TIME_CONF", 0x120),
        Register("NWP_SOFT_RESET", 0x400),
        Register("NWP_LPDS_WAKEUP_CFG", 0x404, reset=NWP_AWAKE, writable=0),
        Register("NWP_LPDS_WAKEUP_SRC", 0x408, writable=0),
        Register("NWP_RESET_CAUSE", 0x40C, writable=0),
        Register("NWP_CONTROL", 0x410, count=9),
        Register("GPRCM_EFUSE_READ_REG12", 0x438, writable=0),
        Register("GPRCM_DIEID_READ_REG5", 0x448, writable=0),
        Register("GPRCM_DIEID_READ_REG6", 0x44C, writable=0),
        Register("REFERENCE", 0x800, count=36),
        Register("POWER_CONTROL", 0xC10, count=7),
        Register("APPS_SECURE_INIT_DONE", 0xC30, reset=1),
        Register("APPS_DEV_MODE_INIT_DONE", 0xC34),
        Register("EN_APPS_REBOOT", 0xC38),
        Register("MEM_PERIPH_PRESENT", 0xC3C, reset=0xFFFFFFFF, writable=0, count=3),
        Register("POWER_STATE", 0xC48, writable=0, count=4),
        Register("RESETZ_OVERRIDE_REG", 0xC58, count=7),
        Register("GPRCM_EFUSE_READ_REG0", 0xC78, writable=0),
        Register("GPRCM_EFUSE_READ_REG1", 0xC7C, writable=0),
        Register("GPRCM_EFUSE_READ_REG2", 0xC80, reset=DEVICE_CC3220SF, writable=0),
        Register("GPRCM_EFUSE_READ_REG3", 0xC84, writable=0),
        Register("CLOCK_CONFIG", 0xC88, count=6),
        Register("GPRCM_EFUSE_READ_REG4", 0xCA0, writable=0, count=8),
        Register("GPRCM_DIEID_READ_REG0", 0xCC0, writable=0, count=4),
        Register("GPRCM_DIEID_READ_REG4", 0xCD0, writable=0),
        Register("OVERRIDES", 0xCD4, count=11),
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._asleep = False
        self._request = False
        self._pin = False
        self._timer = None  # type: typing.Any
        self._settling = None  # type: typing.Any
        self._source = 0

    def reset(self):
        # type: () -> None
        cause = self.machine.reset_cause
        if cause == "lpds-enter":
            return
        if cause in COLD:
            self._cancel()
            self.registers.reset()
            self._asleep = False
            self.lines[0].set(False)
        self.registers["APPS_RESET_CAUSE"] = CAUSES.get(cause, 3)
        self.registers["APPS_LPDS_WAKEUP_SRC"] = self._source if cause == "lpds" else 0

    # Inputs

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        if number == 0:
            if level:
                self._enter()
        elif number == 1:
            self._request = level
            if level:
                self._wake(WAKE_HOST_IRQ)
        else:
            rising, self._pin = level and not self._pin, level
            kind = self.registers["APPS_GPIO_WAKE_CONF"]
            if rising if kind in (0, RISING_EDGE) else not level:
                self._wake(WAKE_GPIO)

    # LPDS

    def _enter(self):
        # type: () -> None
        self._cancel()
        self._asleep = True
        self._source = 0
        self._settling = self.machine.clock.schedule(SECOND // SLOW_CLOCK_HZ, self._settled)
        self.lines[0].set(True)
        self.machine.trace(self.name, "lpds", asleep=True)
        if self.registers["APPS_LPDS_WAKEUP_CFG"] & WAKE_TIMER:
            ticks = self.registers["APPS_LPDS_WAKETIME_WAKE_CFG"]
            self._timer = self.machine.clock.schedule(
                ticks * SECOND // SLOW_CLOCK_HZ, self._timer_expired
            )
        self._lose_columns()
        self.machine.request_reset("lpds-enter")
        if self._request:
            self._wake(WAKE_HOST_IRQ)
        kind = self.registers["APPS_GPIO_WAKE_CONF"]
        if (kind == 0 and self._pin) or (kind == LOW_LEVEL and not self._pin):
            self._wake(WAKE_GPIO)

    def _lose_columns(self):
        # type: () -> None
        retained = self.registers["APPS_SRAM_LPDS_CFG"]
        lost = [column for column in range(COLUMNS) if not retained >> column & 1]
        if not lost:
            return
        source = self.machine.random(self.name)
        for column in lost:
            content = bytes(bytearray(source.getrandbits(8) for _ in range(COLUMN_SIZE)))
            self.machine.bus.write_bytes(SRAM + column * COLUMN_SIZE, content)

    def _cancel(self):
        # type: () -> None
        for event in (self._timer, self._settling):
            if event is not None:
                event.cancel()
        self._timer = self._settling = None

    def _timer_expired(self):
        # type: () -> None
        self._timer = None
        self._wake(WAKE_TIMER)

    def _wake(self, source):
        # type: (int) -> None
        if not self._asleep or self._source:
            return
        if self.registers["APPS_LPDS_WAKEUP_CFG"] & source:
            self._source = source
            if self._settling is None:
                self._leave()

    def _settled(self):
        # type: () -> None
        self._settling = None
        if self._source:
            self._leave()

    def _leave(self):
        # type: () -> None
        self._cancel()
        self._asleep = False
        self.lines[0].set(False)
        self.machine.trace(self.name, "lpds", asleep=False, cause=self._source)
        self.machine.request_reset("lpds")

    # Resets

    def _soft_reset(self, value, old):
        # type: (int, int) -> None
        self.registers["APPS_SOFT_RESET"] = 0
        if value & 3:
            self.machine.request_reset("mcu" if value & 2 else "software")

    def _global_reset(self, value, old):
        # type: (int, int) -> None
        self.registers["MCU_GLOBAL_SOFT_RESET"] = 0
        if value & 1:
            self.machine.request_reset("soc")


MYPY = False
if MYPY:
    import typing  # noqa: F401
