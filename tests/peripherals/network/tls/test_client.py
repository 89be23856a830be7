"""TLS as a radio offloads it, against servers of the world."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.tls import client
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.openssl import (
    no_password,
)
from renode_wifi.peripherals.network.tls.settings import TlsProblem, TlsSettings
from tests.peripherals.network.rig import Recorder, Rig, joined, saved

SERVERS = """
names: {echo.test: 10.10.0.1, "*.wild.test": 10.10.0.1}
servers:
  ec: {type: echo, port: 1, tls: true}
  rsa: {type: echo, port: 2, tls: {key_type: rsa}}
  strict: {type: echo, port: 3, tls: {client_certificate: required}}
  any: {type: echo, port: 4, tls: {client_certificate: any}}
  optional: {type: echo, port: 5, tls: {client_certificate: optional}}
  new: {type: echo, port: 6, tls: {minimum: TLSv1.3, alpn: [mqtt]}}
  untrusted: {type: echo, port: 7, tls: {trusted: false}}
  named: {type: echo, port: 8, tls: {names: ["*.wild.test"]}}
  plain: {type: echo, port: 9}
  tarpit: {type: tarpit, port: 10, tls: true}
"""


YEAR_2017 = int(datetime(2017, 1, 5, tzinfo=UTC).timestamp())


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return joined(tmp_path, SERVERS)


def echoed(rig: Rig, stream: TlsStream, events: Recorder, data: bytes) -> bytes:
    events.data.clear()
    sent = stream.send(data)
    for _ in range(100):
        rig.run(0.05)
        sent += stream.send(data[sent:])
    return bytes(events.data)


@pytest.mark.parametrize("port", [1, 2])
@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_a_verified_connection_carries_data(rig: Rig, port: int, version: str) -> None:
    stream, events = rig.secure(
        port, server_name="echo.test", check_name=True, maximum_version=version, when=YEAR_2017
    )
    assert events.verdict is not None
    assert events.verdict.problem is None
    assert events.verdict.version == version
    assert stream.open
    data = bytes(range(256)) * 40
    assert echoed(rig, stream, events, data) == data
    connection = rig.world.server("ec" if port == 1 else "rsa").connections[0]
    assert connection.received == data
    assert connection.server_name == "echo.test"
    assert connection.tls.version == version


def test_the_only_cipher_of_the_cc3220_works(rig: Rig) -> None:
    _, events = rig.secure(2, ciphers="AES128-GCM-SHA256")
    assert events.verdict is not None
    assert (events.verdict.problem, events.verdict.cipher) == (None, "AES128-GCM-SHA256")
    _, events = rig.secure(1, ciphers="AES128-GCM-SHA256")
    assert events.verdict is not None
    assert events.verdict.problem is TlsProblem.PEER_ALERT
    assert events.verdict.alert == 40


@pytest.mark.parametrize(
    ("settings", "problem", "alert"),
    [
        ({"ca": None}, TlsProblem.UNKNOWN_ROOT, 48),
        ({"when": 1_000_000_000}, TlsProblem.NOT_YET_VALID, 42),
        ({"when": 4_000_000_000}, TlsProblem.EXPIRED, 45),
        ({"server_name": "other.test", "check_name": True}, TlsProblem.NAME_MISMATCH, 42),
        ({"server_name": "10.10.0.2", "check_name": True}, TlsProblem.NAME_MISMATCH, 42),
    ],
)
def test_failed_verification_is_reported_at_both_ends(
    rig: Rig, settings: dict[str, Any], problem: TlsProblem, alert: int
) -> None:
    stream, events = rig.secure(1, **settings)
    assert events.verdict is not None
    assert (events.verdict.problem, events.verdict.alert) == (problem, alert)
    assert not stream.open
    assert stream.send(b"x") == 0
    server = rig.world.server("ec").connections[0]
    assert server.tls.problem is TlsProblem.PEER_ALERT
    assert server.tls.alert == alert
    assert not server.open

    stream, events = rig.secure(1, continue_unverified=True, **settings)
    assert events.verdict is not None
    assert events.verdict.problem is problem
    assert echoed(rig, stream, events, b"all the same") == b"all the same"


def test_unverified_connections_may_be_fine_too(rig: Rig) -> None:
    for settings in (
        {"server_name": "echo.test", "check_name": True, "when": YEAR_2017},
        {"server_name": "10.10.0.1", "check_name": True},
        {"verify": False, "ca": None},
    ):
        _, events = rig.secure(1, continue_unverified=True, **settings)
        assert events.verdict is not None
        assert events.verdict.problem is None
    _, events = rig.secure(8, continue_unverified=True, server_name="a.wild.test", check_name=True)
    assert events.verdict is not None
    assert events.verdict.problem is None


def test_without_verification_everything_goes(rig: Rig) -> None:
    _, events = rig.secure(7, verify=False, ca=None)
    assert events.verdict is not None
    assert events.verdict.problem is None


def test_an_untrusted_root_is_refused(rig: Rig) -> None:
    _, events = rig.secure(7)
    assert events.verdict is not None
    assert events.verdict.problem is TlsProblem.UNKNOWN_ROOT


def test_addresses_and_wildcards_are_names(rig: Rig) -> None:
    for port, name in ((1, "10.10.0.1"), (8, "a.wild.test")):
        _, events = rig.secure(port, server_name=name, check_name=True)
        assert events.verdict is not None
        assert events.verdict.problem is None


def test_client_certificates(rig: Rig) -> None:
    certificate, key = rig.world.client_credentials()
    foreign = rig.world.pki.untrusted.client("untrusted", "ec")
    own = {"certificate": certificate, "key": key}
    untrusted = {"certificate": foreign[0], "key": foreign[1]}
    outcome = {}
    for name, settings in (("none", {}), ("own", own), ("untrusted", untrusted)):
        for server, port in (("strict", 3), ("any", 4), ("optional", 5)):
            _, events = rig.secure(port, **settings)
            assert events.verdict is not None
            outcome[name, server] = events.verdict.problem is None
            if outcome[name, server] and settings:
                seen = rig.world.server(server).connections[-1].peer_certificate
                assert seen == ssl.PEM_cert_to_DER_cert(settings["certificate"].decode())
    assert outcome == {
        ("none", "strict"): False,
        ("none", "any"): False,
        ("none", "optional"): True,
        ("own", "strict"): True,
        ("own", "any"): True,
        ("own", "optional"): True,
        ("untrusted", "strict"): False,
        ("untrusted", "any"): True,
        ("untrusted", "optional"): False,
    }


def test_tls13_learns_of_a_refused_certificate_only_afterwards(rig: Rig) -> None:
    certificate, key = rig.world.pki.untrusted.client("untrusted", "ec")
    stream, events = rig.secure(3, certificate=certificate, key=key, maximum_version="TLSv1.3")
    assert events.verdict is not None
    assert events.verdict.problem is None
    assert events.log[-1] == ("closed", Failure.RESET)
    assert not stream.open


def test_versions_and_protocols_must_meet(rig: Rig) -> None:
    _, events = rig.secure(6)
    assert events.verdict is not None
    assert (events.verdict.problem, events.verdict.alert) == (TlsProblem.PEER_ALERT, 70)
    _, events = rig.secure(6, maximum_version="TLSv1.3", alpn=("x-amzn-mqtt-ca", "mqtt"))
    assert events.verdict is not None
    assert events.verdict.problem is None
    assert rig.world.server("new").connections[-1].alpn == "mqtt"


def test_a_peer_that_speaks_no_tls(rig: Rig) -> None:
    _, events = rig.secure(9)
    assert events.verdict is not None
    assert events.verdict.problem is TlsProblem.PROTOCOL


def test_a_peer_that_says_nothing_keeps_the_handshake_open(rig: Rig) -> None:
    stream, events = rig.secure(10)
    rig.run(60)
    assert events.verdict is None
    assert not stream.open
    assert stream.send(b"x") == 0
    assert stream.receive(5) == stream.peek(5) == b""
    stream.abort()
    stream.close()


@pytest.mark.parametrize("how", ["end", "abort"])
def test_a_peer_that_closes_during_the_handshake(rig: Rig, how: str) -> None:
    _, events = rig.secure(10)
    getattr(rig.world.server("tarpit").connections[0], how)()
    rig.run()
    assert events.verdict is not None
    assert events.verdict.problem is TlsProblem.PEER_CLOSED


def test_credentials_that_cannot_be_used_are_named(rig: Rig) -> None:
    certificate, key = rig.world.client_credentials(key="rsa")
    _, other = rig.world.client_credentials(key="ec")
    encrypted = serialization.load_pem_private_key(key, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    cases: list[tuple[dict[str, bytes], str]] = [
        ({"ca": b"junk"}, "ca"),
        ({"ca": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}, "ca"),
        ({"certificate": b"junk", "key": key}, "certificate"),
        ({"certificate": certificate, "key": b"junk"}, "key"),
        ({"certificate": certificate, "key": other}, "key"),
        ({"certificate": certificate, "key": encrypted}, "key"),
    ]
    for settings, which in cases:
        stream, events = rig.secure(1, **settings)
        assert events.verdict is not None
        assert (events.verdict.problem, events.verdict.credential) == (
            TlsProblem.BAD_CREDENTIAL,
            which,
        )
        assert stream.available == 0
        assert not stream.secure
    assert no_password() == ""


def test_unknown_settings_are_in_the_verdict(rig: Rig) -> None:
    _, events = rig.secure(1, ciphers="nonsense")
    assert events.verdict is not None
    assert events.verdict.problem is TlsProblem.NO_COMMON_CIPHER
    _, events = rig.secure(1, server_name="." * 300, check_name=True)
    assert events.verdict is not None
    assert events.verdict.problem is TlsProblem.BAD_CREDENTIAL


@pytest.mark.parametrize("form", ["pkcs8", "der", "nul"])
def test_keys_and_certificates_in_other_forms(rig: Rig, form: str) -> None:
    certificate, key = rig.world.client_credentials()
    ca = rig.world.ca_pem
    loaded = serialization.load_pem_private_key(key, None)
    assert key.startswith(b"-----BEGIN RSA PRIVATE KEY-----")
    if form == "pkcs8":
        key = loaded.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    elif form == "der":
        key = loaded.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        certificate = ssl.PEM_cert_to_DER_cert(certificate.decode())
        ca = ssl.PEM_cert_to_DER_cert(ca.decode())
    else:
        certificate, key, ca = certificate + b"\0", key + b"\0", ca + b"\0"
    for more in ({}, {"continue_unverified": True}):
        _, events = rig.secure(3, certificate=certificate, key=key, ca=ca, **more)
        assert events.verdict is not None
        assert events.verdict.problem is None


def test_streams_of_tls_say_goodbye(rig: Rig) -> None:
    stream, events = rig.secure(1)
    stream.send(b"last")
    stream.shutdown()
    rig.run()
    assert bytes(events.data) == b"last"
    assert events.log[-1] == ("closed", None)
    assert not rig.world.server("ec").open_connections
    stream.close()
    stream, events = rig.secure(1)
    stream.close()
    stream.close()
    rig.run()
    assert not rig.world.server("ec").open_connections
    stream, events = rig.secure(1)
    rig.world.server("ec").connections[-1].end()
    rig.run()
    assert events.log[-1] == ("closed", None)
    assert not stream.open


def test_a_slow_reader_holds_tls_up_and_gets_everything(tmp_path: Path) -> None:
    rig = joined(tmp_path, SERVERS + "link: {window: 1024}")
    stream, events = rig.connect(1, keep_reading=False)
    secure = TlsStream(stream, TlsSettings(ca=rig.world.ca_pem), events, rig.clock, Random(1))
    rig.run()
    data, sent, received = bytes(range(256)) * 100, 0, b""
    for _ in range(400):
        sent += secure.send(data[sent:])
        rig.run(0.05)
        assert secure.peek(1) == data[len(received) : len(received) + 1]
        received += secure.receive(500)
    assert received == data
    assert "writable" in events.log


def test_a_saved_stream_goes_on(rig: Rig) -> None:
    stream, events = rig.secure(1)
    rig, stream, events = saved((rig, stream, events))
    assert echoed(rig, stream, events, b"restored") == b"restored"


def test_servers_can_change_their_certificate(rig: Rig) -> None:
    server = rig.world.server("ec")
    server.use_certificate(*rig.world.pki.trusted.server(("new.test",)))
    _, events = rig.secure(1, server_name="new.test", check_name=True)
    assert events.verdict is not None
    assert events.verdict.problem is None


def test_two_connections_never_share_their_secrets(rig: Rig) -> None:
    for _ in range(2):
        rig.secure(1)
    hellos = [
        fields["data"]
        for fields in rig.events("data")
        if fields["data"][:1] == b"\x16" and fields["data"][5:6] == b"\x01"
    ]
    assert len(hellos) == len(set(hellos)) == 2


def test_what_is_not_read_stays_in_the_stream_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "RECEIVE_WINDOW", 20_000)
    (tmp_path / "big").write_bytes(bytes(300_000))
    rig = joined(
        tmp_path, "servers: {web: {type: http, port: 443, tls: true, pages: {/: {file: big}}}}"
    )
    stream, events = rig.secure(443)
    events.keep_reading = False
    stream.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    rig.run(5)
    assert 20_000 <= stream.available < 40_000
    events.keep_reading = True
    for _ in range(100):
        events.on_data(stream)
        rig.run(0.1)
    assert len(events.data) > 300_000
