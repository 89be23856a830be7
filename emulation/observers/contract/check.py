"""What every check has: a rule, and what it is notified of."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from renode_wifi.emulation.observers.calls.recorder import Call
from renode_wifi.emulation.observers.contract.port import SocketsPort
from renode_wifi.emulation.observers.contract.rule import Rule
from renode_wifi.emulation.observers.contract.sockets import OpenSocket, OpenSockets

ReadMemory = Callable[[int, int], bytes | None]
Report = Callable[[Rule, Call, str], None]
"""Rule, the call that breaks it, and in which way."""


class Check:
    """One rule over the calls of the application.

    `entered` and `returned` are called before the sockets are brought up to date by the call.
    `ended` is called once, at the run's end.
    """

    RULE: ClassVar[Rule]

    def __init__(
        self, port: SocketsPort, sockets: OpenSockets, read_memory: ReadMemory, report: Report
    ) -> None:
        self.port = port
        self.sockets = sockets
        self.read_memory = read_memory
        self._report = report

    def report(self, call: Call, message: str) -> None:
        self._report(self.RULE, call, message)

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        """The application makes a call. socket: which it names."""

    def returned(self, call: Call, socket: OpenSocket | None) -> None:
        """A call has returned."""

    def ended(self) -> None:
        """The run is over."""
