"""The module as TLS client: credentials, verification, persistence."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.ism43362.credentials import CredentialSet
from tests.peripherals.ism43362.drivers import Status, StPort, ZephyrDriver
from tests.peripherals.ism43362.rig import Rig
from tests.peripherals.ism43362.worlds import (
    ECHO,
    STRICT_TLS,
    TARPIT,
    TLS_ECHO,
    make_world,
)

SERVER = b"10.10.0.1"


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def port(rig: Rig) -> StPort:
    return rig.joined()


def provision(rig: Rig) -> None:
    certificate, key = rig.world.client_credentials()
    assert rig.port.store(1, certificate)
    assert rig.port.store(2, key)


def round_trip(port: StPort, number: int, data: bytes) -> bytes:
    assert port.send_some(number, data) == len(data)
    answer = b""
    while len(answer) < len(data):
        piece = port.receive_some(number, 1200)
        assert piece
        answer += piece
    return answer


def test_secure_connect_sends_the_port_s_stream(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, TLS_ECHO, rig.world.ca_pem)
    assert port.log == [
        b"PF=0,3\r",
        b"PG=3,0,%04d\r" % (len(rig.world.ca_pem) + 1),
        b"P0=0\r",
        b"P1=3\r",
        b"P2=0\r",
        b"P4=9000\r",
        b"P3=10.10.0.1\r",
        b"P9=2\r",
        b"P6=1\r",
    ]


def test_secure_echo(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, TLS_ECHO, rig.world.ca_pem)
    data = bytes(index & 0xFF for index in range(1200))
    assert round_trip(port, 0, data) == data
    assert port.receive_some(0, 10, 50) == b""
    assert port.close(0)
    verdict = rig.traced("tls")[0]
    assert verdict["problem"] == ""
    assert verdict["version"] == "TLSv1.2"


def test_server_of_an_unknown_root_is_refused(rig: Rig, port: StPort) -> None:
    other = make_world(rig.machine, seed=99)
    assert other.ca_pem != rig.world.ca_pem
    assert not port.connect(0, SERVER, TLS_ECHO, other.ca_pem)
    assert rig.traced("tls")[0]["problem"]
    assert port.send_some(0, b"x") == -1
    assert port.connect(0, SERVER, TLS_ECHO, rig.world.ca_pem)


def test_handshake_with_a_plain_server_fails(rig: Rig, port: StPort) -> None:
    assert not port.connect(0, SERVER, ECHO, rig.world.ca_pem)


def test_plain_connection_to_a_tls_port_stands(port: StPort) -> None:
    assert port.connect(0, SERVER, TLS_ECHO)


def test_handshake_that_never_ends_is_given_up(rig: Rig, port: StPort) -> None:
    start = rig.wires.now_us
    assert not port.connect(0, SERVER, TARPIT, rig.world.ca_pem)
    assert 20_000_000 <= rig.wires.now_us - start < 30_000_000


def test_client_certificate_is_presented(rig: Rig, port: StPort) -> None:
    assert not port.connect(0, SERVER, STRICT_TLS, rig.world.ca_pem)
    provision(rig)
    assert port.connect(0, SERVER, STRICT_TLS, rig.world.ca_pem)
    assert round_trip(port, 0, b"hello") == b"hello"


def test_credentials_survive_reset(rig: Rig, port: StPort) -> None:
    provision(rig)
    assert port.reset()
    assert port.execute(b"I?\r\n")[0] is Status.OK
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    assert port.connect(0, SERVER, STRICT_TLS, rig.world.ca_pem)


def test_factory_reset_erases_credentials(rig: Rig, port: StPort) -> None:
    provision(rig)
    port.ok(b"Z0\r")
    assert rig.module.processor.credentials.sets == [CredentialSet()] * 4


def test_malformed_key_fails_the_connect(rig: Rig, port: StPort) -> None:
    certificate, _ = rig.world.client_credentials()
    assert port.store(1, certificate)
    assert port.store(2, b"-----BEGIN RSA PRIVATE KEY-----\nnonsense\n")
    assert not port.connect(0, SERVER, TLS_ECHO, rig.world.ca_pem)


def test_malformed_ca_fails_the_connect(port: StPort) -> None:
    assert not port.connect(0, SERVER, TLS_ECHO, b"this is no certificate")


def test_two_secure_connections_keep_their_own_credentials(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, TLS_ECHO, rig.world.ca_pem)
    assert port.store(0, b"overwritten")
    assert round_trip(port, 0, b"still fine") == b"still fine"
    assert port.connect(1, SERVER, TLS_ECHO, rig.world.ca_pem)
    for number, data in ((0, b"one"), (1, b"two"), (0, b"three")):
        assert round_trip(port, number, data) == data


def test_close_notify_is_a_lost_connection(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, TLS_ECHO, rig.world.ca_pem)
    port.send_some(0, b"bye")
    rig.wires.wait_ms(50)
    rig.world.server("tls-echo").stop()
    rig.wires.wait_ms(50)
    assert port.receive_some(0, 10) == b"bye"
    assert port.receive_some(0, 10) is None


def connect_with(port: StPort, number: int, verification: bytes) -> bool:
    port.ok(b"P0=0\r", b"P1=3\r", b"P4=%d\r" % number, b"P3=10.10.0.1\r")
    if verification:
        port.ok(b"P9=%s\r" % verification)
    return port.execute(b"P6=1\r")[0] is Status.OK


@pytest.mark.parametrize(
    ("verification", "attributes", "connects"),
    [
        (b"0", {}, True),
        (b"1", {}, False),
        (b"1", {"verifyWithoutCertificate": False}, True),
        (b"2", {}, False),
        (b"", {}, True),
        (b"", {"defaultVerification": 2}, False),
    ],
)
def test_verification_modes(
    verification: bytes, attributes: dict[str, object], connects: bool
) -> None:
    rig = Rig(**attributes)
    port = rig.joined()
    assert port.store(0, make_world(rig.machine, seed=5).ca_pem)
    assert connect_with(port, TLS_ECHO, verification) is connects


def test_certificate_is_presented_only_with_verification_2(rig: Rig, port: StPort) -> None:
    provision(rig)
    assert port.store(0, rig.world.ca_pem)
    assert not connect_with(port, STRICT_TLS, b"1")
    assert connect_with(port, STRICT_TLS, b"2")


def test_no_server_name_is_sent_unless_the_profile_says_so() -> None:
    names = []
    for attributes in ({}, {"serverName": "last-dns"}):
        rig = Rig(**attributes)
        port = rig.joined()
        assert port.host_by_name(b"broker.test") == SERVER
        assert port.connect(0, SERVER, TLS_ECHO, rig.world.ca_pem)
        names.append(rig.world.server("tls-echo").connections[0].server_name)
    assert names == [None, "broker.test"]


def test_zephyr_loads_set_0_before_selecting_it(rig: Rig) -> None:
    driver = ZephyrDriver(rig.wires)
    driver.start()
    for command in (b"C1=fwemu-ap\r", b"C2=fwemu-pass\r", b"C3=4\r", b"C0\r"):
        assert b"OK" in driver.request(command)
    ca = rig.world.ca_pem + b"\0"
    assert b"OK" in driver.request(b"PG=0,0,%d\r" % len(ca) + ca + b"\0")
    for command in (b"PF=0,0\r", b"P0=0\r", b"P1=3\r", b"P3=10.10.0.1\r", b"P4=9000\r"):
        assert b"OK" in driver.request(command)
    assert b"OK" in driver.request(b"P6=1\r")
    assert driver.send(b"abc").startswith(b"\r\n3\r\nOK")


@pytest.mark.parametrize(
    "command",
    [b"PF=2,0\r", b"PF=0,4\r", b"PF=0\r", b"PF\r", b"PG=4,0,0004\r", b"PG=0,3,0004\r", b"PG=0,0\r"],
)
def test_bad_credential_commands(port: StPort, command: bytes) -> None:
    assert port.execute(command)[0] is Status.UNEXPECTED_CLOSED_SOCKET


def test_credential_longer_than_announced_room(port: StPort) -> None:
    assert port.send_data(b"PG=3,0,9999\r", b"x" * 9999)[0] is not Status.OK
    assert port.send_data(b"PG=3,0,0100\r", b"x" * 10)[0] is not Status.OK


def test_credentials_are_not_traced(rig: Rig, port: StPort) -> None:
    provision(rig)
    assert port.ok(b"P0=0\r") == b""
    for fields in rig.traced("at"):
        assert b"PRIVATE KEY" not in fields["data"]
        assert "PRIVATE" not in fields["request"]
