"""The port contract."""

from __future__ import annotations

from robot.api import logger

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.robot.decorator import Replay, keyword
from renode_wifi.emulation.frontends.robot.keywords.base import Keywords
from renode_wifi.emulation.observers.contract.monitor import ContractMonitor, silences
from renode_wifi.emulation.observers.contract.report import as_text, summary


class ContractKeywords(Keywords):
    """What firmware relies on that its port does not promise."""

    def __init__(self, engine: str = "auto") -> None:
        super().__init__(engine)
        self._contract: ContractMonitor | None = None

    def forget_testers(self) -> None:
        super().forget_testers()
        self._contract = None

    @keyword()
    def watch_port_contract(self, silenced: str = "") -> None:
        """Look from here on for what the firmware relies on and its port does not promise.

        silenced: rules that are not to fail the test: `rule=reason; rule=reason`.
        """
        self._contract = ContractMonitor(
            self.session, silences(silenced.split(";"), "Watch Port Contract")
        )

    @keyword(Replay.NEVER)
    def port_contract_should_hold(self) -> None:
        """Fail with what was found since `Watch Port Contract`."""
        contract, self._contract = self._contract, None
        if contract is None:
            raise RenodeWifiError(
                "nobody watches the port contract", cure="call `Watch Port Contract` first"
            )
        contract.end()
        contract.detach()
        text = "\n".join(map(as_text, contract.findings))
        if contract.failing:
            raise AssertionError(f"{summary(contract.findings)}\n{text}")
        if text:
            logger.info(text)
