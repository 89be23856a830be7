"""What the radio was asked and answered."""

from __future__ import annotations

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.robot.decorator import Replay, keyword
from renode_wifi.emulation.frontends.robot.keywords.base import Keywords
from renode_wifi.emulation.observers.calls.render import NETWORK, nested
from renode_wifi.emulation.platform.trace import TraceFields


class RadioKeywords(Keywords):
    """Transactions as lines: `AT P6=1 -> OK`, `NWP command CONNECT`, `TLS of socket 0: …`."""

    def __init__(self, engine: str = "auto") -> None:
        super().__init__(engine)
        self._transactions: list[str] | None = None

    def forget_testers(self) -> None:
        super().forget_testers()
        self._transactions = None

    @keyword()
    def watch_radio(self) -> None:
        """Keep what the radio is asked and answers from here on."""
        if self._transactions is None:
            self.session.subscribe(self._on_trace)
        self._transactions = []

    @keyword(Replay.NEVER)
    def radio_transactions(self) -> list[str]:
        """Those since the last look, as lines."""
        if self._transactions is None:
            raise RenodeWifiError("nobody watches the radio", cure="call `Watch Radio` first")
        seen, self._transactions = self._transactions, []
        return seen

    def _on_trace(self, time: int, source: str, event: str, fields: TraceFields) -> None:
        source = source.rpartition("/")[2]
        text = "" if event == "uart" or source == NETWORK else nested(source, event, fields)
        if text and self._transactions is not None:
            self._transactions.append(text)
