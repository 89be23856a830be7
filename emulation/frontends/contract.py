"""The monitor's command `wifi_contract`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine

if TYPE_CHECKING:
    from renode_wifi.emulation.observers.contract.monitor import ContractMonitor


def offer_contract(session: Session) -> None:
    """Let the monitor's command watch the port contract of the machine that is selected then."""
    if isinstance(session.engine, EmbeddedEngine):
        session.engine.script.requests.contract = _Watch(session).carry_out


class _Watch:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._monitor: ContractMonitor | None = None

    def carry_out(self, silenced: str) -> str:
        from renode_wifi.emulation.observers.contract.monitor import ContractMonitor, silences
        from renode_wifi.emulation.observers.contract.report import as_text, summary

        if self._monitor is None:
            known = silences(silenced.split(";"), "wifi_contract")
            self._monitor = ContractMonitor(self._session, known)
            return "the port contract is watched from here on"
        findings = self._monitor.findings
        return "\n".join([*map(as_text, findings), summary(findings)])
