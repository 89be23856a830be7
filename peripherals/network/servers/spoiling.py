"""What faults do to the connections and the TLS of a server."""

from __future__ import annotations

from dataclasses import dataclass, replace

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.tls.endpoint import EndpointSettings
from renode_wifi.peripherals.network.tls.messages import Passing
from renode_wifi.peripherals.network.tls.pki import WorldPki
from renode_wifi.peripherals.network.tls.settings import ClientCertificate

WRONG_NAME = "wrong-name.invalid"


@late_dataclass(frozen=True)
class TlsAbort:
    """message: of `tls.messages.MESSAGES`; how: of its `ABORTS`."""

    message: str
    how: str


@dataclass
class Spoiling:
    """Of one server, as long as a fault lasts."""

    certificate: str | None = None
    """A name behind `certificate-` in the table of faults."""
    refuses_clients: bool = False
    ciphers: str | None = None
    abort: TlsAbort | None = None
    drip: tuple[int, int] | None = None
    """Bytes at a time, and the ns from one lot to the next."""

    def settings(
        self, own: EndpointSettings, names: tuple[str, ...], pki: WorldPki
    ) -> EndpointSettings:
        """What a connection that starts now uses. names: those of the server."""
        if self.certificate is not None:
            authority = pki.untrusted if self.certificate == "unknown-root" else pki.trusted
            if self.certificate == "wrong-name":
                names = (WRONG_NAME,)
            certificate, key = authority.server(names, _key_type(own.key), self.certificate)
            own = replace(own, certificate=certificate, key=key)
        if self.refuses_clients:
            own = replace(
                own,
                client_certificate=ClientCertificate.REQUIRED,
                ca=pki.untrusted.certificate,
            )
        if self.ciphers is not None:
            own = replace(
                own,
                ciphers=self.ciphers,
                minimum_version="TLSv1.2",
                maximum_version="TLSv1.2",
            )
        return own


def _key_type(key: bytes | None) -> str:
    """Of a PEM key: "rsa" or "ec"."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if key is None:
        return "ec"
    return "rsa" if isinstance(load_pem_private_key(key, None), RSAPrivateKey) else "ec"


class HandshakeWatch:
    """Waits for the message of a handshake at which a connection is to end."""

    def __init__(self, abort: TlsAbort) -> None:
        self.abort = abort
        self._sent = Passing(by_server=True)
        self._received = Passing(by_server=False)

    def sent(self, data: bytes) -> int | None:
        """How many bytes still go out before the end; None: no end yet."""
        return self._sent.before(data, self.abort.message)

    def received(self, data: bytes) -> int | None:
        return self._received.before(data, self.abort.message)
