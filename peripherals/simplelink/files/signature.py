"""The signature of a secure file, which is checked when the file is closed.

RSA with SHA-1 over the whole file, by a certificate in the file system whose chain ends at a root
of the certificate catalogue (SWRU455, "Close an Opened (for Write) File"; fs.h, sl_FsClose). The
certificates above the signer's are files named after their subject, in the root folder (SWPU332,
"Installing the Certificates"), or follow it in its own PEM file. Dates aren't checked: the
processor has no clock before the host sets it. That a missing certificate is reported as such, and
one without a valid copy as not closed, is what the silicon does (e2e.ti.com, threads 787108 and
982731).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, HashAlgorithm

from renode_wifi.peripherals.network.tls.settings import load_certificates
from renode_wifi.peripherals.simplelink.files.catalogue import Catalogue, common_name
from renode_wifi.peripherals.simplelink.files.store import StoredFile
from renode_wifi.peripherals.simplelink.opcodes import Error

MAX_CHAIN = 8


class _Refused(Exception):
    """With an error of the API, and what a person could do something about."""

    def __init__(self, error: Error, why: str = "") -> None:
        super().__init__(error, why)
        self.error, self.why = error, why


def check_signature(
    files: Mapping[str, StoredFile],
    catalogue: Catalogue | None,
    certificate: str,
    signature: bytes,
    image: bytes,
    explain: Callable[[str], object] = str,
) -> int:
    """0, or why `image` isn't accepted. catalogue: None: any root will do. explain: called with
    what is missing, where that is the reason."""
    if not certificate or not signature:
        return Error.FS_SIGNATURE_LENGTH
    try:
        chain = _read(files, certificate)
        _check_chain(files, catalogue, chain)
        key = _key(chain[0])
        if len(signature) != (key.key_size + 7) // 8:
            return Error.FS_SIGNATURE_LENGTH
        _verify(key, signature, image, SHA1(), Error.FS_WRONG_SIGNATURE)
    except _Refused as refused:
        if refused.why:
            explain(refused.why)
        return int(refused.error)
    except (TypeError, ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        # Certificates are parsed as they are looked into.
        return Error.FS_CERTIFICATE_CHAIN
    return 0


def _read(files: Mapping[str, StoredFile], name: str) -> list[x509.Certificate]:
    file = files.get(name) or files.get(name.lstrip("/"))
    if file is None:
        raise _Refused(Error.FS_NOT_THERE, f"the file system has no certificate {name!r}")
    if file.content is None:
        raise _Refused(Error.FS_NOT_CLOSED, f"certificate {name!r} was never closed")
    found = [x509.load_der_x509_certificate(der) for der in load_certificates(file.content)]
    if not found:
        raise _Refused(Error.FS_CERTIFICATE_CHAIN)
    return found


def _check_chain(
    files: Mapping[str, StoredFile],
    catalogue: Catalogue | None,
    chain: list[x509.Certificate],
) -> None:
    certificate, above = chain[0], chain[1:]
    for _ in range(MAX_CHAIN):
        if catalogue is not None and catalogue.revokes(certificate):
            raise _Refused(Error.FS_REVOKED)
        own = certificate.issuer == certificate.subject
        if own:
            issuer = certificate
        elif above:
            issuer = above.pop(0)
        else:
            issuer = _read(files, common_name(certificate.issuer))[0]
        if issuer.subject != certificate.issuer:
            raise _Refused(Error.FS_CERTIFICATE_CHAIN)
        _verify(
            _key(issuer),
            certificate.signature,
            certificate.tbs_certificate_bytes,
            certificate.signature_hash_algorithm,
            Error.FS_CERTIFICATE_CHAIN,
        )
        if own:
            if catalogue is not None and not catalogue.knows(certificate):
                root = common_name(certificate.subject)
                raise _Refused(Error.FS_UNKNOWN_ROOT, f"the catalogue has no root {root!r}")
            return
        certificate = issuer
    raise _Refused(Error.FS_CERTIFICATE_CHAIN)


def _key(certificate: x509.Certificate) -> rsa.RSAPublicKey:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise _Refused(Error.FS_CERTIFICATE_CHAIN)
    return key


def _verify(
    key: rsa.RSAPublicKey, signature: bytes, data: bytes, digest: HashAlgorithm | None, error: Error
) -> None:
    if digest is None:
        raise ValueError("signed without a digest")
    try:
        key.verify(signature, data, padding.PKCS1v15(), digest)
    except InvalidSignature:
        raise _Refused(error) from None
