"""UF2, Microsoft's USB flashing format: blocks of 512 bytes (github.com/microsoft/uf2)."""

from __future__ import annotations

import struct

from renode_wifi.emulation.image.content import Content, Damaged
from renode_wifi.emulation.image.segments import Collector, Overlap

KIND = "UF2"
BLOCK = 512
HEADER = struct.Struct("<8I")
"""Two magic numbers, flags, address, bytes of payload, number of this block, blocks, family."""
MAGIC = struct.pack("<II", 0x0A324655, 0x9E5D5157)
MAGIC_END = struct.pack("<I", 0x0AB16F30)
MAX_PAYLOAD = 476
NOT_MAIN_FLASH, FILE_CONTAINER, FAMILY_PRESENT = 0x0001, 0x1000, 0x2000
STM32L4 = 0x00FF6919
"""uf2families.json of the specification."""


def read(data: bytes) -> Content:
    """Raises Damaged."""
    collector = Collector()
    # Files may be joined: blocks belong together by their family and their count.
    seen: dict[tuple[int | None, int], set[int]] = {}
    foreign: int | None = None
    if len(data) % BLOCK:
        raise Damaged("the UF2 file is truncated: its last block has fewer than 512 bytes")
    for start in range(0, len(data), BLOCK):
        block = data[start : start + BLOCK]
        _, _, flags, address, size, number, count, family = HEADER.unpack_from(block)
        if not block.startswith(MAGIC) or block[-4:] != MAGIC_END or size > MAX_PAYLOAD:
            raise Damaged(f"the UF2 file has a damaged block at byte {start}")
        if flags & (NOT_MAIN_FLASH | FILE_CONTAINER):
            continue
        of = family if flags & FAMILY_PRESENT else None
        # A boot loader passes over the blocks of other chips.
        if of not in (None, STM32L4):
            foreign = of
            continue
        if number >= count:
            raise Damaged(f"the UF2 file has a block {number} of {count} at byte {start}")
        seen.setdefault((of, count), set()).add(number)
        collector.add(address, block[HEADER.size : HEADER.size + size])
    for (_, count), numbers in seen.items():
        missing = count - len(numbers)
        if missing:
            raise Damaged(f"the UF2 file is truncated: {missing} of {count} blocks are missing")
    try:
        segments = collector.segments()
    except Overlap as error:
        raise Damaged(f"the UF2 file has {error}", cure="build it again") from None
    if not segments and foreign is not None:
        raise Damaged(
            f"the UF2 file is for another family of chips (0x{foreign:08X})",
            cure=f"make it for the STM32L4 (0x{STM32L4:08X})",
        )
    if not segments:
        raise Damaged("the UF2 file has no data for flash", cure="build it again")
    return Content(KIND, segments)
