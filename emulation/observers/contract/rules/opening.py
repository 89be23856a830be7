"""Opening sockets."""

from __future__ import annotations

from renode_wifi.emulation.observers.calls.recorder import Call
from renode_wifi.emulation.observers.contract.check import Check
from renode_wifi.emulation.observers.contract.port import GUIDE, ST, TI
from renode_wifi.emulation.observers.contract.rule import Basis, Level, Rule
from renode_wifi.emulation.observers.contract.sockets import CONNECT, OPEN, OpenSocket

AF_INET6 = 10
"""SOCKETS_AF_INET6."""


class TooManySockets(Check):
    RULE = Rule(
        "too-many-sockets",
        "a socket more than the port has",
        Level.ERROR,
        {
            ST: Basis("the port supports up to four sockets", GUIDE),
            TI: Basis("the port supports up to 16 sockets", GUIDE),
        },
    )

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        count = len(self.sockets.by_handle)
        if call.name == OPEN and count >= self.port.sockets:
            self.report(call, f"{count} sockets are open, and another one is asked for")


class Ipv4Only(Check):
    """In a socket's domain, and in an address whose domain says IPv6."""

    RULE = Rule(
        "ipv4-only",
        "IPv6",
        Level.ERROR,
        {name: Basis("Connect supports IPv4 only", GUIDE) for name in (ST, TI)},
    )

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        if call.name == OPEN and call.words[0] == AF_INET6:
            self.report(call, "a socket of SOCKETS_AF_INET6 is asked for")
        if call.name == CONNECT and call.words[1]:
            data = self.read_memory(call.words[1], 2)
            if data is not None and data[1] == AF_INET6:
                self.report(call, "the address is of SOCKETS_AF_INET6")


CHECKS = (TooManySockets, Ipv4Only)
