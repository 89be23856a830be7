"""Real time per byte between firmware and radio, over each board's SPI link."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renode_wifi.emulation.board.board import Board

ROOT = Path(__file__).resolve().parent.parent
POLLED_GOAL, INTERRUPT_GOAL = 1.0, 3.0


def _at_bytes(event: str, fields: dict[str, Any]) -> int:
    """Of an AT command and its reply."""
    if event != "at":
        return 0
    return len(fields["request"]) + 1 + len(fields["data"]) + len(fields["reply"])


def _message_bytes(event: str, fields: dict[str, Any]) -> int:
    """Of a message of the host protocol, in whole words: synchronisation, header and body; one from
    the network processor is asked for by a word and has its status too."""
    if event != "message":
        return 0
    return (8 if fields["direction"] == "command" else 20) + -(-len(fields["body"]) // 4) * 4


@dataclass(frozen=True)
class Link:
    """A board's link, and the part of the probe's run that echoes over plain sockets."""

    board: str
    width: int
    wire: float
    """µs that a byte takes at the clock of the board's driver: 10 and 20 MHz."""
    bytes_of: Callable[[str, dict[str, Any]], int]
    start: float
    seconds: float

    @property
    def probe(self) -> Path:
        return ROOT / "firmware" / "probe" / f"{self.board}.elf"


LINKS = (
    Link("b_l475e_iot01a", 16, 0.8, _at_bytes, 1.24, 0.09),
    Link("cc3220sf_launchxl", 32, 0.4, _message_bytes, 1.08, 0.045),
)


class _Counter:
    """Counts the bytes of what goes over the link."""

    def __init__(self, board: Board, link: Link) -> None:
        self.bytes = 0
        self.link = link
        board.subscribe(self.on_trace)

    def on_trace(self, now: int, source: str, event: str, fields: dict[str, Any]) -> None:
        self.bytes += self.link.bytes_of(event, fields)


def measure(link: Link, image: Path, world: Path | None, skip: float, seconds: float) -> float:
    """µs of processor time per byte, from `skip` on for `seconds` of virtual time."""
    with Board(link.board, image, world) as board:
        board.run(skip)
        counter = _Counter(board, link)
        started = time.process_time()
        board.run(seconds)
        return (time.process_time() - started) / max(1, counter.bytes) * 1e6


def main() -> None:
    for link in LINKS:
        runs = (measure(link, link.probe, None, link.start, link.seconds) for _ in range(8))
        polled = min(runs)
        print(
            f"probe, polled {link.width}-bit words: {polled:.2f} µs per byte"
            f" (goal: {POLLED_GOAL}; the wire takes {link.wire}; {link.board})"
        )
    image = os.environ.get("BENCH_IMAGE")
    if image is None:
        print(
            "one interrupt per word: set BENCH_IMAGE to an aws_demos image of the TCP echo demo"
            f" for {LINKS[0].board}, and BENCH_WORLD to its world file"
        )
        return
    world = os.environ.get("BENCH_WORLD")
    interrupts = measure(LINKS[0], Path(image), None if world is None else Path(world), 3, 5)
    print(
        f"{Path(image).name}, one interrupt per word: {interrupts:.2f} µs per byte"
        f" (goal: {INTERRUPT_GOAL})"
    )
