"""Says in one line why TLS, a join or the look-up of a name failed."""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.platform.trace import TraceFields

NETWORK = "network"


class Trouble:
    """Watches the radios' TLS sessions, joins and look-ups. No line is written twice in a row."""

    def __init__(self, board: Session, write: Callable[[str], None]) -> None:
        self._write = write
        self._last = ""
        self._remotes: dict[tuple[str, object], object] = {}
        self._networks: dict[object, object] = {}
        for event in ("socket", "tls", "join", "join-failed", "dns"):
            board.engine.subscribe(self._on_trace, event)

    def _on_trace(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        is_world = source.rpartition("/")[2] == NETWORK
        if event == "join":
            self._networks[fields["mac"]] = fields["ssid"]
        elif event == "join-failed" and is_world:
            reason = str(fields["failure"]).lower().replace("_", " ")
            self._say(f"the join of {self._networks.get(fields['mac'])!r} failed: {reason}")
        elif event == "dns" and fields["answer"] == "UNREACHABLE":
            self._say(f"{fields['name']!r} is no name of this world (`names:` of its file)")
        elif event == "socket" and fields.get("remote"):
            self._remotes[source, fields.get("socket")] = fields["remote"]
        elif event == "tls" and not is_world and fields.get("problem"):
            remote = self._remotes.get((source, fields.get("socket")), "the server")
            detail = f" ({fields['detail']})" if fields.get("detail") else ""
            self._say(f"TLS to {remote} failed: {fields['problem']}{detail}")

    def _say(self, text: str) -> None:
        if text != self._last:
            self._last = text
            self._write(text)
