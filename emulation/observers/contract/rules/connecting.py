"""Connecting, and what is to be done when it fails."""

from __future__ import annotations

from renode_wifi.emulation.observers.calls.recorder import Call
from renode_wifi.emulation.observers.contract.check import Check
from renode_wifi.emulation.observers.contract.port import GUIDE, HEADER, ST, TI
from renode_wifi.emulation.observers.contract.result_use import is_ignored
from renode_wifi.emulation.observers.contract.rule import Basis, Level, Rule
from renode_wifi.emulation.observers.contract.sockets import (
    CLOSE,
    CONNECT,
    OPEN,
    SEND,
    SHUTDOWN,
    OpenSocket,
)

ADDRESS_SIZE = 8
"""sizeof( SocketsSockaddr_t )."""
AF_INET = 2
HANDSHAKE_ERRORS = range(-1003, -1000)
"""SOCKETS_TLS_SERVER_UNVERIFIED, SOCKETS_TLS_HANDSHAKE_ERROR, SOCKETS_TLS_INIT_ERROR."""
CODE_BEHIND_CALL = 64
"""Bytes."""


class ConnectFields(Check):
    """Garbage in fields that an application leaves alone is no finding: only a length that it has
    filled in, as the domain shows, and that is none of this structure's."""

    RULE = Rule(
        "connect-fields-ignored",
        "a field that Connect does not read says something else",
        Level.WARNING,
        {
            name: Basis(
                "an address's usPort and ulAddress are used, ucLength and ucSocketDomain are not",
                GUIDE,
            )
            for name in (ST, TI)
        },
    )

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        if call.name != CONNECT or not call.words[1]:
            return
        if call.words[2] != ADDRESS_SIZE:
            self.report(call, f"xAddressLength is {call.words[2]}, an address has {ADDRESS_SIZE}")
        data = self.read_memory(call.words[1], ADDRESS_SIZE)
        if data is not None and data[1] == AF_INET and data[0] not in (0, ADDRESS_SIZE):
            self.report(call, f"ucLength is {data[0]}, an address has {ADDRESS_SIZE}")


class FailedConnectNotClosed(Check):
    RULE = Rule(
        "failed-connect-not-closed",
        "a Connect failed, and its socket is not closed",
        Level.ERROR,
        {
            ST: Basis("if Connect returns an error, the socket is invalid", HEADER),
            TI: Basis(
                "a negative result of Connect does not mean that the socket was closed:"
                " applications must close it",
                GUIDE,
            ),
        },
    )
    HANDSHAKES = False

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        if socket is not None and self._is_mine(socket) and call.name not in (CLOSE, SHUTDOWN):
            self.report(call, f"{_failure(socket)}, and the socket is used again")
        if call.name == OPEN:
            for other in self.sockets.by_handle.values():
                if self._is_mine(other) and other.failed and other.failed.task == call.task:
                    self.report(other.failed, f"{_failure(other)}, and another one is opened")

    def ended(self) -> None:
        for socket in self.sockets.by_handle.values():
            if self._is_mine(socket) and socket.failed is not None:
                self.report(socket.failed, f"{_failure(socket)}, and the socket is never closed")

    def _is_mine(self, socket: OpenSocket) -> bool:
        if socket.failed is None:
            return False
        return (socket.failed.number_returned in HANDSHAKE_ERRORS) is self.HANDSHAKES


class FailedHandshakeNotClosed(FailedConnectNotClosed):
    RULE = Rule(
        "failed-handshake-not-closed",
        "a TLS handshake failed, and its socket is not closed",
        Level.ERROR,
        {
            ST: Basis(
                "after SOCKETS_TLS_HANDSHAKE_ERROR or SOCKETS_TLS_SERVER_UNVERIFIED"
                " it is recommended that the socket be closed",
                HEADER,
            ),
            TI: Basis(
                "close the socket explicitly after an error of the handshake,"
                " even if the connection is made",
                GUIDE,
            ),
        },
    )
    HANDSHAKES = True


class FirstSendUnchecked(Check):
    """By the code behind the call: the result in R0 is lost before anything reads it."""

    RULE = Rule(
        "first-send-unchecked",
        "Connect is taken for reachability: nobody looks at the first Send's result",
        Level.WARNING,
        {
            ST: Basis(
                "Connect only sends the connection's data to the module: success does not mean"
                " that the address was reached",
                GUIDE,
            ),
            TI: Basis("Send returns the bytes that were sent, or a negative error", HEADER),
        },
    )

    def returned(self, call: Call, socket: OpenSocket | None) -> None:
        if call.name != SEND or socket is None or socket.sent or socket.connected is None:
            return
        code = self.read_memory(call.caller, CODE_BEHIND_CALL)
        if code is not None and is_ignored(code):
            self.report(call, f"it returned {call.result}, which the code behind it does not read")


def _failure(socket: OpenSocket) -> str:
    assert socket.failed is not None
    return f"Connect of socket {socket.handle} returned {socket.failed.result}"


CHECKS = (ConnectFields, FailedConnectNotClosed, FailedHandshakeNotClosed, FirstSendUnchecked)
