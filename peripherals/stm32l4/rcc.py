# ironpython: executed by Renode
"""Reset and clock control (RM0351 section 6): the clock tree and the reset flags.

Every oscillator and PLL is ready as soon as it is switched on. What the tree yields is reported to
the machine (core clock) and to those who asked with `on_change` (timers).
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.stm32l4.rcc_gates import GATES
from renode_wifi.peripherals.stm32l4.rcc_registers import (
    BDCR,
    CCIPR,
    CFGR,
    CICR,
    CIER,
    CIFR,
    CR,
    CSR,
    ENABLES,
    ICSCR,
    PLLCFGR,
    PLLSAI1CFGR,
    PLLSAI2CFGR,
    RESETS,
    SLEEP_ENABLES,
)

# On bit and ready bit in CR of each oscillator and PLL, and its flag in CIFR.
READY = (
    (CR.MSION, CR.MSIRDY, CIFR.MSIRDYF),
    (CR.HSION, CR.HSIRDY, CIFR.HSIRDYF),
    (CR.HSEON, CR.HSERDY, CIFR.HSERDYF),
    (CR.PLLON, CR.PLLRDY, CIFR.PLLRDYF),
    (CR.PLLSAI1ON, CR.PLLSAI1RDY, CIFR.PLLSAI1RDYF),
    (CR.PLLSAI2ON, CR.PLLSAI2RDY, CIFR.PLLSAI2RDYF),
)

# SW and SWS codes: indices in READY.
MSI, HSI16, HSE, PLL = range(4)

# Flags of CSR that record resets.
FLAGS = (
    CSR.FWRSTF
    | CSR.OBLRSTF
    | CSR.PINRSTF
    | CSR.BORRSTF
    | CSR.SFTRSTF
    | CSR.IWDGRSTF
    | CSR.WWDGRSTF
    | CSR.LPWRRSTF
)

# Every internal reset pulls the NRST pin low, which sets PINRSTF as well.
RESET_FLAGS = {
    "power-on": CSR.BORRSTF | CSR.PINRSTF,
    "pin": CSR.PINRSTF,
    "software": CSR.SFTRSTF | CSR.PINRSTF,
    "iwdg": CSR.IWDGRSTF | CSR.PINRSTF,
    "wwdg": CSR.WWDGRSTF | CSR.PINRSTF,
    "brown-out": CSR.BORRSTF | CSR.PINRSTF,
    "low-power": CSR.LPWRRSTF | CSR.PINRSTF,
    "firewall": CSR.FWRSTF | CSR.PINRSTF,
    "option-bytes": CSR.OBLRSTF | CSR.PINRSTF,
    "standby": 0,
    "shutdown": CSR.BORRSTF | CSR.PINRSTF,
}

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


def _bits(registers):
    # type: (tuple[Register, ...]) -> tuple[tuple[str, int, str, str], ...]
    """(register, bit, its name, block) of the blocks' bits in the registers of one kind."""
    return tuple(
        (register.name, gate.bit, field.name, block)
        for register, (_, _, gates) in zip(registers, GATES)  # noqa: B905
        for gate in gates
        for field in register.fields or ()
        if field.position == gate.bit
        for block in gate.blocks
    )


RESET_BITS = _bits(RESETS)
ENABLE_BITS = _bits(ENABLES)


class STM32L4_RCC(Block):
    """hseFrequency: of the external clock in Hz; 0 where none is fitted (HSERDY stays 0)."""

    STATUS = PARTLY
    MISSING = "gates in Sleep (SMENR), the clock security system"
    REGISTERS = (
        (CR, ICSCR, CFGR, PLLCFGR, PLLSAI1CFGR, PLLSAI2CFGR, CIER, CIFR, CICR)
        + RESETS
        + ENABLES
        + SLEEP_ENABLES
        + (CCIPR, BDCR, CSR)
    )

    def __init__(self, machine, name, hseFrequency=8000000):
        # type: (typing.Any, str, int) -> None
        Block.__init__(self, machine, name)
        self.hse_hertz = hseFrequency
        self._listeners = []  # type: list[typing.Callable[[], None]]
        self._held_in_reset = set()  # type: set[str]
        self._unclocked = set()  # type: set[str]
        self._gate_listeners = {}  # type: dict[str, list[typing.Callable[[], None]]]
        self._backup_listeners = []  # type: list[typing.Callable[[], None]]
        self._tree = ()  # type: tuple[int, ...]
        self._stopped = False
        self.registers["CSR"] |= RESET_FLAGS["power-on"]
        self._gate_clocks(0, 0)
        self._propagate()

    def reset(self):
        # type: () -> None
        """System reset: backup domain and reset flags outlive all but a loss of power."""
        backup = self.registers["BDCR"]
        flags = self.registers["CSR"] & FLAGS
        cause = self.machine.reset_cause
        Block.reset(self)
        self._held_in_reset = set()
        self._stopped = False
        if cause == "power-on":
            flags = 0
        else:
            self.registers["BDCR"] = backup
        self.registers["CSR"] |= flags | RESET_FLAGS.get(cause, CSR.PINRSTF)
        self._gate_clocks(0, 0)
        self._propagate()

    def on_change(self, listener):
        # type: (typing.Callable[[], None]) -> None
        """Call `listener()` after each change of a clock."""
        self._listeners.append(listener)

    def on_gate(self, block, listener):
        # type: (str, typing.Callable[[], None]) -> None
        """Call `listener()` when a block gets or loses its clock of the bus."""
        self._gate_listeners.setdefault(block, []).append(listener)

    def has_clock(self, block):
        # type: (str) -> bool
        """Whether the gate of a block's clock is open."""
        return block not in self._unclocked

    def on_backup_reset(self, listener):
        # type: (typing.Callable[[], None]) -> None
        """Call `listener()` when software resets the backup domain."""
        self._backup_listeners.append(listener)

    # The clock tree, in Hz.

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
        source = (0, self.msi_hz(), HSI16_HERTZ, self.hse_hertz)[PLLCFGR["PLLSRC"].get(setting)]
        divider = PLLCFGR["PLLM"].get(setting) + 1
        multiplier = PLLCFGR["PLLN"].get(setting)
        return source * multiplier // (divider * 2 * (PLLCFGR["PLLR"].get(setting) + 1))

    def _sai_pll_hz(self, number):
        # type: (int) -> int
        """The R output of PLLSAI1 or PLLSAI2; 0 while it is off."""
        name = "PLLSAI%d" % number
        setting = self.registers[name + "CFGR"]
        on = self.registers["CR"] & (CR.PLLSAI1RDY, CR.PLLSAI2RDY)[number - 1]
        registers = (PLLSAI1CFGR, PLLSAI2CFGR)[number - 1]
        if not on or not registers[name + "REN"].get(setting):
            return 0
        main = self.registers["PLLCFGR"]
        source = (0, self.msi_hz(), HSI16_HERTZ, self.hse_hertz)[PLLCFGR["PLLSRC"].get(main)]
        divider = (PLLCFGR["PLLM"].get(main) + 1) * 2 * (registers[name + "R"].get(setting) + 1)
        return source * registers[name + "N"].get(setting) // divider

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
            return self.hse_hertz
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

    def kernel_hz(self, peripheral):
        # type: (str) -> int
        """The clock that CCIPR chooses for a serial port or a low-power timer."""
        choice = CCIPR[peripheral.upper() + "SEL"].get(self.registers["CCIPR"])
        bus = self.apb2_hz() if peripheral == "usart1" else self.apb1_hz()
        second = LSI_HERTZ if peripheral in LPTIMS else self.sysclk_hz()
        return (bus, second, HSI16_HERTZ, LSE_HERTZ)[choice]

    def rtc_hz(self):
        # type: () -> int
        """RTCCLK; 0 while no source is chosen."""
        choice = BDCR["RTCSEL"].get(self.registers["BDCR"])
        return (0, LSE_HERTZ, LSI_HERTZ, self.hse_hertz // 32)[choice]

    # Low-power modes.

    def stop(self):
        # type: () -> None
        """The clocks of the buses stand still (RM0351 section 5.3.7)."""
        self._stopped = True
        self._propagate()

    def resume(self):
        # type: () -> None
        """After Stop: the system runs from MSI or HSI16, all else is off (section 6.3.3)."""
        self._stopped = False
        setting = self.registers["CFGR"]
        source = HSI16 if setting & CFGR.STOPWUCK else MSI
        self.registers["CFGR"] = CFGR["SWS"].put(CFGR["SW"].put(setting, source), source)
        control = self.registers["CR"] & ~(CR.HSEON | CR.PLLON | CR.PLLSAI1ON | CR.PLLSAI2ON)
        control &= ~(CR.MSION if source == HSI16 else CR.HSION)
        control |= READY[source][0]
        for on, ready, _ in READY:
            control = control | ready if control & on else control & ~ready
        self.registers["CR"] = control
        self._propagate()

    # Registers.

    def _switch(self, value, old):
        # type: (int, int) -> None
        """Ready bits follow the on bits; what clocks the system can't be switched off."""
        control = self.registers["CR"]
        source = CFGR["SWS"].get(self.registers["CFGR"])
        control |= old & READY[source][0]
        became_ready = 0
        for on, ready, flag in READY:
            is_ready = control & on and (on != CR.HSEON or self.hse_hertz)
            if is_ready and not old & ready:
                became_ready |= flag
            control = control | ready if is_ready else control & ~ready
        self.registers["CR"] = control
        self._raise(became_ready)
        self._propagate()

    def _reset_blocks(self, value, old):
        # type: (int, int) -> None
        """A block is reset when its bit is set; it doesn't matter here for how long."""
        held = set()  # type: set[str]
        for register, bit, _, block in RESET_BITS:
            if self.registers[register] >> bit & 1:
                held.add(block)
        for block in sorted(held - self._held_in_reset):
            try:
                model = self.machine.peripheral(block)
            except KeyError:
                continue
            model.reset()
        self._held_in_reset = held

    def _gate_clocks(self, value, old):
        # type: (int, int) -> None
        """A block without its clock reads 0 and ignores writes (section 6.2.19)."""
        for register, bit, name, block in ENABLE_BITS:
            has_clock = bool(self.registers[register] >> bit & 1)
            if has_clock == (block in self._unclocked):
                if has_clock:
                    self._unclocked.remove(block)
                    self.machine.set_clock(block, "")
                else:
                    self._unclocked.add(block)
                    self.machine.set_clock(block, "RCC_%s.%s" % (register, name))
                for listener in self._gate_listeners.get(block, ()):
                    listener()

    def _select(self, value, old):
        # type: (int, int) -> None
        self._propagate()

    def _propagate(self):
        # type: () -> None
        """SWS follows SW as soon as that source is ready, and listeners get the new tree."""
        setting = self.registers["CFGR"]
        wanted = CFGR["SW"].get(setting)
        if self.registers["CR"] & READY[wanted][1]:
            self.registers["CFGR"] = CFGR["SWS"].put(setting, wanted)
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
        if domain & BDCR.BDRST:
            domain = BDCR.BDRST
            if not old & BDCR.BDRST:
                for listener in self._backup_listeners:
                    listener()
        domain = domain | BDCR.LSERDY if domain & BDCR.LSEON else domain & ~BDCR.LSERDY
        self.registers["BDCR"] = domain
        if domain & ~old & BDCR.LSERDY:
            self._raise(CIFR.LSERDYF)
        self._propagate()

    def _status(self, value, old):
        # type: (int, int) -> None
        status = self.registers["CSR"]
        if value & CSR.RMVF:
            status &= ~FLAGS
        status = status | CSR.LSIRDY if status & CSR.LSION else status & ~CSR.LSIRDY
        self.registers["CSR"] = status
        if status & ~old & CSR.LSIRDY:
            self._raise(CIFR.LSIRDYF)
        self._propagate()

    def _raise(self, flags):
        # type: (int) -> None
        """Ready flags are set only while their interrupt is enabled."""
        # Each enable bit of CIER is at the place of its flag.
        self.registers["CIFR"] |= flags & self.registers["CIER"]
        self._interrupt(0, 0)

    def _interrupt(self, value, old):
        # type: (int, int) -> None
        self.lines["IRQ"].set(self.registers["CIFR"] != 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.registers import Register  # noqa: F401
