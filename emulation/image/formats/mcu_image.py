"""The CC3220SF's image in the serial flash, `/sys/mcuflashimg.bin`: SHA-1 of a binary, binary.

TI's Image Creator makes it, and the boot loader copies the binary to where flash has room for it:
behind 2 KiB of its own (SWRU455, "Host Application"; linker scripts of TI's SDK).
"""

from __future__ import annotations

import hashlib

from renode_wifi.emulation.image.content import Content
from renode_wifi.emulation.image.segments import Segment

KIND = "CC3220SF MCU image"
DIGEST = 20
ADDRESS = 0x0100_0800
"""Of the binary, which begins with its vector table."""


def is_one(data: bytes) -> bool:
    return len(data) > DIGEST and hashlib.sha1(data[DIGEST:]).digest() == data[:DIGEST]


def read(data: bytes) -> Content:
    return Content(KIND, [Segment(ADDRESS, data[DIGEST:])])


def make(binary: bytes) -> bytes:
    """What Image Creator makes of a binary for `ADDRESS`."""
    return hashlib.sha1(binary).digest() + binary
