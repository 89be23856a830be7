"""Values of time-outs."""

from __future__ import annotations

from renode_wifi.emulation.observers.calls.recorder import Call
from renode_wifi.emulation.observers.contract.check import Check
from renode_wifi.emulation.observers.contract.port import GUIDE, ST, TI
from renode_wifi.emulation.observers.contract.rule import Basis, Level, Rule
from renode_wifi.emulation.observers.contract.sockets import (
    OPTION,
    OPTION_VALUE,
    SET_OPTION,
    OpenSocket,
)

RECEIVE_TIMEOUT, SEND_TIMEOUT = "SOCKETS_SO_RCVTIMEO", "SOCKETS_SO_SNDTIMEO"
ST_LIMIT = 30_000
"""ms: stsecuresocketsMAX_TIMEOUT, which the code compares with "less than"."""
TI_STEP = 10
"""ms."""
ST_CODE = "aws_secure_sockets.c of the port, SOCKETS_SetSockOpt"


def _timeout(call: Call, *options: str) -> int | None:
    """Its value in ms, where the call sets one of these options."""
    if call.name != SET_OPTION or call.arguments[OPTION] not in options:
        return None
    value = call.arguments[OPTION_VALUE]
    return value if isinstance(value, int) else None


class TimeoutRefused(Check):
    RULE = Rule(
        "timeout-refused",
        "a time-out that the port's code refuses",
        Level.ERROR,
        {
            ST: Basis(
                "documented are 0 and 30,000 ms; the code takes what is less than 30,000"
                " and answers SOCKETS_EINVAL to 30,000 itself",
                f"{GUIDE}; {ST_CODE}",
            )
        },
    )

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        value = _timeout(call, RECEIVE_TIMEOUT, SEND_TIMEOUT)
        if value is not None and value >= ST_LIMIT:
            self.report(call, f"{call.arguments[OPTION]} is set to {value} ms")


class TimeoutUndocumented(Check):
    RULE = Rule(
        "timeout-undocumented",
        "a time-out that the port takes and its document does not name",
        Level.NOTE,
        {
            ST: Basis(
                "documented are 0 and 30,000 ms; the code takes what is less than 30,000",
                f"{GUIDE}; {ST_CODE}",
            )
        },
    )

    def returned(self, call: Call, socket: OpenSocket | None) -> None:
        value = _timeout(call, RECEIVE_TIMEOUT, SEND_TIMEOUT)
        if value is not None and 0 < value < ST_LIMIT and call.number_returned >= 0:
            self.report(call, f"{call.arguments[OPTION]} is set to {value} ms")


class ReceiveForever(Check):
    RULE = Rule(
        "receive-does-not-block",
        "a receive time-out of 0, which does not block",
        Level.WARNING,
        {
            ST: Basis(
                "documented: 0 blocks for ever; the code polls once, and returns 0 at once",
                f"{GUIDE}; aws_secure_sockets.c of the port, prvNetworkRecv",
            )
        },
    )

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        if _timeout(call, RECEIVE_TIMEOUT) == 0:
            self.report(call, "SOCKETS_SO_RCVTIMEO is set to 0")


class ReceiveTimeoutStep(Check):
    RULE = Rule(
        "receive-timeout-step",
        "a receive time-out that is no multiple of 10 ms",
        Level.WARNING,
        {TI: Basis("SOCKETS_SO_RCVTIMEO is specified in increments of 10 ms", GUIDE)},
    )

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        value = _timeout(call, RECEIVE_TIMEOUT)
        if value is not None and value % TI_STEP:
            self.report(call, f"SOCKETS_SO_RCVTIMEO is set to {value} ms")


class SendTimeoutUnused(Check):
    RULE = Rule(
        "send-timeout-unused",
        "a send time-out, which the port does not have",
        Level.WARNING,
        {TI: Basis("SOCKETS_SO_SNDTIMEO is not used", GUIDE)},
    )

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        value = _timeout(call, SEND_TIMEOUT)
        if value is not None:
            self.report(call, f"SOCKETS_SO_SNDTIMEO is set to {value} ms")


CHECKS = (
    TimeoutRefused,
    TimeoutUndocumented,
    ReceiveForever,
    ReceiveTimeoutStep,
    SendTimeoutUnused,
)
