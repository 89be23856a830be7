"""Real time per SPI byte between firmware and Wi-Fi module."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from renode_wifi.emulation.board import Board

ROOT = Path(__file__).resolve().parent.parent
PROBE = ROOT / "firmware" / "probe" / "b_l475e_iot01a.elf"
POLLED_GOAL, INTERRUPT_GOAL = 1.0, 3.0
WIRE = 0.8
"""µs that a byte takes at the 10 MHz of the board's driver."""


class _Counter:
    """Counts bytes and the processor time spent while exchanges are under way."""

    def __init__(self, board: Board) -> None:
        self.bytes = 0
        board.subscribe(self.on_trace)

    def on_trace(self, now: int, source: str, event: str, fields: dict[str, Any]) -> None:
        if event == "at":
            self.bytes += len(fields["request"]) + 1 + len(fields["data"]) + len(fields["reply"])


def measure(image: Path, world: Path | None, skip: float, seconds: float) -> float:
    """µs of processor time per byte, from `skip` on for `seconds` of virtual time."""
    with Board("b_l475e_iot01a", image, world) as board:
        board.run(skip)
        counter = _Counter(board)
        started = time.process_time()
        board.run(seconds)
        return (time.process_time() - started) / max(1, counter.bytes) * 1e6


def main() -> None:
    polled = min(measure(PROBE, None, 1.24, 0.2) for _ in range(3))
    print(
        f"probe, polled 16-bit words: {polled:.2f} µs per byte"
        f" (goal: {POLLED_GOAL}; the wire takes {WIRE})"
    )
    image = os.environ.get("BENCH_IMAGE")
    if image is None:
        print(
            "one interrupt per word: set BENCH_IMAGE to an aws_demos image of the TCP echo demo,"
            " and BENCH_WORLD to its world file"
        )
        return
    world = os.environ.get("BENCH_WORLD")
    interrupts = measure(Path(image), None if world is None else Path(world), 3, 5)
    print(
        f"{Path(image).name}, one interrupt per word: {interrupts:.2f} µs per byte"
        f" (goal: {INTERRUPT_GOAL})"
    )
