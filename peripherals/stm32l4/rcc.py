# ironpython: executed by Renode
"""Reset and clock control (RM0351 section 6): the clock tree and the reset flags.

Every oscillator and PLL is ready as soon as it is switched on. What the tree yields is told to the
machine (core clock) and to those who asked with `on_change` (timers).
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import Register

CR_MSIRGSEL = 1 << 3
CR_MSIRANGE_SHIFT = 4
CR_HSEON = 1 << 16
# MSI, HSI16, HSE, PLL, PLLSAI1, PLLSAI2 in CR: on bit, ready bit, and their flag in CIER and CIFR.
CR_READY = ((0, 1, 2), (8, 10, 3), (16, 17, 4), (24, 25, 5), (26, 27, 6), (28, 29, 7))

CFGR_SWS_SHIFT = 2
CFGR_HPRE_SHIFT = 4
CFGR_PPRE1_SHIFT = 8
CFGR_PPRE2_SHIFT = 11

# SW and SWS codes, and the ready bit of CR each needs.
MSI, HSI16, HSE, PLL = range(4)
SOURCE_READY = (1, 10, 17, 25)

PLLCFGR_PLLREN = 1 << 24

BDCR_LSEON = 1 << 0
BDCR_LSERDY = 1 << 1
BDCR_RTCSEL_SHIFT = 8
BDCR_BDRST = 1 << 16

CSR_LSION = 1 << 0
CSR_LSIRDY = 1 << 1
CSR_MSISRANGE_SHIFT = 8
CSR_RMVF = 1 << 23
CSR_OBLRSTF = 1 << 25
CSR_PINRSTF = 1 << 26
CSR_BORRSTF = 1 << 27
CSR_SFTRSTF = 1 << 28
CSR_IWDGRSTF = 1 << 29
CSR_WWDGRSTF = 1 << 30
CSR_LPWRRSTF = 1 << 31
CSR_FLAGS = 0xFF000000

# Every internal reset pulls the NRST pin low, which sets PINRSTF as well.
RESET_FLAGS = {
    "power-on": CSR_BORRSTF | CSR_PINRSTF,
    "pin": CSR_PINRSTF,
    "software": CSR_SFTRSTF | CSR_PINRSTF,
    "iwdg": CSR_IWDGRSTF | CSR_PINRSTF,
    "wwdg": CSR_WWDGRSTF | CSR_PINRSTF,
    "option-bytes": CSR_OBLRSTF | CSR_PINRSTF,
}

# Flags of the low-speed oscillators in CIER and CIFR.
LSI_READY, LSE_READY = 0, 1

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

# CCIPR: position of the two-bit clock choice of each serial port; USART1 is on APB2.
KERNEL_CLOCK_SHIFT = {
    "usart1": 0,
    "usart2": 2,
    "usart3": 4,
    "uart4": 6,
    "uart5": 8,
    "lpuart1": 10,
    "i2c1": 12,
    "i2c2": 14,
    "i2c3": 16,
    "lptim1": 18,
    "lptim2": 20,
}
LPTIMS = ("lptim1", "lptim2")

# Reset registers: bit -> block, for the blocks that are modelled.
RESETS = {
    "AHB1RSTR": {0: "dma1", 1: "dma2", 8: "flashController", 12: "crc"},
    "AHB2RSTR": {
        0: "gpioPortA",
        1: "gpioPortB",
        2: "gpioPortC",
        3: "gpioPortD",
        4: "gpioPortE",
        5: "gpioPortF",
        6: "gpioPortG",
        7: "gpioPortH",
        18: "rng",
    },
    "AHB3RSTR": {8: "quadspi"},
    "APB1RSTR1": {
        0: "tim2",
        1: "tim3",
        2: "tim4",
        3: "tim5",
        4: "tim6",
        5: "tim7",
        14: "spi2",
        15: "spi3",
        17: "usart2",
        18: "usart3",
        19: "uart4",
        20: "uart5",
        21: "i2c1",
        22: "i2c2",
        23: "i2c3",
        28: "pwr",
        31: "lptim1",
    },
    "APB1RSTR2": {0: "lpuart1", 5: "lptim2"},
    "APB2RSTR": {
        0: "syscfg",
        11: "tim1",
        12: "spi1",
        13: "tim8",
        14: "usart1",
        16: "tim15",
        17: "tim16",
        18: "tim17",
    },
}


class STM32L4_RCC(Block):
    """hseFrequency: of the external clock in Hz; 0 where none is fitted (HSERDY stays 0)."""

    REGISTERS = (
        Register("CR", 0x00, reset=0x00000063, writable=0x150D0BFD, on_write="_switch"),
        Register("ICSCR", 0x04, reset=0x10000000, writable=0x1F00FF00),
        Register("CFGR", 0x08, writable=0x7F00BFF3, on_write="_select"),
        Register("PLLCFGR", 0x0C, reset=0x00001000, writable=0x07737F73, on_write="_select"),
        Register("PLLSAI1CFGR", 0x10, reset=0x00001000, writable=0x07737F00),
        Register("PLLSAI2CFGR", 0x14, reset=0x00001000, writable=0x07037F00),
        Register("CIER", 0x18, writable=0x2FF, on_write="_interrupt"),
        Register("CIFR", 0x1C, writable=0),
        Register("CICR", 0x20, writable=0, on_write="_clear_interrupts"),
        Register("AHB1RSTR", 0x28, on_write="_reset_blocks"),
        Register("AHB2RSTR", 0x2C, on_write="_reset_blocks"),
        Register("AHB3RSTR", 0x30, on_write="_reset_blocks"),
        Register("APB1RSTR1", 0x38, on_write="_reset_blocks"),
        Register("APB1RSTR2", 0x3C, on_write="_reset_blocks"),
        Register("APB2RSTR", 0x40, on_write="_reset_blocks"),
        Register("AHB1ENR", 0x48, reset=0x00000100),
        Register("AHB2ENR", 0x4C),
        Register("AHB3ENR", 0x50),
        Register("APB1ENR1", 0x58),
        Register("APB1ENR2", 0x5C),
        Register("APB2ENR", 0x60),
        Register("AHB1SMENR", 0x68, reset=0x00011303),
        Register("AHB2SMENR", 0x6C, reset=0x000532FF),
        Register("AHB3SMENR", 0x70, reset=0x00000101),
        Register("APB1SMENR1", 0x78, reset=0xF2FECA3F),
        Register("APB1SMENR2", 0x7C, reset=0x00000025),
        Register("APB2SMENR", 0x80, reset=0x01677C01),
        Register("CCIPR", 0x88),
        Register("BDCR", 0x90, writable=0x0301837D, on_write="_backup_domain"),
        Register("CSR", 0x94, reset=0x00000600, writable=0x00000F01, on_write="_status"),
    )

    def __init__(self, machine, name, hseFrequency=8000000):
        # type: (typing.Any, str, int) -> None
        Block.__init__(self, machine, name)
        self.hse_hertz = hseFrequency
        self._listeners = []  # type: list[typing.Callable[[], None]]
        self._held_in_reset = set()  # type: set[str]
        self._backup_listeners = []  # type: list[typing.Callable[[], None]]
        self._tree = ()  # type: tuple[int, ...]
        self.registers["CSR"] |= RESET_FLAGS["power-on"]
        self._propagate()

    def reset(self):
        # type: () -> None
        """System reset: backup domain and reset flags outlive all but a loss of power."""
        backup = self.registers["BDCR"]
        flags = self.registers["CSR"] & CSR_FLAGS
        cause = self.machine.reset_cause
        Block.reset(self)
        self._held_in_reset = set()
        if cause == "power-on":
            flags = 0
        else:
            self.registers["BDCR"] = backup
        self.registers["CSR"] |= flags | RESET_FLAGS.get(cause, CSR_PINRSTF)
        self._propagate()

    def on_change(self, listener):
        # type: (typing.Callable[[], None]) -> None
        """Call `listener()` after each change of a clock."""
        self._listeners.append(listener)

    def on_backup_reset(self, listener):
        # type: (typing.Callable[[], None]) -> None
        """Call `listener()` when software resets the backup domain."""
        self._backup_listeners.append(listener)

    # The clock tree, in Hz.

    def msi_hz(self):
        # type: () -> int
        control = self.registers["CR"]
        if control & CR_MSIRGSEL:
            code = (control >> CR_MSIRANGE_SHIFT) & 0xF
        else:
            code = (self.registers["CSR"] >> CSR_MSISRANGE_SHIFT) & 0xF
        return MSI_HERTZ[min(code, len(MSI_HERTZ) - 1)]

    def pll_hz(self):
        # type: () -> int
        """PLLCLK, the output of the main PLL that can clock the system; 0 while it is off."""
        setting = self.registers["PLLCFGR"]
        if not setting & PLLCFGR_PLLREN:
            return 0
        source = (0, self.msi_hz(), HSI16_HERTZ, self.hse_hertz)[setting & 3]
        divider = ((setting >> 4) & 7) + 1
        multiplier = (setting >> 8) & 0x7F
        return source * multiplier // (divider * 2 * (((setting >> 25) & 3) + 1))

    def sysclk_hz(self):
        # type: () -> int
        source = (self.registers["CFGR"] >> CFGR_SWS_SHIFT) & 3
        if source == MSI:
            return self.msi_hz()
        if source == HSI16:
            return HSI16_HERTZ
        if source == HSE:
            return self.hse_hertz
        return self.pll_hz()

    def hclk_hz(self):
        # type: () -> int
        return self.sysclk_hz() >> AHB_SHIFT[(self.registers["CFGR"] >> CFGR_HPRE_SHIFT) & 0xF]

    def apb1_hz(self):
        # type: () -> int
        return self.hclk_hz() >> APB_SHIFT[(self.registers["CFGR"] >> CFGR_PPRE1_SHIFT) & 7]

    def apb2_hz(self):
        # type: () -> int
        return self.hclk_hz() >> APB_SHIFT[(self.registers["CFGR"] >> CFGR_PPRE2_SHIFT) & 7]

    def apb1_timer_hz(self):
        # type: () -> int
        """Timers run at twice a bus clock that is divided."""
        return self.apb1_hz() if self.apb1_hz() == self.hclk_hz() else 2 * self.apb1_hz()

    def apb2_timer_hz(self):
        # type: () -> int
        return self.apb2_hz() if self.apb2_hz() == self.hclk_hz() else 2 * self.apb2_hz()

    def kernel_hz(self, peripheral):
        # type: (str) -> int
        """The clock that CCIPR chooses for a serial port or a low-power timer."""
        choice = (self.registers["CCIPR"] >> KERNEL_CLOCK_SHIFT[peripheral]) & 3
        bus = self.apb2_hz() if peripheral == "usart1" else self.apb1_hz()
        second = LSI_HERTZ if peripheral in LPTIMS else self.sysclk_hz()
        return (bus, second, HSI16_HERTZ, LSE_HERTZ)[choice]

    def rtc_hz(self):
        # type: () -> int
        """RTCCLK; 0 while no source is chosen."""
        choice = (self.registers["BDCR"] >> BDCR_RTCSEL_SHIFT) & 3
        return (0, LSE_HERTZ, LSI_HERTZ, self.hse_hertz // 32)[choice]

    # Registers.

    def _switch(self, value, old):
        # type: (int, int) -> None
        """Ready bits follow the on bits; what clocks the system can't be switched off."""
        control = self.registers["CR"]
        source = (self.registers["CFGR"] >> CFGR_SWS_SHIFT) & 3
        control |= old & (1 << CR_READY[source][0])
        became_ready = 0
        for on, ready, flag in CR_READY:
            is_ready = control & (1 << on) and (on != 16 or self.hse_hertz)
            if is_ready and not old & (1 << ready):
                became_ready |= 1 << flag
            control = control | (1 << ready) if is_ready else control & ~(1 << ready)
        self.registers["CR"] = control
        self._raise(became_ready)
        self._propagate()

    def _reset_blocks(self, value, old):
        # type: (int, int) -> None
        """A block is reset when its bit is set; it doesn't matter here for how long."""
        held = set()  # type: set[str]
        for register, blocks in RESETS.items():
            for bit, block in blocks.items():
                if self.registers[register] & (1 << bit):
                    held.add(block)
        for block in sorted(held - self._held_in_reset):
            try:
                model = self.machine.peripheral(block)
            except KeyError:
                continue
            model.reset()
        self._held_in_reset = held

    def _select(self, value, old):
        # type: (int, int) -> None
        self._propagate()

    def _propagate(self):
        # type: () -> None
        """SWS follows SW as soon as that source is ready, and everybody hears of the new tree."""
        setting = self.registers["CFGR"]
        wanted = setting & 3
        if self.registers["CR"] & (1 << SOURCE_READY[wanted]):
            self.registers["CFGR"] = (setting & ~(3 << CFGR_SWS_SHIFT)) | (wanted << CFGR_SWS_SHIFT)
        tree = (self.hclk_hz(), self.apb1_hz(), self.apb2_hz(), self.sysclk_hz(), self.rtc_hz())
        if tree == self._tree:
            return
        if tree[0] and tree[:1] != self._tree[:1]:
            self.machine.set_cpu_frequency(tree[0])
        self._tree = tree
        for listener in self._listeners:
            listener()

    def _backup_domain(self, value, old):
        # type: (int, int) -> None
        domain = self.registers["BDCR"]
        if domain & BDCR_BDRST:
            domain = BDCR_BDRST
            if not old & BDCR_BDRST:
                for listener in self._backup_listeners:
                    listener()
        domain = domain | BDCR_LSERDY if domain & BDCR_LSEON else domain & ~BDCR_LSERDY
        self.registers["BDCR"] = domain
        if domain & ~old & BDCR_LSERDY:
            self._raise(1 << LSE_READY)
        self._propagate()

    def _status(self, value, old):
        # type: (int, int) -> None
        status = self.registers["CSR"]
        if value & CSR_RMVF:
            status &= ~CSR_FLAGS
        status = status | CSR_LSIRDY if status & CSR_LSION else status & ~CSR_LSIRDY
        self.registers["CSR"] = status
        if status & ~old & CSR_LSIRDY:
            self._raise(1 << LSI_READY)
        self._propagate()

    def _raise(self, flags):
        # type: (int) -> None
        """Ready flags are set only while their interrupt is enabled."""
        self.registers["CIFR"] |= flags & self.registers["CIER"]
        self._interrupt(0, 0)

    def _clear_interrupts(self, value, old):
        # type: (int, int) -> None
        self.registers["CIFR"] &= ~value
        self._interrupt(0, 0)

    def _interrupt(self, value, old):
        # type: (int, int) -> None
        self.lines["IRQ"].set(self.registers["CIFR"] != 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401
