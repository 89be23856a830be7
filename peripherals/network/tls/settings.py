"""What a radio that offloads TLS asks of a TLS client, and what it learns from it."""

from __future__ import annotations

from dataclasses import field
from enum import Enum

from renode_wifi.peripherals.base.late import late_dataclass


class TlsProblem(Enum):
    """What a handshake or a verification ended in."""

    UNKNOWN_ROOT = "no trusted root signs the peer's chain"
    EXPIRED = "a certificate is past its end date"
    NOT_YET_VALID = "a certificate is before its start date"
    NAME_MISMATCH = "the certificate is for another name"
    BAD_CERTIFICATE = "the chain is broken"
    NO_COMMON_CIPHER = "no cipher or version in common"
    PEER_ALERT = "the peer sent a fatal alert"
    PEER_CLOSED = "the peer closed during the handshake"
    BAD_CREDENTIAL = "own certificate or key cannot be used"
    PROTOCOL = "the peer does not speak TLS"


class ClientCertificate(Enum):
    """What a server wants of its clients."""

    NONE = "none"
    OPTIONAL = "optional"
    """Asked for; verified when one comes."""
    REQUIRED = "required"
    """Demanded and verified against `ca`."""
    ANY = "any"
    """Demanded, whoever signed it."""


@late_dataclass(frozen=True)
class TlsVerdict:
    """How a handshake went. problem None: verified and secure."""

    problem: TlsProblem | None = None
    alert: int | None = None
    """Number of the alert received or sent (RFC 5246 section 7.2), where there was one."""
    detail: str = ""
    version: str = ""
    cipher: str = ""
    credential: str = ""
    """With BAD_CREDENTIAL, which of the radio's own it is: "ca", "certificate" or "key"."""


@late_dataclass(frozen=True)
class TlsSettings:
    """What the radio wants of a connection. PEM or DER bytes; None: not given."""

    ca: bytes | None = None
    certificate: bytes | None = None
    key: bytes | None = None
    server_name: str | None = None
    """SNI; also checked against the certificate when `check_name`."""
    check_name: bool = False
    verify: bool = True
    continue_unverified: bool = False
    """Complete the handshake even when verification fails, and report it in the verdict."""
    minimum_version: str = "TLSv1.2"
    maximum_version: str = "TLSv1.2"
    ciphers: str = "DEFAULT"
    """OpenSSL cipher list."""
    alpn: tuple[str, ...] = field(default_factory=tuple)
    when: int | None = None
    """Unix time for validity dates; None: do not check dates."""
    server: bool = False
    """Answer a handshake instead of starting one; with a `ca`, the client must be known to it."""


def is_pem(data: bytes) -> bool:
    return b"-----BEGIN" in data


def clean_pem(data: bytes) -> bytes:
    """PEM as drivers store it, without the trailing NUL that C strings have."""
    return data.rstrip(b"\0").strip() + b"\n"


def load_certificates(data: bytes) -> list[bytes]:
    """The certificates in PEM or DER bytes, as DER."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    if not data:
        return []
    if not is_pem(data):
        return [data]
    return [
        certificate.public_bytes(Encoding.DER)
        for certificate in x509.load_pem_x509_certificates(clean_pem(data))
    ]
