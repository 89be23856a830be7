"""`Save` and `Load`: a whole session in a file, from which a fresh session goes on.

The file names the boards of the package and the world files that the session was made of, and holds
the state of all that changes. A fresh session makes the same boards by the package's own scripts;
nothing that stands in the file is executed.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform import boards

if TYPE_CHECKING:
    from renode_wifi.emulation.script.interpreter import Interpreter

MAGIC = b"renode-wifi session\n"
DIGEST = 32
HEAD = len(MAGIC) + DIGEST + 4
WORLDS = Path(__file__).resolve().parents[2] / "platforms" / "worlds"
DAMAGED = "the saved session is damaged"

_own: set[tuple[str, str]] = set()
"""World files of the sessions that this process has saved, and their digests."""


def save_session(interpreter: Interpreter) -> bytes:
    """All machines with their worlds as bytes."""
    machines = list(interpreter.machines.values()) or [interpreter.current]
    entries: list[dict[str, Any]] = []
    for machine in machines:
        origin = interpreter.origins.get(machine.name)
        entries.append(
            {
                "name": machine.name,
                "epoch": machine.epoch,
                "board": "" if origin is None else origin.board,
                "world": "" if origin is None else origin.world,
                "file": "" if origin is None else _digest_of_file(origin.world),
                "seed": None if machine.world is None else machine.world.seed,
            }
        )
        _own.add((entries[-1]["world"], entries[-1]["file"]))
    selected = None if interpreter.machine is None else interpreter.machine.name
    head = json.dumps({"machines": entries, "selected": selected}).encode()
    body = len(head).to_bytes(4, "little") + head + interpreter.save_machines(machines)
    return MAGIC + hashlib.sha256(body).digest() + body


def can_start_anew(interpreter: Interpreter) -> bool:
    """A fresh session can load what `save_session` saves: boards' scripts made all machines."""
    return all(name in interpreter.origins for name in interpreter.machines)


def load_session(interpreter: Interpreter, data: bytes) -> None:
    """Become the session that `save_session` saw; without machines, make its boards first.

    Raises RenodeWifiError; the machines that there are stay as they were.
    """
    if not data.startswith(MAGIC):
        interpreter.restore_machines(
            list(interpreter.machines.values()) or [interpreter.current], data
        )
        return
    body = data[len(MAGIC) + DIGEST :]
    if data[len(MAGIC) : len(MAGIC) + DIGEST] != hashlib.sha256(body).digest():
        raise RenodeWifiError(DAMAGED, cure="save it again")
    size = int.from_bytes(body[:4], "little")
    try:
        head = json.loads(body[4 : 4 + size])
        entries = [
            (str(e["name"]), int(e["epoch"]), str(e["board"]), str(e["world"]), str(e["file"]), e)
            for e in head["machines"]
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RenodeWifiError(DAMAGED, cure="save it again") from error
    fresh = not interpreter.machines
    try:
        if fresh:
            for _, _, _, world, file, _ in entries:
                _check_world(interpreter, world, file)
            for name, epoch, board, world, file, entry in entries:
                _make(interpreter, name, board, world, file, entry.get("seed"))
                interpreter.machines[name].epoch = epoch
        interpreter.restore_machines(list(interpreter.machines.values()), body[4 + size :])
    except RenodeWifiError:
        if fresh:
            for name in list(interpreter.machines):
                interpreter.remove_machine(name)
        raise
    interpreter.machine = interpreter.machines.get(str(head.get("selected")))


def _check_world(interpreter: Interpreter, world: str, digest: str) -> None:
    """A world file may have code executed: not every one that a saved session names is read.

    It is one of the package, one that this process itself has saved a session of, or the one that
    the user named.
    """
    named = interpreter.variables.get("global.world")
    paths = [
        Path(text).resolve() for text in (world, *([] if named is None else [str(named.value)]))
    ]
    trusted = paths[0].parent == WORLDS or (world, digest) in _own or paths[0] in paths[1:]
    if world and not trusted:
        raise interpreter.error(
            f"the saved session is of the world file {world}, which may have code executed",
            f"if you trust it: $world=@{world}, and Load again",
        )


def _make(
    interpreter: Interpreter, name: str, board: str, world: str, digest: str, seed: object
) -> None:
    """A machine by a board's script, in the world that it was in."""
    if not board:
        raise interpreter.error(
            f"the machine {name} was not made by a board's script alone",
            "make the same machines first, and then Load",
        )
    if not Path(world).is_file() or _digest_of_file(world) != digest:
        raise interpreter.error(
            f"the world file {world} is not there, or not as it was", "bring it back"
        )
    interpreter.set_variable("global.name", name)
    interpreter.set_variable("global.world", Path(world))
    if isinstance(seed, int):
        interpreter.set_variable("global.seed", seed)
    interpreter.machine = None
    interpreter.run_script(boards.find(board).script)
    if name not in interpreter.machines:
        raise interpreter.error(f"the machine {name} cannot be made again", "save it again")


def _digest_of_file(path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""
