"""Which pads can have the signals of the serial ports (CC3220 data sheet SWAS035, pin attributes).

Pads are numbered as in GPIO_PAD_CONFIG, after the GPIO that they can be.
"""

from __future__ import annotations

from typing import NamedTuple


class PadMode(NamedTuple):
    """mode: CONFMODE."""

    pad: int
    mode: int


TRANSMITTERS: dict[str, tuple[PadMode, ...]] = {
    "uarta0": (PadMode(1, 3), PadMode(7, 11), PadMode(12, 7), PadMode(30, 9)),
    "uarta1": (PadMode(1, 6), PadMode(3, 6), PadMode(10, 7), PadMode(16, 5), PadMode(23, 2)),
}
"""TX, by port."""
