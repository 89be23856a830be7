"""What observers cost: a minute of MQTT with each of them in turn, and with all.

What they note during the run becomes files when it is over: the two are measured apart.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.engines import Subject
from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.recording import record
from renode_wifi.emulation.observers.calls.attach import record_calls
from renode_wifi.emulation.observers.calls.render import LiveCalls
from renode_wifi.emulation.observers.captures.packets import PacketCapture
from renode_wifi.emulation.observers.contract.monitor import ContractMonitor
from renode_wifi.emulation.observers.notes import notes_of
from renode_wifi.emulation.observers.tracefile import TraceFile

ROOT = Path(__file__).resolve().parent.parent
BOARDS = ("b_l475e_iot01a", "cc3220sf_launchxl")
SECONDS = 60.0
ROUNDS = 3
GOAL = 1.1
"""Times the cost of nothing, for the run."""


def _recorded(kind: str) -> Callable[[Board], None]:
    def attach(board: Board) -> None:
        folder = tempfile.TemporaryDirectory()
        record(board, kind, Path(folder.name) / "run")
        board.closing.append(folder.cleanup)

    return attach


def _traced(board: Board) -> None:
    TraceFile(board, io.StringIO())


def _calls(board: Board) -> None:
    live = LiveCalls(record_calls(board, live=False), lambda line: None, notes_of(board))
    board.closing.append(live.flush)


NOTHING, PCAP, EVERYTHING = "nothing", "pcap", "everything"
OBSERVERS: dict[str, Callable[[Board], object]] = {
    "trace file": _traced,
    "calls": _calls,
    "contract": ContractMonitor,
    "perfetto": _recorded("perfetto"),
    "report": _recorded("report"),
    "vcd": _recorded("vcd"),
}
"""Each by itself; packets are captured by another way."""


def cost(subject: Subject, observer: str) -> tuple[float, float]:
    """CPU seconds of a run with an observer, and of what is done when it is over."""
    names = list(OBSERVERS) if observer == EVERYTHING else [observer]
    with contextlib.ExitStack() as stack:
        packets = None
        if observer in (PCAP, EVERYTHING):
            packets = stack.enter_context(PacketCapture(io.BytesIO()))
        board = Board(subject.board, subject.image, _world(subject), engine="embedded")
        for name in names:
            if name in OBSERVERS:
                OBSERVERS[name](board)
        if packets is not None:
            packets.attach(board)
        started = time.process_time()
        board.run(subject.virtual)
        over = time.process_time()
        board.close()
    return over - started, time.process_time() - over


def _world(subject: Subject) -> str | None:
    return None if subject.world is None else str(subject.world)


def _usable(subject: Subject) -> list[str]:
    """Observers of calls need functions that not every image has."""
    usable = []
    for name, attach in OBSERVERS.items():
        board = Board(subject.board, subject.image, _world(subject), engine="embedded")
        with board, contextlib.suppress(RenodeWifiError):
            attach(board)
            usable.append(name)
    return usable


def main(subjects: Sequence[Subject] = ()) -> None:
    own = [Subject(b, ROOT / f"firmware/node/{b}.elf", None, SECONDS) for b in BOARDS]
    for subject in subjects or own:
        usable = _usable(subject)
        names = [NOTHING, PCAP, *usable]
        if len(usable) == len(OBSERVERS):
            names.append(EVERYTHING)
        cost(subject, NOTHING)  # Certificates, and what is loaded once.
        rounds = [{name: cost(subject, name) for name in names} for _ in range(ROUNDS)]
        print(f"{subject.board}, {subject.image.name}, {subject.virtual:g} virtual seconds:")
        nothing = min(each[NOTHING][0] for each in rounds)
        for name in names:
            run = min(each[name][0] for each in rounds)
            after = min(each[name][1] for each in rounds)
            factor = run / nothing
            print(f"  {name:<12} {run:6.3f} s, {factor:5.2f} times nothing (goal {GOAL}), ", end="")
            print(f"then {after:6.3f} s for files, {(run + after) / nothing:5.2f} times with them")
