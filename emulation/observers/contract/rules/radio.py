"""After the radio was reset."""

from __future__ import annotations

from renode_wifi.emulation.observers.calls.recorder import Call
from renode_wifi.emulation.observers.contract.check import Check, ReadMemory, Report
from renode_wifi.emulation.observers.contract.port import GUIDE, ST, SocketsPort
from renode_wifi.emulation.observers.contract.rule import Basis, Level, Rule
from renode_wifi.emulation.observers.contract.sockets import (
    CONNECT,
    JOIN,
    PERIPHERAL_RESET,
    RECEIVE,
    RESOLVE,
    SEND,
    OpenSocket,
    OpenSockets,
)

NEEDS_NETWORK = (CONNECT, RESOLVE, SEND, RECEIVE)


class NoJoinAfterReset(Check):
    RULE = Rule(
        "no-join-after-reset",
        "the module was reset, and the network is not joined again",
        Level.ERROR,
        {
            ST: Basis(
                "SOCKETS_PERIPHERAL_RESET means that the module has been reset:"
                " call WiFi_ConnectAP to join the network again",
                GUIDE,
            )
        },
    )

    def __init__(
        self, port: SocketsPort, sockets: OpenSockets, read_memory: ReadMemory, report: Report
    ) -> None:
        super().__init__(port, sockets, read_memory, report)
        self._reset: Call | None = None

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        if self._reset is not None and call.name in NEEDS_NETWORK:
            self.report(call, f"{self._reset.name} had returned {PERIPHERAL_RESET}")

    def returned(self, call: Call, socket: OpenSocket | None) -> None:
        if call.result == PERIPHERAL_RESET:
            self._reset = call
        elif call.name == JOIN and call.number_returned == 0:
            self._reset = None

    def ended(self) -> None:
        if self._reset is not None:
            self.report(self._reset, "WiFi_ConnectAP does not follow")


CHECKS = (NoJoinAfterReset,)
