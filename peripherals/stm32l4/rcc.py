# ironpython: executed by Renode
"""Reset and clock control (RM0351 section 6): the clock tree and the reset flags.

Every oscillator and PLL is ready as soon as it is switched on. What the tree yields is reported to
the machine (core clock) and to those who asked with `on_change` (timers).
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.stm32l4.rcc_clock_gates import ClockGates, bits_of
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
from renode_wifi.peripherals.stm32l4.rcc_tree import HSE, HSI16, MSI, PLL, ClockTree

# On bit and ready bit in CR of each oscillator and PLL, and its flag in CIFR.
READY = (
    (CR.MSION, CR.MSIRDY, CIFR.MSIRDYF),
    (CR.HSION, CR.HSIRDY, CIFR.HSIRDYF),
    (CR.HSEON, CR.HSERDY, CIFR.HSERDYF),
    (CR.PLLON, CR.PLLRDY, CIFR.PLLRDYF),
    (CR.PLLSAI1ON, CR.PLLSAI1RDY, CIFR.PLLSAI1RDYF),
    (CR.PLLSAI2ON, CR.PLLSAI2RDY, CIFR.PLLSAI2RDYF),
)

PLL_BY_HSE = 3
"""Code of PLLSRC."""

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

# Of PLLCFGR: what all PLLs have in common, and what is the main one's.
ALL_PLLS = PLLCFGR.PLLSRC | PLLCFGR["PLLM"].mask
MAIN_PLL = PLLCFGR["PLLN"].mask | PLLCFGR.PLLP | PLLCFGR["PLLQ"].mask | PLLCFGR["PLLR"].mask
OUTPUTS_OF_SAI = (
    PLLSAI1CFGR.PLLSAI1PEN | PLLSAI1CFGR.PLLSAI1QEN | PLLSAI1CFGR.PLLSAI1REN,
    PLLSAI2CFGR.PLLSAI2PEN | PLLSAI2CFGR.PLLSAI2REN,
)


RESET_BITS = bits_of(RESETS)
TREE_INPUTS = ("CR", "CFGR", "PLLCFGR", "BDCR", "CSR")
"""Registers from which `ClockTree` computes the clocks of system, buses and RTC."""


class STM32L4_RCC(ClockTree):
    """hseFrequency: of the external clock in Hz; 0 where none is fitted (HSERDY stays 0)."""

    STATUS = PARTLY
    MISSING = "DMA and transfers under way go on without their clock in Sleep (SMENR)"
    OUTPUTS = ("IRQ", "NMI", "LSECSS")
    REGISTERS = (
        (CR, ICSCR, CFGR, PLLCFGR, PLLSAI1CFGR, PLLSAI2CFGR, CIER, CIFR, CICR)
        + RESETS
        + ENABLES
        + SLEEP_ENABLES
        + (CCIPR, BDCR, CSR)
    )

    def __init__(self, machine, name, hseFrequency=8000000):
        # type: (typing.Any, str, int) -> None
        ClockTree.__init__(self, machine, name, hseFrequency)
        self._listeners = []  # type: list[typing.Callable[[], None]]
        self._held_in_reset = set()  # type: set[str]
        self._gates = ClockGates(machine, self.registers)
        self._backup_listeners = []  # type: list[typing.Callable[[], None]]
        self._failure_listeners = []  # type: list[typing.Callable[[], None]]
        self._tree = ()  # type: tuple[int, ...]
        self._inputs = ()  # type: tuple[int, ...]
        self.registers["CSR"] |= RESET_FLAGS["power-on"]
        self._gate_clocks(0, 0)
        self._propagate()
        machine.on_sleep(self.sleep)

    def reset(self):
        # type: () -> None
        """System reset: backup domain and reset flags outlive all but a loss of power."""
        backup = self.registers["BDCR"]
        flags = self.registers["CSR"] & FLAGS
        cause = self.machine.reset_cause
        Block.reset(self)
        self._held_in_reset = set()
        self._stopped = False
        self.sleep(0)
        self._gates.chosen()
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
        self._gates.on_gate(block, listener)

    def has_clock(self, block):
        # type: (str) -> bool
        """Whether the gate of a block's clock is open."""
        return self._gates.is_open(block)

    def on_failure(self, listener):
        # type: (typing.Callable[[], None]) -> None
        """Call `listener()` when the security system has found that the HSE failed."""
        self._failure_listeners.append(listener)

    def on_backup_reset(self, listener):
        # type: (typing.Callable[[], None]) -> None
        """Call `listener()` when software resets the backup domain."""
        self._backup_listeners.append(listener)

    # Low-power modes.

    def sleep(self, begins):
        # type: (int) -> None
        """The core falls asleep, or wakes; called while SMENR closes gates."""
        self._gates.sleep(begins)

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
            is_ready = control & on and (on != CR.HSEON or self.hse_hz())
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
        self._gates.enabled()

    def _choose_sleep_clocks(self, value, old):
        # type: (int, int) -> None
        self._gates.chosen()

    def _select(self, value, old):
        # type: (int, int) -> None
        self._propagate()

    def _configure_pll(self, value, old):
        # type: (int, int) -> None
        """What a running PLL depends on ignores writes (RM0351 section 6.4.4)."""
        control = self.registers["CR"]
        locked = 0
        if control & (CR.PLLON | CR.PLLSAI1ON | CR.PLLSAI2ON):
            locked |= ALL_PLLS
        if control & CR.PLLON:
            locked |= MAIN_PLL
        if CFGR["SWS"].get(self.registers["CFGR"]) == PLL:
            locked |= PLLCFGR.PLLREN
        self._keep("PLLCFGR", locked, old)
        self._propagate()

    def _configure_sai1(self, value, old):
        # type: (int, int) -> None
        """As `_configure_pll` (RM0351 sections 6.4.5 and 6.4.6); outputs can be switched."""
        if self.registers["CR"] & CR.PLLSAI1ON:
            self._keep("PLLSAI1CFGR", ~OUTPUTS_OF_SAI[0], old)

    def _configure_sai2(self, value, old):
        # type: (int, int) -> None
        if self.registers["CR"] & CR.PLLSAI2ON:
            self._keep("PLLSAI2CFGR", ~OUTPUTS_OF_SAI[1], old)

    def _keep(self, name, locked, old):
        # type: (str, int, int) -> None
        self.registers[name] = (self.registers[name] & ~locked) | (old & locked)

    def _propagate(self):
        # type: () -> None
        """SWS follows SW as soon as that source is ready, and listeners get the new tree."""
        setting = self.registers["CFGR"]
        wanted = CFGR["SW"].get(setting)
        if self.registers["CR"] & READY[wanted][1]:
            self.registers["CFGR"] = CFGR["SWS"].put(setting, wanted)
        # Firmware writes the same value over and over: the tree is computed once for it.
        inputs = tuple([self.registers[name] for name in TREE_INPUTS]) + (
            self._stopped,
            "HSE" in self.failed,
            "LSE" in self.failed,
        )
        if inputs == self._inputs:
            return
        self._inputs = inputs
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
        is_ready = domain & BDCR.LSEON and "LSE" not in self.failed
        domain = domain | BDCR.LSERDY if is_ready else domain & ~BDCR.LSERDY
        if old & BDCR.LSECSSON and not domain & (BDCR.BDRST | BDCR.LSECSSD):
            # It stays on until a failure is detected or the domain is reset (6.4.28).
            domain |= BDCR.LSECSSON
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
        if not flags:
            return
        # Each enable bit of CIER is at the place of its flag.
        self.registers["CIFR"] |= flags & self.registers["CIER"]
        self._interrupt(0, 0)

    def _interrupt(self, value, old):
        # type: (int, int) -> None
        flags = self.registers["CIFR"]
        self.lines["IRQ"].set(flags & ~(CIFR.CSSF | CIFR.LSECSSF) != 0)
        self.lines["NMI"].set(flags & CIFR.CSSF != 0)
        self.lines["LSECSS"].set(flags & CIFR.LSECSSF != 0)

    # Oscillators that fail.

    def fail_oscillator(self, oscillator):
        # type: (str) -> None
        """The crystal of "HSE" or "LSE" stops. ValueError: it is another oscillator."""
        if oscillator not in ("HSE", "LSE"):
            raise ValueError("%s isn't an oscillator that can fail, HSE and LSE are" % oscillator)
        self.failed.add(oscillator)
        if oscillator == "HSE":
            self._detect_hse()
        else:
            self._detect_lse()
        self._propagate()

    def restore_oscillator(self, oscillator):
        # type: (str) -> None
        """It runs again where it is switched on."""
        self.failed.discard(oscillator)
        self._switch(0, self.registers["CR"])
        self._backup_domain(0, self.registers["BDCR"])

    def _detect_hse(self):
        # type: () -> None
        """The HSE is switched off, and what clocked the system by it (section 6.2.11)."""
        control = self.registers["CR"]
        if not control & CR.CSSON or not control & CR.HSERDY:
            if control & CR.HSERDY:
                self.machine.log.warning(
                    "%s: the HSE stopped without CSSON; what it clocks stands still on the chip",
                    self.name,
                )
            return
        setting = self.registers["CFGR"]
        source = CFGR["SWS"].get(setting)
        by_hse = PLLCFGR["PLLSRC"].get(self.registers["PLLCFGR"]) == PLL_BY_HSE
        control &= ~(CR.HSEON | CR.HSERDY | CR.CSSON)
        if by_hse:
            control &= ~(CR.PLLON | CR.PLLRDY)
        if source == HSE or (source == PLL and by_hse):
            spare = HSI16 if setting & CFGR.STOPWUCK else MSI
            control |= READY[spare][0] | READY[spare][1]
            self.registers["CFGR"] = CFGR["SWS"].put(CFGR["SW"].put(setting, spare), spare)
        self.registers["CR"] = control
        # Not maskable.
        self.registers["CIFR"] |= CIFR.CSSF
        for listener in self._failure_listeners:
            listener()
        self._interrupt(0, 0)

    def _detect_lse(self):
        # type: () -> None
        """The RTC loses its clock, and software learns of it if it wants to (section 6.2.12)."""
        domain = self.registers["BDCR"]
        if domain & BDCR.LSECSSON:
            self.registers["BDCR"] = domain | BDCR.LSECSSD
            self._raise(CIFR.LSECSSF)


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.registers import Register  # noqa: F401
