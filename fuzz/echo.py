"""`python -m fuzz.echo`: TCP echoes for hours of virtual time, while every kind of fault strikes.

A console on Secure Sockets (`firmware/sockets`) echoes on one connection. Where that fails it does
what an application can do, from the cheapest to the dearest (`tests.outcomes`), until it echoes
again. Memory may not grow once the console's history is full.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
from collections import Counter

from tests.outcomes import BOARDS as RADIOS
from tests.outcomes import NO_EFFECT, NOTHING, Rig, applicable, strike

from fuzz.soak import BOARDS, memory
from renode_wifi.emulation.board.console import MAX_LINES

ROUND = 60.0
"""Virtual seconds from fault to fault."""
PAUSE = 1.0
"""Virtual seconds from echo to echo."""
REPORT = 2 * 3600
"""Virtual seconds from line to line."""
MAX_GROWTH = 8 << 10
"""KiB, since the console's history is full."""


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="python -m fuzz.echo", description=__doc__)
    options.add_argument("boards", nargs="*", metavar="BOARD", help=", ".join(BOARDS))
    options.add_argument("--hours", type=float, default=1.0, help="virtual, for each board")
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    return max(echo(name, asked.hours, asked.seed) for name in asked.boards or BOARDS)


def echo(name: str, hours: float, seed: int) -> int:
    """0: well; 1: memory grew, or an echo did not come back after a fault."""
    draw = random.Random(f"{name}/{seed}")
    started = time.process_time()
    cures: Counter[str] = Counter()
    echoes = full = 0
    rig = Rig(name)
    board = rig.board
    kinds = applicable(RADIOS[name])
    report = REPORT
    with board:
        while board.now < hours * 3600:
            end = board.now + ROUND
            found = strike(rig, draw.choice(kinds))
            cures[found.cure or NO_EFFECT] += 1
            if found.cure == NOTHING:
                print(f"{name}: {board.now:.0f} s, nothing cured {found.fault}", flush=True)
                return 1
            rig.call("close 0")
            rig.connect(secure=False)
            while board.now < end:
                rig.echo()
                echoes += 1
                board.run(PAUSE)
            rig.call("close 0")
            if not full and len(board.uart.lines) == MAX_LINES:
                full = memory()
            if board.now >= report:
                report += REPORT
                print(f"{name}: {board.now / 3600:.1f} h, {memory() >> 10} MiB", flush=True)
        grown = memory() - full if full else 0
        cured = ", ".join(f"{cure} {count}" for cure, count in cures.most_common())
        print(
            f"{name}: {board.now / 3600:.2f} virtual hours, {echoes} echoes;"
            f" faults cured by {cured}; {grown} KiB grown since the history is full"
            f" ({time.process_time() - started:.0f} CPU s)",
            flush=True,
        )
    return int(grown > MAX_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
