"""Signatures of secure files: the signer's chain, the catalogue, alerts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.simplelink.files import store, volume
from renode_wifi.peripherals.simplelink.files.catalogue import Catalogue, digest, emit, parse
from renode_wifi.peripherals.simplelink.files.signature import check_signature
from renode_wifi.peripherals.simplelink.files.store import FileTable, StoredFile
from renode_wifi.peripherals.simplelink.opcodes import Error
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.files.commands import ANY, ONE_BLOCK, READ, WRITE, flags
from tests.peripherals.simplelink.rig import Rig

ROOT = "dummy-root-ca-cert"
MIDDLE = "middle"
SIGNER = "signer.der"
IMAGE = b"an image"
KEY_BITS = 1024
"""Quickly made; the length makes no difference here."""


@cache
def key_of(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, KEY_BITS)


def certificate(
    name: str, issuer: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None
) -> x509.Certificate:
    def named(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])

    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key((key or key_of(name)).public_key())
        .serial_number(1)
        .not_valid_before(datetime(2016, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2017, 1, 1, tzinfo=UTC))
        .sign(key_of(issuer), SHA256())
    )


def der(name: str, issuer: str) -> bytes:
    return certificate(name, issuer).public_bytes(Encoding.DER)


def signature(data: bytes = IMAGE, name: str = "signer") -> bytes:
    return key_of(name).sign(data, padding.PKCS1v15(), SHA1())


ABOVE = {"signer": MIDDLE, MIDDLE: ROOT, ROOT: ROOT}


def chain() -> dict[str, StoredFile]:
    """What TI's certificate playground looks like: signer, middle, root."""
    return {
        SIGNER: StoredFile(der("signer", MIDDLE)),
        MIDDLE: StoredFile(der(MIDDLE, ROOT)),
        ROOT: StoredFile(der(ROOT, ROOT)),
    }


KNOWN = Catalogue((ROOT,))


def check(
    stored: Mapping[str, StoredFile],
    name: str = SIGNER,
    catalogue: Catalogue | None = KNOWN,
) -> int:
    return check_signature(stored, catalogue, name, signature(), IMAGE)


def test_chain_of_files_vouches_for_the_signer() -> None:
    assert check(chain()) == 0
    assert check(chain(), "/" + SIGNER) == 0


def test_case_makes_no_difference_to_names_of_certificates() -> None:
    stored = FileTable()
    stored.update(
        {
            "Signer.DER": StoredFile(der("signer", MIDDLE)),
            MIDDLE.upper(): StoredFile(der(MIDDLE, ROOT)),
            ROOT.title(): StoredFile(der(ROOT, ROOT)),
        }
    )
    assert check(stored) == 0
    assert check(stored, "/SIGNER.der") == 0


def test_root_itself_may_sign() -> None:
    assert check_signature(chain(), KNOWN, ROOT, signature(IMAGE, ROOT), IMAGE) == 0


def test_chain_may_be_in_the_signers_own_file() -> None:
    both = (certificate("signer", MIDDLE), certificate(MIDDLE, ROOT))
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in both)
    stored = {SIGNER: StoredFile(pem), ROOT: StoredFile(der(ROOT, ROOT))}
    assert check(stored) == 0


def test_root_has_to_be_in_the_catalogue() -> None:
    assert check(chain(), catalogue=Catalogue(("another",))) == Error.FS_UNKNOWN_ROOT
    assert check(chain(), catalogue=None) == 0


@pytest.mark.parametrize("name", [SIGNER, MIDDLE, ROOT])
@pytest.mark.parametrize(
    ("file", "error"),
    [
        (None, Error.FS_NOT_THERE),
        (StoredFile(None), Error.FS_NOT_CLOSED),
        (StoredFile(b""), Error.FS_CERTIFICATE_CHAIN),
        (StoredFile(b"no certificate"), Error.FS_CERTIFICATE_CHAIN),
    ],
)
def test_every_certificate_of_the_chain_is_needed(
    name: str, file: StoredFile | None, error: int
) -> None:
    stored = chain()
    if file is None:
        del stored[name]
    else:
        stored[name] = file
    assert check(stored) == error


def test_certificate_by_another_issuer_breaks_the_chain() -> None:
    stored = chain()
    stored[MIDDLE] = StoredFile(der("other", ROOT))
    assert check(stored) == Error.FS_CERTIFICATE_CHAIN
    stored[MIDDLE] = StoredFile(
        certificate(MIDDLE, ROOT, key_of("other")).public_bytes(Encoding.DER)
    )
    assert check(stored) == Error.FS_CERTIFICATE_CHAIN


def test_key_that_is_not_rsa_breaks_the_chain() -> None:
    stored = chain()
    key = ec.generate_private_key(ec.SECP256R1())
    stored[SIGNER] = StoredFile(certificate("signer", MIDDLE, key).public_bytes(Encoding.DER))
    assert check(stored) == Error.FS_CERTIFICATE_CHAIN


def test_endless_chain_is_broken() -> None:
    stored = {
        SIGNER: StoredFile(der("signer", "a")),
        "a": StoredFile(der("a", "b")),
        "b": StoredFile(der("b", "a")),
    }
    assert check(stored) == Error.FS_CERTIFICATE_CHAIN


def test_the_catalogue_may_be_the_file_of_ti_s_tools() -> None:
    """SWRU455A Trusted Root-Certificate Catalog: the file /sys/certstore.lst."""
    digests = {name: digest(certificate(name, above)) for name, above in ABOVE.items()}
    known = parse(emit([digests[ROOT]]))
    assert check(chain(), catalogue=known) == 0
    assert check(chain(), catalogue=parse(emit([digests["signer"]]))) == Error.FS_UNKNOWN_ROOT
    for revoked in digests.values():
        data = emit([digests[ROOT]], [revoked])
        assert check(chain(), catalogue=parse(data)) == Error.FS_REVOKED


@pytest.mark.parametrize("size", [0, 439, 440, 471])
def test_a_catalogue_that_was_cut_is_none(size: int) -> None:
    with pytest.raises(ValueError, match=r"too short|truncated"):
        parse(emit([bytes(32)], [bytes(32)])[:size])


def test_a_catalogue_has_limits() -> None:
    with pytest.raises(ValueError, match="129 roots"):
        parse(bytes(48) + (129).to_bytes(4, "little") + bytes(9000))


@pytest.mark.parametrize(
    ("name", "given"), [("", b"x"), (SIGNER, b""), (SIGNER, b"short"), (SIGNER, bytes(129))]
)
def test_signature_has_the_length_of_the_key(name: str, given: bytes) -> None:
    assert check_signature(chain(), KNOWN, name, given, IMAGE) == Error.FS_SIGNATURE_LENGTH


@given(st.binary(max_size=200), st.integers(0, 1023))
def test_only_the_signed_image_is_accepted(image: bytes, bit: int) -> None:
    stored = chain()
    good = signature(image)
    assert check_signature(stored, KNOWN, SIGNER, good, image) == 0
    other = image + b"x"
    assert check_signature(stored, KNOWN, SIGNER, good, other) == Error.FS_WRONG_SIGNATURE
    bad = bytearray(good)
    bad[bit // 8] ^= 1 << bit % 8
    assert check_signature(stored, KNOWN, SIGNER, bytes(bad), image) == Error.FS_WRONG_SIGNATURE


@given(st.binary(max_size=64), st.binary(max_size=64), st.binary(max_size=160))
def test_any_bytes_in_the_files_are_refused(one: bytes, two: bytes, given: bytes) -> None:
    stored = {**chain(), SIGNER: StoredFile(one), MIDDLE: StoredFile(two)}
    assert check_signature(stored, KNOWN, SIGNER, given or b"x", IMAGE) < 0
    stored[SIGNER] = StoredFile(der("signer", MIDDLE))
    assert check_signature(stored, KNOWN, SIGNER, given or b"x", IMAGE) < 0


@given(st.sampled_from([SIGNER, MIDDLE, ROOT]), st.data())
def test_any_damage_to_what_a_certificate_says_is_noticed(name: str, data: st.DataObject) -> None:
    stored = chain()
    content = bytearray(stored[name].content or b"")
    said = x509.load_der_x509_certificate(bytes(content)).tbs_certificate_bytes
    place = content.index(said) + data.draw(st.integers(0, len(said) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    stored[name] = StoredFile(bytes(content))
    assert check(stored) < 0


# As the host sees it

SIGNED = ANY | ONE_BLOCK | flags(store.SECURE | volume.FAILSAFE | volume.STATIC_TOKEN)


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    for name, file in chain().items():
        assert file.content is not None
        rig.nwp.files.provision(name, file.content)
    return rig


def write(driver: HostDriver, image: bytes, token: int = 0) -> tuple[int, int]:
    handle, master = driver.open(b"s", SIGNED if token == 0 else WRITE, token)
    assert driver.write_file(handle, image) == len(image)
    return handle, master


def test_signed_file_is_closed_with_its_signature(rig: Rig) -> None:
    driver = rig.started()
    handle, token = write(driver, IMAGE)
    assert driver.close_file(handle, SIGNER.encode(), signature()) == 0
    assert rig.nwp.files.volume.alerts == 0
    handle, _ = driver.open(b"s", READ, token)
    assert driver.read_file(handle) == (len(IMAGE), IMAGE)


@pytest.mark.parametrize(
    ("name", "given", "error", "alerts"),
    [
        (SIGNER, signature(b"another"), Error.FS_WRONG_SIGNATURE, 1),
        ("nobody", signature(), Error.FS_NOT_THERE, 0),
        ("junk", signature(), Error.FS_CERTIFICATE_CHAIN, 1),
        ("", b"", Error.FS_SIGNATURE_LENGTH, 0),
    ],
)
def test_file_that_cannot_be_closed_stays_open_until_it_is_given_up(
    rig: Rig, name: str, given: bytes, error: int, alerts: int
) -> None:
    rig.nwp.files.provision("junk", b"no certificate")
    driver = rig.started()
    handle, token = write(driver, IMAGE)
    assert driver.close_file(handle, SIGNER.encode(), signature()) == 0
    handle, _ = write(driver, b"other", token)
    assert driver.close_file(handle, name.encode(), given) == error
    assert rig.nwp.files.volume.alerts == alerts
    assert driver.open(b"s", WRITE, token)[0] == Error.FS_ALREADY_OPEN
    assert driver.close_file(handle, b"", b"A") == 0
    handle, _ = driver.open(b"s", READ, token)
    assert driver.read_file(handle) == (len(IMAGE), IMAGE)


@pytest.mark.parametrize(
    ("known", "missing", "why"),
    [
        (ROOT, SIGNER, "s is not closed: the file system has no certificate 'signer.der'"),
        (ROOT, MIDDLE, "s is not closed: the file system has no certificate 'middle'"),
        ("other", None, f"s is not closed: the catalogue has no root '{ROOT}'"),
    ],
)
def test_a_certificate_that_is_missing_is_named(
    known: str, missing: str | None, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig(knownRoots=known)
    for name, file in chain().items():
        if name != missing:
            rig.nwp.files.provision(name, file.content or b"")
    driver = rig.started()
    handle, _ = write(driver, IMAGE)
    assert driver.close_file(handle, SIGNER.encode(), signature()) < 0
    assert [record.getMessage() for record in caplog.records] == [f"{rig.nwp.name}: {why}"]


@pytest.mark.parametrize("name", [b"/sys/servicepack.ucf", b"/SYS/certstore.lst"])
def test_what_ti_signs_names_no_certificate(rig: Rig, name: bytes) -> None:
    """SWRU455M, Service Pack: TI's signature, 256 bytes; its key is not public."""
    driver = rig.started()
    handle, _ = driver.open(name, SIGNED)
    driver.write_file(handle, IMAGE)
    assert driver.close_file(handle, b"", bytes(255)) == Error.FS_SIGNATURE_LENGTH
    assert driver.close_file(handle, b"", bytes(256)) == 0
    assert rig.nwp.files.content(name.decode()) == IMAGE


def test_a_revoked_signer_is_a_security_alert(rig: Rig) -> None:
    known = [digest(certificate(ROOT, ROOT))]
    rig.nwp.files.provision("/sys/certstore.lst", emit(known, [digest(certificate(MIDDLE, ROOT))]))
    driver = rig.started()
    handle, _ = write(driver, IMAGE)
    assert driver.close_file(handle, SIGNER.encode(), signature()) == Error.FS_REVOKED
    assert rig.nwp.files.volume.alerts == 1


def test_catalogue_is_a_setting(rig: Rig) -> None:
    for attributes, error in (
        ({"knownRoots": "mine,another"}, Error.FS_UNKNOWN_ROOT),
        ({"knownRoots": f"mine,{ROOT}"}, 0),
        ({"knownRoots": "", "certificateStore": False}, 0),
    ):
        other = Rig(**attributes)
        other.nwp.files.volume.store = rig.nwp.files.volume.store
        driver = other.started()
        handle, _ = driver.open(b"s%d" % error, SIGNED)
        driver.write_file(handle, IMAGE)
        assert driver.close_file(handle, SIGNER.encode(), signature()) == error
        other.nwp.files.volume.store.files.pop("s%d" % error)
