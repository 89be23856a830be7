"""`python -m fuzz.soak`: a board under random faults for hours of virtual time.

The probe firmware boots, joins, echoes and talks TLS, over and over; the world fails at random.
Nothing may be raised, hang or grow.
"""

from __future__ import annotations

import argparse
import logging
import random
import re
import resource
import sys
import time
from pathlib import Path

from renode_wifi import Board
from renode_wifi.emulation.errors import RenodeWifiError

ROOT = Path(__file__).resolve().parent.parent
BOARDS = ("b_l475e_iot01a", "cc3220sf_launchxl")
ROUND = 60.0
"""Virtual seconds from reset to reset."""
FAULTS: tuple[tuple[str, str | None, dict[str, str]], ...] = (
    ("deauthenticate", None, {}),
    ("ap-vanishes", "3 s", {}),
    ("dhcp-fails", "3 s", {}),
    ("dns-fails", "3 s", {}),
    ("link", "5 s", {"loss": "0.3"}),
    ("server-resets", None, {"server": "echo"}),
    ("server-hangs", "4 s", {"server": "echo"}),
    ("server-stops", "4 s", {"server": "echo"}),
)
"""Name, how long, and what else there is to say."""
WARM_UP = 20
"""Rounds after which memory may not grow."""
REPORT = 600
"""Rounds from line to line."""
MAX_GROWTH = 64 << 10
"""KiB."""


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="python -m fuzz.soak", description=__doc__)
    options.add_argument("boards", nargs="*", metavar="BOARD", help=", ".join(BOARDS))
    options.add_argument("--hours", type=float, default=1.0, help="virtual, for each board")
    options.add_argument("--seed", type=int, default=0)
    asked = options.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    return max(soak(name, asked.hours, asked.seed) for name in asked.boards or BOARDS)


def soak(name: str, hours: float, seed: int) -> int:
    """0: well; 1: memory grew."""
    draw = random.Random(f"{name}/{seed}")
    started = time.process_time()
    passed = injected = rounds = 0
    early = 0
    with Board(name, ROOT / "firmware" / "probe" / f"{name}.elf") as board:
        while board.now < hours * 3600:
            end = board.now + ROUND
            for _ in range(draw.randrange(3)):
                board.run(draw.uniform(0.01, 3))
                injected += _inject(board, *draw.choice(FAULTS))
            board.run(max(0.0, end - board.now))
            passed += any("PASSED" in line.text for line in board.uart.lines[-20:])
            board.reset()
            rounds += 1
            if rounds == WARM_UP:
                early = memory()
            if rounds % REPORT == 0:
                print(f"{name}: {board.now / 3600:.1f} h, {memory() >> 10} MiB", flush=True)
        grown = memory() - early if early else 0
        print(
            f"{name}: {board.now / 3600:.2f} virtual hours, {rounds} rounds, {passed} passed,"
            f" {injected} faults, {grown} KiB grown ({time.process_time() - started:.0f} CPU s)",
            flush=True,
        )
    return int(grown > MAX_GROWTH)


def _inject(board: Board, do: str, duration: str | None, entry: dict[str, str]) -> bool:
    try:
        board.world.inject(do, duration, **entry)
    except RenodeWifiError:
        return False
    return True


def memory() -> int:
    """KiB that are resident."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    resident = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
    assert resident is not None
    return int(resident[1])


if __name__ == "__main__":
    sys.exit(main())
