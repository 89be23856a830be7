"""What a failing cell leaves to its reader: a world file, and the command that shows it again."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import yaml

from renode_wifi.emulation.explore.outcome import CellOutcome
from renode_wifi.emulation.explore.plan import JsonObject, Setup
from renode_wifi.peripherals.base.atomic_file import replace_file


def world_file(setup: Setup, outcome: CellOutcome, entry: JsonObject) -> str:
    """A world in which the fault happens by itself, as the text of a world file."""
    base, faults = _base(setup.world)
    note = f"# {outcome.fault} at {outcome.point}: {outcome.verdict}"
    if outcome.note:
        note += f", {outcome.note}"
    body = {"include": base, "faults": [*faults, entry]}
    return f"{' '.join(note.split())}\n" + yaml.safe_dump(body, sort_keys=False, allow_unicode=True)


def _base(world: str | None) -> tuple[str, list[Any]]:
    """What to include, and its own faults, which the new list would replace."""
    if world is None:
        return "<home>", []
    if world.startswith("<"):
        return world, []
    path = Path(world).resolve()
    raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return str(path), list(raw.get("faults") or [])


def command(setup: Setup, cell: str) -> str:
    """Shows one cell again, with its console."""
    words = ["renode-wifi", "explore", "--board", setup.board]
    for part in setup.image:
        words += ["--image", part]
    if setup.world is not None:
        words += ["--world", setup.world]
    if setup.seed is not None:
        words += ["--seed", str(setup.seed)]
    words += ["--recover", setup.recover]
    if setup.fail_on is not None:
        words += ["--fail-on", setup.fail_on]
    words += ["--length", f"{setup.length:g}", "--timeout", f"{setup.timeout:g}"]
    words += ["--every", f"{setup.every:g}", "--cell", cell]
    return shlex.join(words)


def file_name(cell: str) -> str:
    return re.sub(r"[^\w.-]", "_", cell) + ".yaml"


def write(folder: Path, setup: Setup, outcome: CellOutcome, entry: JsonObject) -> Path:
    """Keep the world file of a failing cell in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(outcome.cell)
    replace_file(path, world_file(setup, outcome, entry).encode())
    return path
