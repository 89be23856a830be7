"""The files that a world file names."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from renode_wifi.peripherals.network.tls.pki import Authority
from renode_wifi.peripherals.network.worldfile.radio import Credential
from tests.peripherals.network.rig import Rig
from tests.peripherals.network.worldfile.rig import MINIMAL, mistake, read


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    authority = Authority("files")
    folder = tmp_path / "pki"
    folder.mkdir()
    for kind in ("ec", "rsa"):
        certificate, key = authority.server(("10.10.0.1",), kind)
        (folder / f"{kind}.crt").write_bytes(certificate)
        (folder / f"{kind}.key").write_bytes(key)
    (folder / "ca.crt").write_bytes(authority.certificate)
    (folder / "junk").write_bytes(b"junk")
    encrypted = serialization.load_pem_private_key(key, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"x"),
    )
    (folder / "locked.key").write_bytes(encrypted)
    return folder


def tls(text: str) -> str:
    return MINIMAL + f"pki: pki\nservers: {{a: {{type: echo, port: 7, tls: {{{text}}}}}}}\n"


def test_certificates_are_named_relative_to_the_pki_folder(tmp_path: Path, pki: Path) -> None:
    world = read(
        tmp_path,
        tls(
            "certificate: ec.crt, key: ec.key, "
            "client_certificate: optional, client_ca: [ca.crt, ec.crt]"
        )
        + "radio:\n  credentials: [{slot: 0, ca: ca.crt, certificate: rsa.crt, key: rsa.key}]\n"
        "  files: {/sys/ca: ca.crt}\n",
    )
    settings = world.servers[0].tls
    assert settings is not None
    assert settings.certificate == (pki / "ec.crt").read_bytes()
    assert settings.client_ca == ((pki / "ca.crt").read_bytes(), (pki / "ec.crt").read_bytes())
    assert world.radio.files == {"/sys/ca": (pki / "ca.crt").read_bytes()}
    assert world.radio.credentials[0].key == (pki / "rsa.key").read_bytes()


@pytest.mark.parametrize(
    ("text", "message", "cure"),
    [
        ("certificate: none.crt, key: ec.key", "cannot read", "relative to the folder `pki:`"),
        ("certificate: junk, key: ec.key", "no certificate in PEM form", "BEGIN CERTIFICATE"),
        ("certificate: ec.crt, key: junk", "no private key in PEM form", "PRIVATE KEY"),
        ("certificate: ec.crt, key: locked.key", "without a password", "openssl pkey"),
        ("certificate: ec.crt, key: rsa.key", "not the key of the certificate", "made for"),
        ("client_certificate: required, client_ca: junk", "no certificate", "BEGIN CERTIFICATE"),
    ],
)
@pytest.mark.usefixtures("pki")
def test_credentials_that_do_not_fit(tmp_path: Path, text: str, message: str, cure: str) -> None:
    error = mistake(tmp_path, tls(text))
    assert str(tmp_path / "world.yaml:4:") in str(error.where)
    assert message in error.message
    assert cure in (error.cure or "")


def test_the_worlds_own_credentials_reach_the_radio(tmp_path: Path) -> None:
    rig = Rig(
        tmp_path,
        """
        radio:
          credentials: [{slot: 2, ca: world, certificate: world, key: world}, {slot: 1}]
          files: {ca: world-ca, crt: world-certificate, key: world-key}
        """,
    )
    certificate, key = rig.world.client_credentials()
    assert {slot: make() for slot, make in rig.world.radio_credentials().items()} == {
        2: Credential(rig.world.ca_pem, certificate, key),
        1: Credential(),
    }
    assert {name: make() for name, make in rig.world.radio_files().items()} == {
        "ca": rig.world.ca_pem,
        "crt": certificate,
        "key": key,
    }


def test_a_folder_from_outside_is_relative_to_where_one_is(
    tmp_path: Path, pki: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pki)
    (tmp_path / "deep").mkdir()
    text = MINIMAL + "pki: ${PKI}\nradio: {files: {/ca: ca.crt}}\n"
    assert read(tmp_path / "deep", text, PKI=".").radio.files["/ca"].startswith(b"-----BEGIN")
