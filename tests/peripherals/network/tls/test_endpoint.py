"""One end of TLS: its bytes repeat, and it can be saved at any moment."""

from __future__ import annotations

import hashlib
import logging
import ssl
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from OpenSSL.crypto import FILETYPE_PEM, X509, PKey, dump_certificate

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.tls import endpoint, openssl, pki
from renode_wifi.peripherals.network.tls.client import certificate_is_for, judge_chain
from renode_wifi.peripherals.network.tls.endpoint import EndpointSettings, TlsEndpoint, TlsState
from renode_wifi.peripherals.network.tls.openssl import (
    SeededBytes,
    accept_any_certificate,
    deterministic_tls_available,
    deterministic_tls_problem,
    judge_certificates_at,
    random_from,
)
from renode_wifi.peripherals.network.tls.settings import ClientCertificate, TlsProblem, TlsSettings
from tests.peripherals.network.rig import joined, saved
from tests.peripherals.network.tls.test_client import SERVERS, YEAR_2017, echoed


@pytest.mark.filterwarnings("ignore:X509.sign is deprecated")  # cryptography signs no SHA-1
def test_old_certificates_are_good_enough() -> None:
    """A SHA-1 root, and a server certificate with a common name and nothing else."""
    root_key = rsa.generate_private_key(65_537, 1024)
    leaf_key = rsa.generate_private_key(65_537, 1024)

    def sign(common: str, key: Any, authority: bool) -> bytes:
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])
        issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "old root")])
        builder = x509.CertificateBuilder(
            issuer,
            subject,
            key.public_key(),
            5,
            datetime(1999, 1, 1),
            datetime(2030, 1, 1),
        )
        if authority:
            constraint = x509.BasicConstraints(ca=True, path_length=None)
            builder = builder.add_extension(constraint, critical=True)
        signed = X509.from_cryptography(builder.sign(root_key, hashes.SHA256()))
        signed.sign(PKey.from_cryptography_key(root_key), "sha1")
        return dump_certificate(FILETYPE_PEM, signed)

    leaf = sign("old.test", leaf_key, False)
    server = EndpointSettings(
        server=True,
        certificate=leaf,
        key=leaf_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        ),
    )
    client = EndpointSettings(
        server=False,
        ca=sign("old root", root_key, True),
        server_name="old.test",
        check_name=True,
        maximum_version="TLSv1.2",
    )
    ends = (TlsEndpoint(client, b"c"), TlsEndpoint(server, b"s"))
    talk(*ends)
    assert ends[0].verdict is not None
    assert ends[0].verdict.problem is None
    der = ssl.PEM_cert_to_DER_cert(leaf.decode())
    assert certificate_is_for(der, "OLD.test.")
    assert not certificate_is_for(der, "new.test")


def talk(client: TlsEndpoint, server: TlsEndpoint) -> bytes:
    """Carry everything between two ends; returns what went over the wire."""
    wire = b""
    for _ in range(6):
        for sender, receiver in ((client, server), (server, client)):
            data = sender.take_outgoing()
            wire += data
            if data:
                receiver.feed(data)
    return wire


def pair(authority: pki.Authority, kind: str, version: str) -> tuple[TlsEndpoint, TlsEndpoint]:
    certificate, key = authority.server(("a.test",), kind)
    own_certificate, own_key = authority.client("c", kind)
    ca = authority.certificate
    return (
        TlsEndpoint(
            EndpointSettings(
                server=False,
                ca=ca,
                certificate=own_certificate,
                key=own_key,
                minimum_version=version,
                maximum_version=version,
            ),
            b"client",
        ),
        TlsEndpoint(
            EndpointSettings(
                server=True,
                ca=ca,
                certificate=certificate,
                key=key,
                client_certificate=ClientCertificate.REQUIRED,
            ),
            b"server",
        ),
    )


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_the_wire_repeats_byte_for_byte_even_across_snapshots(kind: str, version: str) -> None:
    authority = pki.Authority("test")

    def run(snapshots: bool) -> bytes:
        client, server = pair(authority, kind, version)
        wire = talk(client, server)
        for number in range(3):
            if snapshots:
                client, server = saved((client, server))
            client.write(f"message {number}".encode())
            wire += talk(client, server)
            assert server.take_plaintext(3) + server.take_plaintext() == b"message %d" % number
        client.close()
        wire += talk(client, server)
        assert server.state is TlsState.CLOSED
        return wire

    first = run(False)
    assert first == run(False)
    assert first == run(True)


def test_a_snapshot_in_the_middle_of_a_handshake() -> None:
    client, server = pair(pki.Authority("test"), "ec", "TLSv1.2")
    server.feed(client.take_outgoing())
    client, server = saved((client, server))
    client.feed(server.take_outgoing())
    talk(client, server)
    assert client.state is server.state is TlsState.OPEN


def test_a_failed_endpoint_stays_failed() -> None:
    client, _ = pair(pki.Authority("test"), "ec", "TLSv1.2")
    client.feed(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert client.state is TlsState.FAILED
    verdict = client.verdict
    client.feed(b"more")
    client.write(b"data")
    assert (client.state, client.verdict) == (TlsState.FAILED, verdict)


def test_other_users_of_openssl_get_true_random_numbers() -> None:
    before = {ssl.RAND_bytes(16) for _ in range(3)}
    with random_from(SeededBytes(b"seed")):
        inside = ssl.RAND_bytes(16)
        with random_from(SeededBytes(b"other")):
            other = ssl.RAND_bytes(16)
        more = ssl.RAND_bytes(16)
    stream = SeededBytes(b"seed")
    assert (inside, more) == (stream.take(16), stream.take(16))
    assert other == SeededBytes(b"other").take(16)
    assert len({*before, inside, more, ssl.RAND_bytes(16), ssl.RAND_bytes(16)}) == 7


def test_seeded_bytes_do_not_depend_on_how_they_are_taken() -> None:
    stream = SeededBytes(b"x")
    pieces = b"".join(stream.take(count) for count in (0, 1, 31, 32, 33, 100))
    assert pieces == SeededBytes(b"x").take(197)
    assert hashlib.sha256(b"x" + bytes(8)).digest() == pieces[:32]


class _Unreachable:
    problem = "no such symbol"


def test_a_python_with_openssl_inside_says_so_and_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert deterministic_tls_available()
    assert deterministic_tls_problem() == ""
    monkeypatch.setattr(openssl, "_library", _Unreachable())
    assert not deterministic_tls_available()
    with caplog.at_level(logging.WARNING):
        rig = joined(tmp_path, SERVERS)
    assert "no such symbol" in caplog.text
    stream, events = rig.secure(1, when=YEAR_2017)
    assert echoed(rig, stream, events, b"hello") == b"hello"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    assert judge_certificates_at(context, None)
    assert not judge_certificates_at(context, 5)
    assert not accept_any_certificate(context)
    copy = saved(rig.world.server("ec").connections[0].endpoint)
    with pytest.raises(RenodeWifiError, match="cannot be restored"):
        copy.feed(b"")


def test_what_is_recorded_is_bounded_and_then_ends_with_a_restore(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpoint, "MAX_RECORDED", 20_000)
    client, server = pair(pki.Authority("test"), "ec", "TLSv1.2")
    talk(client, server)
    for _ in range(3):
        client.write(bytes(10_000))
        server.feed(client.take_outgoing())
    assert len(server.take_plaintext()) == 30_000
    assert server._record == []
    restored = saved(server)
    restored.feed(b"anything")
    assert restored.state is TlsState.FAILED
    # The one that wasn't saved goes on.
    client.write(b"more")
    server.feed(client.take_outgoing())
    assert server.take_plaintext() == b"more"


def test_without_a_seed_nothing_repeats_and_nothing_is_recorded() -> None:
    authority = pki.Authority("test")
    hellos = set()
    for _ in range(2):
        client = TlsEndpoint(EndpointSettings(server=False, ca=authority.certificate), None)
        client.feed(b"")
        hellos.add(client.take_outgoing())
        assert client._record == []
    assert len(hellos) == 2
    restored = saved(client)
    restored.feed(b"x")
    assert restored.state is TlsState.FAILED


def test_a_discarded_endpoint_takes_nothing() -> None:
    client, server = pair(pki.Authority("test"), "ec", "TLSv1.2")
    talk(client, server)
    server.discard()
    server.write(b"late")
    server.feed(b"late")
    assert (server.take_outgoing(), server.take_plaintext()) == (b"", b"")
    saved(server).feed(b"late")


@given(st.lists(st.binary(min_size=1, max_size=80), max_size=6), st.booleans(), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_a_peer_may_send_anything(junk: list[bytes], server: bool, turns: int) -> None:
    """In any phase of a connection; records with a right head come so far as to be decrypted."""
    ends = pair(AUTHORITY, "ec", "TLSv1.2")
    for _ in range(turns):
        for one, other in (ends, ends[::-1]):
            other.feed(one.take_outgoing())
    victim = ends[server]
    for data in junk:
        victim.feed(data)
        victim.feed(b"\x16\x03\x03" + len(data).to_bytes(2, "big") + data)
    victim.feed_end()
    victim.write(b"late")
    victim.close()
    assert victim.state in TlsState


AUTHORITY = pki.Authority("junk")


def test_a_certificate_that_only_openssl_reads_is_a_bad_one() -> None:
    certificate, _ = AUTHORITY.server(("a.test",), "ec")
    der = ssl.PEM_cert_to_DER_cert(certificate.decode())
    # A name that is no ASCII in a DNSName: OpenSSL compares bytes, cryptography refuses it.
    broken = der.replace(b"\x82\x06a.test", b"\x82\x06a.\xfft\xffs")
    assert broken != der
    settings = TlsSettings(ca=AUTHORITY.certificate, server_name="a.test", check_name=True)
    for chain in ([broken], [b"junk"], [der, b"junk"]):
        problem, _ = judge_chain(chain, settings)
        assert problem is TlsProblem.BAD_CERTIFICATE
    assert judge_chain([der], settings) == (None, "")
