"""Two runs of the same image, world and seed, side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renode_wifi.emulation.board import Board

CONTEXT = 4
FLASH_LOOKED_AT = 0x10000
SETTLE = 0.05
"""Seconds of virtual time."""
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
    flash: bytes = b""


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


def record(engine: str, name: str, image: Path, until: str, timeout: float) -> Record:
    """Run an image on an engine until a line of its console."""
    notes = Notes()
    with Board(name, image, seed=1, engine=engine) as board:
        memory = board.type.flash[0]
        board.subscribe(notes.note)
        board.wait_for_line(until, timeout)
        # What is still on its way arrives.
        board.run(SETTLE)
        lines = [line.text for line in board.uart.lines]
        content = board.backend.read_memory(memory.start, FLASH_LOOKED_AT)
    return Record(lines, notes.radio, notes.network(), content)


def first_difference(one: list[str], other: list[str], names: tuple[str, str]) -> str | None:
    """Where two lists part, with what came before; None where they don't."""
    for index in range(max(len(one), len(other))):
        left = one[index] if index < len(one) else "(nothing more)"
        right = other[index] if index < len(other) else "(nothing more)"
        if left != right:
            before = [f"  {line}" for line in one[max(0, index - CONTEXT) : index]]
            return "\n".join(
                [
                    f"entry {index} differs:",
                    *before,
                    f"- {names[0]}: {left}",
                    f"+ {names[1]}: {right}",
                ]
            )
    return None
