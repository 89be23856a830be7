"""Options of TLS."""

from __future__ import annotations

from renode_wifi.emulation.observers.calls.recorder import Call
from renode_wifi.emulation.observers.contract.check import Check
from renode_wifi.emulation.observers.contract.port import HEADER, ST, TI
from renode_wifi.emulation.observers.contract.rule import Basis, Level, Rule
from renode_wifi.emulation.observers.contract.sockets import (
    CONNECT,
    OPTION,
    REQUIRE_TLS,
    SECURE_OPTIONS,
    SET_OPTION,
    OpenSocket,
)


class SecureOptionAfterConnect(Check):
    RULE = Rule(
        "secure-option-after-connect",
        "an option of TLS on a socket that is connected",
        Level.ERROR,
        {
            name: Basis("for a secure socket SOCKETS_SO_REQUIRE_TLS is set before Connect", HEADER)
            for name in (ST, TI)
        },
    )

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        if call.name == SET_OPTION and socket is not None and socket.connected is not None:
            option = call.arguments[OPTION]
            if option == REQUIRE_TLS or option in SECURE_OPTIONS:
                self.report(call, f"{option} is set when socket {socket.handle} is connected")


class SecureOptionWithoutTls(Check):
    RULE = Rule(
        "secure-option-without-tls",
        "an option of TLS on a socket that does without TLS",
        Level.ERROR,
        {
            name: Basis(
                "SOCKETS_SO_REQUIRE_TLS must be set for TLS, even if other secure options are;"
                " without it they are ignored",
                HEADER,
            )
            for name in (ST, TI)
        },
    )

    def entered(self, call: Call, socket: OpenSocket | None) -> None:
        if call.name != CONNECT or socket is None or socket.requires_tls or socket.connected:
            return
        for option in socket.secure_options:
            self.report(
                option,
                f"{option.arguments[OPTION]} is set, and socket {socket.handle} connects"
                " without SOCKETS_SO_REQUIRE_TLS: in clear text",
            )


CHECKS = (SecureOptionAfterConnect, SecureOptionWithoutTls)
