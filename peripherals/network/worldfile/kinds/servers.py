"""Faults of servers: of their connections, and of TLS."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.network.tls.messages import ABORTS, MESSAGES
from renode_wifi.peripherals.network.worldfile.kinds.model import Kind, Parameter, Target
from renode_wifi.peripherals.network.worldfile.rules import whole, words
from renode_wifi.peripherals.network.worldfile.values import DURATION, TEXT

_NEXT = "from the next connection on, "
_TRUE = "its own again, from the next connection on"


def _certificate(name: str, effect: str) -> Kind:
    return Kind(
        f"certificate-{name}",
        Target.SERVER,
        f"{_NEXT}the server presents a certificate {effect}",
        "certificate_" + name.replace("-", "_"),
        lasting=_TRUE,
    )


SERVER_FAULTS = (
    Kind(
        "server-stops",
        Target.SERVER,
        "refuses connections, resets those it has",
        "server_stops",
        lasting="it starts again",
    ),
    Kind("server-resets", Target.SERVER, "resets the connections it has", "server_resets"),
    Kind(
        "server-cuts",
        Target.SERVER,
        "of what it sends next on each connection half arrives, then a reset: with TLS, in the "
        "middle of a record",
        "server_cuts",
    ),
    Kind(
        "server-hangs",
        Target.SERVER,
        "reads and answers nothing; connections stay",
        "server_hangs",
        lasting="it goes on, with what came meanwhile",
    ),
    Kind(
        "server-closes",
        Target.SERVER,
        "ends its direction of the connections it has (FIN), and reads on",
        "server_closes",
    ),
    Kind(
        "server-drips",
        Target.SERVER,
        "sends `bytes` bytes at a time, one lot every `every`",
        "server_drips",
        (
            Parameter("bytes", whole("a number of bytes, 1 or more", 1, 16_384), 1),
            Parameter("every", DURATION, 100 * MILLISECOND),
        ),
        lasting="sends what waits at once",
    ),
    _certificate("expired", "that was valid in 2016 only"),
    _certificate("not-yet-valid", "that will be valid in 2049 only"),
    _certificate("unknown-root", "of a root that nobody knows"),
    _certificate("wrong-name", "for `wrong-name.invalid` alone"),
    _certificate("revoked", "that its list of revocations names, which neither radio asks for"),
    Kind(
        "client-refused",
        Target.SERVER,
        f"{_NEXT}the server wants a client certificate by a root of which the client has none",
        "client_refused",
        lasting="as its entry says, from the next connection on",
    ),
    Kind(
        "weak-cipher",
        Target.SERVER,
        f"{_NEXT}the server has TLS 1.2 with `ciphers` only, a list of OpenSSL's",
        "cipher_weakens",
        (Parameter("ciphers", TEXT, "NULL-SHA256"),),
        lasting="as its entry says, from the next connection on",
    ),
    Kind(
        "tls-aborts",
        Target.SERVER,
        f"{_NEXT}the server ends a handshake instead of sending or answering `message`, by a "
        "reset, an end or an alert (`how`)",
        "tls_aborts",
        (
            Parameter("message", words(f"one of {', '.join(MESSAGES)}", *MESSAGES), MESSAGES[1]),
            Parameter("how", words("reset, end or alert", *ABORTS), ABORTS[0]),
        ),
        lasting="handshakes succeed again",
    ),
    Kind(
        "tls-corrupts",
        Target.SERVER,
        "of what it sends next on each connection with TLS the last bit is wrong",
        "tls_corrupts",
    ),
)
