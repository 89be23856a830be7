"""The world of a board whose snapshots are restored: each has a world of its own."""

from __future__ import annotations

from renode_wifi.emulation.board.board import Board


class CurrentWorld:
    """Stands for `board.world`, whichever that is at the moment."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def __getattr__(self, name: str) -> object:
        return getattr(self._board.world, name)
