# ironpython: executed by Renode
"""ARCM, the application processor's reset and clock manager (SWRU465 section 15.6).

A peripheral answers ready in bit 1 of its soft-reset register while it has its clock and is out of
reset. Its accesses work at any time: the bus fault of an unclocked peripheral isn't modelled.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Register, packed

CLK_GATING = packed("RUN_CLK_ENABLE -:7 SLP_CLK_ENABLE -:7 DSLP_CLK_ENABLE")
SOFT_RESET = packed("SOFT_RESET ENABLED_STATUS/r")
"""The same for each peripheral."""
RUN_CLK_ENABLE = CLK_GATING[0].mask
RESET, ENABLED_STATUS = SOFT_RESET[0].mask, SOFT_RESET[1].mask
WATCHDOG_CLK_GATING = CLK_GATING + packed("BAUD_CLK_SEL:2", 24)
CLK_GEN = packed("PLLCKDIV_ON_TIME:3 -:5 PLLCKDIV_OFF_TIME:3")
SPI_CLK_GEN = CLK_GEN + packed("BAUD_CLK_SEL", 16)
LPDS_REQ = Register(
    "APPS_LPDS_REQ", 0xE4, on_write="_request_lpds", fields=packed("APPS_LPDS_REQ/sc")
)
NWP_WAKE_REQUEST = Register(
    "APPS_TO_NWP_WAKE_REQUEST",
    0x118,
    on_write="_wake_nwp",
    fields=packed("APPS_TO_NWP_WAKEUP_REQUEST"),
)
INTERRUPT_STATUS = Register(
    "APPS_RCM_INTERRUPT_STATUS",
    0x120,
    access=READ_ONLY,
    on_read="_take_status",
    fields=packed(
        "apps_sleep_wake_from_nwp apps_deep_sleep_wake_from_nwp apps_sleep_timer_wake "
        "apps_deep_sleep_timer_wake"
    ),
)

# Peripheral: offset of its clock gate, offset of its soft reset, names of its models.
PERIPHERALS = (
    ("CAMERA", 0x04, 0x08, ("camera",)),
    ("MCASP", 0x14, 0x18, ("i2s",)),
    ("MMCHS", 0x24, 0x28, ("sdhost",)),
    ("MCSPI_A1", 0x30, 0x34, ("gspi",)),
    ("MCSPI_A2", 0x40, 0x44, ("lspi",)),
    ("UDMA_A", 0x48, 0x4C, ("udma",)),
    ("GPIO_A", 0x50, 0x54, ("gpioa0",)),
    ("GPIO_B", 0x58, 0x5C, ("gpioa1",)),
    ("GPIO_C", 0x60, 0x64, ("gpioa2",)),
    ("GPIO_D", 0x68, 0x6C, ("gpioa3",)),
    ("GPIO_E", 0x70, 0x74, ("gpioa4",)),
    ("WDOG_A", 0x78, 0x7C, ("wdt",)),
    ("UART_A0", 0x80, 0x84, ("uarta0",)),
    ("UART_A1", 0x88, 0x8C, ("uarta1",)),
    ("GPT_A0", 0x90, 0x94, ("timera0",)),
    ("GPT_A1", 0x98, 0x9C, ("timera1",)),
    ("GPT_A2", 0xA0, 0xA4, ("timera2",)),
    ("GPT_A3", 0xA8, 0xAC, ("timera3",)),
    ("CRYPTO", 0xB8, 0xBC, ("dthe", "aes", "des", "shamd5")),
    ("MCSPI_S0", 0xC8, 0xCC, ("sspi",)),
    ("I2C", 0xD8, 0xDC, ("i2ca0",)),
)


def _registers():
    # type: () -> tuple[Register, ...]
    registers = [
        Register("CAMERA_CLK_GEN", 0x00, fields=CLK_GEN),
        Register("MMCHS_CLK_GEN", 0x20, fields=CLK_GEN),
        Register("MCSPI_A1_CLK_GEN", 0x2C, fields=SPI_CLK_GEN),
        Register("MCSPI_A2_CLK_GEN", 0x38, fields=SPI_CLK_GEN),
        Register(
            "MCASP_FRAC_CLK_CONFIG0",
            0xB0,
            fields=packed("MCASP_FRAC_DIV_FRACTION:16 MCASP_FRAC_DIV_DIVISOR:10"),
        ),
        Register(
            "MCASP_FRAC_CLK_CONFIG1",
            0xB4,
            fields=packed("MCASP_FRAC_DIV_PERIOD:10 -:6 MCASP_FRAC_DIV_SOFT_RESET"),
        ),
        Register("MCSPI_S0_CLKDIV_CFG", 0xD0, fields=SPI_CLK_GEN),
        LPDS_REQ,
        Register("APPS_TURBO_REQ", 0xEC, fields=packed("APPS_TURBO_REQ")),
        Register(
            "APPS_DSLP_WAKE_CONFIG",
            0x108,
            fields=packed("DSLP_WAKE_TIMER_ENABLE DSLP_WAKE_FROM_NWP_ENABLE"),
        ),
        Register(
            "APPS_DSLP_WAKE_TIMER_CFG",
            0x10C,
            fields=packed("DSLP_WAKE_TIMER_WAKE_CFG:16 DSLP_WAKE_TIMER_OPP_CFG:16"),
        ),
        Register(
            "APPS_RCM_SLP_WAKE_ENABLE",
            0x110,
            fields=packed("SLP_WAKE_TIMER_ENABLE SLP_WAKE_FROM_NWP_ENABLE"),
        ),
        Register("APPS_SLP_WAKETIMER_CFG", 0x114),
        NWP_WAKE_REQUEST,
        INTERRUPT_STATUS,
        Register("APPS_RCM_INTERRUPT_ENABLE", 0x124, on_write="_update"),
    ]
    for number, (name, gate, reset, _) in enumerate(PERIPHERALS):
        gating = WATCHDOG_CLK_GATING if name == "WDOG_A" else CLK_GATING
        registers.append(
            Register(name + "_CLK_GATING", gate, on_write="_gate_%d" % number, fields=gating)
        )
        registers.append(
            Register(name + "_SOFT_RESET", reset, on_write="_reset_%d" % number, fields=SOFT_RESET)
        )
    return tuple(registers)


class CC3220_ARCM(Block):
    """Outputs: 0 the PRCM interrupt, 1 a request to wake the network processor (a pulse), 2 the
    request for LPDS (a pulse). Input 0: the slow clock counter reached its match.
    """

    STATUS = PARTLY
    MISSING = "the bus fault of a peripheral without its clock"
    OUTPUTS = (0, 1, 2)
    SIZE = 0x200
    REGISTERS = _registers()

    def gate(self, index):
        # type: (int) -> None
        """A peripheral is ready while it has its clock and is out of reset."""
        name = PERIPHERALS[index][0]
        clock = self.registers[name + "_CLK_GATING"] & RUN_CLK_ENABLE
        held = self.registers[name + "_SOFT_RESET"] & RESET
        self.registers[name + "_SOFT_RESET"] = held | (ENABLED_STATUS if clock and not held else 0)

    def reset_model(self, name):
        # type: (str) -> None
        try:
            model = self.machine.peripheral(name)
        except KeyError:
            return
        model.reset()

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        if level:
            self.registers["APPS_RCM_INTERRUPT_STATUS"] |= INTERRUPT_STATUS.apps_sleep_timer_wake
            self._update(0, 0)

    def _take_status(self):
        # type: () -> int
        """Reading clears the flags."""
        status = self.registers["APPS_RCM_INTERRUPT_STATUS"]  # type: int
        self.registers["APPS_RCM_INTERRUPT_STATUS"] = 0
        self._update(0, 0)
        return status

    def _update(self, value, old):
        # type: (int, int) -> None
        pending = (
            self.registers["APPS_RCM_INTERRUPT_STATUS"]
            & self.registers["APPS_RCM_INTERRUPT_ENABLE"]
        )
        self.lines[0].set(pending != 0)

    def _wake_nwp(self, value, old):
        # type: (int, int) -> None
        if value & NWP_WAKE_REQUEST.APPS_TO_NWP_WAKEUP_REQUEST:
            self.lines[1].pulse()

    def _request_lpds(self, value, old):
        # type: (int, int) -> None
        if value & LPDS_REQ.APPS_LPDS_REQ:
            self.lines[2].pulse()


def _gate(index):
    # type: (int) -> typing.Callable[[CC3220_ARCM, int, int], None]
    def written(arcm, value, old):
        # type: (CC3220_ARCM, int, int) -> None
        arcm.gate(index)

    return written


def _reset(index):
    # type: (int) -> typing.Callable[[CC3220_ARCM, int, int], None]
    def written(arcm, value, old):
        # type: (CC3220_ARCM, int, int) -> None
        if value & ~old & RESET:
            for model in PERIPHERALS[index][3]:
                arcm.reset_model(model)
        arcm.gate(index)

    return written


# The methods that the registers of each peripheral name.
for _index in range(len(PERIPHERALS)):
    setattr(CC3220_ARCM, "_gate_%d" % _index, _gate(_index))
    setattr(CC3220_ARCM, "_reset_%d" % _index, _reset(_index))

MYPY = False
if MYPY:
    import typing  # noqa: F401
