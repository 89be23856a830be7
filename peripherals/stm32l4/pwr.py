# ironpython: executed by Renode
"""Power control (RM0351 section 5): voltage detectors, brown-out, Stop, Standby and Shutdown.

WFI or WFE with SLEEPDEEP enters the mode that CR1.LPMS chooses. In Stop the clocks of the buses
stand still, SysTick too, until an interrupt that needs none of them. Standby and Shutdown end with
a reset by a wake-up pin, the RTC or the independent watchdog; SRAM1 has lost its contents then, and
SRAM2, unless CR3.RRS keeps it. No pin is driven meanwhile; with CR3.APC PUCRx and PDCRx pull them.
The option bytes may make an entry into a mode a reset.

What the detectors compare with is the supply of "adcCommon", which all of the chip's rails have.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.stm32l4.flash_registers import OPTR
from renode_wifi.peripherals.stm32l4.memories import SRAM1, SRAM2
from renode_wifi.peripherals.stm32l4.pwr_registers import (
    CR1,
    CR2,
    CR3,
    CR4,
    PDCR,
    PDCRA,
    PDCRB,
    PDCRH,
    PUCR,
    PUCRA,
    PUCRB,
    PUCRH,
    SCR,
    SR1,
    SR2,
)

PINS = 5
PORTS = "ABCDEFGH"
RTC_ALARM, RTC_WAKE_UP = 8, 9
"""Numbers of inputs; those of the wake-up pins are 0 to 4."""
STOPS, STANDBY = (0, 1, 2), 3
"""Codes of LPMS; those above are Shutdown."""
# What an exit from Standby leaves as it was (section 5.4).
KEPT = ("CR3", "CR4", "SR1", "PUCRA", "PDCRA", "PUCRB", "PDCRB", "PUCRH", "PDCRH")


NO_RESET = {"stop": OPTR.nRST_STOP, "standby": OPTR.nRST_STDBY, "shutdown": OPTR.nRST_SHDW}
"""Bits of OPTR that let a mode be entered."""

# Typical thresholds in microvolts, (rising, falling) (DS10969 section 6.3.3).
PVD_LEVELS = (
    (2150000, 2050000),
    (2310000, 2200000),
    (2460000, 2360000),
    (2610000, 2520000),
    (2740000, 2640000),
    (2910000, 2810000),
    (2980000, 2900000),
)
PVM_LEVELS = ((1220000, 1220000), (900000, 900000), (1650000, 1640000), (1820000, 1810000))
"""Of VDDUSB, VDDIO2 and twice VDDA."""
BOR_LEVELS = (
    (1660000, 1640000),
    (2100000, 2000000),
    (2310000, 2200000),
    (2610000, 2520000),
    (2900000, 2810000),
)
SUPPLY = 3300000
PVD_LOCK = 1 << 2
"""SYSCFG_CFGR2.PVDL."""
PVD, PVMS = "PVD", ("PVM1", "PVM2", "PVM3", "PVM4")
"""Outputs, which are high while the voltage is too low: lines 16 and 35 to 38 of the EXTI."""


class STM32L4_PWR(Block):
    """SR2.VOSF reads 0 at once after a change of the voltage range, REGLPF follows CR1.LPR.

    Inputs 0 to 4 are the wake-up pins, 8 and 9 the RTC's alarm and wake-up timer.
    """

    STATUS = PARTLY
    MISSING = "PVD by the pin PVD_IN, pulls of PUCRx and PDCRx while the chip runs"
    OUTPUTS = (PVD,) + PVMS
    REGISTERS = (
        CR1,
        CR2,
        CR3,
        CR4,
        SR1,
        SR2,
        SCR,
        PUCRA,
        PDCRA,
        PUCRB,
        PDCRB,
        PUCR,
        PDCR,
        PUCRH,
        PDCRH,
    )

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        # "", "stop", "standby" or "shutdown".
        self._mode = ""
        self._levels = {}  # type: dict[int, bool]
        self._supply = SUPPLY
        self._is_browned_out = False
        machine.on_deep_sleep(self.sleep)

    def reset(self):
        # type: () -> None
        cause = self.machine.reset_cause
        kept = {}  # type: dict[str, int]
        if cause == "standby":
            kept = dict((name, self.registers[name]) for name in KEPT)
        Block.reset(self)
        for name, value in kept.items():
            self.registers[name] = value
        if cause in ("standby", "shutdown"):
            self._lose_memories(cause == "standby" and kept["CR3"] & CR3.RRS)
        elif not self._option(OPTR.SRAM2_RST):
            self.machine.bus.write_bytes(SRAM2[0], bytes(bytearray(SRAM2[1])))
        self._mode = ""
        self._is_browned_out = False

    def _lose_memories(self, keeps_second):
        # type: (typing.Any) -> None
        source = self.machine.random(self.name)
        areas = [SRAM1] + ([] if keeps_second else [SRAM2])
        for start, size in areas:
            content = bytes(bytearray(source.getrandbits(8) for _ in range(size)))
            self.machine.bus.write_bytes(start, content)

    def _regulate(self, value, old):
        # type: (int, int) -> None
        status = self.registers["SR2"] & ~SR2.REGLPF
        self.registers["SR2"] = status | SR2.REGLPF if self.registers["CR1"] & CR1.LPR else status

    def _option(self, mask):
        # type: (int) -> int
        """Bits of OPTR; all set where there is no flash controller."""
        try:
            return int(self.machine.peripheral("flashController").registers["OPTR"]) & mask
        except KeyError:
            return mask

    # The supply.

    def supply_changed(self, microvolts):
        # type: (int) -> None
        """The supply has another voltage."""
        self._supply = microvolts
        level = OPTR["BOR_LEV"].get(self._option(OPTR["BOR_LEV"].mask))
        rising, falling = BOR_LEVELS[min(level, len(BOR_LEVELS) - 1)]
        if self._is_browned_out:
            if microvolts >= rising:
                self.machine.request_reset("brown-out")
            return
        self._compare(0, 0)
        if microvolts < falling:
            self._is_browned_out = True
            self.machine.trace(self.name, "brown-out", microvolts=microvolts)
            # In reset until the supply is back.
            self.machine.power_down()
            self._release_pins(False)

    def _monitor(self, value, old):
        # type: (int, int) -> None
        try:
            locked = self.machine.peripheral("syscfg").registers["CFGR2"] & PVD_LOCK
        except (KeyError, AttributeError):
            locked = 0
        if locked:
            kept = CR2.PVDE | CR2["PLS"].mask
            self.registers["CR2"] = self.registers["CR2"] & ~kept | old & kept
        self._compare(0, 0)

    def _compare(self, value, old):
        # type: (int, int) -> None
        """PVDO and PVMO, with their hysteresis."""
        setting = self.registers["CR2"]
        level = CR2["PLS"].get(setting)
        detectors = [(PVD, CR2.PVDE, SR2.PVDO, PVD_LEVELS[level] if level < 7 else (0, 0))]
        for index, name in enumerate(PVMS):
            on, flag = CR2.PVME1 << index, SR2.PVMO1 << index
            detectors.append((name, on, flag, PVM_LEVELS[index]))
        status = self.registers["SR2"]
        for _, on, flag, (rising, falling) in detectors:
            threshold = rising if status & flag else falling
            is_low = setting & on and self._supply < threshold
            status = status | flag if is_low else status & ~flag
        self.registers["SR2"] = status
        for name, _, flag, _ in detectors:
            self.lines[name].set(bool(status & flag))

    # Low-power modes.

    def sleep(self, begins):
        # type: (int) -> None
        """The core falls asleep with SLEEPDEEP, or wakes."""
        if self._is_browned_out:
            return
        if not begins:
            if self._mode == "stop":
                self._mode = ""
                self.machine.peripheral("rcc").resume()
            return
        mode = CR1["LPMS"].get(self.registers["CR1"])
        name = "stop" if mode in STOPS else "standby" if mode == STANDBY else "shutdown"
        if not self._option(NO_RESET[name]):
            self.machine.request_reset("low-power")
            return
        self.machine.peripheral("rcc").stop()
        self._mode = name
        if mode in STOPS:
            self.machine.trace(self.name, "low-power", mode="stop %d" % mode)
            return
        self.machine.trace(self.name, "low-power", mode=self._mode)
        self.machine.power_down()
        self._release_pins(bool(self.registers["CR3"] & CR3.APC))
        if self.registers["SR1"] & (SR1.mask("r") & ~SR1.SBF):
            # A wake-up flag that software left set ends the mode at once.
            self._wake()

    def _release_pins(self, pulls):
        # type: (bool) -> None
        """Pins float, or are pulled as PUCRx says unless PDCRx does (sections 5.3.9, 5.4.9)."""
        for letter in PORTS:
            up = self.registers["PUCR" + letter] & ~self.registers["PDCR" + letter] if pulls else 0
            try:
                self.machine.peripheral("gpioPort" + letter).float_pins(up)
            except KeyError:
                continue

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        before, self._levels[number] = self._levels.get(number, False), level
        if before == level:
            return
        if number < PINS:
            falls = self.registers["CR4"] >> number & 1
            if self.registers["CR3"] >> number & 1 and level != bool(falls):
                self.registers["SR1"] |= 1 << number
                self._wake()
        elif level and self.registers["CR3"] & CR3.EIWUL:
            if self._mode in ("standby", "shutdown"):
                self.registers["SR1"] |= SR1.WUFI
            self._wake()

    def _wake(self):
        # type: () -> None
        if self._mode == "standby":
            self.registers["SR1"] |= SR1.SBF
        if self._mode in ("standby", "shutdown"):
            self.machine.request_reset(self._mode)


MYPY = False
if MYPY:
    import typing  # noqa: F401
