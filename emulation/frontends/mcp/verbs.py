"""What an agent may do with one board at a time.

It chooses among images below a folder and among worlds that whoever started the server has named:
world files are trusted (docs/security.md), and what leaves the world is what they allow.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.session import BoardTimeout, Snapshot
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.observers.tracefile import plain
from renode_wifi.emulation.patterns import compiled
from renode_wifi.emulation.platform import boards
from renode_wifi.emulation.platform.trace import TraceFields
from renode_wifi.emulation.visible import visible
from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.register_file import RegisterFile
from renode_wifi.peripherals.network.worldfile.fault_kinds import KINDS

SLICE = 0.5
"""Virtual seconds between looks at real time."""
MAX_REAL = 60.0
"""Real seconds that one call may take."""
MAX_VIRTUAL = 3600.0
"""Virtual seconds that one call may ask for."""
MAX_LINES = 500
MAX_EVENTS = 2000
MAX_SNAPSHOTS = 8
MAX_READ = 4096
"""Bytes of memory in one answer."""

HostClock = Callable[[], float]
"""The host's clock in seconds; how a run is cut by it changes nothing in the run."""


class Verbs:
    """root: folder of the images. worlds: world files by name, the first is the default."""

    def __init__(
        self, root: Path, worlds: dict[str, Path], clock: HostClock = time.monotonic
    ) -> None:
        self._root = root.resolve()
        self._worlds = worlds
        self._clock = clock
        self._board: Board | None = None
        self._snapshots: dict[str, Snapshot] = {}
        self._events: deque[dict[str, object]] = deque(maxlen=MAX_EVENTS)
        self._shown = 0
        """Lines of the console that an answer has had."""

    def list_boards(self) -> str:
        """The boards, the package's own images, the worlds that may be used, and the faults."""
        rows = [f"board {board.name}: {board.title}, {board.chip}" for board in boards.all_boards()]
        rows += [
            "images: files below the server's folder; <node>, <probe>, <shell>, <sockets> are the"
            " package's"
        ]
        rows += [f"worlds: {', '.join(self._worlds)} (the first is the default)"]
        rows += [f"fault {kind.name}: {kind.effect}" for kind in KINDS.values()]
        return "\n".join(rows)

    def boot(self, board: str, image: str, world: str = "", seed: int | None = None) -> str:
        """Start a board with an image in its flash; a board that was there is gone."""
        path = self._image(image)
        chosen = self._world(world)
        self.close()
        self._board = Board(board, path, chosen, seed)
        self._board.subscribe(self._on_trace)
        return f"{board} is at its first instruction; time passes by run and wait_for_line"

    def run(self, seconds: float) -> str:
        """Let virtual time pass; returns what the console printed."""
        self._advance(seconds, lambda slice_: self._running.run(slice_))
        return self._news()

    def wait_for_line(self, pattern: str, timeout: float = 60.0, uart: str = "") -> str:
        """Run until a line of the console matches a regular expression; returns the console."""
        board = self._running
        compiled(pattern)

        def wait(seconds: float) -> bool:
            try:
                board.wait_for_line(pattern, seconds, uart or None)
            except BoardTimeout:
                return False
            return True

        if not self._advance(timeout, wait):
            raise RenodeWifiError(
                f"no line matches {pattern!r} within {timeout:g} s of virtual time",
                cure=f"the console since the last answer:\n{self._news()}\n{board.whereabouts()}",
            )
        return self._news()

    def type_text(self, text: str, uart: str = "") -> str:
        """Type into the console; a carriage return ends a line for most firmware."""
        self._running.write(text, uart or None)
        return "typed; time has to pass for an answer"

    def console(self, last: int = 50, uart: str = "") -> str:
        """The last lines of a console, with virtual seconds, and the line under way."""
        board = self._running
        console = board.console(uart) if uart else board.uart
        rows = [str(line) for line in console.lines[-_count(last, MAX_LINES) :]]
        return visible("\n".join([*rows, console.pending]).strip("\n"))

    def inject_fault(self, fault: str, settings: dict[str, str | int | float] | None = None) -> str:
        """Let the world or the radio fail, by default now. settings: keys of the world file."""
        entry = dict(settings or {})
        duration = entry.pop("for", None)
        if isinstance(duration, float):
            raise RenodeWifiError("`for` is a time without a unit", cure="write it like 20 s")
        self._running.world.inject(fault, duration, **entry)
        return f"{fault} is set"

    def stop_server(self, name: str) -> str:
        """Stop a server of the world, as a killed process."""
        self._running.world.server(name).stop()
        return f"{name} is stopped"

    def start_server(self, name: str) -> str:
        """Let a server of the world listen again."""
        self._running.world.server(name).start()
        return f"{name} listens"

    def server(self, name: str) -> str:
        """What a server of the world has seen, as JSON."""
        board = self._running
        known = board.world.server(name).name
        return board.execute(f'wifi_server "{known}"')

    def take_snapshot(self, name: str = "default") -> str:
        """Keep the whole board and its world as they are."""
        if name not in self._snapshots and len(self._snapshots) >= MAX_SNAPSHOTS:
            raise RenodeWifiError(
                f"there are {MAX_SNAPSHOTS} snapshots", cure="use one of their names once more"
            )
        self._snapshots[name] = self._running.snapshot()
        return f"{name} is {self._running.now:.6f} s"

    def restore_snapshot(self, name: str = "default") -> str:
        """Go back to a kept moment."""
        board = self._running
        if name not in self._snapshots:
            raise RenodeWifiError(
                f"there is no snapshot {name!r}",
                cure=f"there are: {', '.join(self._snapshots) or 'none'}",
            )
        board.restore(self._snapshots[name])
        self._shown = board.uart.forgotten + len(board.uart.lines)
        return f"it is {board.now:.6f} s"

    def trace(self, last: int = 50, source: str = "", event: str = "") -> str:
        """The last transactions of radio and network, as JSON. source, event: only those."""
        self._running  # noqa: B018 - There has to be one.
        chosen = [
            record
            for record in self._events
            if source in ("", record["source"]) and event in ("", record["event"])
        ]
        return "\n".join(map(json.dumps, chosen[-_count(last, MAX_EVENTS) :]))

    def registers(self, device: str = "") -> dict[str, str]:
        """Registers of the core, or of a peripheral such as usart1, without effects of a read."""
        board = self._running
        if not device:
            return {name: f"0x{value:08X}" for name, value in board.engine.registers().items()}
        engine = board.engine
        assert isinstance(engine, EmbeddedEngine)
        model = engine.machine.peripherals.get(device.rpartition(".")[2])
        held = getattr(model, "registers", None)
        if not isinstance(held, RegisterFile):
            raise RenodeWifiError(
                f"there are no registers of {device!r}", cure="name a peripheral, such as usart1"
            )
        full = engine.machine.full_name(device.rpartition(".")[2])
        return {name: board.execute(f"{full} {name}") for name in held.names()}

    def read_memory(self, address: int, length: int) -> str:
        """Bytes of memory, hexadecimal."""
        return self._running.engine.read_memory(address, _count(length, MAX_READ)).hex(" ")

    def whereabouts(self) -> str:
        """Where the firmware is: function, line, callers, tasks; and its crash, if it crashed."""
        board = self._running
        return "\n".join(filter(None, (board.crash_report(), board.whereabouts())))

    def reset(self) -> str:
        """Press the reset button."""
        self._running.reset()
        return "reset; it is at its first instruction"

    def close(self) -> None:
        """The board, its snapshots and its trace are gone."""
        if self._board is not None:
            self._board.close()
        self._board = None
        self._snapshots.clear()
        self._events.clear()
        self._shown = 0

    # -- inside -------------------------------------------------------------------------------

    @property
    def _running(self) -> Board:
        if self._board is None:
            raise RenodeWifiError("there is no board", cure="boot one")
        return self._board

    def _image(self, name: str) -> str:
        if name.startswith("<") and name.endswith(">"):
            return name
        path = (self._root / name).resolve()
        if not path.is_relative_to(self._root):
            raise RenodeWifiError(
                "the image is outside of the server's folder",
                where=name,
                cure=f"it is {self._root}",
            )
        return str(path)

    def _world(self, name: str) -> Path:
        known = self._worlds
        if name and name not in known:
            raise RenodeWifiError(
                f"no world is called {name!r}", cure=f"worlds: {', '.join(known)}"
            )
        return known[name or next(iter(known))]

    def _advance(self, seconds: float, step: Callable[[float], object]) -> bool:
        """Let time pass by steps until one is true, or the time is over."""
        board = self._running
        if not 0 < seconds <= MAX_VIRTUAL:
            raise RenodeWifiError(
                f"{seconds:g} s is no time to wait", cure=f"give seconds up to {MAX_VIRTUAL:g}"
            )
        end = board.engine.now + round(seconds * SECOND)
        limit = self._clock() + MAX_REAL
        while (left := end - board.engine.now) > 0:
            if step(min(SLICE, left / SECOND)) is True:
                return True
            if self._clock() > limit:
                raise RenodeWifiError(
                    f"{MAX_REAL:g} s of real time are over, at {board.now:.6f} s of virtual time",
                    cure="call again: the board goes on from there",
                )
        return False

    def _news(self) -> str:
        """Lines that no answer has had yet."""
        console = self._running.uart
        rows = console.lines[max(0, self._shown - console.forgotten) :][-MAX_LINES:]
        self._shown = console.forgotten + len(console.lines)
        text = "\n".join([*map(str, rows), console.pending]).strip("\n")
        return visible(f"{text}\n(virtual time {self._running.now:.6f} s)")

    def _on_trace(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        if event != "uart":
            shown = {name: plain(value) for name, value in fields.items()}
            self._events.append({"time": time, "source": source, "event": event, **shown})


def _count(wanted: int, limit: int) -> int:
    return max(1, min(wanted, limit))
