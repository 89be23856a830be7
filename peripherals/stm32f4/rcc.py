"""Reset and clock control (RM0090 section 7): ready flags follow their enable bits.

As in Renode's model no other block follows the clocks that software chooses: the core runs at its
machine's frequency, timers and serial ports at those of the description.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import READ_ONLY, SELF_CLEARING, Field, Register, packed

CR = Register(
    "CR",
    0x00,
    reset=0x00000083,
    fields=(
        Field("HSION", 0),
        Field("HSIRDY", 1, follows="HSION"),
        Field("HSITRIM", 3, 5),
        Field("HSICAL", 8, 8, READ_ONLY),
        Field("HSEON", 16),
        Field("HSERDY", 17, follows="HSEON"),
        Field("HSEBYP", 18),
        Field("CSSON", 19),
        Field("PLLON", 24),
        Field("PLLRDY", 25, follows="PLLON"),
        Field("PLLI2SON", 26),
        Field("PLLI2SRDY", 27, follows="PLLI2SON"),
        Field("PLLSAION", 28),
        Field("PLLSAIRDY", 29, follows="PLLSAION"),
    ),
)
PLLCFGR = Register(
    "PLLCFGR",
    0x04,
    reset=0x24003010,
    fields=packed("PLLM:6 PLLN:9 - PLLP:2 -:4 PLLSRC - PLLQ:4"),
)
CFGR = Register(
    "CFGR",
    0x08,
    fields=(
        Field("SW", 0, 2),
        Field("SWS", 2, 2, follows="SW"),
        *packed("HPRE:4 -:2 PPRE1:3 PPRE2:3 RTCPRE:5 MCO1:2 I2SSRC MCO1PRE:3 MCO2PRE:3 MCO2:2", 4),
    ),
)
CIR = Register(
    "CIR",
    0x0C,
    fields=(
        Field("RDYF", 0, 7, READ_ONLY),
        Field("CSSF", 7, access=READ_ONLY),
        Field("RDYIE", 8, 7),
        Field("RDYC", 16, 7, SELF_CLEARING),
        Field("CSSC", 23, access=SELF_CLEARING),
    ),
)
BDCR = Register(
    "BDCR",
    0x70,
    fields=(
        Field("LSEON", 0),
        Field("LSERDY", 1, follows="LSEON"),
        *packed("LSEBYP LSEMOD -:4 RTCSEL:2 -:5 RTCEN BDRST", 2),
    ),
)
CSR = Register(
    "CSR",
    0x74,
    on_write="_remove_flags",
    fields=(
        Field("LSION", 0),
        Field("LSIRDY", 1, follows="LSION"),
        Field("RMVF", 24, access=SELF_CLEARING),
        Field("FLAGS", 25, 7, READ_ONLY),
    ),
)
BORRSTF, PINRSTF, PORRSTF, SFTRSTF, IWDGRSTF, WWDGRSTF = (1 << bit for bit in range(25, 31))
RESET_FLAGS = {
    "power-on": BORRSTF | PINRSTF | PORRSTF,
    "software": PINRSTF | SFTRSTF,
    "iwdg": PINRSTF | IWDGRSTF,
    "wwdg": PINRSTF | WWDGRSTF,
}


def _plain(name: str, offset: int, reset: int = 0) -> Register:
    return Register(name, offset, reset=reset, fields=(Field(name, 0, 32),))


class STM32F4_RCC(Block):
    """rtcPeripheral: the RTC, whose registers answer whether RTCEN is set or not."""

    STATUS = PARTLY
    MISSING = "clocks of other blocks, their gates, and resets but that of TIM9"
    OUTPUTS = ("Timer9Reset",)
    REGISTERS = (
        CR,
        PLLCFGR,
        CFGR,
        CIR,
        _plain("AHB1RSTR", 0x10),
        _plain("AHB2RSTR", 0x14),
        _plain("AHB3RSTR", 0x18),
        _plain("APB1RSTR", 0x20),
        Register("APB2RSTR", 0x24, on_write="_apb2_reset", fields=(Field("APB2RSTR", 0, 32),)),
        _plain("AHB1ENR", 0x30, 0x00100000),
        _plain("AHB2ENR", 0x34),
        _plain("AHB3ENR", 0x38),
        _plain("APB1ENR", 0x40),
        _plain("APB2ENR", 0x44),
        _plain("AHB1LPENR", 0x50, 0x7E6791FF),
        _plain("AHB2LPENR", 0x54, 0x000000F1),
        _plain("AHB3LPENR", 0x58, 0x00000001),
        _plain("APB1LPENR", 0x60, 0x36FEC9FF),
        _plain("APB2LPENR", 0x64, 0x00075F33),
        BDCR,
        CSR,
        _plain("SSCGR", 0x80),
        _plain("PLLI2SCFGR", 0x84, 0x20003000),
        _plain("PLLSAICFGR", 0x88, 0x24003000),
        _plain("DCKCFGR", 0x8C),
    )

    def __init__(self, machine: Machine, name: str, rtcPeripheral: object = None) -> None:
        super().__init__(machine, name)
        self.registers["CSR"] |= RESET_FLAGS["power-on"]

    def reset(self) -> None:
        """The backup domain and the reset flags outlive all but a loss of power."""
        backup, flags = self.registers["BDCR"], self.registers["CSR"] & CSR.FLAGS
        cause = self.machine.reset_cause
        super().reset()
        if cause == "power-on":
            flags = 0
        else:
            self.registers["BDCR"] = backup
        self.registers["CSR"] |= flags | RESET_FLAGS.get(cause, PINRSTF)

    def _remove_flags(self, value: int, old: int) -> None:
        if value & CSR.RMVF:
            self.registers["CSR"] &= ~CSR.FLAGS

    def _apb2_reset(self, value: int, old: int) -> None:
        """A timer is reset when its bit is cleared again, as in Renode's model."""
        if old & ~value & 1 << 16:
            self.lines["Timer9Reset"].set(True)
            self.lines["Timer9Reset"].set(False)
