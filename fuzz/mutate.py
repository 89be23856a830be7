"""Inputs that are nearly right: pieces of good ones, changed, cut off, repeated and joined."""

from __future__ import annotations

import random
from collections.abc import Sequence

MAX_INPUT = 1 << 16
"""Bytes."""
SPECIAL = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\r\n", b"\n", b"\x1b", b"-1", b"4294967296", b"%s")


def mutate(draw: random.Random, seeds: Sequence[bytes]) -> bytes:
    """An input made of the seeds."""
    data = bytearray(draw.choice(seeds))
    for _ in range(draw.choice((0, 1, 1, 1, 2, 4, 16))):
        at, end = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
        pick = draw.randrange(8)
        if pick == 0:
            del data[at:]
        elif pick == 1:
            del data[at:end]
        elif pick == 2:
            data[at:at] = data[at:end]
        elif pick == 3:
            data[at:at] = draw.choice(SPECIAL)
        elif pick == 4:
            other = draw.choice(seeds)
            data[at:end] = other[: draw.randrange(len(other) + 1)]
        elif pick == 5:
            data[at:end] = draw.randbytes(draw.randrange(9))
        elif data:
            place = draw.randrange(len(data))
            data[place] = draw.choice((data[place] ^ 1 << draw.randrange(8), draw.getrandbits(8)))
        del data[MAX_INPUT:]
    return bytes(data)
