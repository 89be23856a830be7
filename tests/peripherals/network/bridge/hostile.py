"""Peers outside the world that mean harm, as functions of what they get."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from renode_wifi.peripherals.network.tls.endpoint import EndpointSettings, TlsEndpoint, TlsState
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


class Sealer:
    """Records that a server has encrypted, which OpenSSL itself would not write."""

    def __init__(self, version: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.log = Path(self.folder.name) / "keys"
        self.endpoint = server(version, ciphers="ECDHE-ECDSA-AES128-GCM-SHA256")
        self.endpoint._context.keylog_filename = str(self.log)
        self.server_random = b""
        self.cipher: AESGCM | None = None
        self.initial = b""
        self.number = 0
        self.explicit = False
        """The nonce is in the record (TLS 1.2)."""

    def handshake(self, data: bytes) -> bytes:
        self.endpoint.feed(data)
        flight = self.endpoint.take_outgoing()
        # The first record is ServerHello's: its random number follows heads and version.
        self.server_random = self.server_random or flight[11:43]
        if self.cipher is None and self.endpoint.state is TlsState.OPEN:
            self._make_keys()
        return flight

    def _make_keys(self) -> None:
        # A comment comes first.
        lines = [line.split() for line in self.log.read_text("ascii").splitlines()[1:]]
        secrets = {name: (bytes.fromhex(first), bytes.fromhex(last)) for name, first, last in lines}
        assert self.endpoint.verdict is not None
        self.explicit = self.endpoint.verdict.version == "TLSv1.2"
        if self.explicit:
            # The server's Finished was the first.
            self.number = 1
            random, master = secrets["CLIENT_RANDOM"]
            keys = expanded(master, b"key expansion" + self.server_random + random, 40)
            self.cipher, self.initial = AESGCM(keys[16:32]), keys[36:40]
        else:
            _, secret = secrets["SERVER_TRAFFIC_SECRET_0"]
            self.cipher = AESGCM(labelled(secret, b"key", 32))
            self.initial = labelled(secret, b"iv", 12)

    def seal(self, data: bytes) -> bytes:
        """A record of application data (RFC 5288 section 3, RFC 8446 section 5.2)."""
        assert self.cipher is not None
        number = self.number.to_bytes(8, "big")
        self.number += 1
        if self.explicit:
            head = number + b"\x17\x03\x03" + len(data).to_bytes(2, "big")
            return record(23, number + self.cipher.encrypt(self.initial + number, data, head))
        nonce = int.from_bytes(self.initial, "big") ^ int.from_bytes(number, "big")
        head = b"\x17\x03\x03" + (len(data) + 17).to_bytes(2, "big")
        inner = data + b"\x17"
        return record(23, self.cipher.encrypt(nonce.to_bytes(12, "big"), inner, head))


def expanded(secret: bytes, seed: bytes, size: int) -> bytes:
    """P_SHA256 (RFC 5246 section 5)."""

    def keyed(data: bytes) -> bytes:
        code = hmac.HMAC(secret, hashes.SHA256())
        code.update(data)
        return code.finalize()

    data, block = b"", seed
    while len(data) < size:
        block = keyed(block)
        data += keyed(block + seed)
    return data[:size]


def labelled(secret: bytes, label: bytes, size: int) -> bytes:
    """HKDF-Expand-Label (RFC 8446 section 7.1) with the hash of TLS_AES_256_GCM_SHA384."""
    label = b"tls13 " + label
    info = size.to_bytes(2, "big") + bytes([len(label)]) + label + b"\x00"
    return HKDFExpand(hashes.SHA384(), size, info).derive(secret)


def sealing_server(version: str, contents: Iterable[bytes]) -> Peer:
    """After the handshake it encrypts these, two hundred at a time."""
    sealer, waiting = Sealer(version), iter(contents)

    def answer(data: bytes) -> bytes:
        flight = sealer.handshake(data)
        if sealer.cipher is None:
            return flight
        return flight + b"".join(map(sealer.seal, itertools.islice(waiting, 200)))

    return answer


NEARLY_EMPTY = (b"",) * 30 + (b"x",)
"""OpenSSL takes 32 in a row."""

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
    "empty encrypted records": lambda: sealing_server("TLSv1.2", itertools.repeat(b"", 6_000)),
    "nearly only empty encrypted records": lambda: sealing_server("TLSv1.2", NEARLY_EMPTY * 200),
    "the end, again and again": lambda: flood(record(21, b"\x01\x00"), record(21, b"\x01\x00")),
}
