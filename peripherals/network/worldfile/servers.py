"""Servers inside the world, as a world file says it."""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Annotated, Any

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.contract.dns_messages import is_service
from renode_wifi.peripherals.network.tls.settings import ClientCertificate
from renode_wifi.peripherals.network.worldfile import plugins
from renode_wifi.peripherals.network.worldfile.converter import (
    INTERNAL,
    Many,
    Mapped,
    Model,
    Switchable,
    keys_of,
    named,
)
from renode_wifi.peripherals.network.worldfile.files import (
    Certificates,
    Content,
    PrivateKey,
    check_pair,
)
from renode_wifi.peripherals.network.worldfile.plugins import PlugIn
from renode_wifi.peripherals.network.worldfile.rules import (
    Mistake,
    ValueRule,
    choice,
    plain,
    text,
    truth,
    whole,
    words,
)
from renode_wifi.peripherals.network.worldfile.tree import Scalar
from renode_wifi.peripherals.network.worldfile.update import UpdateSettings
from renode_wifi.peripherals.network.worldfile.values import (
    Address,
    HostName,
    Line,
    Port,
    Text,
    Version,
)

TYPES: dict[str, tuple[str, ...]] = {
    "echo": (),
    "udp-echo": (),
    "discard": (),
    "udp-discard": (),
    "tarpit": (),
    "http": ("pages",),
    "mqtt": ("users", "retained"),
    "dns": (),
    "ntp": (),
    "coap": ("resources",),
    "mdns": ("services",),
    "aws-iot": ("update",),
    "python": ("server_class", "options"),
}
"""The types of servers, and the fields that are theirs alone."""
UDP_SERVERS = ("udp-echo", "udp-discard", "dns", "ntp", "coap", "mdns")


UNVERIFIED = (ClientCertificate.NONE.value, ClientCertificate.ANY.value)
"""With which a client's certificate is not judged."""


def _ciphers(written: str) -> str:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).set_ciphers(written)
    except ssl.SSLError:
        raise Mistake(
            f"OpenSSL knows no cipher in {written!r}",
            "write an OpenSSL cipher list such as ECDHE+AESGCM or AES128-GCM-SHA256",
        ) from None
    return written


@late_dataclass(frozen=True)
class TlsServerSettings(Model):
    DESCRIPTION = "true, or a mapping of TLS settings"

    certificate: Certificates | None = None
    key: PrivateKey | None = None
    """None: a throw-away pair by the world's own root."""
    key_type: Annotated[str, words("ec or rsa (of the throw-away certificate)", "ec", "rsa")] = "ec"
    trusted: Annotated[
        bool, truth("false: the throw-away certificate is signed by a root that nobody knows")
    ] = True
    """False: the throw-away pair is by a root of its own, which `World.ca_pem` isn't."""
    names: Annotated[tuple[HostName, ...], Many("more names for the throw-away certificate")] = ()
    """More names for the throw-away certificate."""
    minimum_version: Version = field(default="TLSv1.2", metadata=named("minimum"))
    maximum_version: Version = field(default="TLSv1.3", metadata=named("maximum"))
    ciphers: Annotated[str, text("an OpenSSL cipher list", _ciphers)] = "DEFAULT"
    client_certificate: Annotated[
        ClientCertificate,
        choice(
            "none, optional, required or any (demanded, not verified)",
            {demand.value: demand for demand in ClientCertificate},
        ),
    ] = ClientCertificate.NONE
    client_ca: Annotated[
        tuple[Certificates, ...],
        Many("a file, or a list of files, with the roots of clients", minimum=1, single=True),
    ] = ()
    """Empty: the world's own root."""
    alpn: Annotated[tuple[Text, ...], Many("a list of protocol names")] = ()

    @classmethod
    def check_keys(cls, written: Mapping[str, object]) -> Iterator[Mistake]:
        for have, lack in (("certificate", "key"), ("key", "certificate")):
            if have in written and lack not in written:
                yield Mistake(
                    f"there is a {have} and no {lack}", f"add `{lack}:` beside it", path=(have,)
                )
        demand = getattr(written.get("client_certificate"), "text", ClientCertificate.NONE.value)
        if "client_ca" in written and demand in UNVERIFIED:
            yield Mistake(
                f"of no use with client_certificate: {demand}",
                "set client_certificate to optional or required, or drop it",
                path=("client_ca",),
            )

    def check(self) -> Iterator[Mistake]:
        if self.certificate is not None and self.key is not None:
            yield from check_pair(self.key, self.certificate)
        if self.minimum_version > self.maximum_version:
            default = TlsServerSettings.minimum_version
            yield Mistake(
                f"minimum {self.minimum_version} is above maximum {self.maximum_version}",
                "swap them",
                path=("maximum" if self.minimum_version == default else "minimum",),
                concerns=["minimum_version", "maximum_version"],
            )


@late_dataclass(frozen=True)
class PageSettings(Model):
    """What a path of a web server answers."""

    DESCRIPTION = "text, or a mapping with text or file, status and content_type"

    text: Text = ""
    file: Content | None = None
    status: Annotated[int, whole("a status, 200 to 599", 200, 599)] = 200
    content_type: Line = "text/plain; charset=utf-8"

    @property
    def body(self) -> bytes:
        return self.text.encode() if self.file is None else self.file


def _path(written: str) -> str:
    if not written.startswith("/"):
        raise ValueError
    return written


Path = Annotated[str, text("a path that begins with /", _path)]


@late_dataclass(frozen=True)
class _Page(Mapped):
    """A page, or its text alone."""

    def structure(self, raw: object, inner: Any, converter: Any) -> Any:
        if isinstance(raw, Scalar) and raw.value is not None:
            return PageSettings(raw.text)
        return converter.structure(raw, PageSettings)


def _service(written: str) -> str:
    if not is_service(written):
        raise ValueError
    return written


ServiceName = Annotated[
    str, text("instance, type, protocol and domain, such as Printer._ipp._tcp.local", _service)
]


@late_dataclass(frozen=True)
class MdnsServiceSettings(Model):
    """What a host announces by multicast DNS."""

    DESCRIPTION = "a service with port and text"

    port: Port
    text: Text = ""


def _mapping(raw: object) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError
    return {str(key): plain(value) for key, value in raw.items()}


Page = Annotated[PageSettings, _Page(PageSettings.DESCRIPTION)]


@late_dataclass(frozen=True)
class ServerSettings(Model):
    DESCRIPTION = "a server with type and port"
    COMPARED = frozenset({"type", "address", "port"})

    name: str = field(metadata=INTERNAL)
    type: Annotated[
        str,
        words("one of " + ", ".join(TYPES), *TYPES),
    ]
    address: Address
    port: Port
    tls: Annotated[TlsServerSettings | None, Switchable(TlsServerSettings.DESCRIPTION)] = None
    start: Annotated[bool, truth("false for a server that a test starts later")] = True
    pages: Annotated[dict[Path, Page], Mapped("http: paths and what they answer")] = field(
        default_factory=dict
    )
    users: (
        Annotated[
            dict[str, Text],
            Mapped("mqtt: user names and passwords; without it everybody may connect"),
        ]
        | None
    ) = None
    retained: Annotated[
        dict[str, Text], Mapped("mqtt: topics and their retained messages at the start")
    ] = field(default_factory=dict)
    resources: Annotated[
        dict[Path, Text], Mapped("coap: paths and what they hold at the start")
    ] = field(default_factory=dict)
    services: Annotated[
        dict[ServiceName, MdnsServiceSettings],
        Mapped("mdns: names such as Printer._ipp._tcp.local, each with port and text"),
    ] = field(default_factory=dict)
    update: UpdateSettings | None = None
    server_class: PlugIn | None = field(default=None, metadata=named("class"))
    options: Annotated[
        Mapping[str, object], ValueRule("python: a mapping of whatever the class wants", _mapping)
    ] = field(default_factory=dict)
    where: str = field(default="", metadata=INTERNAL)

    @property
    def udp(self) -> bool:
        if self.server_class is not None:
            return bool(self.server_class.UDP)
        return self.type in UDP_SERVERS

    def check(self) -> Iterator[Mistake]:
        if self.udp and self.tls is not None:
            yield Mistake(
                "TLS needs a TCP server", "drop it", path=("tls",), concerns=["type", "tls"]
            )
        if self.type == "python" and self.server_class is None:
            yield Mistake(
                "a server of type python lacks the key `class`",
                f"add `class:` with {plugins.DESCRIPTION}",
                concerns=["type", "server_class"],
            )
        keys = {entry.name: key for key, entry in keys_of(ServerSettings).items()}
        for owner, options in TYPES.items():
            for option in options:
                if getattr(self, option) and self.type != owner:
                    yield Mistake(
                        f"a server of type {self.type} has none",
                        f"drop it, or make the server `type: {owner}`",
                        path=(keys[option],),
                        concerns=["type", option],
                    )
