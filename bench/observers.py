"""What observers cost: the node's MQTT for a minute of virtual time, with each of them in turn."""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.frontends.recording import record
from renode_wifi.emulation.observers.captures.packets import PacketCapture
from renode_wifi.emulation.observers.tracefile import TraceFile

ROOT = Path(__file__).resolve().parent.parent
BOARDS = ("b_l475e_iot01a", "cc3220sf_launchxl")
SECONDS = 60.0
ROUNDS = 3
GOAL = 1.1
"""Times the cost of nothing."""


def _recorded(kind: str) -> Callable[[Board], None]:
    def attach(board: Board) -> None:
        folder = tempfile.TemporaryDirectory()
        record(board, kind, Path(folder.name) / "run")
        board.closing.append(folder.cleanup)

    return attach


def _traced(board: Board) -> None:
    TraceFile(board, io.StringIO())


OBSERVERS: dict[str, Callable[[Board], None] | None] = {
    "nothing": None,
    "trace file": _traced,
    "pcap": None,
    "perfetto": _recorded("perfetto"),
    "report": _recorded("report"),
    "vcd": _recorded("vcd"),
}


def cost(board: str, observer: str) -> float:
    """CPU seconds of a run with an observer, and of its file."""
    attach = OBSERVERS[observer]
    with contextlib.ExitStack() as stack:
        packets = None
        if observer == "pcap":
            packets = stack.enter_context(PacketCapture(io.BytesIO()))
        running = Board(board, ROOT / f"firmware/node/{board}.elf", engine="embedded")
        if attach is not None:
            attach(running)
        if packets is not None:
            packets.attach(running)
        started = time.process_time()
        running.run(SECONDS)
        running.close()
    return time.process_time() - started


def main() -> None:
    for board in BOARDS:
        cost(board, "nothing")  # Certificates, and what is loaded once.
        rounds = [{name: cost(board, name) for name in OBSERVERS} for _ in range(ROUNDS)]
        best = {name: min(each[name] for each in rounds) for name in OBSERVERS}
        print(f"{board}, {SECONDS:g} virtual seconds of MQTT:")
        for name, seconds in best.items():
            factor = seconds / best["nothing"]
            print(f"  {name:<12} {seconds:6.3f} s  {factor:5.2f} times nothing (goal {GOAL})")
