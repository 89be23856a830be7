"""Keys and certificates that follow from a seed, byte for byte (X.509, RFC 5280).

It imports `cryptography`, which takes long, and is imported when the first certificate is made.
"""

from __future__ import annotations

import datetime
from functools import lru_cache
from ipaddress import IPv4Address
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from renode_wifi.peripherals.network.tls.modexp import modexp
from renode_wifi.peripherals.network.tls.openssl import SeededBytes

START = datetime.datetime(2016, 1, 1)
"""Early enough for boards whose clock starts in January 2017."""
END = datetime.datetime(2049, 12, 31)
PERIODS = {
    "expired": (START, datetime.datetime(2016, 12, 31)),
    "not-yet-valid": (datetime.datetime(2049, 1, 1), END),
}
REVOCATIONS = "http://revocations.invalid/list.crl"
"""Where a revoked certificate says that its root lists it; nobody asks."""

RSA_BITS = 2_048
RSA_EXPONENT = 65_537
SIEVE_WINDOW = 2_048
"""Odd numbers; a prime of 1024 bits comes after 355 of them on average."""
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""SEC 2 section 2.4.2."""

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def make_key(kind: str, seed: str) -> Key:
    """The private key that follows from `seed`: "ec" (P-256) or "rsa" (2048 bits)."""
    stream = SeededBytes(f"{seed}/{kind}".encode())
    if kind == "ec":
        value = int.from_bytes(stream.take(40), "big") % (P256_ORDER - 1) + 1
        return ec.derive_private_key(value, ec.SECP256R1())
    p, q = _prime(stream, RSA_BITS // 2), _prime(stream, RSA_BITS // 2)
    d = pow(RSA_EXPONENT, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p,
        q,
        d,
        d % (p - 1),
        d % (q - 1),
        rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(RSA_EXPONENT, p * q),
    )
    return numbers.private_key()


@lru_cache(maxsize=64)
def _key(kind: str, seed: str) -> Key:
    return make_key(kind, seed)


@lru_cache(maxsize=1)
def _small_primes() -> list[int]:
    """Those of less than 16 bits, without 2."""
    limit = 1 << 16
    sieve = bytearray([1]) * limit
    for number in range(2, int(limit**0.5) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, limit, number)))
    return [number for number in range(3, limit) if sieve[number]]


def _prime(stream: SeededBytes, bits: int) -> int:
    """A probable prime with its two top bits set (FIPS 186-5 appendix A.1.3, Fermat to bases)."""
    start = int.from_bytes(stream.take(bits // 8), "big") | 3 << (bits - 2) | 1
    while True:
        for offset in _without_small_factors(start):
            candidate = start + offset
            if candidate % RSA_EXPONENT != 1 and all(
                _passes_miller_rabin(candidate, base) for base in (2, 3, 5, 7, 11)
            ):
                return candidate
        start += 2 * SIEVE_WINDOW


def _without_small_factors(start: int) -> list[int]:
    """Even offsets, below twice the window, of numbers that no small prime divides. start: odd."""
    fits = bytearray([1]) * SIEVE_WINDOW
    for prime in _small_primes():
        missing = -start % prime
        first = (missing + prime if missing & 1 else missing) // 2
        if first < SIEVE_WINDOW:
            fits[first::prime] = bytes(len(range(first, SIEVE_WINDOW, prime)))
    return [2 * index for index, fit in enumerate(fits) if fit]


def _passes_miller_rabin(number: int, base: int) -> bool:
    shift = ((number - 1) & -(number - 1)).bit_length() - 1
    value = modexp(base, (number - 1) >> shift, number)
    if value in (1, number - 1):
        return True
    for _ in range(shift - 1):
        value = value * value % number
        if value == number - 1:
            return True
    return False


def root(seed: str) -> bytes:
    """The root certificate of an authority, PEM."""
    return _root(seed).public_bytes(serialization.Encoding.PEM)


@lru_cache(maxsize=64)
def _root(seed: str) -> x509.Certificate:
    key = _key("ec", f"{seed}/root")
    # Two roots of one name would make "unknown root" look like "broken signature".
    name = _name(f"renode-wifi throw-away root {SeededBytes(seed.encode()).take(4).hex()}")
    builder = (
        _builder(name, name, key, SeededBytes(f"{seed}/root".encode()))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(authority=True), critical=True)
    )
    return _sign(builder, key)


@lru_cache(maxsize=256)
def issue(
    seed: str, use: str, kind: str, names: tuple[str, ...], flaw: str = ""
) -> tuple[bytes, bytes]:
    """A certificate that the authority signs, and its key, PEM. use: "server" or "client".

    flaw: see `Authority.server`.
    """
    identity = f"{seed}/{use}/{'/'.join(names)}"
    key = _key(kind, identity)
    issuer = _root(seed)
    builder = (
        _builder(
            _name(names[0]),
            issuer.subject,
            key,
            SeededBytes(f"{identity}/{kind}".encode()),
            PERIODS.get(flaw, (START, END)),
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
    )
    if use == "server":
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
        )
    if flaw == "revoked":
        builder = builder.add_extension(_revocations(), critical=False)
    certificate = _sign(builder, _key("ec", f"{seed}/root"))
    return certificate.public_bytes(serialization.Encoding.PEM), key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def load(data: bytes) -> list[x509.Certificate]:
    """Certificates of a file, PEM or DER; none where it holds none."""
    try:
        if b"-----BEGIN" in data:
            return x509.load_pem_x509_certificates(data)
        return [x509.load_der_x509_certificate(data)]
    except ValueError:
        return []


def holds(roots: bytes, certificate: bytes) -> bool:
    """Whether a certificate is among `roots`; both PEM or DER."""
    return any(known in load(roots) for known in load(certificate))


def is_signed_by(certificate: bytes, root: bytes) -> bool:
    """Whether the first certificate of a file is signed by `root`."""
    for shown in load(certificate)[:1]:
        for issuer in load(root):
            try:
                shown.verify_directly_issued_by(issuer)
            except (ValueError, TypeError, InvalidSignature):
                continue
            return True
    return False


def has_expired(certificate: bytes, date: datetime.datetime) -> bool:
    """Whether one of a file's certificates is not valid any more, or not yet, at `date` (UTC)."""
    return any(
        not known.not_valid_before_utc <= date <= known.not_valid_after_utc
        for known in load(certificate)
    )


def _revocations() -> x509.CRLDistributionPoints:
    place = x509.UniformResourceIdentifier(REVOCATIONS)
    return x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: Key,
    stream: SeededBytes,
    period: tuple[datetime.datetime, datetime.datetime] = (START, END),
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=int.from_bytes(stream.take(15), "big") | 1,
        not_valid_before=period[0],
        not_valid_after=period[1],
    )


def _sign(builder: x509.CertificateBuilder, key: Any) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common[:64])])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(IPv4Address(name))
    except ValueError:
        return x509.DNSName(name)
