"""Shutdown, which sends nothing."""

from __future__ import annotations

from renode_wifi.emulation.observers.calls.recorder import Call
from renode_wifi.emulation.observers.contract.check import Check
from renode_wifi.emulation.observers.contract.port import GUIDE, ST, TI
from renode_wifi.emulation.observers.contract.rule import Basis, Level, Rule
from renode_wifi.emulation.observers.contract.sockets import (
    CONNECT,
    RECEIVE,
    SEND,
    OpenSocket,
)


class ShutdownAsFin(Check):
    """The peer is waited for, or left, after a Shutdown that it cannot have noticed."""

    RULE = Rule(
        "shutdown-sends-no-fin",
        "Shutdown is taken for the end of the connection",
        Level.WARNING,
        {name: Basis("SOCKETS_Shutdown does not send a FIN packet", GUIDE) for name in (ST, TI)},
    )

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        if call.name == RECEIVE and socket is not None and socket.not_sending is not None:
            self.report(
                call,
                f"the answer to the end of socket {socket.handle} is waited for:"
                " the peer does not know of it before SOCKETS_Close",
            )

    def ended(self) -> None:
        for socket in self.sockets.by_handle.values():
            if socket.connected is not None and socket.not_sending is not None:
                self.report(
                    socket.not_sending,
                    f"socket {socket.handle} is never closed: the peer keeps the connection",
                )


class UseAfterShutdown(Check):
    RULE = Rule(
        "use-after-shutdown",
        "a socket is used in a way that its Shutdown has ended",
        Level.ERROR,
        {
            name: Basis(
                "SOCKETS_Shutdown prevents the socket from being used for send and receive", GUIDE
            )
            for name in (ST, TI)
        },
    )

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        if socket is None:
            return
        ended = {
            SEND: socket.not_sending,
            CONNECT: socket.not_sending or socket.not_receiving,
            # After an end of both ways it is `ShutdownAsFin`: who receives waits for the peer.
            RECEIVE: None if socket.not_sending else socket.not_receiving,
        }.get(call.name)
        if ended is not None:
            self.report(call, f"SOCKETS_Shutdown of socket {socket.handle} came before")


CHECKS = (ShutdownAsFin, UseAfterShutdown)
