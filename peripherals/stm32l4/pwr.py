# ironpython: executed by Renode
"""Power control (RM0351 section 5): the supply is always good; Stop, Standby and Shutdown.

WFI or WFE with SLEEPDEEP enters the mode that CR1.LPMS chooses. In Stop the clocks of the buses
stand still, SysTick too, until an interrupt that needs none of them. Standby and Shutdown end with
a reset by a wake-up pin, the RTC or the independent watchdog; SRAM1 has lost its contents then, and
SRAM2, unless CR3.RRS keeps it.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
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
RTC_ALARM, RTC_WAKE_UP = 8, 9
"""Numbers of inputs; those of the wake-up pins are 0 to 4."""
STOPS, STANDBY = (0, 1, 2), 3
"""Codes of LPMS; those above are Shutdown."""
# What an exit from Standby leaves as it was (section 5.4).
KEPT = ("CR3", "CR4", "SR1", "PUCRA", "PDCRA", "PUCRB", "PDCRB", "PUCRH", "PDCRH")
SRAM1, SRAM1_SIZE = 0x20000000, 0x18000
SRAM2, SRAM2_SIZE = 0x10000000, 0x8000


class STM32L4_PWR(Block):
    """SR2.VOSF reads 0 at once after a change of the voltage range, REGLPF follows CR1.LPR.

    Inputs 0 to 4 are the wake-up pins, 8 and 9 the RTC's alarm and wake-up timer.
    """

    STATUS = PARTLY
    MISSING = "PVD, pull configuration in Standby"
    OUTPUTS = ()
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
        self._mode = ""

    def _lose_memories(self, keeps_second):
        # type: (typing.Any) -> None
        source = self.machine.random(self.name)
        areas = [(SRAM1, SRAM1_SIZE)] + ([] if keeps_second else [(SRAM2, SRAM2_SIZE)])
        for start, size in areas:
            content = bytes(bytearray(source.getrandbits(8) for _ in range(size)))
            self.machine.bus.write_bytes(start, content)

    def _regulate(self, value, old):
        # type: (int, int) -> None
        self.registers["SR2"] = SR2.REGLPF if self.registers["CR1"] & CR1.LPR else 0

    # Low-power modes.

    def sleep(self, begins):
        # type: (int) -> None
        """The core falls asleep with SLEEPDEEP, or wakes."""
        if not begins:
            if self._mode == "stop":
                self._mode = ""
                self.machine.peripheral("rcc").resume()
            return
        mode = CR1["LPMS"].get(self.registers["CR1"])
        self.machine.peripheral("rcc").stop()
        if mode in STOPS:
            self._mode = "stop"
            self.machine.trace(self.name, "low-power", mode="stop %d" % mode)
            return
        self._mode = "standby" if mode == STANDBY else "shutdown"
        self.machine.trace(self.name, "low-power", mode=self._mode)
        self.machine.power_down()
        if self.registers["SR1"] & (SR1.mask("r") & ~SR1.SBF):
            # A wake-up flag that software left set ends the mode at once.
            self._wake()

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
