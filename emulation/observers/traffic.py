"""Counts sockets and bytes for the status line and the outcome."""

from __future__ import annotations

from typing import Any

from renode_wifi.emulation.board import Board


class Traffic:
    """Sums up the network events that the world traces."""

    def __init__(self, board: Board) -> None:
        self.opened = 0
        self.closed = 0
        self.sent = 0
        self.received = 0
        board.subscribe(self._on_trace)

    @property
    def open(self) -> int:
        return self.opened - self.closed

    def as_dict(self) -> dict[str, int]:
        return {"sockets": self.opened, "sent": self.sent, "received": self.received}

    def _on_trace(self, time: int, source: str, event: str, fields: dict[str, Any]) -> None:
        if event == "socket":
            self.opened += fields["state"] == "open"
            self.closed += fields["state"] == "closed"
        elif event == "payload":
            if fields["direction"] == "sent":
                self.sent += fields["size"]
            else:
                self.received += fields["size"]
