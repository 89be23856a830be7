"""The CC3220SF's image in the serial flash, `/sys/mcuflashimg.bin`: SHA-1 of a binary, binary.

TI's Image Creator makes it, and the boot loader copies the binary to where flash has room for it:
behind 2 KiB of its own (SWRU455, "Host Application"; linker scripts of TI's SDK).
"""

from __future__ import annotations

from renode_wifi.emulation.image.content import Content
from renode_wifi.emulation.image.segments import Segment
from renode_wifi.peripherals.simplelink.boot_image import ADDRESS, without_digest

KIND = "CC3220SF MCU image"


def is_one(data: bytes) -> bool:
    return without_digest(data) is not None


def read(data: bytes) -> Content:
    return Content(KIND, [Segment(ADDRESS, without_digest(data) or b"")])
