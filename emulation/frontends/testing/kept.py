"""Boards as they were at some moment, kept from test to test: what takes long happens once."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.emulation.board.board import Board, Snapshot

Key = tuple[object, ...]


class KeptMoments:
    """Of one session of pytest."""

    def __init__(self) -> None:
        self._snapshots: dict[Key, Snapshot] = {}

    def bring(self, board: Board, key: Key, prepare: Callable[[Board], object]) -> None:
        """Bring a board that has just started to where `prepare` brings it.

        On Renode, which has no snapshots, `prepare` is called each time.
        """
        known = self._snapshots.get(key)
        if known is not None:
            board.restore(known)
            return
        prepare(board)
        if board.engine.name == "embedded":
            self._snapshots[key] = board.snapshot()
