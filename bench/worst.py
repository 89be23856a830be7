"""Guests that real firmware has and that are hard to emulate: CPU seconds per virtual second.

The goal is that nothing is slower than the board: 1.0 at most. The guests are firmware/worst; each
is chosen by a byte to the console. The time is that of one core, the median of several runs.
Serial ports send at their line's speed, as the chip's do: otherwise a byte takes no virtual time,
and the figure would be how many bytes a guest can send, at a hundred times the chip's rate.
`python -m bench.worst [WORD ...]` measures those whose name contains one of the words.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from renode_wifi import Board
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.peripherals.base.uart import WiredUart

FIRMWARE = Path(__file__).resolve().parent.parent / "firmware" / "worst"
BOARDS = ("b_l475e_iot01a", "cc3220sf_launchxl")
GOAL = 1.0
REPEATS = 5
SETTLE, SHARE, MAX_SHARE = 0.002, 0.005, 0.3
"""Virtual seconds before the measurement, and of one run."""
ENOUGH = 0.05
"""CPU seconds of a run that is long enough."""


def names(board: str) -> list[str]:
    """The guests of a board's image, as it prints them."""
    with Board(board, FIRMWARE / f"{board}.elf") as guest:
        guest.wait_for_line("choose", 10.0)
        return guest.uart.text.split("choose")[0].splitlines()


def _send_at_line_speed(guest: Board) -> None:
    assert isinstance(guest.engine, EmbeddedEngine)
    for model in guest.engine.machine.peripherals.values():
        if isinstance(model, WiredUart):
            model.timed_transmit = True


def measure(board: str, index: int, repeats: int = REPEATS) -> float:
    """CPU seconds per virtual second of a guest."""
    with Board(board, FIRMWARE / f"{board}.elf") as guest:
        guest.wait_for_line("choose", 10.0)
        _send_at_line_speed(guest)
        guest.write(bytes([ord("A") + index]))
        guest.run(SETTLE)
        share, ratios = SHARE, list[float]()
        while len(ratios) < repeats:
            begun, at = time.process_time(), guest.now
            guest.run(share)
            spent = time.process_time() - begun
            if guest.crash is not None:
                raise RuntimeError(guest.crash_report())
            if spent < ENOUGH and share < MAX_SHARE:
                share *= 3
            else:
                ratios.append(spent / (guest.now - at))
        return statistics.median(ratios)


def main(words: list[str] | None = None, repeats: int = REPEATS) -> None:
    table = Table("board", "guest", "CPU s per virtual s", f"at most {GOAL}", box=None)
    for board in BOARDS:
        for index, name in enumerate(names(board)):
            if words and not any(word in name for word in words):
                continue
            ratio = measure(board, index, repeats)
            print(f"  {name}: {ratio:.3f}", file=sys.stderr, flush=True)
            table.add_row(board, name, f"{ratio:.3f}", "yes" if ratio <= GOAL else "NO")
    Console(width=100).print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
