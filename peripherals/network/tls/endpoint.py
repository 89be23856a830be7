"""One end of a TLS connection without I/O: bytes in, bytes out, on the `ssl` of the host's Python.

An endpoint draws its random numbers from a seed of its own and keeps a record of what it was given,
so that it can be saved at any moment: a saved endpoint is its settings, its seed and that record,
and is built anew from them when it is next used. The record is bounded (`MAX_RECORDED`), and an
endpoint that talks to the world outside has no seed; neither can go on after a restore.

Contexts aren't shared and tickets are off, because sessions and blinding values kept in a context
would make one connection's bytes depend on another's.
"""

from __future__ import annotations

import os
import ssl
import warnings
from contextlib import AbstractContextManager, nullcontext, suppress
from enum import Enum
from typing import Any

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.tls.openssl import (
    SeededBytes,
    accept_any_certificate,
    deterministic_tls_problem,
    file_of,
    judge_certificates_at,
    no_password,
    random_from,
)
from renode_wifi.peripherals.network.tls.openssl_errors import verdict_of
from renode_wifi.peripherals.network.tls.settings import (
    ClientCertificate,
    TlsProblem,
    TlsVerdict,
    clean_pem,
    is_pem,
)

READ_SIZE = 16_384
"""Largest TLS record payload, RFC 5246 section 6.2.1."""

KEY_MISMATCHES = ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED")
"""The last one: a key of another type than the certificate's."""

VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


MAX_RECORDED = 33_554_432
"""Bytes that are recorded; a connection that exchanged more has broken after a restore."""
RECORD_OVERHEAD = 128
"""Bytes of memory that an entry of the record takes beside its data, about."""

KEY_LOG = "SSLKEYLOGFILE"
"""Variable of the environment: the file to which keys are appended, in the form of NSS."""

LIVE = ("_object", "_incoming_bio", "_outgoing_bio", "_stream", "_context")
"""Attributes that can't be saved."""


@late_dataclass(frozen=True)
class EndpointSettings:
    """PEM or DER bytes for the credentials. A server needs certificate and key."""

    server: bool
    ca: bytes | None = None
    certificate: bytes | None = None
    key: bytes | None = None
    client_certificate: ClientCertificate = ClientCertificate.NONE
    verify: bool = True
    server_name: str | None = None
    check_name: bool = False
    minimum_version: str = "TLSv1.2"
    maximum_version: str = "TLSv1.3"
    ciphers: str = "DEFAULT"
    alpn: tuple[str, ...] = ()
    when: int | None = None


class BadCredential(Exception):
    """A certificate or key that OpenSSL doesn't take; `which` is "ca", "certificate" or "key"."""

    def __init__(self, which: str, detail: str) -> None:
        super().__init__(detail)
        self.which = which


class TlsState(Enum):
    HANDSHAKE = "handshake"
    OPEN = "open"
    CLOSED = "closed"
    """The peer said close_notify or ended the stream."""
    FAILED = "failed"


class TlsEndpoint:
    """`feed` what the peer sent, `write` plaintext; take `outgoing` and `plaintext` away."""

    def __init__(self, settings: EndpointSettings, seed: bytes | None) -> None:
        self.settings = settings
        self.seed = seed
        self.state = TlsState.HANDSHAKE
        self.verdict: TlsVerdict | None = None
        """Set when the handshake ended, and again when an open connection breaks."""
        self.outgoing = bytearray()
        self.plaintext = bytearray()
        self.peer_chain: list[bytes] = []
        """DER, the peer's own certificate first."""
        self.alpn: str | None = None
        self.requested_name: str | None = None
        """Server: the name the client asked for (SNI)."""
        self._record: list[tuple[str, bytes]] = []
        self._recorded = 0
        self._discarded = False
        self._build()

    # What the owner does

    def feed(self, data: bytes) -> None:
        """Bytes from the peer."""
        self._apply("feed", data)

    def feed_end(self) -> None:
        """The peer's stream ended."""
        self._apply("end", b"")

    def write(self, data: bytes) -> None:
        """Encrypt `data`; only while `OPEN` (or `CLOSED` by the peer alone)."""
        self._apply("write", data)

    def close(self) -> None:
        """Say close_notify."""
        self._apply("close", b"")

    def take_outgoing(self) -> bytes:
        data = bytes(self.outgoing)
        self.outgoing.clear()
        return data

    def take_plaintext(self, limit: int | None = None) -> bytes:
        if limit is None:
            limit = len(self.plaintext)
        data = bytes(self.plaintext[:limit])
        del self.plaintext[:limit]
        return data

    def discard(self) -> None:
        """The connection is over: nothing that was exchanged is needed any more."""
        self._record.clear()
        self._discarded = True
        for name in LIVE:
            self.__dict__.pop(name, None)

    # Saving

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        for name in LIVE:
            state.pop(name, None)
        return state

    def _alive(self) -> None:
        """Build the live object anew after a restore, by doing all that was done."""
        if hasattr(self, "_object"):
            return
        if self.seed is None or self._recorded > MAX_RECORDED:
            self.state = TlsState.FAILED
            self.discard()
            return
        problem = deterministic_tls_problem()
        if problem:
            raise RenodeWifiError(
                f"a TLS connection cannot be restored: {problem}",
                cure="use a Python whose ssl module loads OpenSSL as a shared library",
            )
        keep = {name: getattr(self, name) for name in ("state", "verdict", "outgoing", "plaintext")}
        keep["peer_chain"] = self.peer_chain
        self.outgoing, self.plaintext = bytearray(), bytearray()
        self.state, self.verdict = TlsState.HANDSHAKE, None
        self._build()
        for operation, data in self._record:
            self._do(operation, data)
        self.__dict__.update(keep)

    def _apply(self, operation: str, data: bytes) -> None:
        if self._discarded:
            return
        self._alive()
        if self._discarded:
            return
        if self.seed is not None and self._recorded <= MAX_RECORDED:
            self._recorded += len(data) + RECORD_OVERHEAD
            self._record.append((operation, data))
            if self._recorded > MAX_RECORDED:
                self._record.clear()
        self._do(operation, data)

    # The protocol

    def _do(self, operation: str, data: bytes) -> None:
        if self.state is TlsState.FAILED:
            return
        with self._random():
            if operation == "feed":
                self._incoming_bio.write(data)
                self._advance()
            elif operation == "end":
                self._incoming_bio.write_eof()
                self._advance()
            else:
                # After a broken end OpenSSL takes nothing more, and `unwrap` wants to wait for the
                # peer's close_notify when its own has been written: neither is news.
                with suppress(ssl.SSLError):
                    if operation == "write":
                        self._object.write(data)
                    else:
                        self._object.unwrap()
        self.outgoing += self._outgoing_bio.read()

    def _build(self) -> None:
        self._stream = None if self.seed is None else SeededBytes(self.seed)
        self._incoming_bio = ssl.MemoryBIO()
        self._outgoing_bio = ssl.MemoryBIO()
        with self._random():
            self._context = make_context(self.settings)
            if self.settings.server:
                self._context.sni_callback = self._remember_name
            self._object = self._context.wrap_bio(
                self._incoming_bio,
                self._outgoing_bio,
                server_side=self.settings.server,
                server_hostname=None if self.settings.server else self.settings.server_name,
            )
            if not self.settings.server:
                self._advance()
        self.outgoing += self._outgoing_bio.read()

    def _random(self) -> AbstractContextManager[None]:
        return nullcontext() if self._stream is None else random_from(self._stream)

    def _remember_name(self, endpoint: Any, name: str | None, context: Any) -> None:
        self.requested_name = name

    def _advance(self) -> None:
        """Go on as far as the bytes at hand allow."""
        try:
            if self.state is TlsState.HANDSHAKE:
                self._object.do_handshake()
                self._note_success()
            while self.state is TlsState.OPEN:
                data = self._object.read(READ_SIZE)
                if not data:
                    self.state = TlsState.CLOSED
                self.plaintext += data
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            self._ended()
        except ssl.SSLError as error:
            self._fail(error)

    def _note_success(self) -> None:
        self.state = TlsState.OPEN
        cipher = self._object.cipher()
        self.verdict = TlsVerdict(
            version=self._object.version() or "", cipher=cipher[0] if cipher else ""
        )
        self.alpn = self._object.selected_alpn_protocol()
        self.peer_chain = _peer_chain(self._object)

    def _ended(self) -> None:
        if self.state is TlsState.HANDSHAKE:
            self.state = TlsState.FAILED
            self.verdict = TlsVerdict(TlsProblem.PEER_CLOSED, detail=TlsProblem.PEER_CLOSED.value)
        else:
            self.state = TlsState.CLOSED

    def _fail(self, error: ssl.SSLError) -> None:
        self.state = TlsState.FAILED
        self.outgoing += self._outgoing_bio.read()
        self.verdict = verdict_of(error, bytes(self.outgoing))


def _peer_chain(endpoint: ssl.SSLObject) -> list[bytes]:
    chain = getattr(endpoint, "get_unverified_chain", None)
    if chain is not None:  # Python 3.13
        return [bytes(certificate) for certificate in chain() or ()]
    inner = endpoint._sslobj  # type: ignore[attr-defined]
    return [
        ssl.PEM_cert_to_DER_cert(certificate.public_bytes())
        for certificate in inner.get_unverified_chain() or ()
        if certificate is not None  # a server's chain begins so when the client sent none
    ]


# Contexts


def make_context(settings: EndpointSettings) -> ssl.SSLContext:
    """An `ssl` context of its own for one endpoint. Raises BadCredential."""
    context = ssl.SSLContext(
        ssl.PROTOCOL_TLS_SERVER if settings.server else ssl.PROTOCOL_TLS_CLIENT
    )
    if os.environ.get(KEY_LOG):
        _log_keys(context, os.environ[KEY_LOG])
    # Embedded peers use certificates and versions that OpenSSL's higher levels refuse; the level
    # must be set before certificates are loaded, because loading applies it.
    suites = (
        settings.ciphers if "@SECLEVEL" in settings.ciphers else settings.ciphers + (":@SECLEVEL=0")
    )
    context.set_ciphers(suites)
    with warnings.catch_warnings():
        # Old versions are asked for because the board's silicon has them.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = VERSIONS[settings.minimum_version]
        context.maximum_version = VERSIONS[settings.maximum_version]
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION
    context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
    if settings.alpn:
        context.set_alpn_protocols(list(settings.alpn))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_TRUSTED_FIRST
    judge_certificates_at(context, settings.when)
    if settings.ca is not None:
        _load_ca(context, settings.ca)
    if settings.server:
        context.num_tickets = 0
        wanted = settings.client_certificate
        if wanted is ClientCertificate.OPTIONAL:
            context.verify_mode = ssl.CERT_OPTIONAL
        elif wanted is ClientCertificate.REQUIRED:
            context.verify_mode = ssl.CERT_REQUIRED
        elif wanted is ClientCertificate.ANY:
            accept_any_certificate(context)
    else:
        context.check_hostname = settings.verify and settings.check_name
        context.verify_mode = ssl.CERT_REQUIRED if settings.verify else ssl.CERT_NONE
    if settings.certificate is not None and settings.key is not None:
        _load_pair(context, settings.certificate, settings.key)
    return context


def _log_keys(context: ssl.SSLContext, path: str) -> None:
    try:
        context.keylog_filename = path
    except OSError as error:
        raise RenodeWifiError(
            f"TLS keys cannot be written: {error.strerror}",
            where=path,
            cure=f"correct or unset the environment's {KEY_LOG}",
        ) from error


def _load_ca(context: ssl.SSLContext, data: bytes) -> None:
    try:
        if is_pem(data):
            context.load_verify_locations(cadata=clean_pem(data).decode("ascii"))
        else:
            context.load_verify_locations(cadata=data)
    except (ssl.SSLError, ValueError) as error:
        raise BadCredential("ca", f"the CA certificate cannot be read: {error}") from None


def _load_pair(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    from cryptography import x509

    try:
        if is_pem(certificate):
            certificate = clean_pem(certificate)
        else:
            certificate = ssl.DER_cert_to_PEM_cert(certificate).encode()
        x509.load_pem_x509_certificate(certificate)
    except ValueError as error:
        raise BadCredential("certificate", f"the certificate cannot be read: {error}") from None
    try:
        pem = clean_pem(key) if is_pem(key) else _pem_key(key)
        with file_of(certificate + pem) as name:
            context.load_cert_chain(name, password=no_password)
    except (ssl.SSLError, ValueError, TypeError) as error:
        mismatch = getattr(error, "reason", None) in KEY_MISMATCHES
        text = "the key does not fit the certificate" if mismatch else "the key cannot be read"
        raise BadCredential("key", f"{text}: {error}") from None


def _pem_key(der: bytes) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return serialization.load_der_private_key(der, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
