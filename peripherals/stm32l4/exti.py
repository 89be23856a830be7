"""Extended interrupt and event controller (RM0351 section 14): forty lines in two banks.

A configurable line latches edges in PRx and drives output n while it is pending and unmasked. A
direct line (17, 23 to 34, 39) has no latch here: its level passes through. That of the STM32F4
(RM0090 section 12) has one bank of 23 configurable lines.
"""

from __future__ import annotations

from array import array

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.line import Line
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.pins import Edges
from renode_wifi.peripherals.base.registers import ONE_CLEARS, Field, Register

IMR1 = Register(
    "IMR1", 0x00, reset=0xFF820000, on_write="_mask_changed", fields=(Field("IM", 0, count=32),)
)
EMR1 = Register("EMR1", 0x04, fields=(Field("EM", 0, count=32),))
RTSR1 = Register(
    "RTSR1", 0x08, fields=(Field("RT", 0, count=17), Field("RT", 18, count=5, first=18))
)
FTSR1 = Register(
    "FTSR1", 0x0C, fields=(Field("FT", 0, count=17), Field("FT", 18, count=5, first=18))
)
SWIER1 = Register(
    "SWIER1",
    0x10,
    on_write="_trigger1",
    fields=(Field("SWI", 0, count=17), Field("SWI", 18, count=5, first=18)),
)
PR1 = Register(
    "PR1",
    0x14,
    access=ONE_CLEARS,
    on_write="_cleared1",
    fields=(Field("PIF", 0, count=17), Field("PIF", 18, count=5, first=18)),
)
IMR2 = Register(
    "IMR2", 0x20, reset=0x87, on_write="_mask_changed", fields=(Field("IM", 0, count=8, first=32),)
)
EMR2 = Register("EMR2", 0x24, fields=(Field("EM", 0, count=8, first=32),))
RTSR2 = Register("RTSR2", 0x28, fields=(Field("RT", 3, count=4, first=35),))
FTSR2 = Register("FTSR2", 0x2C, fields=(Field("FT", 3, count=4, first=35),))
SWIER2 = Register(
    "SWIER2", 0x30, on_write="_trigger2", fields=(Field("SWI", 3, count=4, first=35),)
)
PR2 = Register(
    "PR2",
    0x34,
    access=ONE_CLEARS,
    on_write="_cleared2",
    fields=(Field("PIF", 3, count=4, first=35),),
)

EARLIER = (
    Register("IMR", 0x00, on_write="_mask_changed", fields=(Field("MR", 0, count=23),)),
    Register("EMR", 0x04, fields=(Field("MR", 0, count=23),)),
    Register("RTSR", 0x08, fields=(Field("TR", 0, count=23),)),
    Register("FTSR", 0x0C, fields=(Field("TR", 0, count=23),)),
    Register("SWIER", 0x10, on_write="_trigger1", fields=(Field("SWIER", 0, count=23),)),
    Register(
        "PR", 0x14, access=ONE_CLEARS, on_write="_cleared1", fields=(Field("PR", 0, count=23),)
    ),
)
MAX_EARLIER_LINES = 24
"""numberOfOutputLines of Renode's descriptions of chips with one bank."""

LINES = 40
CONFIGURABLE = (RTSR1.written(), RTSR2.written())
"""Lines of each bank with an edge detector."""


class STM32F4_EXTI(Block):
    """numberOfOutputLines: outputs to the NVIC. firstDirectLine: as Renode's model takes it.

    The chip has direct lines between configurable ones, so the chip's own table decides here. Up to
    24 lines are those of the STM32F4.
    """

    OUTPUTS = ()
    REGISTERS = (IMR1, EMR1, RTSR1, FTSR1, SWIER1, PR1, IMR2, EMR2, RTSR2, FTSR2, SWIER2, PR2)
    EARLIER = EARLIER
    BANK_WORDS = IMR2.word - IMR1.word
    IMR, RTSR, FTSR = IMR1.word, RTSR1.word, FTSR1.word
    SWIER, PR = SWIER1.word, PR1.word

    def __init__(
        self,
        machine: Machine,
        name: str,
        numberOfOutputLines: int = LINES,
        firstDirectLine: int = 23,
    ) -> None:
        is_earlier = numberOfOutputLines <= MAX_EARLIER_LINES
        super().__init__(machine, name, "EARLIER" if is_earlier else "REGISTERS")
        self._banks = 1 if is_earlier else 2
        self._configurable = (EARLIER[0].written(), 0) if is_earlier else CONFIGURABLE
        self._outputs = [Line() for _ in range(max(LINES, numberOfOutputLines))]
        self.lines.update(enumerate(self._outputs))
        self._levels = array("I", [0, 0])
        self._values = self.registers.values
        self.edges = Edges(
            lines=self._outputs,
            levels=self._levels,
            mask=self.IMR,
            rising=self.RTSR,
            falling=self.FTSR,
            trigger=self.SWIER,
            pending=self.PR,
            detected=self._configurable[0],
        )

    def write(self, offset: int, value: int, width: int) -> None:
        if offset == PR1.offset and width == 4:
            self._values[PR1.word] &= ~(value & self._configurable[0])
            self._cleared(0, value)
        else:
            self.registers.write(offset, value, width)

    def reset(self) -> None:
        self.registers.reset()
        self._mask_changed(0, 0)

    def on_gpio(self, number: int, level: bool) -> None:
        bank, bit = number >> 5, 1 << (number & 31)
        if (self._levels[bank] & bit != 0) == level:
            return
        self._levels[bank] ^= bit
        if not self._configurable[bank] & bit:
            self._outputs[number].set(level)
            return
        values = self._values
        base = bank * self.BANK_WORDS
        if values[base + (self.RTSR if level else self.FTSR)] & bit:
            values[base + self.PR] |= bit
            if values[base + self.IMR] & bit:
                self._outputs[number].set(True)

    def _update(self, bank: int) -> None:
        values = self._values
        base = bank * self.BANK_WORDS
        pending = values[base + self.PR] & values[base + self.IMR]
        for number in range(32 * bank, min(LINES, 32 * bank + 32)):
            bit = 1 << (number & 31)
            if self._configurable[bank] & bit:
                self._outputs[number].set(bool(pending & bit))

    def _mask_changed(self, value: int, old: int) -> None:
        for bank in range(self._banks):
            self._update(bank)

    def _trigger(self, bank: int, value: int, old: int) -> None:
        """A software edge: only a 0 to 1 change of an unmasked line counts."""
        values = self._values
        base = bank * self.BANK_WORDS
        values[base + self.PR] |= (
            values[base + self.SWIER] & ~old & values[base + self.IMR] & self._configurable[bank]
        )
        self._update(bank)

    def _trigger1(self, value: int, old: int) -> None:
        self._trigger(0, value, old)

    def _trigger2(self, value: int, old: int) -> None:
        self._trigger(1, value, old)

    def _cleared(self, bank: int, value: int) -> None:
        """Clearing a pending bit clears its software trigger too."""
        self._values[bank * self.BANK_WORDS + self.SWIER] &= ~value & 0xFFFFFFFF
        cleared = value & self._configurable[bank]
        while cleared:
            lowest = cleared & -cleared
            cleared ^= lowest
            output = self._outputs[32 * bank + lowest.bit_length() - 1]
            if output.level:
                output.set(False)

    def _cleared1(self, value: int, old: int) -> None:
        self._cleared(0, value)

    def _cleared2(self, value: int, old: int) -> None:
        self._cleared(1, value)
