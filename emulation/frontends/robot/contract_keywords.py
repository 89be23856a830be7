"""The port contract."""

from __future__ import annotations

from robot.api import logger

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.robot.base import Keywords
from renode_wifi.emulation.frontends.robot.keyword import Replay, keyword
from renode_wifi.emulation.observers.contract.monitor import ContractMonitor
from renode_wifi.emulation.observers.contract.report import as_text, summary


class ContractKeywords(Keywords):
    """Of the board of `Create Board`."""

    def __init__(self, engine: str = "auto") -> None:
        super().__init__(engine)
        self._contract: ContractMonitor | None = None

    def forget_testers(self) -> None:
        super().forget_testers()
        self._contract = None

    @keyword()
    def watch_port_contract(self, **silenced: str) -> None:
        """Look from here on for what the firmware relies on and its port does not promise.

        silenced: rules that are not to fail the test, with the reason: `rule=reason`.
        """
        if not isinstance(self.session, Board):
            raise RenodeWifiError("there is no board", cure="call `Create Board` first")
        self._contract = ContractMonitor(self.session, silenced)

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
