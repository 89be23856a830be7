"""Commutation (RM0351 sections 30.3.16 and 30.3.18): which of a channel's settings act.

With CR2.CCPC the bits CCxE, CCxNE and OCxM of channels that have a complementary output are
preloaded: written at leisure, they act together from the next COM event on.
"""

from __future__ import annotations

from array import array

from renode_wifi.peripherals.stm32l4.tim_registers import CCER, CCMR1, CR2
from renode_wifi.peripherals.stm32l4.tim_variants import MODE_WORDS, PAIRS

CCER_WORD, CR2_WORD = CCER.word, CR2.word
ENABLES = CCER.CC1E | CCER.CC1NE
MODE = CCMR1["OC1M"].mask | CCMR1.OC1M_3
"""OCxM of the lower channel in CCMRx; that of the upper one is 8 places to the left."""


class Commutation:
    """acting: what CCER and CCMRx act with, by word. pairs: channels with a second output."""

    def __init__(self, number: int, values: array[int]) -> None:
        self._values = values
        self.pairs = PAIRS.get(number, 0)
        preloaded = dict.fromkeys((CCER_WORD, *MODE_WORDS), 0)
        for channel in range(self.pairs):
            preloaded[CCER_WORD] |= ENABLES << 4 * channel
            preloaded[MODE_WORDS[channel]] |= MODE << 8 * (channel & 1)
        # A small timer has fewer registers.
        self._preloaded = {word: bits for word, bits in preloaded.items() if word < len(values)}
        self.acting = [0] * (max(MODE_WORDS) + 1)
        self.commutate()

    def settle(self) -> None:
        """Registers have changed."""
        if not self._values[CR2_WORD] & CR2.CCPC:
            self.commutate()
            return
        for word, bits in self._preloaded.items():
            self.acting[word] = self._values[word] & ~bits | self.acting[word] & bits

    def commutate(self) -> None:
        """A COM event: what was preloaded acts."""
        for word in self._preloaded:
            self.acting[word] = self._values[word]
