"""Throw-away certificates for worlds that name none: one root, and what it signs.

Keys and signatures follow from the world's seed, because a certificate of another length or with
another key would make a guest that does TLS by itself take other time. Such keys protect nothing
and aren't meant to. Everything is made when it is first asked for.
"""

from __future__ import annotations

import hashlib


class Authority:
    """A root certificate and what it issues. Credentials are PEM pairs (certificate, key)."""

    def __init__(self, seed: str) -> None:
        self.seed = seed

    @property
    def certificate(self) -> bytes:
        """The root, PEM."""
        from renode_wifi.peripherals.network.tls import certificates

        return certificates.root(self.seed)

    def server(
        self, names: tuple[str, ...], key: str = "ec", flaw: str = ""
    ) -> tuple[bytes, bytes]:
        """For a server that is reached by `names`: DNS names and dotted addresses.

        flaw: "expired", "not-yet-valid" or "revoked"; others are none of the certificate's.
        """
        return self._issue("server", key, names, flaw)

    def client(self, name: str, key: str = "rsa") -> tuple[bytes, bytes]:
        return self._issue("client", key, (name,))

    def _issue(
        self, use: str, key: str, names: tuple[str, ...], flaw: str = ""
    ) -> tuple[bytes, bytes]:
        from renode_wifi.peripherals.network.tls import certificates

        return certificates.issue(self.seed, use, key, names, flaw)


class WorldPki:
    """The certificates of a world that names none, and the seeds of its TLS secrets."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.trusted = Authority(f"renode-wifi/{seed}")
        self.untrusted = Authority(f"renode-wifi/{seed}/stranger")
        """A root that no peer knows."""

    def secret(self, connection: str) -> bytes:
        """The seed of one TLS connection's random numbers."""
        return hashlib.sha256(f"{self.seed}/world/tls/{connection}".encode()).digest()
