"""Two runs of the same image, world and seed, side by side.

By hand, for any firmware:

    python -m tests.emulation.engines.renode.compare BOARD IMAGE WORLD SECONDS
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from elftools.elf.elffile import ELFFile

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.platform.boards import BoardType

CONTEXT = 4
WIDTH = 160
FLASH_LOOKED_AT = 0x10000
ROW = 32
SETTLE = 0.05
"""Seconds of virtual time."""
STAMPED = re.compile(r"(?P<before>\d+ )(?P<tick>\d+)(?P<after> \[.*)")
"""A line of Amazon FreeRTOS's log: number, tick, task, text."""
TICKS = 3
"""By so many the ticks of a line may differ, for the same reason as the times below."""
TIMES = frozenset(("started", "finished"))
"""Fields of traces that are virtual times. They differ by some ns, for the engines execute what is
between two accesses of a bus in other pieces; with the times differ the random numbers of TLS, and
the order of what happens on the network and at the module at nearly the same moment."""


@dataclass
class Record:
    """What a run said and did, without its times."""

    uart: list[str] = field(default_factory=list)
    radio: list[str] = field(default_factory=list)
    network: list[str] = field(default_factory=list)
    flash: list[str] = field(default_factory=list)
    ram: list[str] = field(default_factory=list)

    def lists(self) -> dict[str, list[str]]:
        return vars(self)


class Notes:
    """Sorts what is traced: transactions of the radio in order, the network by connection."""

    def __init__(self) -> None:
        self.radio: list[str] = []
        self.events: dict[str, list[str]] = {}
        self.bytes: dict[tuple[str, str, str], bytes] = {}
        self.secure: set[str] = set()

    def note(self, time: int, source: str, event: str, fields: dict[str, Any]) -> None:
        flow = str(fields.get("flow", "-"))
        if event in ("data", "tls-data"):
            way = (flow, event, fields["origin"])
            self.bytes[way] = self.bytes.get(way, b"") + fields["data"]
            return
        if event == "tls" and source == "network":
            self.secure.add(flow)
        said = {name: value for name, value in sorted(fields.items()) if name not in TIMES}
        if source == "network":
            self.events.setdefault(flow, []).append(f"{event} {said}")
        elif source in ("ism43362", "nwp") and event != "pin":
            self.radio.append(f"{event} {said}")

    def network(self) -> list[str]:
        lines = [f"{flow}: {event}" for flow in sorted(self.events) for event in self.events[flow]]
        for (flow, event, origin), data in sorted(self.bytes.items()):
            if event == "tls-data" or flow not in self.secure:
                lines.append(f"{flow}: {event} of {origin}: {data.hex()}")
        return lines


def variables(image: Path, board: BoardType) -> dict[str, tuple[int, int]]:
    """Address and size of an image's variables in RAM, by name. Stacks of tasks are none."""
    found = {}
    with image.open("rb") as file:
        for symbol in ELFFile(file).get_section_by_name(".symtab").iter_symbols():
            address, size = symbol["st_value"], symbol["st_size"]
            is_object = symbol["st_info"]["type"] == "STT_OBJECT" and size
            if is_object and any(address in memory for memory in board.ram):
                found[f"{symbol.name} at 0x{address:08X}"] = (address, size)
    return found


def until_line(text: str, timeout: float) -> Callable[[Board], None]:
    """Run until a line of the console, and until what was on its way by then has arrived."""

    def run(board: Board) -> None:
        board.wait_for_line(text, timeout)
        board.run(SETTLE)

    return run


def record(
    engine: str, name: str, image: Path, run: Callable[[Board], Any], world: Path | None = None
) -> Record:
    """Run an image on an engine."""
    notes = Notes()
    with Board(name, image, world, seed=1, engine=engine) as board:
        board.subscribe(notes.note)
        run(board)
        read = board.engine.read_memory
        flash = read(board.type.flash[0].start, FLASH_LOOKED_AT)
        places = sorted(variables(image, board.type).items(), key=lambda place: place[1])
        return Record(
            [line.text for line in board.uart.lines],
            notes.radio,
            notes.network(),
            [flash[i : i + ROW].hex() for i in range(0, len(flash), ROW)],
            [f"{place}: {read(*where).hex()}" for place, where in places],
        )


def excerpt(text: str, place: int = 0) -> str:
    """What can be read of a long line: its beginning, or what is around a place in it."""
    first = max(0, place - WIDTH // 2) if len(text) > WIDTH else 0
    last = first + WIDTH
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"


def alike(left: str, right: str) -> bool:
    """Whether two lines say the same, at nearly the same time."""
    if left == right:
        return True
    one, other = STAMPED.fullmatch(left), STAMPED.fullmatch(right)
    return (
        one is not None
        and other is not None
        and one.group("before", "after") == other.group("before", "after")
        and abs(int(one["tick"]) - int(other["tick"])) <= TICKS
    )


def first_difference(one: list[str], other: list[str], names: tuple[str, str]) -> str | None:
    """Where two lists part, with what came before; None where they don't."""
    for index in range(max(len(one), len(other))):
        left = one[index] if index < len(one) else "(nothing more)"
        right = other[index] if index < len(other) else "(nothing more)"
        if not alike(left, right):
            before = [f"  {excerpt(line)}" for line in one[max(0, index - CONTEXT) : index]]
            pairs = zip(left, right, strict=False)
            place = next((i for i, (a, b) in enumerate(pairs) if a != b), 0)
            return "\n".join(
                [
                    f"entry {index} differs:",
                    *before,
                    f"- {names[0]}: {excerpt(left, place)}",
                    f"+ {names[1]}: {excerpt(right, place)}",
                ]
            )
    return None


def differences(one: Record, other: Record, names: tuple[str, str]) -> dict[str, str]:
    """What two runs part in, each with the first place where they do."""
    found = {}
    for kind, entries in one.lists().items():
        difference = first_difference(entries, other.lists()[kind], names)
        if difference is not None:
            found[kind] = difference
    return found


def main(name: str, image: str, world: str, seconds: str) -> int:
    engines = ("embedded", "renode")
    one, other = (
        record(engine, name, Path(image), lambda board: board.run(float(seconds)), Path(world))
        for engine in engines
    )
    print({kind: len(entries) for kind, entries in one.lists().items()})
    found = differences(one, other, engines)
    for kind, difference in found.items():
        print(f"{kind}: {difference}")
    changed = [left for left, right in zip(one.ram, other.ram, strict=True) if left != right]
    print("variables that differ:", *(line.partition(":")[0] for line in changed), sep="\n  ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
