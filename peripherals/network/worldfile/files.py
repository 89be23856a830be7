"""The files that a world file names: web pages, certificates, keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated

from renode_wifi.peripherals.network.tls.settings import clean_pem
from renode_wifi.peripherals.network.worldfile.rules import Mistake, ValueRule, text_of
from renode_wifi.peripherals.network.worldfile.tree import Scalar
from renode_wifi.peripherals.network.worldfile.values import FILE

MAX_FILE = 64 * 1_048_576
"""Bytes of one named file."""

_pki: ContextVar[Path | None] = ContextVar("pki", default=None)


@contextmanager
def credentials_in(folder: Path | None) -> Iterator[None]:
    """Certificates and keys are named relative to `folder`; None: to their world file."""
    token = _pki.set(folder)
    try:
        yield
    finally:
        _pki.reset(token)


def _read(raw: object, pki: Path | None) -> bytes:
    name = str(FILE.read(raw))
    folder = pki if pki is not None else raw.folder if isinstance(raw, Scalar) else Path()
    file: Path = folder / name
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as error:
        place = "this file" if pki is None else "the folder `pki:`"
        raise Mistake(
            f"cannot read {file}: {error.strerror}",
            f"names are relative to {place}; check name and permissions",
        ) from None
    if len(data) > MAX_FILE:
        raise Mistake(f"{file} has more than {MAX_FILE} bytes", "name a smaller file")
    return data


def read_content(raw: object) -> bytes:
    """Relative to the world file."""
    return _read(raw, None)


def read_credential(raw: object) -> bytes:
    """Relative to `pki:`, whatever it holds."""
    return _read(raw, _pki.get())


def read_certificates(raw: object) -> bytes:
    from cryptography import x509

    data = read_credential(raw)
    try:
        x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise Mistake(
            f"{text_of(raw)} holds no certificate in PEM form ({error})",
            "it must begin with -----BEGIN CERTIFICATE-----; "
            "from DER: openssl x509 -inform der -in FILE -out FILE.pem",
        ) from None
    return clean_pem(data)


def read_key(raw: object) -> bytes:
    from cryptography.hazmat.primitives import serialization

    data = read_credential(raw)
    try:
        serialization.load_pem_private_key(data, None)
    except (ValueError, TypeError) as error:
        raise Mistake(
            f"{text_of(raw)} holds no private key in PEM form without a password ({error})",
            "it must begin with -----BEGIN … PRIVATE KEY-----; "
            "from an encrypted one: openssl pkey -in FILE -out FILE.plain",
        ) from None
    return clean_pem(data)


def check_pair(key: bytes, certificate: bytes) -> Iterator[Mistake]:
    """Whether a certificate was made for a key, both PEM, of the keys `certificate` and `key`."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    own = x509.load_pem_x509_certificates(certificate)[0].public_key().public_bytes(*form)
    private = serialization.load_pem_private_key(key, None)
    if private.public_key().public_bytes(*form) != own:
        yield Mistake(
            "this is not the key of the certificate beside it",
            "name the key that the certificate was made for",
            path=("key",),
            concerns=["certificate", "key"],
        )


Content = Annotated[bytes, ValueRule(FILE.description, read_content)]
Certificates = Annotated[bytes, ValueRule(FILE.description, read_certificates)]
PrivateKey = Annotated[bytes, ValueRule(FILE.description, read_key)]
