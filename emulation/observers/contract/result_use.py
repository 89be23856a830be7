"""Whether the code behind a call reads the result in R0."""

from __future__ import annotations

from renode_wifi.emulation.image import thumb

R0 = 0
MAX_INSTRUCTIONS = 16


def is_ignored(code: bytes) -> bool:
    """True: R0 is overwritten before anything reads it, on the straight way behind the call.

    False, too, where that cannot be said: at branches, returns and instructions that may have to do
    with R0.
    """
    offset = 0
    for _ in range(MAX_INSTRUCTIONS):
        if not 0 <= offset <= len(code) - 4:
            return False
        first = int.from_bytes(code[offset : offset + 2], "little")
        second = int.from_bytes(code[offset + 2 : offset + 4], "little")
        distance = thumb.jump(first, second)
        if distance is not None:
            offset += distance
            continue
        use = thumb.use(first, second)
        if use is None or R0 in use.reads:
            return False
        if R0 in use.writes:
            return True
        offset += thumb.size(first)
    return False
