"""Which engine runs a board, and how it is started."""

from __future__ import annotations

from pathlib import Path

from renode_wifi.emulation.backend import Backend
from renode_wifi.emulation.boards import BoardType
from renode_wifi.emulation.errors import RenodeWifiError

NAMES = ("embedded", "renode", "auto")


def start(name: str, board: BoardType, world: Path | None, seed: int | None) -> Backend:
    """Compose `board` on the engine called `name`; "auto" is the embedded engine.

    The engines are imported on demand: each brings libraries that the other can do without.
    """
    if name in ("embedded", "auto"):
        from renode_wifi.emulation.embedded.backend import EmbeddedBackend

        return EmbeddedBackend(board, world, seed)
    if name == "renode":
        from renode_wifi.emulation.renode.backend import RenodeBackend

        return RenodeBackend(board, world, seed)
    raise RenodeWifiError(f"no engine is called {name!r}", cure=f"engines: {', '.join(NAMES)}")
