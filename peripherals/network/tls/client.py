"""TLS as a radio offloads it: one end on top of a connected stream, itself a stream."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from ipaddress import IPv4Address, ip_address
from typing import Protocol

from renode_wifi.peripherals.base.clock import Clock
from renode_wifi.peripherals.network.contract.stream import Failure, Stream, StreamEvents
from renode_wifi.peripherals.network.tls.endpoint import (
    BadCredential,
    EndpointSettings,
    TlsEndpoint,
    TlsState,
)
from renode_wifi.peripherals.network.tls.openssl import X509_V_FLAG_NO_CHECK_TIME
from renode_wifi.peripherals.network.tls.openssl_errors import VERIFY_PROBLEMS
from renode_wifi.peripherals.network.tls.settings import (
    ClientCertificate,
    TlsProblem,
    TlsSettings,
    TlsVerdict,
    load_certificates,
)

SEND_WINDOW = 4_096
"""Ciphertext bytes that may wait for room in the stream below before `send` takes no more."""
ANSWER_WINDOW = 65_536
"""Ciphertext bytes that may wait in the same way before nothing more is read. `send` doesn't get so
far: a peer does that demands answers (renegotiation, new keys) and reads none of them."""
RECEIVE_WINDOW = 262_144
"""Plaintext bytes that may wait for the owner before nothing more is read from the stream below."""


class TlsEvents(StreamEvents, Protocol):
    """What the owner of a `TlsStream` is notified of, beside the events of a stream."""

    def on_handshake(self, stream: TlsStream, verdict: TlsVerdict) -> None:
        """Once. With a problem (and without `continue_unverified`) the connection is gone."""


class TlsStream:
    """A `Stream` of plaintext. The handshake starts at once; `events` is notified of its end.

    stream: connected; its events are taken over. random: the seed of this connection's secrets. A
    peer outside the world gets secrets of the host's own random source instead: the seed is known.
    """

    def __init__(
        self,
        stream: Stream,
        settings: TlsSettings,
        events: TlsEvents,
        clock: Clock,
        random: random.Random,
    ) -> None:
        self.stream = stream
        self.settings = settings
        self.events: StreamEvents = events
        self.clock = clock
        self.local = stream.local
        self.remote = stream.remote
        self.hermetic = stream.hermetic
        self.verdict: TlsVerdict | None = None
        self._endpoint: TlsEndpoint | None = None
        self._waiting = bytearray()
        self._wants_room = False
        self._over = False
        self._ending = ""
        """How the owner has ended it, while the stream below has no room for all yet."""
        self._notified_closed = False
        self._owner: TlsEvents = events
        stream.events = self
        # Sources that start anew for each connection must not give two of them the same secrets.
        here = f"{random.getrandbits(256):x}/{stream.local}/{stream.remote}/{clock.now}"
        seed = hashlib.sha256(here.encode()).digest() if stream.hermetic else None
        try:
            self._endpoint = TlsEndpoint(
                EndpointSettings(
                    server=settings.server,
                    ca=settings.ca,
                    certificate=settings.certificate,
                    key=settings.key,
                    client_certificate=(
                        ClientCertificate.REQUIRED
                        if settings.server and settings.ca is not None and settings.verify
                        else ClientCertificate.NONE
                    ),
                    verify=settings.verify and not settings.continue_unverified,
                    server_name=settings.server_name or None,
                    check_name=settings.check_name and bool(settings.server_name),
                    minimum_version=settings.minimum_version,
                    maximum_version=settings.maximum_version,
                    ciphers=settings.ciphers,
                    alpn=settings.alpn,
                    when=settings.when,
                ),
                seed,
            )
        except BadCredential as error:
            self._fail_later(TlsProblem.BAD_CREDENTIAL, str(error), error.which)
        except ValueError as error:
            self._fail_later(TlsProblem.BAD_CREDENTIAL, str(error), "")
        except OSError as error:
            # `ssl` refuses a cipher list of which it knows nothing when the context is made.
            self._fail_later(TlsProblem.NO_COMMON_CIPHER, str(error), "")
        else:
            self._flush()
            if stream.available:
                clock.schedule(0, partial(self.on_data, stream))

    def _fail_later(self, problem: TlsProblem, detail: str, which: str) -> None:
        self.clock.schedule(
            0, partial(self._fail, TlsVerdict(problem, detail=detail, credential=which))
        )

    # Stream, upward

    @property
    def secure(self) -> bool:
        """The handshake ended well enough for data to flow."""
        return self._endpoint is not None and self._endpoint.state in (
            TlsState.OPEN,
            TlsState.CLOSED,
        )

    @property
    def peer_chain(self) -> list[bytes]:
        """The peer's certificates, DER, its own first; none before the handshake's end."""
        return [] if self._endpoint is None else self._endpoint.peer_chain

    @property
    def alpn(self) -> str | None:
        """The protocol that the server chose."""
        return None if self._endpoint is None else self._endpoint.alpn

    @property
    def open(self) -> bool:
        return (
            not self._over
            and self._endpoint is not None
            and self._endpoint.state is TlsState.OPEN
            and self.stream.open
        )

    @property
    def available(self) -> int:
        return 0 if self._endpoint is None or not self.verdict else len(self._endpoint.plaintext)

    def send(self, data: bytes) -> int:
        if self._over or not self.secure or self._endpoint is None:
            return 0
        sent = 0
        # Until the stream below is full: what it took at once is followed by no notification.
        while sent < len(data) and (room := SEND_WINDOW - len(self._waiting)) > 0:
            self._endpoint.write(data[sent : sent + room])
            sent += min(room, len(data) - sent)
            self._flush()
        self._wants_room = sent < len(data)
        return sent

    def receive(self, limit: int) -> bytes:
        if self._endpoint is None or not self.verdict:
            return b""
        data = self._endpoint.take_plaintext(limit)
        if self.stream.available and not self._endpoint.plaintext:
            self._pull()
        return data

    def peek(self, limit: int) -> bytes:
        if self._endpoint is None or not self.verdict:
            return b""
        return bytes(self._endpoint.plaintext[:limit])

    def set_receive_window(self, size: int) -> None:
        self.stream.set_receive_window(size)

    def probe(self) -> None:
        self.stream.probe()

    def shutdown(self) -> None:
        if self.secure and self._endpoint is not None and not self._over:
            self._endpoint.close()
            self._flush()
        self._end("shutdown")

    def close(self) -> None:
        if not self._over:
            self._over = True
            if self.secure and self._endpoint is not None:
                self._endpoint.close()
                self._flush()
            self._end("close")

    def abort(self) -> None:
        if not self._over or self._ending:
            self._over, self._ending = True, ""
            self.stream.abort()

    # StreamEvents, from below

    def on_connected(self, stream: Stream) -> None:
        raise AssertionError("TLS starts on a connected stream")

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None:
        raise AssertionError("TLS starts on a connected stream")

    def on_data(self, stream: Stream) -> None:
        if not self._over and self._endpoint is not None:
            before = len(self._endpoint.plaintext)
            if before >= RECEIVE_WINDOW or len(self._waiting) >= ANSWER_WINDOW:
                # What isn't read here stays in the stream below and holds up the peer.
                return
            self._pull()
            if self._over or not self.verdict:
                return
            if len(self._endpoint.plaintext) > before:
                self.events.on_data(self)
            self._notify_if_closed()

    def on_writable(self, stream: Stream) -> None:
        held_up = len(self._waiting) >= ANSWER_WINDOW
        self._flush()
        if self._ending:
            self._end(self._ending)
        if held_up and stream.available:
            self.on_data(stream)
        if self._wants_room and len(self._waiting) < SEND_WINDOW and not self._over:
            self._wants_room = False
            self.events.on_writable(self)

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        if self._ending and failure is not None:
            self._waiting.clear()
            self._end(self._ending)
        if self._over or self._endpoint is None:
            return
        if stream.available:
            self.on_data(stream)
        if stream.available and not self._over:
            self._pull()
        if self._over:
            return
        if failure is None:
            self._endpoint.feed_end()
        if self.verdict is None:
            self._fail(
                TlsVerdict(
                    TlsProblem.PEER_CLOSED,
                    detail=TlsProblem.PEER_CLOSED.value if failure is None else failure.value,
                )
            )
        elif not self._notified_closed:
            self._notified_closed = True
            self.events.on_closed(self, failure)

    # Within

    def _end(self, how: str) -> None:
        self._ending = how if self._waiting else ""
        if not self._waiting:
            (self.stream.close if how == "close" else self.stream.shutdown)()

    def _flush(self) -> None:
        if self._endpoint is not None:
            self._waiting += self._endpoint.take_outgoing()
        while self._waiting:
            sent = self.stream.send(bytes(self._waiting))
            if not sent:
                return
            del self._waiting[:sent]

    def _pull(self) -> None:
        """Decrypt what has come, and notify the owner of the handshake's end."""
        endpoint = self._endpoint
        assert endpoint is not None
        data = self.stream.receive(self.stream.available)
        if data:
            endpoint.feed(data)
            self._flush()
        if self.verdict is None and endpoint.verdict is not None:
            verdict = endpoint.verdict
            if verdict.problem is None and self.settings.continue_unverified:
                verdict = self._judge_afterwards(verdict)
            if endpoint.state is TlsState.FAILED:
                self._fail(verdict)
            else:
                self.verdict = verdict
                self._owner.on_handshake(self, verdict)

    def _fail(self, verdict: TlsVerdict) -> None:
        """The handshake failed: end the connection, then notify the owner."""
        if not self._over:
            self._over = True
            self.verdict = verdict
            self.stream.close()
            self._owner.on_handshake(self, verdict)

    def _notify_if_closed(self) -> None:
        endpoint = self._endpoint
        assert endpoint is not None
        if endpoint.state in (TlsState.CLOSED, TlsState.FAILED) and not self._notified_closed:
            self._notified_closed = True
            broken = endpoint.state is TlsState.FAILED
            self.events.on_closed(self, Failure.RESET if broken else None)

    def _judge_afterwards(self, verdict: TlsVerdict) -> TlsVerdict:
        assert self._endpoint is not None
        problem, detail = judge_chain(self._endpoint.peer_chain, self.settings)
        return replace(verdict, problem=problem, detail=detail)


def judge_chain(chain: list[bytes], settings: TlsSettings) -> tuple[TlsProblem | None, str]:
    """What is wrong with a peer's chain (DER, own certificate first), in the radio's eyes."""
    from cryptography import x509
    from OpenSSL.crypto import Error

    unreadable = (ValueError, OverflowError, x509.DuplicateExtension, Error)
    try:
        return _judge(chain, settings) if settings.verify else (None, "")
    except (*unreadable, x509.UnsupportedGeneralNameType) as error:
        # OpenSSL takes certificates that stricter parsers don't.
        return TlsProblem.BAD_CERTIFICATE, f"a certificate cannot be read: {error}"


def _judge(chain: list[bytes], settings: TlsSettings) -> tuple[TlsProblem | None, str]:
    from OpenSSL.crypto import (
        FILETYPE_ASN1,
        X509Store,
        X509StoreContext,
        X509StoreContextError,
        X509StoreFlags,
        load_certificate,
    )

    certificates = [load_certificate(FILETYPE_ASN1, data) for data in chain]
    store = X509Store()
    for root in load_certificates(settings.ca or b""):
        store.add_cert(load_certificate(FILETYPE_ASN1, root))
    flags = X509StoreFlags.PARTIAL_CHAIN
    if settings.when is None:
        flags |= X509_V_FLAG_NO_CHECK_TIME
    else:
        store.set_time(datetime.fromtimestamp(settings.when, UTC).replace(tzinfo=None))
    store.set_flags(flags)
    try:
        X509StoreContext(store, certificates[0], certificates[1:]).verify_certificate()
    except X509StoreContextError as error:
        code, _, message = error.errors
        return VERIFY_PROBLEMS.get(code, TlsProblem.BAD_CERTIFICATE), str(message)
    name = settings.server_name if settings.check_name else None
    if name and not certificate_is_for(chain[0], name):
        return TlsProblem.NAME_MISMATCH, f"the certificate is not for {name}"
    return None, ""


def certificate_is_for(der: bytes, name: str) -> bool:
    """RFC 6125: subject alternative names, or the common name where there are none."""
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(der)
    try:
        address = ip_address(name)
    except ValueError:
        address = None
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return any(_name_fits(str(entry.value), name) for entry in common)
    if address is not None:
        return address in names.get_values_for_type(x509.IPAddress)
    return any(_name_fits(entry, name) for entry in names.get_values_for_type(x509.DNSName))


def _name_fits(pattern: str, name: str) -> bool:
    pattern, name = pattern.lower().rstrip("."), name.lower().rstrip(".")
    if pattern.startswith("*."):
        return name.partition(".")[2] == pattern[2:] and "." in name
    return pattern == name


__all__ = ["IPv4Address", "TlsEvents", "TlsStream", "certificate_is_for", "judge_chain"]
