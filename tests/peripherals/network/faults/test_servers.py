"""What a client sees of the faults of servers, of names and of access points."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from renode_wifi.peripherals.network.contract.station import JoinFailure, Lease
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.tls.messages import MESSAGES
from renode_wifi.peripherals.network.tls.settings import TlsProblem
from tests.peripherals.network.rig import Rig, joined, saved

TLS = "servers: {safe: {type: echo, port: 9, tls: {names: [safe.test], maximum: TLSv1.2}}}"
IN_2025 = 1_735_689_600


def problem(rig: Rig, **settings: Any) -> TlsProblem | None:
    _, events = rig.secure(9, **settings)
    return None if events.verdict is None else events.verdict.problem


@pytest.mark.parametrize(
    ("do", "found"),
    [
        ("certificate-expired", TlsProblem.EXPIRED),
        ("certificate-not-yet-valid", TlsProblem.NOT_YET_VALID),
        ("certificate-unknown-root", TlsProblem.UNKNOWN_ROOT),
        ("certificate-wrong-name", TlsProblem.NAME_MISMATCH),
        ("certificate-revoked", None),
    ],
)
def test_a_certificate_is_judged_while_the_fault_lasts(
    tmp_path: Path, do: str, found: TlsProblem | None
) -> None:
    rig = joined(tmp_path, TLS)
    settings = {"when": IN_2025, "server_name": "safe.test", "check_name": True}
    assert problem(rig, **settings) is None
    rig.world.inject(do, duration="5 s")
    rig = saved(rig)
    assert problem(rig, **settings) is found
    rig.run(5)
    assert problem(rig, **settings) is None


def test_a_client_without_the_certificate_wanted_is_refused(tmp_path: Path) -> None:
    rig = joined(tmp_path, TLS)
    rig.world.inject("client-refused")
    problem(rig)
    (connection,) = rig.world.server("safe").connections
    assert connection.tls.problem is not None


def test_a_server_with_a_cipher_that_no_client_offers(tmp_path: Path) -> None:
    rig = joined(tmp_path, TLS)
    rig.world.inject("weak-cipher")
    assert problem(rig) is not None


@pytest.mark.parametrize("how", ["reset", "end", "alert"])
@pytest.mark.parametrize("message", [m for m in MESSAGES if "certif" not in m])
def test_a_handshake_ends_at_any_message(tmp_path: Path, message: str, how: str) -> None:
    rig = joined(tmp_path, TLS)
    rig.world.inject("tls-aborts", message=message, how=how, duration="2 s")
    _, events = rig.secure(9)
    assert events.verdict is not None
    assert events.verdict.problem is not None
    (connection,) = rig.world.server("safe").connections
    assert not connection.open
    rig.run(2)
    assert problem(rig) is None


def test_messages_of_certificates_are_found_too(tmp_path: Path) -> None:
    rig = joined(tmp_path, TLS.replace("maximum", "client_certificate: optional, maximum"))
    certificate, key = rig.world.client_credentials()
    for number, message in enumerate(m for m in MESSAGES if "certif" in m):
        rig.world.inject("tls-aborts", message=message, duration="1 s")
        assert problem(rig, certificate=certificate, key=key) is not None, message
        rig.run(1)
        assert len(rig.world.server("safe").connections) == 2 * number + 1
        assert problem(rig, certificate=certificate, key=key) is None


def test_a_record_with_a_wrong_bit_breaks_the_connection(tmp_path: Path) -> None:
    rig = joined(tmp_path, TLS)
    secure, events = rig.secure(9)
    secure.send(b"one")
    rig.run()
    rig.world.inject("tls-corrupts")
    secure.send(b"two")
    rig.run()
    assert bytes(events.data) == b"one"
    assert not secure.open


def test_a_server_that_drips(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {echo: {type: echo, port: 7}}")
    stream, events = rig.connect(7)
    rig.world.inject("server-drips", bytes=2, every="1 s", duration="3500 ms")
    stream.send(b"1234567890")
    rig.run(0.5)
    assert bytes(events.data) == b"12"
    rig = saved(rig)
    (connection,) = rig.world.server("echo").connections
    rig.run(1)
    assert connection.unsent == 6
    rig.run(2.5)
    assert connection.unsent == 0


def test_a_server_that_ends_its_direction_reads_on(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {discard: {type: discard, port: 9}}")
    stream, events = rig.connect(9)
    rig.world.inject("server-closes")
    rig.run()
    assert events.log == ["connected", ("closed", None)]
    assert rig.world.server("discard").connections[0].open
    del stream


def test_names_that_are_slow_unknown_or_wrong(tmp_path: Path) -> None:
    rig = joined(tmp_path, "names: {a.test: 10.10.0.7}")
    rig.world.inject("dns-wrong", duration="10 s")
    assert rig.resolve("a.test") == IPv4Address("192.0.2.1")
    rig.world.inject("dns-unknown", duration="10 s")
    assert rig.resolve("a.test") is Failure.UNREACHABLE
    assert rig.resolve("a.test") == IPv4Address("10.10.0.7")
    rig.world.inject("dns-slow", by="6 s", duration="10 s")
    assert rig.resolve("a.test") is Failure.TIMED_OUT
    start = rig.clock.now
    rig.world.inject("dns-slow", by="1 s")
    rig.answers.clear()
    rig.station.resolve("a.test", rig.answers.append)
    rig.run(0.9)
    assert not rig.answers
    rig.run(0.2)
    assert rig.answers
    assert rig.clock.now > start


def test_an_access_point_with_another_passphrase(tmp_path: Path) -> None:
    rig = joined(tmp_path, "")
    rig.world.inject("passphrase-changes", duration="1 min")
    assert rig.station.lease is None
    assert rig.join() is JoinFailure.WRONG_PASSPHRASE
    rig.run(60)
    assert isinstance(rig.join(), Lease)


def test_an_access_point_that_roams_or_fades(tmp_path: Path) -> None:
    rig = joined(tmp_path, "")
    before = rig.station.beacon
    rig.world.inject("roams")
    assert rig.station.lease is None
    rig.join()
    after = rig.station.beacon
    assert before is not None
    assert after is not None
    assert before.bssid != after.bssid
    rig.world.inject("weak-signal", duration="1 s")
    assert rig.station.beacon.rssi == -89
    assert rig.world.internet.link.settings.loss == 0.3
    rig = saved(rig)
    rig.run(1)
    assert rig.station.beacon.rssi == before.rssi
    assert rig.world.internet.link.settings.loss == 0


def test_a_lease_that_ends(tmp_path: Path) -> None:
    rig = joined(tmp_path, "")
    rig.world.inject("lease-ends", duration="5 s")
    assert rig.join() is JoinFailure.NO_ADDRESS
    rig.run(5)
    assert isinstance(rig.join(), Lease)
