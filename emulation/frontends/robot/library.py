"""The library: `Library    renode_wifi.RenodeWifi`."""

from __future__ import annotations

from robot.api import logger
from robot.api.deco import library

from renode_wifi.emulation.frontends.robot.arguments import CONVERTERS
from renode_wifi.emulation.frontends.robot.keywords.absent import AbsentKeywords
from renode_wifi.emulation.frontends.robot.keywords.bluetooth import BluetoothKeywords
from renode_wifi.emulation.frontends.robot.keywords.board import BoardKeywords
from renode_wifi.emulation.frontends.robot.keywords.contract import ContractKeywords
from renode_wifi.emulation.frontends.robot.keywords.control import ControlKeywords
from renode_wifi.emulation.frontends.robot.keywords.cpu import CpuKeywords
from renode_wifi.emulation.frontends.robot.keywords.led import LedKeywords
from renode_wifi.emulation.frontends.robot.keywords.log import LogKeywords
from renode_wifi.emulation.frontends.robot.keywords.radio import RadioKeywords


@library(
    scope="SUITE",
    version="1.0",
    doc_format="TEXT",
    auto_keywords=False,
    converters=dict(CONVERTERS),
)
class RenodeWifi(
    BoardKeywords,
    ControlKeywords,
    LedKeywords,
    LogKeywords,
    CpuKeywords,
    ContractKeywords,
    RadioKeywords,
    BluetoothKeywords,
    AbsentKeywords,
):
    """Emulated Wi-Fi boards, with the keywords that Renode's own Robot tests use.

    All times are seconds of virtual time, which passes only while a keyword waits for something.
    engine: embedded, renode or auto.
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, engine: str = "auto") -> None:
        super().__init__(engine)
        self.ROBOT_LIBRARY_LISTENER = self

    def end_test(self, data: object, result: object) -> None:
        """Robot's listener method: leave nothing running behind a test."""
        if self._session is not None:
            for console in self._session.consoles.values():
                text = "\n".join(map(str, console.lines))
                logger.info(f"{console.name}:\n{text}")
        self.end_session()
        self.forget_snapshots()
        self.events.clear()

    def end_suite(self, data: object, result: object) -> None:
        """Robot's listener method: nor behind a suite."""
        self.close_logs()
        self.remove_files()

    def _on_handled_fault(self, fault: object) -> None:
        logger.warn(f"the firmware's fault handler takes: {getattr(fault, 'cause', fault)}")
