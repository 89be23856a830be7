# ironpython: executed by Renode
"""GPRCM, the global power, reset and clock manager (SWRU465 section 15.6).

It knows why the application processor was last reset, and watches over LPDS: the core is reset when
it enters, the boot code waits, and a wake-up source resets it once more. The slow clock looks at
the sources, so that LPDS lasts one of its periods at least. The columns of SRAM that
APPS_SRAM_LPDS_CFG does not name have lost their contents then.
"""

from renode_wifi.peripherals.base.block import MODELLED, Block
from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    SELF_CLEARING,
    Register,
    packed,
)
from renode_wifi.peripherals.cc3220.partly_documented import PartlyDocumented

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

LPDS_WAKEUPS = packed("LPDS_WAKEUP_TIMER -:3 GPIO NWP_WAKE_REQUEST NWP_LPDS_WAKE_IRQ HOST_IRQ")
APPS_SOFT_RESET = Register(
    "APPS_SOFT_RESET",
    0x000,
    access=SELF_CLEARING,
    on_write="_soft_reset",
    fields=packed("APPS_SOFT_RESET0 APPS_SOFT_RESET1"),
)
LPDS_WAKEUP_CFG = Register("APPS_LPDS_WAKEUP_CFG", 0x004, reset=0x80, fields=LPDS_WAKEUPS)
MCU_GLOBAL_SOFT_RESET = Register(
    "MCU_GLOBAL_SOFT_RESET",
    0x108,
    access=SELF_CLEARING,
    on_write="_global_reset",
    fields=packed("MCU_GLOBAL_SOFT_RESET"),
)
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
        APPS_SOFT_RESET,
        LPDS_WAKEUP_CFG,
        Register("APPS_LPDS_WAKEUP_SRC", 0x008, access=READ_ONLY, fields=LPDS_WAKEUPS),
        Register("APPS_RESET_CAUSE", 0x00C, access=READ_ONLY, fields=packed("APPS_RESET_CAUSE:8")),
        Register("APPS_LPDS_WAKETIME_OPP_CFG", 0x010),
        PartlyDocumented("APPS_SRAM_DSLP_CFG", 0x018, fields=packed("APPS_SRAM_DSLP_CFG:20")),
        PartlyDocumented(
            "APPS_SRAM_LPDS_CFG", 0x01C, reset=0xF, fields=packed("APPS_SRAM_LPDS_CFG:20")
        ),
        Register("APPS_LPDS_WAKETIME_WAKE_CFG", 0x020),
        PartlyDocumented(
            "TOP_DIE_ENABLE",
            0x100,
            fields=packed("TOP_DIE_ENABLE TOP_DIE_ENABLE_STATUS -:6 TOP_DIE_PWR_PS:4 FLASH_BUSY"),
        ),
        PartlyDocumented(
            "TOP_DIE_ENABLE_PARAMETERS",
            0x104,
            fields=packed(
                "TOP_DIE_POR_RSTN2BOTT_DIE_FMC_RSTN:8 -:8 TOP_DIE_SW_EN2TOP_DIE_FLASH_3P3_RSTN:8 "
                "-:4 FLASH_3P3_RSTN2D2D_POR_RSTN:4"
            ),
        ),
        MCU_GLOBAL_SOFT_RESET,
        PartlyDocumented(
            "ADC_CLK_CONFIG",
            0x10C,
            fields=packed("ADC_CLK_ENABLE ADC_CLKGEN_ON_TIME:5 ADC_CLKGEN_OFF_TIME:5"),
        ),
        Register("APPS_GPIO_WAKE_CONF", 0x110, fields=packed("APPS_GPIO_WAKE_CONF:2")),
        PartlyDocumented(
            "EN_NWP_BOOT_WO_DEVINIT", 0x114, fields=packed("mem_en_nwp_boot_wo_devinit")
        ),
        PartlyDocumented("MEM_HCLK_DIV_CFG", 0x118, fields=packed("mem_hclk_div_cfg:3")),
        PartlyDocumented(
            "MEM_SYSCLK_DIV_CFG",
            0x11C,
            fields=packed("mem_sysclk_div_on_time:3 mem_sysclk_div_off_time:3"),
        ),
        PartlyDocumented(
            "APLLMCS_LOCK_TIME_CONF",
            0x120,
            fields=packed("mem_apllmcs_mcu_lock_time:8 mem_apllmcs_wlan_lock_time:8"),
        ),
        PartlyDocumented("NWP_SOFT_RESET", 0x400, fields=packed("NWP_SOFT_RESET0 NWP_SOFT_RESET1")),
        Register(
            "NWP_LPDS_WAKEUP_CFG",
            0x404,
            reset=NWP_AWAKE,
            access=READ_ONLY,
            fields=packed("NWP_LPDS_WAKEUP_CFG:8"),
        ),
        Register(
            "NWP_LPDS_WAKEUP_SRC", 0x408, access=READ_ONLY, fields=packed("NWP_LPDS_WAKEUP_SRC:8")
        ),
        Register("NWP_RESET_CAUSE", 0x40C, access=READ_ONLY, fields=packed("NWP_RESET_CAUSE:8")),
        Register("NWP_CONTROL", 0x410, count=9),
        Register("GPRCM_EFUSE_READ_REG12", 0x438, access=READ_ONLY),
        Register("GPRCM_DIEID_READ_REG5", 0x448, access=READ_ONLY),
        Register("GPRCM_DIEID_READ_REG6", 0x44C, access=READ_ONLY),
        Register("REFERENCE", 0x800, count=36),
        Register("POWER_CONTROL", 0xC10, count=7),
        PartlyDocumented(
            "APPS_SECURE_INIT_DONE",
            0xC30,
            reset=1,
            fields=packed("APPS_SECURE_INIT_DONE SECURE_INIT_DONE_STATUS"),
        ),
        PartlyDocumented(
            "APPS_DEV_MODE_INIT_DONE", 0xC34, fields=packed("APPS_DEV_MODE_INIT_DONE")
        ),
        PartlyDocumented("EN_APPS_REBOOT", 0xC38, fields=packed("EN_APPS_REBOOT")),
        Register("MEM_PERIPH_PRESENT", 0xC3C, reset=0xFFFFFFFF, access=READ_ONLY, count=3),
        Register("POWER_STATE", 0xC48, access=READ_ONLY, count=4),
        Register("RESETZ_OVERRIDE_REG", 0xC58, count=7),
        Register("GPRCM_EFUSE_READ_REG0", 0xC78, access=READ_ONLY),
        Register("GPRCM_EFUSE_READ_REG1", 0xC7C, access=READ_ONLY),
        Register("GPRCM_EFUSE_READ_REG2", 0xC80, reset=DEVICE_CC3220SF, access=READ_ONLY),
        Register("GPRCM_EFUSE_READ_REG3", 0xC84, access=READ_ONLY),
        Register("CLOCK_CONFIG", 0xC88, count=6),
        Register("GPRCM_EFUSE_READ_REG4", 0xCA0, access=READ_ONLY, count=8),
        Register("GPRCM_DIEID_READ_REG0", 0xCC0, access=READ_ONLY, count=4),
        Register("GPRCM_DIEID_READ_REG4", 0xCD0, access=READ_ONLY),
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
                self._wake(LPDS_WAKEUP_CFG.HOST_IRQ)
        else:
            rising, self._pin = level and not self._pin, level
            kind = self.registers["APPS_GPIO_WAKE_CONF"]
            if rising if kind in (0, RISING_EDGE) else not level:
                self._wake(LPDS_WAKEUP_CFG.GPIO)

    # LPDS

    def _enter(self):
        # type: () -> None
        self._cancel()
        self._asleep = True
        self._source = 0
        self._settling = self.machine.clock.schedule(SECOND // SLOW_CLOCK_HZ, self._settled)
        self.lines[0].set(True)
        self.machine.trace(self.name, "lpds", asleep=True)
        if self.registers["APPS_LPDS_WAKEUP_CFG"] & LPDS_WAKEUP_CFG.LPDS_WAKEUP_TIMER:
            ticks = self.registers["APPS_LPDS_WAKETIME_WAKE_CFG"]
            self._timer = self.machine.clock.schedule(
                ticks * SECOND // SLOW_CLOCK_HZ, self._timer_expired
            )
        self._lose_columns()
        self.machine.request_reset("lpds-enter")
        if self._request:
            self._wake(LPDS_WAKEUP_CFG.HOST_IRQ)
        kind = self.registers["APPS_GPIO_WAKE_CONF"]
        if (kind == 0 and self._pin) or (kind == LOW_LEVEL and not self._pin):
            self._wake(LPDS_WAKEUP_CFG.GPIO)

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
        self._wake(LPDS_WAKEUP_CFG.LPDS_WAKEUP_TIMER)

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
        if value & APPS_SOFT_RESET.APPS_SOFT_RESET1:
            self.machine.request_reset("mcu")
        elif value & APPS_SOFT_RESET.APPS_SOFT_RESET0:
            self.machine.request_reset("software")

    def _global_reset(self, value, old):
        # type: (int, int) -> None
        if value & MCU_GLOBAL_SOFT_RESET.MCU_GLOBAL_SOFT_RESET:
            self.machine.request_reset("soc")


MYPY = False
if MYPY:
    import typing  # noqa: F401
