"""Sending on a connection that is no more."""

from __future__ import annotations

from renode_wifi.emulation.observers.calls.recorder import Call
from renode_wifi.emulation.observers.contract.check import Check
from renode_wifi.emulation.observers.contract.port import GUIDE, HEADER, ST, TI
from renode_wifi.emulation.observers.contract.rule import Basis, Level, Rule
from renode_wifi.emulation.observers.contract.sockets import SEND, OpenSocket


class SendAfterFailure(Check):
    RULE = Rule(
        "send-after-failure",
        "a Send failed, and the socket is sent on again",
        Level.ERROR,
        {
            ST: Basis("a negative result of Send is an error of the socket", HEADER),
            TI: Basis(
                "an error of transmission comes as the event TX Failed, not as a result",
                GUIDE,
            ),
        },
    )

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        if call.name == SEND and socket is not None and socket.send_failed is not None:
            result = socket.send_failed.result
            self.report(call, f"a Send on socket {socket.handle} had returned {result}")


CHECKS = (SendAfterFailure,)
