"""The utility silo: random numbers, key pairs, signatures."""

from __future__ import annotations

import struct
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from renode_wifi.peripherals.simplelink.messages.netutil import (
    KeyFiles,
    KeyManagement,
    Signing,
    UtilCommand,
    UtilGet,
    UtilResult,
    UtilValue,
    Verification,
)
from renode_wifi.peripherals.simplelink.netutil import (
    ADD,
    DIGEST_ECDSA,
    INSTALL,
    PUBLIC_KEY,
    REMOVE,
    SHA256_ECDSA,
    SHA_ECDSA,
    SIGN,
    TEMPORARY_KEYS,
    VERIFY,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import Rig

MESSAGE = b"what is signed"
BY_LIBRARY = ec.derive_private_key(12345, ec.SECP256R1())
DER = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def rig() -> Rig:
    return Rig()


def run(
    driver: HostDriver, command: int, attributes: bytes, value: bytes = b"", output: int = 255
) -> bytes | int:
    """The output, or the error."""
    body = UtilCommand(command, attributes, value, output).emit()
    status = driver.status(Opcode.NETUTIL_COMMAND, body)
    if status:
        return status
    event = driver.event(Opcode.NETUTIL_ASYNC)
    assert event is not None
    result = UtilResult.parse(event.body)
    assert result.command == command
    return result.status or result.value


def manage(driver: HostDriver, command: int, index: int, operation: int) -> bytes | int:
    return run(driver, command, KeyManagement(index, 0, operation).emit())


def install(
    driver: HostDriver, index: int, key: bytes = b"", certificate: bytes = b"", curve: int = 1
) -> bytes | int:
    files = KeyFiles(1, 1, curve, key, certificate).emit()
    return run(driver, INSTALL, KeyManagement(index, 0, ADD).emit(), files)


def sign(driver: HostDriver, index: int, kind: int = SHA_ECDSA) -> bytes | int:
    return run(driver, SIGN, Signing(index, kind, 0).emit(), MESSAGE)


def verify(
    driver: HostDriver,
    index: int,
    signature: bytes,
    kind: int = SHA_ECDSA,
    message: bytes = MESSAGE,
) -> int:
    """What the output says: 0 for a right signature; or the error of the command."""
    attributes = Verification(index, kind, 0, len(message), len(signature)).emit()
    outcome = run(driver, VERIFY, attributes, message + signature, 4)
    return outcome if isinstance(outcome, int) else struct.unpack("<i", outcome)[0]


def public(driver: HostDriver, index: int, size: int = 64) -> UtilValue:
    body = UtilGet(index, PUBLIC_KEY, size).emit()
    return UtilValue.parse(driver.command(Opcode.NETUTIL_GET, body).body)


def library_key(value: UtilValue) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\4" + value.value)


def test_random_numbers_differ_and_repeat_with_the_seed() -> None:
    """SWRU455M, Network Utilities: random numbers come from the device."""

    def drawn() -> list[bytes]:
        driver = Rig().started()
        body = struct.pack("<IhHHH", 0, 0, 3, 16, 0)
        return [driver.command(Opcode.NETUTIL_GET, body).body[12:] for _ in range(2)]

    first = drawn()
    assert len(first[0]) == 16
    assert first[0] != first[1]
    assert drawn() == first


def test_options_and_commands_that_there_are_not(rig: Rig) -> None:
    driver = rig.started()
    for opcode, option in ((Opcode.NETUTIL_SET, 1), (Opcode.NETUTIL_GET, 2)):
        identity, status, _ = driver.command(opcode, UtilGet(5, option, 0).emit()).unpack("IhH")
        assert (identity, status) == (5, Error.INVALID)
    for command in (0, 1, 6):
        assert run(driver, command, bytes(12)) == Error.CRYPTO_OPTION
    for command in (SIGN, VERIFY, TEMPORARY_KEYS, INSTALL):
        assert run(driver, command, b"") == Error.CRYPTO_PARAMETER


@pytest.mark.parametrize(
    ("kind", "digest"), [(SHA_ECDSA, SHA1()), (SHA256_ECDSA, SHA256()), (DIGEST_ECDSA, None)]
)
def test_the_device_s_own_key_signs_and_verifies(
    rig: Rig, kind: int, digest: SHA1 | SHA256 | None
) -> None:
    """SWRU455M, Crypto Utilities: ECDSA with SHA-1, SHA-256 or a digest, by the first key pair."""
    driver = rig.started()
    signature = sign(driver, 0, kind)
    assert isinstance(signature, bytes)
    assert verify(driver, 0, signature, kind) == 0
    assert verify(driver, 0, signature, kind, message=b"what is Signed") < 0
    key = library_key(public(driver, 0))
    if digest is not None:
        key.verify(signature, MESSAGE, ec.ECDSA(digest))
    assert sign(Rig().started(), 0, kind) == signature
    assert manage(driver, INSTALL, 0, REMOVE) == Error.CRYPTO_INDEX


def test_a_signature_by_another_may_be_verified(rig: Rig) -> None:
    """SWRU455M, Crypto Utilities: keys are installed from files, up to seven beside the first."""
    driver = rig.started()
    rig.nwp.files.provision("mine.der", BY_LIBRARY.private_bytes(*DER))
    assert install(driver, 7, b"mine.der") == b""
    digest = sha256(MESSAGE).digest()
    signature = BY_LIBRARY.sign(digest, ec.ECDSA(Prehashed(SHA256())))
    assert verify(driver, 7, signature, DIGEST_ECDSA, digest) == 0
    assert verify(driver, 7, signature[:-1], DIGEST_ECDSA, digest) == Error.CRYPTO_GENERAL
    assert install(driver, 7, b"mine.der") == Error.CRYPTO_NOT_FREE
    assert manage(driver, TEMPORARY_KEYS, 7, REMOVE) == Error.CRYPTO_NOT_TEMPORARY
    # Installed keys outlive the power.
    driver.stop()
    driver.start()
    signed = sign(driver, 7)
    assert isinstance(signed, bytes)
    BY_LIBRARY.public_key().verify(signed, MESSAGE, ec.ECDSA(SHA1()))
    assert manage(driver, INSTALL, 7, REMOVE) == b""
    assert sign(driver, 7) == Error.CRYPTO_EMPTY
    assert manage(driver, INSTALL, 7, REMOVE) == Error.CRYPTO_EMPTY


def test_the_key_of_a_certificate_verifies_only(rig: Rig) -> None:
    """SWRU455M, Crypto Utilities: a certificate's public key, which has nothing to sign with."""
    authority = rig.world.pki.trusted
    certificate, key = authority.client("board", "ec")
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    rig.nwp.files.provision(
        "vendor.der", x509.load_pem_x509_certificate(certificate).public_bytes(Encoding.DER)
    )
    driver = rig.started()
    assert install(driver, 1, certificate=b"vendor.der") == b""
    secret = load_pem_private_key(key, None)
    assert isinstance(secret, ec.EllipticCurvePrivateKey)
    signature = secret.sign(MESSAGE, ec.ECDSA(SHA1()))
    assert verify(driver, 1, signature) == 0
    assert sign(driver, 1) == Error.CRYPTO_PARAMETER


def test_temporary_keys_go_with_the_power(rig: Rig) -> None:
    """SWRU455M, Crypto Utilities: a temporary key pair is made by the device, and not kept."""
    driver = rig.started()
    assert manage(driver, TEMPORARY_KEYS, 2, ADD) == b""
    assert manage(driver, TEMPORARY_KEYS, 3, ADD) == b""
    first, second = public(driver, 2), public(driver, 3)
    assert first.value != second.value
    assert manage(driver, TEMPORARY_KEYS, 3, REMOVE) == b""
    assert public(driver, 3).status == Error.CRYPTO_EMPTY
    assert public(driver, 2, size=63).status == Error.CRYPTO_BUFFER
    driver.stop()
    driver.start()
    assert public(driver, 2).status == Error.CRYPTO_EMPTY


@pytest.mark.parametrize("content", [b"", b"no key", b"rsa"])
def test_what_is_no_key_of_the_curve_is_not_installed(rig: Rig, content: bytes) -> None:
    if content == b"rsa":
        content = rsa.generate_private_key(65537, 2048).private_bytes(*DER)
    rig.nwp.files.provision("key.der", content)
    driver = rig.started()
    assert install(driver, 1, b"key.der") == Error.CRYPTO_PARAMETER
    assert install(driver, 1, certificate=b"key.der") == Error.CRYPTO_PARAMETER
    assert install(driver, 1, b"absent") == Error.CRYPTO_PARAMETER
    assert install(driver, 8, b"key.der") == Error.CRYPTO_INDEX
    assert install(driver, 1, b"key.der", curve=0) == Error.CRYPTO_OPTION
    assert manage(driver, INSTALL, 1, 3) == Error.CRYPTO_OPTION


def test_what_cannot_be_signed_or_verified(rig: Rig) -> None:
    driver = rig.started()
    assert sign(driver, 0, 5) == Error.CRYPTO_OPTION
    assert run(driver, SIGN, Signing(0, SHA_ECDSA, 0).emit()) == Error.CRYPTO_PARAMETER
    long = run(driver, SIGN, Signing(0, SHA_ECDSA, 0).emit(), bytes(1537))
    assert long == Error.CRYPTO_PARAMETER
    assert run(driver, SIGN, Signing(0, SHA_ECDSA, 0).emit(), b"a", 10) == Error.CRYPTO_BUFFER
    assert run(driver, SIGN, Signing(9, SHA_ECDSA, 0).emit(), b"a") == Error.CRYPTO_INDEX
    whole = Verification(0, SHA_ECDSA, 0, 4, 70).emit()
    assert run(driver, VERIFY, whole, bytes(20), 4) == Error.CRYPTO_PARAMETER
    assert run(driver, VERIFY, whole, bytes(74), 3) == Error.CRYPTO_BUFFER
    assert verify(driver, 0, b"", 5) == Error.CRYPTO_OPTION
    assert verify(driver, 4, b"") == Error.CRYPTO_EMPTY


def test_a_restored_image_has_no_installed_keys(rig: Rig) -> None:
    driver = rig.started()
    assert manage(driver, TEMPORARY_KEYS, 1, ADD) == b""
    device = public(driver, 0)
    rig.nwp.processor.restore()
    assert public(driver, 1).status == Error.CRYPTO_EMPTY
    assert public(driver, 0) == device
