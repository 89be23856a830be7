"""Which engine runs a board, and how it is started."""

from __future__ import annotations

from pathlib import Path

from renode_wifi.emulation.engines.engine import Engine, EngineFactory
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.garbage import all_stays
from renode_wifi.emulation.platform.boards import BoardType

NAMES = ("embedded", "renode", "auto")


def prepare(name: str) -> None:
    """Have what the engine needs start, where it takes long: the caller has other things to do."""
    if name == "renode":
        from renode_wifi.emulation.engines.renode import driven

        driven.prepare()


def start(name: str, board: BoardType, world: Path | None, seed: int | None) -> Engine:
    """Compose `board` on the engine called `name`; "auto" is the embedded engine."""
    with all_stays(aged=True):
        return _factory(name).of_board(board, world, seed)


def start_empty(name: str) -> Engine:
    """An engine without a machine yet, for scripts that make their own."""
    return _factory(name).empty()


def _factory(name: str) -> type[EngineFactory]:
    # The engines are imported on demand: each brings libraries that the other can do without.
    if name in ("embedded", "auto"):
        from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine

        return EmbeddedEngine
    if name == "renode":
        from renode_wifi.emulation.engines.renode.engine import RenodeEngine

        return RenodeEngine
    raise _unknown(name)


def check_name(name: str) -> None:
    """Raise RenodeWifiError where no engine is called that."""
    if name not in NAMES:
        raise _unknown(name)


def _unknown(name: str) -> RenodeWifiError:
    return RenodeWifiError(f"no engine is called {name!r}", cure=f"engines: {', '.join(NAMES)}")
