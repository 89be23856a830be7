"""Which engine runs a board, and how it is started."""

from __future__ import annotations

from pathlib import Path

from renode_wifi.emulation.engines.engine import Backend, BackendFactory
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.boards import BoardType

NAMES = ("embedded", "renode", "auto")


def start(name: str, board: BoardType, world: Path | None, seed: int | None) -> Backend:
    """Compose `board` on the engine called `name`; "auto" is the embedded engine."""
    return _backend(name).of_board(board, world, seed)


def start_empty(name: str) -> Backend:
    """An engine without a machine yet, for scripts that make their own."""
    return _backend(name).empty()


def _backend(name: str) -> type[BackendFactory]:
    # The engines are imported on demand: each brings libraries that the other can do without.
    if name in ("embedded", "auto"):
        from renode_wifi.emulation.engines.embedded.backend import EmbeddedBackend

        return EmbeddedBackend
    if name == "renode":
        from renode_wifi.emulation.engines.renode.backend import RenodeBackend

        return RenodeBackend
    raise RenodeWifiError(f"no engine is called {name!r}", cure=f"engines: {', '.join(NAMES)}")
