"""What scripts ask of the front end that runs them, and what they have made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.script.tokens import Token


@dataclass(frozen=True)
class Origin:
    """A board of the package that a script made. world: the path that its world was read from."""

    board: str
    world: str

    @classmethod
    def of(cls, script: Path, world: Token | None) -> Origin:
        return cls(script.stem, "" if world is None else str(world.value))


@dataclass
class Requests:
    """What scripts ask of whoever runs them. The interpreter keeps it."""

    started: bool = False
    """Virtual time is to pass."""
    quit: bool = False
    analyzers: list[str] = field(default_factory=list)
    """UARTs to be shown, by name."""
    watches: list[tuple[str, int]] = field(default_factory=list)
    """(command, ms): what is to be repeated."""
    start_gdb_server: Callable[[Machine, int, bool], str] | None = None
    """Serves debuggers of a machine on a port; True: `started` is to be set when one comes. Returns
    what is to be printed. Set by front ends that serve debuggers."""
    record: Callable[[str, Path, str], None] | None = None
    """Begins to write a file of a kind about the run (vcd, …), with settings. Set by front ends
    that do."""
    contract: Callable[[str], str] | None = None
    """Watches the port contract, with rules that are silenced; again: returns what was found. Set
    by front ends that do."""
    stop_gdb_server: Callable[[Machine, int | None], None] | None = None

    def start(self) -> None:
        self.started = True
