# ironpython: executed by Renode
"""The clock tree of the chip (RM0351 section 6.2), in Hz, from the registers of RCC."""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.stm32l4.rcc_registers import (
    BDCR,
    CCIPR,
    CFGR,
    CR,
    CSR,
    PLLCFGR,
    PLLSAI1CFGR,
    PLLSAI2CFGR,
)

# SW and SWS codes: as in CFGR.SW.
MSI, HSI16, HSE, PLL = range(4)

MSI_HERTZ = (
    100000,
    200000,
    400000,
    800000,
    1000000,
    2000000,
    4000000,
    8000000,
    16000000,
    24000000,
    32000000,
    48000000,
)
HSI16_HERTZ = 16000000
LSE_HERTZ = 32768
LSI_HERTZ = 32000
AHB_SHIFT = (0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 6, 7, 8, 9)
APB_SHIFT = (0, 0, 0, 0, 1, 2, 3, 4)

LPTIMS = ("lptim1", "lptim2")


SAI_PLLS = (PLLSAI1CFGR, PLLSAI2CFGR)
P_DIVIDERS = (7, 17)
"""By PLLP."""


class ClockTree(Block):
    """hseFrequency: of the external clock in Hz; 0 where none is fitted.

    failed: names of the oscillators that have stopped, "HSE" and "LSE".
    """

    def __init__(self, machine, name, hseFrequency):
        # type: (typing.Any, str, int) -> None
        Block.__init__(self, machine, name)
        self.hse_hertz = hseFrequency
        self.failed = set()  # type: set[str]
        self._stopped = False

    def hse_hz(self):
        # type: () -> int
        """0 where none is fitted, or it has stopped."""
        return 0 if "HSE" in self.failed else self.hse_hertz

    def lse_hz(self):
        # type: () -> int
        """0 once it has stopped, or its security system has cut it off (section 6.2.12)."""
        cut_off = "LSE" in self.failed or self.registers["BDCR"] & BDCR.LSECSSD
        return 0 if cut_off else LSE_HERTZ

    def msi_hz(self):
        # type: () -> int
        control = self.registers["CR"]
        if control & CR.MSIRGSEL:
            code = CR["MSIRANGE"].get(control)
        else:
            code = CSR["MSISRANGE"].get(self.registers["CSR"])
        return MSI_HERTZ[min(code, len(MSI_HERTZ) - 1)]

    def pll_hz(self):
        # type: () -> int
        """PLLCLK, the output of the main PLL that can clock the system; 0 while it is off."""
        setting = self.registers["PLLCFGR"]
        if not setting & PLLCFGR.PLLREN:
            return 0
        source = (0, self.msi_hz(), HSI16_HERTZ, self.hse_hz())[PLLCFGR["PLLSRC"].get(setting)]
        divider = PLLCFGR["PLLM"].get(setting) + 1
        multiplier = PLLCFGR["PLLN"].get(setting)
        return source * multiplier // (divider * 2 * (PLLCFGR["PLLR"].get(setting) + 1))

    def _sai_vco_hz(self, number):
        # type: (int) -> int
        """The oscillator of PLLSAI1 or PLLSAI2; 0 while it is off."""
        name = "PLLSAI%d" % number
        setting = self.registers[name + "CFGR"]
        if not self.registers["CR"] & (CR.PLLSAI1RDY, CR.PLLSAI2RDY)[number - 1]:
            return 0
        main = self.registers["PLLCFGR"]
        source = (0, self.msi_hz(), HSI16_HERTZ, self.hse_hz())[PLLCFGR["PLLSRC"].get(main)]
        multiplier = SAI_PLLS[number - 1][name + "N"].get(setting)
        return source * multiplier // (PLLCFGR["PLLM"].get(main) + 1)

    def _sai_pll_hz(self, number):
        # type: (int) -> int
        """The R output of PLLSAI1 or PLLSAI2; 0 while it is off."""
        name, registers = "PLLSAI%d" % number, SAI_PLLS[number - 1]
        setting = self.registers[name + "CFGR"]
        if not registers[name + "REN"].get(setting):
            return 0
        return self._sai_vco_hz(number) // (2 * (registers[name + "R"].get(setting) + 1))

    def sai1_hz(self):
        # type: () -> int
        """The audio clock that CCIPR chooses; 0 while it is off. SAI1_EXTCLK is not there."""
        choice = CCIPR["SAI1SEL"].get(self.registers["CCIPR"])
        if choice == 2:
            main = self.registers["PLLCFGR"]
            if not main & PLLCFGR.PLLPEN or not self.registers["CR"] & CR.PLLRDY:
                return 0
            source = (0, self.msi_hz(), HSI16_HERTZ, self.hse_hz())[PLLCFGR["PLLSRC"].get(main)]
            divider = (PLLCFGR["PLLM"].get(main) + 1) * P_DIVIDERS[PLLCFGR["PLLP"].get(main)]
            return source * PLLCFGR["PLLN"].get(main) // divider
        if choice > 2:
            return 0
        name, registers = "PLLSAI%d" % (choice + 1), SAI_PLLS[choice]
        setting = self.registers[name + "CFGR"]
        if not registers[name + "PEN"].get(setting):
            return 0
        return self._sai_vco_hz(choice + 1) // P_DIVIDERS[registers[name + "P"].get(setting)]

    def dfsdm_hz(self):
        # type: () -> int
        """The kernel clock of DFSDM1 that CCIPR chooses."""
        chosen = CCIPR["DFSDM1SEL"].get(self.registers["CCIPR"])
        return self.sysclk_hz() if chosen else self.apb2_hz()

    def adc_hz(self):
        # type: () -> int
        """The clock of the converters that CCIPR chooses; 0 while it is off."""
        choice = CCIPR["ADCSEL"].get(self.registers["CCIPR"])
        return (0, self._sai_pll_hz(1), self._sai_pll_hz(2), self.sysclk_hz())[choice]

    def sysclk_hz(self):
        # type: () -> int
        source = CFGR["SWS"].get(self.registers["CFGR"])
        if source == MSI:
            return self.msi_hz()
        if source == HSI16:
            return HSI16_HERTZ
        if source == HSE:
            return self.hse_hz()
        return self.pll_hz()

    def hclk_hz(self):
        # type: () -> int
        """0 in Stop."""
        if self._stopped:
            return 0
        return self.sysclk_hz() >> AHB_SHIFT[CFGR["HPRE"].get(self.registers["CFGR"])]

    def apb1_hz(self):
        # type: () -> int
        return self.hclk_hz() >> APB_SHIFT[CFGR["PPRE1"].get(self.registers["CFGR"])]

    def apb2_hz(self):
        # type: () -> int
        return self.hclk_hz() >> APB_SHIFT[CFGR["PPRE2"].get(self.registers["CFGR"])]

    def apb1_timer_hz(self):
        # type: () -> int
        """Timers run at twice a bus clock that is divided."""
        return self.apb1_hz() if self.apb1_hz() == self.hclk_hz() else 2 * self.apb1_hz()

    def apb2_timer_hz(self):
        # type: () -> int
        return self.apb2_hz() if self.apb2_hz() == self.hclk_hz() else 2 * self.apb2_hz()

    def has_choice(self, peripheral):
        # type: (str) -> bool
        """Whether CCIPR chooses a clock for it."""
        return CCIPR.has(peripheral.upper() + "SEL")

    def kernel_hz(self, peripheral):
        # type: (str) -> int
        """The clock that CCIPR chooses for a serial port or a low-power timer."""
        choice = CCIPR[peripheral.upper() + "SEL"].get(self.registers["CCIPR"])
        bus = self.apb2_hz() if peripheral == "usart1" else self.apb1_hz()
        second = LSI_HERTZ if peripheral in LPTIMS else self.sysclk_hz()
        return (bus, second, HSI16_HERTZ, self.lse_hz())[choice]

    def runs_in_stop(self, peripheral):
        # type: (str) -> bool
        """Whether the clock that CCIPR chooses for a serial port is one that Stop leaves on."""
        choice = CCIPR[peripheral.upper() + "SEL"].get(self.registers["CCIPR"])
        return choice == 2 or (choice == 3 and self.lse_hz() != 0)

    def rtc_hz(self):
        # type: () -> int
        """RTCCLK; 0 while no source is chosen."""
        choice = BDCR["RTCSEL"].get(self.registers["BDCR"])
        return (0, self.lse_hz(), LSI_HERTZ, self.hse_hz() // 32)[choice]


MYPY = False
if MYPY:
    import typing  # noqa: F401
