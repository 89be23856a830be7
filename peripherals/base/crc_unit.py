"""A unit that computes a cyclic redundancy check, kept where an engine can feed it by itself."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

# Indices in `CrcUnit.state`.
CRC_REMAINDER = 0
CRC_BITS = 1
CRC_REVERSED_WITHIN = 2
CRC_REVERSED = 3
CRC_WORDS = 4

MAX_BITS = 32


@dataclass(eq=False)
class CrcUnit:
    """data, polynomial: words of the block: what is fed and shows the result, and the polynomial.

    state: CRC_REMAINDER: of the division so far. CRC_BITS: its length, 1 to 32.
    CRC_REVERSED_WITHIN: bits are reversed within units of 8, 16 or 32 bits before they are fed; 0:
    they aren't. CRC_REVERSED: 1: the result is shown with its bits reversed.
    """

    data: int
    polynomial: int
    state: array[int] = field(default_factory=lambda: array("I", [0xFFFFFFFF, MAX_BITS, 0, 0]))
