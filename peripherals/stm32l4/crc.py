"""CRC calculation unit (RM0351 section 15): any polynomial of 7, 8, 16 or 32 bits."""

from __future__ import annotations

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.crc_unit import (
    CRC_BITS,
    CRC_REMAINDER,
    CRC_REVERSED,
    CRC_REVERSED_WITHIN,
    CrcUnit,
)
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    SELF_CLEARING,
    Field,
    Register,
    reversed_bits,
)

DR = Register(
    "DR",
    0x00,
    reset=0xFFFFFFFF,
    access=READ_ONLY,
    on_write="_feed_word",
    fields=(Field("DR", 0, 32),),
)
IDR = Register("IDR", 0x04, fields=(Field("IDR", 0, 8),))
CR = Register(
    "CR",
    0x08,
    on_write="_control",
    fields=(
        Field("RESET", 0, access=SELF_CLEARING),
        Field("POLYSIZE", 3, 2),
        Field("REV_IN", 5, 2),
        Field("REV_OUT", 7),
    ),
)
INIT = Register(
    "INIT", 0x10, reset=0xFFFFFFFF, on_write="_initialise", fields=(Field("INIT", 0, 32),)
)
POL = Register("POL", 0x14, reset=0x4C11DB7, fields=(Field("POL", 0, 32),))

POLYNOMIAL_BITS = (32, 16, 8, 7)
# REV_IN: bits reversed within a byte, a halfword, a word.
REVERSED_WITHIN = (0, 8, 16, 32)


class STM32_CRC(Block):
    """series: as Renode's model takes it. configurablePoly: POL can be written.

    The STM32L4 always can, so both only keep descriptions exchangeable with Renode.
    """

    OUTPUTS = ()
    REGISTERS = (DR, IDR, CR, INIT, POL)

    def __init__(
        self, machine: Machine, name: str, series: object = None, configurablePoly: bool = True
    ) -> None:
        super().__init__(machine, name)
        self.crc_unit = CrcUnit(DR.word, POL.word)
        self._state = self.crc_unit.state
        self._settle()

    def reset(self) -> None:
        super().reset()
        self._settle()
        self._state[CRC_REMAINDER] = 0xFFFFFFFF

    def write(self, offset: int, value: int, width: int) -> None:
        if offset == DR.offset:
            self._feed(value, 8 * width)
        else:
            super().write(offset, value, width)

    def _settle(self) -> None:
        """Take the settings from CR."""
        control = self.registers["CR"]
        self._state[CRC_BITS] = POLYNOMIAL_BITS[CR["POLYSIZE"].get(control)]
        self._state[CRC_REVERSED_WITHIN] = REVERSED_WITHIN[CR["REV_IN"].get(control)]
        self._state[CRC_REVERSED] = CR["REV_OUT"].get(control)

    def _feed_word(self, value: int, old: int) -> None:
        self._feed(value, 32)

    def _feed(self, value: int, bits: int) -> None:
        """The most significant bit first, after the reversal that REV_IN asks for."""
        unit = min(self._state[CRC_REVERSED_WITHIN], bits)
        if unit:
            mask = (1 << unit) - 1
            parts = [reversed_bits(value >> at & mask, unit) << at for at in range(0, bits, unit)]
            value = sum(parts)
        width = self._state[CRC_BITS]
        top, mask = 1 << (width - 1), (1 << width) - 1
        polynomial = self.registers["POL"] & mask
        state = self._state[CRC_REMAINDER] & mask
        for at in range(bits - 1, -1, -1):
            feedback = bool(state & top) != bool(value >> at & 1)
            state = state << 1 & mask
            if feedback:
                state ^= polynomial
        self._state[CRC_REMAINDER] = state
        self._publish()

    def _publish(self) -> None:
        width = self._state[CRC_BITS]
        state = self._state[CRC_REMAINDER] & ((1 << width) - 1)
        shown = reversed_bits(state, width) if self._state[CRC_REVERSED] else state
        self.registers["DR"] = shown

    def _initialise(self, value: int, old: int) -> None:
        """A store to INIT initialises DR as well (section 15.3.3)."""
        self._state[CRC_REMAINDER] = self.registers["INIT"]
        self._publish()

    def _control(self, value: int, old: int) -> None:
        self._settle()
        if value & CR.RESET:
            self._state[CRC_REMAINDER] = self.registers["INIT"]
        self._publish()
