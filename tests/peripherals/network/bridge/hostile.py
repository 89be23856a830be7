"""Peers outside the world that mean harm, as functions of what they get."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from renode_wifi.peripherals.network.tls.endpoint import EndpointSettings, TlsEndpoint
from renode_wifi.peripherals.network.tls.pki import Authority

AUTHORITY = Authority("hostile")
CERTIFICATE, KEY = AUTHORITY.server(("hostile.test", "10.10.0.9"), "ec")
Peer = Callable[[bytes], bytes]
"""What the peer answers to what it gets; asked again and again, with b"" if nothing comes."""


def record(kind: int, body: bytes, version: bytes = b"\x03\x03") -> bytes:
    """A TLS record (RFC 5246 section 6.2.1)."""
    return bytes([kind]) + version + len(body).to_bytes(2, "big") + body


def handshake(kind: int, length: int, body: bytes) -> bytes:
    return bytes([kind]) + length.to_bytes(3, "big") + body


HELLO = b"\x03\x03" + bytes(32) + b"\x00" + b"\xc0\x2b" + b"\x00"
SERVER_HELLO = record(22, handshake(2, len(HELLO), HELLO))


def hello(*extensions: tuple[int, bytes]) -> bytes:
    """A ServerHello with extensions: (type, data)."""
    data = b"".join(
        kind.to_bytes(2, "big") + len(each).to_bytes(2, "big") + each for kind, each in extensions
    )
    body = HELLO + len(data).to_bytes(2, "big") + data
    return record(22, handshake(2, len(body), body))


SERVER_NAME, ALPN, RENEGOTIATION = 0, 16, 0xFF01


def flood(first: bytes, rest: bytes) -> Peer:
    state = {"first": first}
    return lambda data: state.pop("first", rest)


def server(maximum: str, chain: bytes = b"", **more: Any) -> TlsEndpoint:
    certificate = CERTIFICATE + chain
    given = EndpointSettings(
        server=True, certificate=certificate, key=KEY, maximum_version=maximum, **more
    )
    return TlsEndpoint(given, b"hostile")


def true_server(maximum: str, size: int, then: bytes = b"", **more: Any) -> Peer:
    """A server that keeps to the protocol, `size` bytes at a time, then `then` for ever."""
    endpoint, waiting = server(maximum, **more), bytearray()

    def answer(data: bytes) -> bytes:
        endpoint.feed(data)
        waiting.extend(endpoint.take_outgoing())
        taken = bytes(waiting[:size])
        del waiting[:size]
        return taken or then

    return answer


PEERS: dict[str, Callable[[], Peer]] = {
    "nothing": lambda: flood(b"", b""),
    "HTTP": lambda: flood(b"HTTP/1.1 400 Bad Request\r\n\r\n", b"x" * 1_000),
    "zeros": lambda: flood(b"", bytes(16_000)),
    "empty records": lambda: flood(SERVER_HELLO, record(22, b"") * 1_000),
    "empty data before keys": lambda: flood(b"", record(23, b"") * 1_000),
    "warnings without end": lambda: flood(b"", record(21, b"\x01\x5a") * 1_000),
    "a certificate of 16 MiB": lambda: flood(
        SERVER_HELLO + record(22, handshake(11, 0xFFFFFF, bytes(1_000))),
        record(22, bytes(16_000)),
    ),
    "hello requests without end": lambda: flood(b"", record(22, handshake(0, 0, b"")) * 1_000),
    "hello after hello": lambda: flood(b"", SERVER_HELLO * 100),
    "a record too long": lambda: flood(b"", b"\x16\x03\x03\xff\xff" + bytes(60_000)),
    "TLS 1.2, byte by byte": lambda: true_server("TLSv1.2", 1),
    "TLS 1.3, byte by byte": lambda: true_server("TLSv1.3", 1),
    "junk after the handshake": lambda: true_server("TLSv1.3", 1 << 20, record(23, bytes(500))),
    "a chain of a hundred certificates": lambda: true_server(
        "TLSv1.2", 1 << 20, chain=AUTHORITY.certificate * 100
    ),
    "a name that is not recognised": lambda: flood(
        record(21, b"\x01\x70") + hello((SERVER_NAME, bytes(500))), record(21, b"\x01\x70") * 500
    ),
    "protocols of no length": lambda: flood(hello((ALPN, b"\x00\x01\x00")), b""),
    "protocols longer than they are": lambda: flood(hello((ALPN, b"\xff\xff\xffh2")), b""),
    "extensions twice": lambda: flood(hello((ALPN, b"\x00\x03\x02h2"), (ALPN, b"")), b""),
    "a renegotiation of its own": lambda: flood(hello((RENEGOTIATION, b"\x20" + bytes(32))), b""),
    "a protocol of its own": lambda: true_server("TLSv1.3", 1 << 20, alpn=("x" * 200,)),
    "the end, again and again": lambda: flood(record(21, b"\x01\x00"), record(21, b"\x01\x00")),
}
