"""Counts connections and bytes for the status line and the outcome."""

from __future__ import annotations

from typing import Any

from renode_wifi.emulation.board.session import Session

NETWORK = "network"


class Traffic:
    """Sums up the network events that the world traces."""

    def __init__(self, board: Session) -> None:
        self.connections = 0
        self.sent = 0
        self.received = 0
        self._open: set[Any] = set()
        self._own: set[str] = set()
        board.subscribe(self._on_trace)

    @property
    def open(self) -> int:
        """TCP connections that neither side has begun to close."""
        return len(self._open)

    def as_dict(self) -> dict[str, int]:
        return {"connections": self.connections, "sent": self.sent, "received": self.received}

    def _on_trace(self, time: int, source: str, event: str, fields: dict[str, Any]) -> None:
        if source != NETWORK:
            return
        if event == "joined":
            self._own.add(fields["address"])
        elif event == "connected":
            self.connections += 1
            self._open.add(fields["flow"])
        elif event in ("fin", "reset", "link-lost"):
            self._open.discard(fields.get("flow"))
        elif event in ("data", "datagram"):
            size = len(fields["data"])
            if fields["origin"].rpartition(":")[0] in self._own:
                self.sent += size
            else:
                self.received += size
