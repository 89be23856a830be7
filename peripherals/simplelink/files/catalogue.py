"""TI's trusted root-certificate catalogue: roots that are known, certificates that were revoked.

SWRU455, "Trusted Root-Certificate Catalog". On a board it is `/sys/certstore.lst`, whose layout was
found in the catalogues of TI's SDKs 3.30 and 6.10: two times of 64 bits, 32 bytes of 0, then the
count of roots with the beginnings (16 bits) of up to 128 digests, the count of revoked certificates
with those of up to 64, then the SHA-256 digests of the certificates (DER) themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.profile import NwpProfile

if TYPE_CHECKING:
    # Slow to import, and few runs need it.
    from cryptography import x509

NAME = "/sys/certstore.lst"
HEAD, WORD, PREFIX = 48, 4, 2
"""Bytes of the times and what follows them, of a count, and of a digest's beginning."""
MAX_ROOTS, MAX_REVOKED = 128, 64
DIGEST = 32
REVOKED = HEAD + WORD + MAX_ROOTS * PREFIX
SIZE = REVOKED + WORD + MAX_REVOKED * PREFIX
"""Where the count of revoked certificates is, and the digests."""
MAX_CHAIN = 10


@late_dataclass(frozen=True)
class Catalogue:
    """roots, revoked: digests of certificates. names: of further roots, by their common names."""

    names: Collection[str] = ()
    roots: Collection[bytes] = ()
    revoked: Collection[bytes] = ()

    def knows(self, root: x509.Certificate) -> bool:
        return common_name(root.subject) in self.names or digest(root) in self.roots

    def revokes(self, certificate: x509.Certificate) -> bool:
        return digest(certificate) in self.revoked


def parse(data: bytes) -> Catalogue:
    """Raises ValueError for what is no catalogue."""
    if len(data) < SIZE:
        raise ValueError("too short")
    roots = int.from_bytes(data[HEAD:][:WORD], "little")
    revoked = int.from_bytes(data[REVOKED:][:WORD], "little")
    if roots > MAX_ROOTS or revoked > MAX_REVOKED:
        raise ValueError(f"{roots} roots and {revoked} revoked certificates")
    body = data[SIZE:]
    if len(body) < (roots + revoked) * DIGEST:
        raise ValueError("truncated")
    digests = [body[at : at + DIGEST] for at in range(0, (roots + revoked) * DIGEST, DIGEST)]
    return Catalogue((), frozenset(digests[:roots]), frozenset(digests[roots:]))


def emit(roots: Collection[bytes], revoked: Collection[bytes] = ()) -> bytes:
    """The same the other way round, from digests."""

    def table(digests: Collection[bytes], size: int) -> bytes:
        prefixes = b"".join(each[:PREFIX] for each in digests)
        return len(digests).to_bytes(WORD, "little") + prefixes.ljust(size * PREFIX, b"\0")

    tables = bytes(HEAD) + table(roots, MAX_ROOTS) + table(revoked, MAX_REVOKED)
    return tables + b"".join((*roots, *revoked))


def climb(chain: Sequence[bytes], above: Sequence[bytes]) -> list[x509.Certificate]:
    """A certificate and those above it, of its chain and of a file (DER). Raises ValueError."""
    from cryptography import x509

    certificate, *others = map(x509.load_der_x509_certificate, (*chain, *above))
    path = [certificate]
    while certificate.issuer != certificate.subject and len(path) < MAX_CHAIN:
        issuer = next((each for each in others if each.subject == certificate.issuer), None)
        if issuer is None:
            break
        path.append(certificate := issuer)
    return path


def digest(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()


def common_name(subject: x509.Name) -> str:
    from cryptography.x509 import NameOID

    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def installed(
    content: Callable[[str], bytes | None], profile: NwpProfile, warn: Callable[[str], None]
) -> Catalogue | None:
    """What is in place: the file's, and what the profile's settings add; None: there is none."""
    if not profile.certificate_store:
        return None
    names = [name for name in profile.known_roots.split(",") if name]
    given = profile.revoked_certificates.replace(":", "").split(",")
    revoked = {bytes.fromhex(each) for each in given if each}
    data = content(NAME)
    if data is None:
        return Catalogue(names, (), revoked)
    try:
        file = parse(data)
    except ValueError as error:
        warn(f"{NAME} is no certificate catalogue: {error}")
        return Catalogue(names, (), revoked)
    return Catalogue(names, file.roots, {*file.revoked, *revoked})
