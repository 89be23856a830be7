"""Settings of the HTTP server (netapp.h, SL_NETAPP_HTTP_...), and what follows from them."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from renode_wifi.peripherals.network.tls.settings import TlsSettings
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.messages.layout import string
from renode_wifi.peripherals.simplelink.messages.netapp import PortNumber

(
    PORT,
    CHECK,
    NAME,
    PASSWORD,
    REALM,
    ROM_ACCESS,
    SECOND_PORT,
    SECOND_PORT_ENABLE,
    SECURE,
    KEY_FILE,
    CERTIFICATE_FILE,
    CA_FILE,
) = range(12)
DEFAULT_PORT, DEFAULT_SECOND_PORT = 80, 443
DEFAULTS = {
    PORT: PortNumber(DEFAULT_PORT).emit(),
    CHECK: b"\0",
    NAME: b"admin",
    PASSWORD: b"admin",
    REALM: b"Simple Link CC31xx",
    ROM_ACCESS: b"\1",
    SECOND_PORT: PortNumber(DEFAULT_SECOND_PORT).emit(),
    SECOND_PORT_ENABLE: b"\0",
    SECURE: b"\0",
}
MAX_LENGTHS = {NAME: 20, PASSWORD: 20, REALM: 20}
"""SL_NETAPP_MAX_AUTH_...."""


@dataclass(frozen=True)
class HttpSettings:
    """second_port: whose requests are sent to `port`; None: it is off.

    login: name and password that clients have to show; None: none. apis: TI's own resources.
    """

    port: int = DEFAULT_PORT
    second_port: int | None = None
    secure: bool = False
    certificate_file: str = ""
    key_file: str = ""
    ca_file: str = ""
    login: tuple[bytes, bytes] | None = None
    realm: str = ""
    apis: bool = True

    @classmethod
    def of(cls, values: Mapping[int, bytes]) -> HttpSettings:
        """By the numbers of options."""

        def port(option: int, default: int) -> int:
            return PortNumber.parse(values.get(option, b"").ljust(2, b"\0")).port or default

        def text(option: int) -> str:
            return string(values.get(option, b"")).decode("latin-1")

        checked = any(values.get(CHECK, b""))
        second = any(values.get(SECOND_PORT_ENABLE, b""))
        return cls(
            port(PORT, DEFAULT_PORT),
            port(SECOND_PORT, DEFAULT_SECOND_PORT) if second else None,
            any(values.get(SECURE, b"")),
            text(CERTIFICATE_FILE),
            text(KEY_FILE),
            text(CA_FILE),
            (string(values[NAME]), string(values[PASSWORD])) if checked else None,
            text(REALM),
            any(values.get(ROM_ACCESS, b"")),
        )

    def admits(self, authorization: str) -> bool:
        """Whether a client may be answered, by its Authorization field (RFC 7617)."""
        if self.login is None:
            return True
        scheme, _, encoded = authorization.partition(" ")
        try:
            shown = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(shown, b":".join(self.login))

    def tls(self, files: FileSystem, ciphers: str) -> TlsSettings | str:
        """What connections are secured with, or the name of the file that is missing."""
        contents = {}
        for name in (self.certificate_file, self.key_file, self.ca_file):
            content = files.content(name) if name else None
            if content is None and name is not self.ca_file:
                return name or "certificate and key"
            contents[name] = content
        ca = contents[self.ca_file] if self.ca_file else None
        if self.ca_file and ca is None:
            return self.ca_file
        return TlsSettings(
            ca=ca,
            certificate=contents[self.certificate_file],
            key=contents[self.key_file],
            verify=ca is not None,
            ciphers=ciphers,
            server=True,
        )
