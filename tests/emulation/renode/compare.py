"""Two runs of the same image, world and seed, side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renode_wifi.emulation.board import Board

CONTEXT = 4
TIMES = frozenset(("started", "finished"))
"""Fields of traces that are virtual times: the engines charge an access of the bus differently."""


@dataclass
class Record:
    """What a run said and did, without its times."""

    uart: list[str] = field(default_factory=list)
    radio: list[str] = field(default_factory=list)
    flash: bytes = b""


def record(engine: str, image: Path, until: str, timeout: float, flash: tuple[int, int]) -> Record:
    """Run an image on an engine until a line of its console."""
    result = Record()

    def note(time: int, source: str, event: str, fields: dict[str, Any]) -> None:
        if event not in ("uart", "pin"):
            said = {name: value for name, value in sorted(fields.items()) if name not in TIMES}
            result.radio.append(f"{source} {event} {said}")

    with Board("b_l475e_iot01a", image, seed=1, engine=engine) as board:
        board.subscribe(note)
        board.wait_for_line(until, timeout)
        result.uart = [line.text for line in board.uart.lines]
        result.flash = board.backend.read_memory(*flash)
    return result


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
