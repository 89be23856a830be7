"""Peers outside the world that mean harm: only the guest's own connection may feel them."""

from __future__ import annotations

import ssl
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.network.tls.client import ANSWER_WINDOW, RECEIVE_WINDOW, TlsStream
from renode_wifi.peripherals.network.tls.endpoint import EndpointSettings, TlsEndpoint, TlsState
from renode_wifi.peripherals.network.tls.settings import TlsSettings
from tests.peripherals.network.bridge.hostile import (
    AUTHORITY,
    PEERS,
    Peer,
    Sealer,
    record,
    server,
    true_server,
)
from tests.peripherals.network.bridge.rig import FORWARD, REMOTE, Bridged, FakeHost
from tests.peripherals.network.rig import Recorder

BOUND = 2 * (RECEIVE_WINDOW + ANSWER_WINDOW)
"""Bytes that one connection may hold, whatever its peer does."""


class HostilePort(FakeHost):
    """A host behind whose every connection is one peer, who waits to be spoken to."""

    def __init__(self, peer: Peer) -> None:
        super().__init__()
        self.peer = peer
        self.spoken_to = False

    def send(self, handle: int, data: bytes) -> int:
        self.spoken_to = True
        self.inbox[handle].append(self.peer(data))
        return len(data)

    def receive(self, handle: int) -> Any:
        return super().receive(handle) or (self.peer(b"") if self.spoken_to else b"")


def secured(bridged: Bridged, events: Recorder, **more: Any) -> TlsStream:
    stream = bridged.station.connect((REMOTE, 1883), events)
    bridged.run(2 * MILLISECOND)
    given = TlsSettings(ca=AUTHORITY.certificate, server_name="hostile.test", **more)
    return TlsStream(stream, given, events, bridged.machine.clock, Random(1))


def held(secure: TlsStream) -> int:
    endpoint = secure._endpoint
    assert endpoint is not None
    below: Any = secure.stream
    return (
        len(endpoint.plaintext)
        + len(endpoint.outgoing)
        + len(secure._waiting)
        + len(below._inbox)
        + len(below._outbox)
    )


HONEST = (
    "junk after the handshake",
    "a protocol of its own",
    "a chain of a hundred certificates",
    "nearly only empty encrypted records",
)
"""Peers with which a handshake comes to its end."""


@pytest.mark.parametrize("name", PEERS)
def test_a_hostile_tls_server_reaches_the_guests_connection_only(tmp_path: Path, name: str) -> None:
    bridged = Bridged(
        tmp_path, FORWARD + "servers: {echo: {type: echo, port: 7}}", HostilePort(PEERS[name]())
    )
    events, beside = Recorder(), Recorder()
    other = bridged.station.connect((IPv4Address("10.10.0.1"), 7), beside)
    bridged.run(20 * MILLISECOND)
    secure = secured(bridged, events, alpn=("mine",))
    start = bridged.now
    for turn in range(60):
        bridged.run(100 * MILLISECOND)
        secure.send(b"question")
        other.send(b"%d," % turn)
        assert held(secure) < BOUND
    bridged.run(SECOND)
    assert bridged.now == start + 7 * SECOND
    assert bytes(beside.data) == b"".join(b"%d," % turn for turn in range(60))
    honest = "byte by byte" in name or name in HONEST
    if "nearly" in name:
        assert bytes(events.data) == b"x" * 200
    if honest:
        assert events.verdict is not None
        assert events.verdict.problem is None
        assert secure.alpn is None
    else:
        assert events.verdict is None or events.verdict.problem is not None
        assert not events.data


def test_answers_that_the_peer_does_not_read_are_bounded(tmp_path: Path) -> None:
    host = HostilePort(true_server("TLSv1.2", 1 << 20, record(23, bytes(500))))
    bridged = Bridged(tmp_path, FORWARD, host)
    events = Recorder()
    secure = secured(bridged, events)
    bridged.run(50 * MILLISECOND)
    endpoint = secure._endpoint
    assert endpoint is not None
    assert secure.open or events.verdict is not None
    answers = Answering(endpoint.feed)
    secure._endpoint = answers  # type: ignore[assignment]
    host.send = lambda handle, data: 0  # type: ignore[method-assign]
    for _ in range(400):
        bridged.run(10 * MILLISECOND)
        assert held(secure) < BOUND
    assert len(secure._waiting) >= ANSWER_WINDOW
    took = answers.fed
    sent = bytearray()
    host.send = lambda handle, data: sent.extend(data) or len(data)  # type: ignore[method-assign]
    bridged.run(100 * MILLISECOND)
    assert len(sent) > ANSWER_WINDOW
    assert answers.fed > took


class Answering:
    """An endpoint that has to answer each byte that it gets with ten."""

    def __init__(self, feed: object) -> None:
        self.plaintext, self.outgoing = bytearray(), bytearray()
        self.fed = 0
        self.verdict = None
        self.state = None

    def feed(self, data: bytes) -> None:
        self.fed += len(data)
        self.outgoing += bytes(10 * len(data))

    def take_outgoing(self) -> bytes:
        data = bytes(self.outgoing)
        self.outgoing.clear()
        return data


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_empty_records_in_a_row_end_the_connection(version: str) -> None:
    """OpenSSL takes 32 of them."""
    client = TlsEndpoint(EndpointSettings(server=False, verify=False), b"client")
    sealer = Sealer(version)
    for _ in range(3):
        client.feed(sealer.handshake(client.take_outgoing()))
    client.feed(sealer.seal(b"data"))
    client.feed(b"".join(sealer.seal(b"") for _ in range(30)))
    assert client.state is TlsState.OPEN
    client.feed(b"".join(sealer.seal(b"") for _ in range(10)))
    assert client.state is TlsState.FAILED
    assert client.plaintext == b"data"
    assert client.verdict is not None
    assert client.verdict.detail == "record too small"


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=8), st.integers(0, 2), st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_bytes_at_any_time_end_in_a_result(junk: list[bytes], when: int, framed: bool) -> None:
    """A true handshake up to some point, then junk, with or without the head of a record."""
    client = TlsEndpoint(EndpointSettings(server=False, verify=False), b"client")
    peer = server("TLSv1.3")
    for _ in range(when):
        peer.feed(client.take_outgoing())
        client.feed(peer.take_outgoing())
    for data in junk:
        client.feed(record(23, data) if framed else data)
        client.take_outgoing()
    client.feed_end()
    assert client.state.value in ("failed", "closed")


def test_a_certificate_of_many_names_costs_one_connection(tmp_path: Path) -> None:
    names = tuple(f"n{number}.hostile.test" for number in range(3_000))
    certificate, key = AUTHORITY.server(names, "ec")
    given = EndpointSettings(server=True, certificate=certificate, key=key)
    endpoint = TlsEndpoint(given, b"many")

    def answer(data: bytes) -> bytes:
        endpoint.feed(data)
        return endpoint.take_outgoing()

    bridged = Bridged(tmp_path, FORWARD, HostilePort(answer))
    events = Recorder()
    secured(bridged, events)
    bridged.run(SECOND)
    assert events.verdict is not None
    assert len(ssl.PEM_cert_to_DER_cert(certificate.decode())) > 50_000
