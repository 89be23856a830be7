"""Secure sockets: verification and what its failures are called, limits, ciphers, files."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from ssl import DER_cert_to_PEM_cert
from typing import Any

import pytest
from cryptography import x509

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.settings import TlsProblem, TlsVerdict
from renode_wifi.peripherals.network.worldfile.radio import Own, RadioSettings
from renode_wifi.peripherals.simplelink.files.catalogue import digest, emit
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.profile import NwpProfile
from renode_wifi.peripherals.simplelink.sockets import tls
from renode_wifi.peripherals.simplelink.sockets.options import Options
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import (
    CHOOSY_TLS,
    ECHO,
    NEW_TLS,
    STRICT_TLS,
    TARPIT,
    TLS_ECHO,
    UNTRUSTED_TLS,
    Rig,
)
from tests.peripherals.simplelink.tls.credentials import (
    ALPN,
    FAILED,
    GCM_BIT,
    METHOD,
    PARAMETERS,
    SECURED,
    START_TLS,
    WRONG_ROOT,
    prepare,
    with_files,
)


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def driver(rig: Rig) -> HostDriver:
    return with_files(rig)


def secure(driver: HostDriver, port: int, **values: bytes) -> tuple[int, int]:
    """A socket made secure, and what its connect returned."""
    number = driver.socket(protocol=100)
    prepare(driver, number, **values)
    return number, driver.connect(number, port)


def start_tls(driver: HostDriver, port: int, **values: bytes) -> tuple[int, list[tuple[int, int]]]:
    """A plain socket with TLS started, and its events up to the last: type and value."""
    number = driver.socket()
    prepare(driver, number, **values)
    assert driver.connect(number, port) == 0
    assert driver.set_option(number, START_TLS, bytes(4)) == 0
    events: list[tuple[int, int]] = []
    while not events or events[-1][0] == WRONG_ROOT:
        message = driver.event(Opcode.SOCKET_EVENT, 60 * SECOND)
        assert message is not None
        assert len(message.body) == 132
        same, kind, value = message.unpack("BBh")
        assert same == number
        events.append((kind, value))
    return number, events


def echoes(driver: HostDriver, number: int) -> bool:
    driver.send(number, b"secret" * 300)
    return driver.receive_all(number, 1800) == b"secret" * 300


def test_secure_socket_connects_verified(driver: HostDriver) -> None:
    number, status = secure(driver, TLS_ECHO, ca=b"/ca", domain=b"echo.test\0")
    assert status == 0
    assert echoes(driver, number)
    assert driver.close(number) == 0


def test_starttls_ends_in_one_event(driver: HostDriver) -> None:
    number, events = start_tls(driver, TLS_ECHO, ca=b"/ca")
    assert events == [(SECURED, 0)]
    assert echoes(driver, number)
    assert driver.set_option(number, START_TLS, bytes(4)) == Error.INVALID


def set_year(driver: HostDriver, year: int) -> None:
    moment = datetime(year, 6, 1, tzinfo=UTC)
    date = struct.pack("<11I", 0, 0, 0, moment.day, moment.month, moment.year, 0, 0, 0, 0, 0)
    assert driver.status(Opcode.DEVICE_SET, struct.pack("<HHHH", 0, 1, 11, 44) + date) == 0


@dataclass(frozen=True)
class Outcome:
    """What sl_socket.h and the table of docs/cc3220sf.md promise for one way a handshake ends."""

    error: int
    port: int = TLS_ECHO
    options: tuple[tuple[str, bytes], ...] = (("ca", b"/ca"),)
    year: int | None = None
    stands: bool = False
    """The connection is there in spite of the error."""
    named: bool = False
    """Event type 5 says which root would have been wanted, before the outcome."""


GCM_ONLY = struct.pack("<I", 1 << GCM_BIT)
OUTCOMES = {
    "unknown root": Outcome(Error.TLS_NO_SIGNER, UNTRUSTED_TLS, named=True),
    "wrong name": Outcome(
        Error.TLS_NAME_MISMATCH, options=(("ca", b"/ca"), ("domain", b"other.test"))
    ),
    "expired": Outcome(Error.TLS_DATE, year=2100, stands=True),
    "not yet valid": Outcome(Error.TLS_DATE, year=1995, stands=True),
    "no root": Outcome(Error.TLS_NOT_VERIFIED, options=(), stands=True),
    "root not in the catalogue": Outcome(
        Error.TLS_UNKNOWN_ROOT, options=(("ca", b"/ca"), ("store", b"")), stands=True
    ),
    "cipher that the server refuses": Outcome(
        Error.TLS_HANDSHAKE_FAILURE, CHOOSY_TLS, (("ca", b"/ca"), ("mask", GCM_ONLY))
    ),
    "cipher that nobody has": Outcome(
        Error.TLS_UNSUPPORTED_SUITE, options=(("ca", b"/ca"), ("mask", b"\1\0\0\0"))
    ),
    "version that the server refuses": Outcome(Error.TLS_ALERT - 70, NEW_TLS),
    "server aborts": Outcome(Error.TLS_HANDSHAKE_FAILURE, STRICT_TLS),
    "server is silent": Outcome(Error.TLS_HANDSHAKE_TIMED_OUT, TARPIT),
}


def outcomes(rig: Rig, case: Outcome) -> HostDriver:
    driver = with_files(rig)
    if case.year is not None:
        set_year(driver, case.year)
    return driver


def leaves_as_documented(driver: HostDriver, number: int, stands: bool) -> None:
    """The connection carries data, or every use of it fails; either way it can be closed."""
    if stands:
        assert echoes(driver, number)
    else:
        assert driver.receive(number)[0] < 0  # type: ignore[index]
        assert driver.last is not None
        assert driver.last.failing >> number & 1
    assert driver.close(number) == 0
    assert driver.socket(protocol=100) == number


@pytest.mark.parametrize("case", OUTCOMES.values(), ids=list(OUTCOMES))
def test_connect_returns_how_the_handshake_ended(rig: Rig, case: Outcome) -> None:
    """SWRU455M, Secure Socket, Common Errors: as what a connect ends."""
    driver = outcomes(rig, case)
    number, status = secure(driver, case.port, **dict(case.options))
    assert status == case.error
    event = driver.event(Opcode.SOCKET_EVENT, 0)
    if case.named:
        assert event is not None
        assert event.unpack("BBh") == (number, WRONG_ROOT, case.error)
    else:
        assert event is None
    leaves_as_documented(driver, number, case.stands)


@pytest.mark.parametrize("case", OUTCOMES.values(), ids=list(OUTCOMES))
def test_starttls_reports_by_events_how_the_handshake_ended(rig: Rig, case: Outcome) -> None:
    """SWRU455M, Secure Socket, STARTTLS: the outcome is an event."""
    driver = outcomes(rig, case)
    number, events = start_tls(driver, case.port, **dict(case.options))
    expected = [(SECURED if case.stands else FAILED, case.error)]
    if case.named:
        expected.insert(0, (WRONG_ROOT, case.error))
    assert events == expected
    assert driver.event(Opcode.SOCKET_EVENT, 0) is None
    leaves_as_documented(driver, number, case.stands)


def test_wrong_root_event_names_whose_certificate_was_not_signed(driver: HostDriver) -> None:
    secure(driver, UNTRUSTED_TLS, ca=b"/ca")
    event = driver.event(Opcode.SOCKET_EVENT, 0)
    assert event is not None
    assert event.body[4:].rstrip(b"\0")


def test_roots_of_the_catalogue_are_known_and_revoked_certificates_reported(rig: Rig) -> None:
    """SWRU455A Trusted Root-Certificate Catalog: connected, and the error says what is wrong."""
    driver = with_files(rig)
    root = x509.load_pem_x509_certificate(rig.world.ca_pem)
    number, status = secure(driver, TLS_ECHO, ca=b"/ca", store=b"")
    assert status == Error.TLS_UNKNOWN_ROOT
    stream = rig.nwp.sockets.table[number].stream  # type: ignore[union-attr]
    assert isinstance(stream, TlsStream)
    server = x509.load_der_x509_certificate(stream.peer_chain[0])
    for catalogue, expected in (
        (emit([digest(root)]), 0),
        (emit([digest(server)]), Error.TLS_UNKNOWN_ROOT),
        (emit([digest(root)], [digest(server)]), Error.TLS_REVOKED),
        (emit([digest(root)], [digest(root)]), Error.TLS_REVOKED),
        (b"no catalogue", Error.TLS_UNKNOWN_ROOT),
    ):
        rig.nwp.files.provision("/sys/certstore.lst", catalogue)
        number, status = secure(driver, TLS_ECHO, ca=b"/ca", store=b"")
        assert status == expected
        assert echoes(driver, number)
        assert secure(driver, TLS_ECHO, ca=b"/ca")[1] == 0
        for each in range(number, number + 2):
            driver.close(each)


def test_the_catalogue_is_extended_by_settings() -> None:
    rig = Rig()
    root = x509.load_pem_x509_certificate(rig.world.ca_pem)
    name = root.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
    for settings, expected in (
        ({"knownRoots": f"other,{name}"}, 0),
        ({"revokedCertificates": digest(root).hex(":")}, Error.TLS_REVOKED),
        ({"certificateStore": False}, 0),
    ):
        driver = with_files(Rig(**settings))
        assert secure(driver, TLS_ECHO, ca=b"/ca", store=b"")[1] == expected
    with pytest.raises(RenodeWifiError, match="revokedCertificates is 12"):
        Rig(revokedCertificates="12")


def test_a_chain_may_be_in_the_file_of_the_roots(rig: Rig) -> None:
    """SWRU455A Supported Cryptographic Algorithms: intermediate certificates beside the root."""
    driver = with_files(rig)
    unknown = rig.world.pki.untrusted.certificate
    driver.store(b"/chain", unknown + rig.world.ca_pem)
    assert secure(driver, TLS_ECHO, ca=b"/chain")[1] == 0
    assert secure(driver, UNTRUSTED_TLS, ca=b"/chain")[1] == 0


def test_server_that_wants_a_certificate_gets_the_one_of_the_files(driver: HostDriver) -> None:
    number, status = secure(
        driver, STRICT_TLS, ca=b"/ca", certificate=b"/cert", key=b"/key", domain=b"broker.test"
    )
    assert status == 0
    assert echoes(driver, number)


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({"ca": b"/missing"}, Error.TLS_NO_CA_FILE),
        ({"ca": b"/key"}, Error.TLS_BAD_CA_FILE),
        ({"certificate": b"/missing", "key": b"/key"}, Error.TLS_BAD_CERTIFICATE_FILE),
        ({"certificate": b"/cert"}, Error.TLS_BAD_KEY_FILE),
        ({"key": b"/key"}, Error.TLS_BAD_CERTIFICATE_FILE),
        ({"certificate": b"/cert", "key": b"/missing"}, Error.TLS_BAD_KEY_FILE),
        ({"certificate": b"/ca", "key": b"/cert"}, Error.TLS_BAD_KEY_FILE),
    ],
)
def test_bad_files_are_named_by_the_error(
    driver: HostDriver, files: dict[str, bytes], error: int
) -> None:
    """SWRU455M, Secure Socket, Common Errors: missing and unusable files."""
    _, status = secure(driver, TLS_ECHO, **files)
    assert status == error
    _, events = start_tls(driver, TLS_ECHO, **files)
    assert events[-1] == (FAILED, error)


def test_case_makes_no_difference_to_names_of_credentials(driver: HostDriver) -> None:
    number, status = secure(
        driver, STRICT_TLS, ca=b"/CA", certificate=b"/Cert", key=b"/KEY", domain=b"broker.test"
    )
    assert status == 0
    assert echoes(driver, number)


def test_peer_is_the_one_of_its_file(rig: Rig, driver: HostDriver) -> None:
    """sl_socket.h, SL_SO_SECURE_FILES_PEER_CERT_OR_DH_KEY_FILE_NAME."""
    number, status = secure(driver, TLS_ECHO, ca=b"/ca")
    assert status == 0
    stream = rig.nwp.sockets.table[number].stream  # type: ignore[union-attr]
    assert isinstance(stream, TlsStream)
    driver.store(b"/peer", DER_cert_to_PEM_cert(stream.peer_chain[0]).encode())
    assert secure(driver, TLS_ECHO, ca=b"/ca", peer=b"/peer")[1] == 0
    assert secure(driver, TLS_ECHO, ca=b"/ca", peer=b"/PEER")[1] == 0
    assert secure(driver, TLS_ECHO, ca=b"/ca", peer=b"/ca")[1] == Error.TLS_WRONG_PEER
    assert secure(driver, TLS_ECHO, ca=b"/ca", peer=b"/key")[1] == Error.TLS_WRONG_PEER
    assert secure(driver, TLS_ECHO, ca=b"/ca", peer=b"/missing")[1] == Error.TLS_BAD_DH_FILE


def test_one_cipher_is_offered_where_one_is_asked_for(driver: HostDriver) -> None:
    number, status = secure(
        driver, TLS_ECHO, ca=b"/ca", method=b"\3", mask=struct.pack("<I", 1 << GCM_BIT)
    )
    assert status == 0
    status, value = driver.get_option(number, PARAMETERS)
    assert status == 0
    assert len(value) == 72
    assert struct.unpack_from("<III", value) == (3, 1 << GCM_BIT, 1)


def test_method_is_any_version_until_it_is_set(driver: HostDriver) -> None:
    number = driver.socket(protocol=100)
    assert driver.get_option(number, METHOD) == (0, b"\4")
    assert driver.set_option(number, METHOD, b"\3") == 0
    assert driver.get_option(number, METHOD) == (0, b"\3")


def test_relaxed_world_reaches_newer_servers() -> None:
    rig = Rig({"radio": RadioSettings(tls="relaxed")})
    driver = with_files(rig)
    number, status = secure(driver, NEW_TLS, ca=b"/ca", mask=struct.pack("<I", 1 << GCM_BIT))
    assert status == 0
    assert echoes(driver, number)


def test_six_secure_sockets_and_no_seventh(driver: HostDriver) -> None:
    """SWRU455M, Secure Socket, Common Errors: six secure sockets."""
    numbers = [secure(driver, TLS_ECHO, ca=b"/ca")[0] for _ in range(6)]
    for number in numbers:
        assert echoes(driver, number)
    assert driver.socket(protocol=100) == Error.TLS_TOO_MANY
    plain = driver.socket()
    assert driver.connect(plain, TLS_ECHO) == 0
    assert driver.set_option(plain, START_TLS, bytes(4)) == Error.TLS_TOO_MANY
    assert driver.close(numbers[0]) == 0
    assert driver.socket(protocol=100) == numbers[0]


def test_starttls_wants_an_idle_connected_stream(rig: Rig, driver: HostDriver) -> None:
    number = driver.socket()
    assert driver.set_option(number, START_TLS, bytes(4)) == Error.NOT_CONNECTED
    datagram = driver.socket(2)
    assert driver.set_option(datagram, START_TLS, bytes(4)) == Error.OPERATION_NOT_SUPPORTED
    server = driver.socket()
    driver.bind(server, 8080)
    driver.listen(server)
    assert driver.set_option(server, START_TLS, bytes(4)) == Error.TLS_NOT_WHEN_LISTENING
    assert driver.connect(number, ECHO) == 0
    driver.send(number, b"early")
    driver.run(SECOND)
    assert driver.set_option(number, START_TLS, bytes(4)) == Error.TLS_RX_NOT_EMPTY
    silent = driver.socket()
    assert driver.connect(silent, TARPIT) == 0
    for _ in range(15):
        driver.send(silent, bytes(1460))
    assert driver.set_option(silent, START_TLS, bytes(4)) == Error.TLS_TX_NOT_EMPTY


def test_nothing_is_done_with_a_socket_during_its_handshake(driver: HostDriver) -> None:
    number = driver.socket()
    assert driver.connect(number, TARPIT) == 0
    assert driver.set_option(number, START_TLS, bytes(4)) == 0
    assert driver.set_option(number, START_TLS, bytes(4)) == Error.TLS_DURING_HANDSHAKE
    driver.send(number, b"early")
    assert driver.event(Opcode.TX_FAILED) is not None
    assert driver.close(number) == 0


def test_server_without_tls_fails_the_handshake(driver: HostDriver) -> None:
    _, events = start_tls(driver, ECHO, ca=b"/ca")
    assert events[-1][0] == FAILED


@pytest.mark.parametrize(
    ("server", "port", "fault"),
    [("tarpit", TARPIT, "server-resets"), ("tls-echo", TLS_ECHO, "server-cuts")],
)
def test_server_that_goes_away_in_the_handshake_fails_it(
    rig: Rig, driver: HostDriver, server: str, port: int, fault: str
) -> None:
    number = driver.socket()
    assert driver.connect(number, port) == 0
    assert driver.set_option(number, START_TLS, bytes(4)) == 0
    rig.world.inject(fault, server=server)
    message = driver.event(Opcode.SOCKET_EVENT)
    assert message is not None
    assert message.unpack("BBh") == (number, FAILED, Error.TLS_CLOSED)
    leaves_as_documented(driver, number, stands=False)


def test_peer_s_orderly_end_is_received_as_nothing(rig: Rig, driver: HostDriver) -> None:
    number, status = secure(driver, TLS_ECHO, ca=b"/ca")
    assert status == 0
    for connection in list(rig.world.server("tls-echo").connections):
        connection.end()
    assert driver.receive(number) == (0, b"")


def test_end_of_tls_alone_leaves_a_plain_connection(rig: Rig, driver: HostDriver) -> None:
    number, status = secure(driver, TLS_ECHO, ca=b"/ca")
    assert status == 0
    (connection,) = rig.world.server("tls-echo").connections
    end: Any = connection
    end.endpoint.close()
    end.stream.send(end.endpoint.take_outgoing())
    message = driver.event(Opcode.SOCKET_EVENT)
    assert message is not None
    assert message.unpack("BB") == (number, 2)
    assert driver.receive(number) == (Error.TLS_CLOSED, b"")


def test_protocol_chosen_by_the_server_is_reported(driver: HostDriver) -> None:
    number, status = secure(driver, TLS_ECHO, ca=b"/ca", alpn=struct.pack("<I", 0x1F))
    assert status == 0
    status, value = driver.get_option(number, ALPN)
    assert status == 0
    assert struct.unpack("<I", value)[0] in (0, 1, 2)
    assert driver.get_option(number, 44)[0] == 0
    assert driver.get_option(driver.socket(), PARAMETERS)[0] == Error.NO_PROTOCOL_OPTION


def test_provisioned_files_serve_as_credentials() -> None:
    radio = RadioSettings(files={"/certs/RootCA.crt": Own("ca")})
    driver = Rig({"radio": radio}).joined()
    assert secure(driver, TLS_ECHO, ca=b"/certs/RootCA.crt")[1] == 0


def test_handshakes_can_be_saved_in_the_middle(rig: Rig, driver: HostDriver) -> None:
    number = driver.socket()
    prepare(driver, number, ca=b"/ca")
    assert driver.connect(number, TLS_ECHO) == 0
    assert driver.set_option(number, START_TLS, bytes(4)) == 0
    for one in (rig.saved(), rig):
        message = one.driver.event(Opcode.SOCKET_EVENT)
        assert message is not None
        assert message.unpack("BBh") == (number, SECURED, 0)
        assert echoes(one.driver, number)


def test_alerts_and_problems_have_their_numbers() -> None:
    def error(problem: TlsProblem | None, alert: int | None = None, credential: str = "") -> int:
        return tls.error_of(TlsVerdict(problem, alert=alert, credential=credential))

    assert error(None) == 0
    assert error(TlsProblem.PEER_ALERT, 42) == -342
    assert error(TlsProblem.PEER_ALERT) == Error.TLS_HANDSHAKE_FAILURE
    assert error(TlsProblem.BAD_CREDENTIAL, credential="key") == Error.TLS_BAD_KEY_FILE
    assert error(TlsProblem.BAD_CREDENTIAL) == Error.TLS_GENERAL
    for problem in TlsProblem:
        assert error(problem) < 0


def test_general_protocol_names_are_offered_beside_the_list() -> None:
    options = Options()
    options.set(1, 40, struct.pack("<I", 3))
    options.set(1, 44, b"x-amzn-mqtt-ca")
    assert tls.protocols(options) == ("http/1.1", "h2", "x-amzn-mqtt-ca")
    assert tls.protocol_bit("h2") == 2
    assert tls.protocol_bit("mqtt") == 0


def test_default_ciphers_are_those_of_the_silicon() -> None:
    ciphers = tls.cipher_list(Options(), NwpProfile()).split(":")
    assert "AES128-GCM-SHA256" in ciphers
    assert not any("RC4" in cipher for cipher in ciphers)
