"""World files: YAML, checked against `world.schema.json`, into `WorldSettings`.

Every mistake ends in one error that names file, line, column, the key, and what would be right.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from renode_wifi.peripherals.base.clock import MICROSECOND, MILLISECOND, SECOND
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network import settings as world
from renode_wifi.peripherals.network.dns import normalise
from renode_wifi.peripherals.network.station import Security
from renode_wifi.peripherals.network.tls_endpoint import ClientCertificate, clean_pem
from renode_wifi.peripherals.network.yaml_tree import READ_HERE, KeyPath, Tree, load

SHIPPED = Path(__file__).resolve().parents[2] / "platforms" / "worlds"
SCHEMA = Path(__file__).with_name("world.schema.json")

UNITS = {
    "ns": 1,
    "us": MICROSECOND,
    "µs": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "min": 60 * SECOND,
}

TEXT_KEYS = {"ssid", "passphrase", "access_point"}
"""Values that are text even when they look like numbers."""

FORMATS = FormatChecker(formats=())

WORLD = "world"
WORLD_FILES = {"world-ca": "ca", "world-certificate": "certificate", "world-key": "key"}


def read_world_file(
    path: Path | str, variables: Mapping[str, str] | None = None
) -> world.WorldSettings:
    """Read and check a world file. Raises RenodeWifiError."""
    tree = load(Path(path), variables or {}, SHIPPED)
    _keep_text(tree.data)
    _validate(tree)
    return _Reader(tree).read()


# The schema


def _is_address(text: object) -> bool:
    try:
        IPv4Address(str(text))
    except AddressValueError:
        return False
    return True


def _is_network(text: object) -> bool:
    try:
        IPv4Network(str(text))
    except ValueError:
        return False
    return "/" in str(text)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 65_536


def _is_endpoint(text: object) -> bool:
    address, colon, port = str(text).rpartition(":")
    return bool(colon) and _is_address(address) and _is_port(port)


def _is_host_endpoint(text: object) -> bool:
    host, colon, port = str(text).rpartition(":")
    return bool(colon) and normalise(host) is not None and _is_port(port)


def _is_host_name(text: object) -> bool:
    name = str(text)
    return normalise(name[2:] if name.startswith("*.") else name) is not None


def _is_egress(text: object) -> bool:
    target, colon, port = str(text).rpartition(":")
    if not colon or not (port == "*" or _is_port(port)):
        return False
    return _is_address(target) or _is_network(target) or _is_host_name(target)


def _is_ssid(text: object) -> bool:
    return 1 <= len(str(text).encode()) <= 32


def _is_date(text: object) -> bool:
    try:
        datetime.strptime(str(text), "%Y-%m-%d")
    except ValueError:
        return False
    return True


_CHECKS: dict[str, Callable[[object], bool]] = {
    "ipv4": _is_address,
    "ipv4-network": _is_network,
    "ipv4-port": _is_endpoint,
    "host-port": _is_host_endpoint,
    "host-name": _is_host_name,
    "egress": _is_egress,
    "ssid": _is_ssid,
    "date": _is_date,
}
for _format, _check in _CHECKS.items():
    FORMATS.checks(_format)(_check)


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return schema


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(_schema(), format_checker=FORMATS)


def _keep_text(data: Any) -> None:
    """Passphrases and names of digits alone stay text."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in TEXT_KEYS and isinstance(value, int) and not isinstance(value, bool):
                data[key] = str(value)
            else:
                _keep_text(value)
    elif isinstance(data, list):
        for value in data:
            _keep_text(value)


def _validate(tree: Tree) -> None:
    errors = list(_validator().iter_errors(tree.data))
    if errors:
        # The first in the file is the one to mend first, before what it leads to.
        first = min(errors, key=partial(_place, tree))
        raise _explain(tree, first)


def _place(tree: Tree, error: ValidationError) -> tuple[str, int, int, bool]:
    mark = tree.mark(tuple(error.absolute_path))
    # A key that is missed is often one that was mistyped, which tells more.
    return str(mark.file), mark.line, mark.column, error.validator == "required"


def _explain(tree: Tree, error: ValidationError) -> RenodeWifiError:
    path: KeyPath = tuple(error.absolute_path)
    schema: dict[str, Any] = dict(error.schema) if isinstance(error.schema, dict) else {}
    setting: Any = error.validator_value
    instance: Any = error.instance
    if error.validator == "additionalProperties" and setting is False:
        known = sorted(schema["properties"])
        unknown = next(key for key in instance if key not in known)
        if not path:
            known = sorted((*known, *READ_HERE))
        return _unknown_key(tree, (*path, unknown), known)
    if error.validator == "required":
        missing = next(key for key in setting if key not in instance)
        return RenodeWifiError(
            f"{dotted_path(path)} lacks the key `{missing}`",
            where=str(tree.mark(path)),
            cure=f"add `{missing}:` with {_description_of(schema, missing)}",
        )
    deeper = [part for part in error.context or () if part.path]
    if deeper:
        return _explain(tree, deeper[0])
    key_at_fault = "propertyNames" in error.absolute_schema_path
    if key_at_fault:
        path = (*path, str(instance))
    value = f"`{instance}`"
    if instance is None:
        value = "an empty value"
    elif isinstance(instance, dict | list):
        value = ("a mapping" if isinstance(instance, dict) else "a list") + " of this kind"
    elif isinstance(instance, str) and error.validator == "type":
        value = f"the text `{instance}`"
    near: list[str] = []
    if error.validator == "enum" and isinstance(instance, str):
        near = difflib.get_close_matches(instance, setting, n=1)
    return RenodeWifiError(
        f"{dotted_path(path)}: {value} is not right",
        where=str(tree.mark(path, key=key_at_fault)),
        cure=f"write {schema['description']}" + (f"; did you mean `{near[0]}`?" if near else ""),
    )


def _description_of(schema: dict[str, Any], key: str) -> str:
    entry = schema["properties"][key]
    if "$ref" in entry:
        entry = _schema()["$defs"][entry["$ref"].rpartition("/")[2]]
    return str(entry["description"])


def _unknown_key(tree: Tree, path: KeyPath, known: list[str]) -> RenodeWifiError:
    near = difflib.get_close_matches(str(path[-1]), known, n=1)
    cure = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
    return RenodeWifiError(
        f"unknown key `{path[-1]}`" + (f" in {dotted_path(path[:-1])}" if path[:-1] else ""),
        where=str(tree.mark(path, key=True)),
        cure=cure,
    )


def dotted_path(path: KeyPath) -> str:
    """`servers.echo.port`, `access_points[0].ssid`."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{key}" if text else key
    return text or "the file"


def duration(text: str) -> int:
    """ "5 ms" in ns."""
    number = text.rstrip("nuµmsi ")
    whole, _, fraction = number.partition(".")
    unit = UNITS[text[len(number) :].strip()]
    return int(whole) * unit + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0)


# From checked data to settings


class _Reader:
    """Fills in defaults, reads the files that are named, and checks what a schema cannot."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.data = tree.data
        self.bridged = tree.data.get("mode") == "bridged"
        self.pki: Path | None = None
        if "pki" in tree.data:
            self.pki = tree.folder(("pki",)) / tree.data["pki"]
            if not self.pki.is_dir():
                raise self._error(
                    ("pki",),
                    f"there is no folder {self.pki}",
                    "names are relative to this file; check name and permissions",
                )

    def read(self) -> world.WorldSettings:
        data = self.data
        access_points = tuple(
            self._access_point(index, entry) for index, entry in enumerate(data["access_points"])
        )
        self._refuse_collisions(access_points)
        self._refuse_bridging()
        servers = self._servers(access_points[0].network.gateway)
        air = data.get("air", {})
        when = data.get("date")
        return world.WorldSettings(
            name=data.get("name", self.tree.mark(()).file.stem),
            seed=data.get("seed", 1),
            bridged=self.bridged,
            access_points=access_points,
            air=world.AirSettings(
                neighbours=air.get("neighbours", world.AirSettings.neighbours),
                association=_ns(air, "association", world.AirSettings.association),
                search=_ns(air, "search", world.AirSettings.search),
            ),
            link=_link(data.get("link", {})),
            dns=self._dns(),
            servers=servers,
            bridge=self._bridge(),
            faults=self._faults(access_points, servers),
            radio=self._radio(),
            when=None
            if when is None
            else int(datetime.strptime(when, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()),
        )

    def _error(self, path: KeyPath, message: str, cure: str) -> RenodeWifiError:
        return RenodeWifiError(
            f"{dotted_path(path)}: {message}", where=str(self.tree.mark(path)), cure=cure
        )

    # Air

    def _access_point(self, index: int, entry: dict[str, Any]) -> world.AccessPointSettings:
        path: KeyPath = ("access_points", index)
        passphrase = entry.get("passphrase", "").encode()
        security = Security(entry.get("security", "wpa2" if passphrase else "open"))
        if security is Security.OPEN and passphrase:
            raise self._error(
                (*path, "passphrase"), "an open access point has none", "drop it, or set security"
            )
        if security is Security.WEP and len(passphrase) not in (5, 13):
            raise self._error(path, "a WEP key has 5 or 13 characters", "write such a passphrase")
        if security not in (Security.OPEN, Security.WEP) and not 8 <= len(passphrase) <= 63:
            raise self._error(
                (*path, "passphrase"),
                f"a {security.value} passphrase has 8 to 63 characters",
                "write such a passphrase, or `security: open`",
            )
        # 02 marks a locally administered address (IEEE 802-2014 section 8.2).
        bssid = entry.get("bssid", f"02:0A:00:00:00:{index + 1:02X}")
        network = dict(entry.get("network", {}))
        if "subnet" not in network:
            # Addresses of the common network would not fit another subnet.
            network = {**self.data.get("network", {}), **network}
        where: KeyPath = (*path, "network") if "network" in entry else ("network",)
        return world.AccessPointSettings(
            ssid=entry["ssid"].encode(),
            bssid=bytes.fromhex(bssid.replace(":", "")),
            channel=entry.get("channel", (6, 11, 1)[index % 3]),
            security=security,
            passphrase=passphrase,
            rssi=entry.get("rssi", -45 - 5 * index),
            hidden=entry.get("hidden", False),
            network=self._network(where, network),
        )

    def _refuse_collisions(self, access_points: tuple[world.AccessPointSettings, ...]) -> None:
        """Two access points may share a subnet; but not halves of it, nor their BSSID."""
        for index, point in enumerate(access_points):
            for other in access_points[:index]:
                path: KeyPath = ("access_points", index)
                name = other.ssid.decode()
                if point.bssid == other.bssid:
                    raise self._error(
                        (*path, "bssid"),
                        f"{point.bssid.hex(':').upper()} is that of access point {name}",
                        "give each its own, or none",
                    )
                subnet, theirs = point.network.subnet, other.network.subnet
                if subnet != theirs and subnet.overlaps(theirs):
                    raise self._error(
                        (*path, "network", "subnet"),
                        f"{subnet} overlaps {theirs} of access point {name}",
                        "write the same subnet, or one apart from it",
                    )

    def _network(self, path: KeyPath, entry: dict[str, Any]) -> world.NetworkSettings:
        subnet = IPv4Network(entry.get("subnet", "10.10.0.0/24"))
        if subnet.num_addresses < 8:
            raise self._error((*path, "subnet"), "the subnet is too small", "use /29 or larger")
        gateway = IPv4Address(entry.get("gateway", subnet[1]))
        if gateway not in subnet:
            raise self._error(
                (*path, "gateway"), f"{gateway} is not in {subnet}", f"for instance {subnet[1]}"
            )
        dns = IPv4Address(entry.get("dns", gateway))
        pool = entry.get("dhcp", {})
        if pool is False:
            return world.NetworkSettings(subnet, gateway, dns, None)
        pool = {} if pool is True else pool
        default = subnet[50] if subnet.num_addresses > 60 else subnet[2]
        first = IPv4Address(pool.get("first", default))
        last = IPv4Address(pool.get("last", max(first, subnet[-6])))
        for key, address in (("first", first), ("last", last)):
            if address not in subnet or address < first:
                raise self._error(
                    (*path, "dhcp", key),
                    f"{address} does not fit {subnet} and first {first}",
                    "write a pool of addresses in the subnet, first before last",
                )
        return world.NetworkSettings(
            subnet,
            gateway,
            dns,
            world.DhcpSettings(
                first,
                last,
                _ns(pool, "lease", world.DhcpSettings.lease * SECOND) // SECOND,
                _ns(pool, "latency", world.DhcpSettings.latency),
            ),
        )

    # Names

    def _dns(self) -> world.DnsSettings:
        section = self.data.get("dns", {})
        names: dict[str, tuple[IPv4Address, ...]] = {}
        for name, value in self.data.get("names", {}).items():
            addresses = value if isinstance(value, list) else [value]
            star = "*." if name.startswith("*.") else ""
            normal = normalise(name[len(star) :])
            names[f"{star}{normal}"] = tuple(IPv4Address(address) for address in addresses)
        return world.DnsSettings(
            names,
            _ns(section, "latency", world.DnsSettings.latency),
            section.get("pass_through", False),
        )

    # Servers

    def _servers(self, gateway: IPv4Address) -> tuple[world.ServerSettings, ...]:
        servers: list[world.ServerSettings] = []
        taken: dict[tuple[IPv4Address, int, bool], str] = {}
        for name, entry in self.data.get("servers", {}).items():
            path: KeyPath = ("servers", name)
            address = IPv4Address(entry.get("address", gateway))
            udp = entry["type"].startswith("udp-")
            place = (address, entry["port"], udp)
            if place in taken:
                raise self._error(
                    (*path, "port"),
                    f"{address}:{entry['port']} is taken by server `{taken[place]}`",
                    "choose another port or address",
                )
            taken[place] = name
            tls = entry.get("tls", False)
            if udp and tls:
                raise self._error((*path, "tls"), "TLS needs a TCP server", "drop it")
            options = {key: entry[key] for key in ("pages", "users", "retained") if key in entry}
            owner = {"pages": "http", "users": "mqtt", "retained": "mqtt"}
            for key in options:
                if entry["type"] != owner[key]:
                    raise self._error(
                        (*path, key),
                        f"a server of type {entry['type']} has none",
                        f"drop it, or make the server `type: {owner[key]}`",
                    )
            if "pages" in options:
                options["pages"] = self._pages((*path, "pages"), options["pages"])
            servers.append(
                world.ServerSettings(
                    name,
                    entry["type"],
                    address,
                    entry["port"],
                    self._tls((*path, "tls"), {} if tls is True else tls)
                    if tls or tls == {}
                    else None,
                    options,
                    entry.get("start", True),
                    str(self.tree.mark(path, key=True)),
                )
            )
        return tuple(servers)

    def _pages(self, path: KeyPath, pages: dict[str, Any]) -> dict[str, tuple[int, str, bytes]]:
        result: dict[str, tuple[int, str, bytes]] = {}
        for name, page in pages.items():
            entry: dict[str, Any] = {"text": page} if isinstance(page, str) else page
            if "file" in entry:
                body = self._file((*path, name, "file"))
            else:
                body = entry.get("text", "").encode()
            result[name] = (
                entry.get("status", 200),
                entry.get("content_type", "text/plain; charset=utf-8"),
                body,
            )
        return result

    def _tls(self, path: KeyPath, entry: dict[str, Any]) -> world.TlsServerSettings:
        if ("certificate" in entry) != ("key" in entry):
            have, lack = (
                ("certificate", "key")
                if "certificate" in entry
                else (
                    "key",
                    "certificate",
                )
            )
            raise self._error(
                (*path, have), f"there is a {have} and no {lack}", f"add `{lack}:` beside it"
            )
        certificate = key = None
        if "certificate" in entry:
            certificate = self._certificates((*path, "certificate"))
            key = self._key((*path, "key"), certificate)
        minimum, maximum = entry.get("minimum", "TLSv1.2"), entry.get("maximum", "TLSv1.3")
        if minimum > maximum:
            raise self._error(
                (*path, "minimum" if "minimum" in entry else "maximum"),
                f"minimum {minimum} is above maximum {maximum}",
                "swap them",
            )
        demand = ClientCertificate(entry.get("client_certificate", "none"))
        ciphers = entry.get("ciphers", "DEFAULT")
        self._check_ciphers((*path, "ciphers"), ciphers)
        return world.TlsServerSettings(
            certificate,
            key,
            entry.get("key_type", "ec"),
            entry.get("trusted", True),
            tuple(entry.get("names", ())),
            minimum,
            maximum,
            ciphers,
            demand,
            self._client_ca(path, entry, demand),
            tuple(entry.get("alpn", ())),
        )

    def _client_ca(
        self, path: KeyPath, entry: dict[str, Any], demand: ClientCertificate
    ) -> bytes | None:
        if "client_ca" not in entry:
            return None
        path = (*path, "client_ca")
        if demand in (ClientCertificate.NONE, ClientCertificate.ANY):
            raise self._error(
                path,
                f"of no use with client_certificate: {demand.value}",
                "set client_certificate to optional or required, or drop it",
            )
        if isinstance(entry["client_ca"], str):
            return self._certificates(path)
        return b"".join(
            self._certificates((*path, index)) for index in range(len(entry["client_ca"]))
        )

    def _check_ciphers(self, path: KeyPath, ciphers: str) -> None:
        import ssl

        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).set_ciphers(ciphers)
        except ssl.SSLError:
            raise self._error(
                path,
                f"OpenSSL knows no cipher in {ciphers!r}",
                "write an OpenSSL cipher list such as ECDHE+AESGCM or AES128-GCM-SHA256",
            ) from None

    # Files

    def _value(self, path: KeyPath) -> Any:
        value: Any = self.data
        for key in path:
            value = value[key]
        return value

    def _file(self, path: KeyPath, *, pki: bool = False) -> bytes:
        """Content of a named file: relative to `pki:` for certificates, else to its world file."""
        folder = self.pki if pki and self.pki is not None else self.tree.folder(path)
        file: Path = folder / self._value(path)
        try:
            return file.read_bytes()
        except OSError as error:
            raise self._error(
                path,
                f"cannot read {file}: {error.strerror}",
                "names are relative to "
                + ("the folder `pki:`" if pki and self.pki is not None else "this file")
                + "; check name and permissions",
            ) from None

    def _certificates(self, path: KeyPath) -> bytes:
        from cryptography import x509

        data = self._file(path, pki=True)
        try:
            x509.load_pem_x509_certificates(data)
        except ValueError as error:
            raise self._error(
                path,
                f"{self._value(path)} holds no certificate in PEM form ({error})",
                "it must begin with -----BEGIN CERTIFICATE-----; "
                "from DER: openssl x509 -inform der -in FILE -out FILE.pem",
            ) from None
        return clean_pem(data)

    def _key(self, path: KeyPath, certificate: bytes | None) -> bytes:
        from cryptography import x509
        from cryptography.hazmat.primitives import serialization

        data = self._file(path, pki=True)
        try:
            key = serialization.load_pem_private_key(data, None)
        except (ValueError, TypeError) as error:
            raise self._error(
                path,
                f"{self._value(path)} holds no private key in PEM form without a password "
                f"({error})",
                "it must begin with -----BEGIN … PRIVATE KEY-----; "
                "from an encrypted one: openssl pkey -in FILE -out FILE.plain",
            ) from None
        if certificate is not None:
            own = x509.load_pem_x509_certificates(certificate)[0].public_key()
            form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            if own.public_bytes(*form) != key.public_key().public_bytes(*form):
                raise self._error(
                    path,
                    f"{self._value(path)} is not the key of the certificate beside it",
                    "name the key that the certificate was made for",
                )
        return clean_pem(data)

    # Bridge

    def _refuse_bridging(self) -> None:
        if self.bridged:
            return
        for key in ("forwards", "expose", "egress", "bridge"):
            if self.data.get(key):
                raise self._error(
                    (key,), "a hermetic world has no way to the host", "add `mode: bridged`"
                )
        if self.data.get("dns", {}).get("pass_through"):
            raise self._error(
                ("dns", "pass_through"),
                "a hermetic world cannot ask the host's resolver",
                "add `mode: bridged`, or put the names into `names:`",
            )

    def _bridge(self) -> world.BridgeSettings:
        data = self.data
        forwards = []
        taken: set[tuple[str, bool]] = set()
        for index, entry in enumerate(data.get("forwards", ())):
            path: KeyPath = ("forwards", index)
            udp = entry.get("udp", False)
            if (entry["from"], udp) in taken:
                raise self._error((*path, "from"), "forwarded twice", "keep one of them")
            taken.add((entry["from"], udp))
            address, _, port = entry["from"].rpartition(":")
            host, _, host_port = entry["to"].rpartition(":")
            forwards.append(
                world.ForwardSettings(
                    IPv4Address(address),
                    int(port),
                    host,
                    int(host_port),
                    udp,
                    str(self.tree.mark(path)),
                )
            )
        expose = []
        for index, entry in enumerate(data.get("expose", ())):
            host, _, host_port = entry["listen"].rpartition(":")
            expose.append(
                world.ExposeSettings(
                    host,
                    int(host_port),
                    entry["port"],
                    str(self.tree.mark(("expose", index, "listen"))),
                )
            )
        return world.BridgeSettings(
            tuple(forwards),
            tuple(expose),
            tuple(_egress(text) for text in data.get("egress", ())),
            _ns(data.get("bridge", {}), "grace", world.BridgeSettings.grace),
        )

    # Faults

    def _faults(
        self,
        access_points: tuple[world.AccessPointSettings, ...],
        servers: tuple[world.ServerSettings, ...],
    ) -> tuple[world.FaultSettings, ...]:
        ssids = [access_point.ssid.decode() for access_point in access_points]
        names = [server.name for server in servers if not server.type.startswith("udp-")]
        faults = []
        for index, entry in enumerate(self.data.get("faults", ())):
            path: KeyPath = ("faults", index)
            if ("at" in entry) == ("after" in entry):
                raise self._error(
                    path, "wants either `at` or `after`", "at: 30 s, or after: connected"
                )
            if "at" in entry and ("count" in entry or "delay" in entry):
                raise self._error(path, "count and delay belong to `after`", "drop them")
            arguments: dict[str, Any] = {}
            if entry["do"].startswith("server-"):
                arguments["server"] = self._reference(path, entry, "server", names)
            elif entry["do"] in ("ap-vanishes", "put-out"):
                arguments["access_point"] = self._reference(path, entry, "access_point", ssids)
            elif entry["do"] == "link":
                for key in ("latency", "jitter"):
                    if key in entry:
                        arguments[key] = duration(entry[key])
                if "loss" in entry:
                    arguments["loss"] = entry["loss"]
                if not arguments:
                    raise self._error(path, "changes nothing", "add latency, jitter or loss")
            faults.append(
                world.FaultSettings(
                    entry["do"],
                    None if "at" not in entry else duration(entry["at"]),
                    entry.get("after"),
                    entry.get("count", 1),
                    _ns(entry, "delay", 0),
                    None if "for" not in entry else duration(entry["for"]),
                    arguments,
                    str(self.tree.mark(path)),
                )
            )
        return tuple(faults)

    def _reference(self, path: KeyPath, entry: dict[str, Any], key: str, known: list[str]) -> str:
        name = entry.get(key, known[0] if len(known) == 1 else None)
        if name in known:
            return str(name)
        choices = ", ".join(known) or "none"
        if name is None:
            raise self._error(path, f"lacks the key `{key}`", f"add it; there are: {choices}")
        near = difflib.get_close_matches(str(name), known, n=1)
        raise self._error(
            (*path, key),
            f"there is no such {key.replace('_', ' ')}: {name}",
            f"did you mean `{near[0]}`?" if near else f"there are: {choices}",
        )

    # Radio

    def _radio(self) -> world.RadioSettings:
        radio = self.data.get("radio", {})
        credentials: dict[int, world.Credential] = {}
        for index, entry in enumerate(radio.get("credentials", ())):
            path: KeyPath = ("radio", "credentials", index)
            if entry["slot"] in credentials:
                raise self._error((*path, "slot"), "this slot is filled twice", "keep one")
            credentials[entry["slot"]] = self._credential(path, entry)
        files: dict[str, bytes] = {}
        world_files: dict[str, str] = {}
        for name, value in radio.get("files", {}).items():
            if value in WORLD_FILES:
                world_files[name] = WORLD_FILES[value]
            else:
                files[name] = self._file(("radio", "files", name), pki=True)
        return world.RadioSettings(
            radio.get("tls", "faithful"),
            credentials,
            files,
            world_files,
            radio.get("options", {}),
            str(self.tree.mark(("radio", "options"))),
        )

    def _credential(self, path: KeyPath, entry: dict[str, Any]) -> world.Credential:
        own = frozenset(key for key in ("ca", "certificate", "key") if entry.get(key) == WORLD)
        if ("certificate" in own) != ("key" in own):
            raise self._error(
                path, "certificate and key must both be `world`", "write `world` for both"
            )
        ca = certificate = key = None
        if "ca" in entry and "ca" not in own:
            ca = self._certificates((*path, "ca"))
        if "certificate" in entry and "certificate" not in own:
            certificate = self._certificates((*path, "certificate"))
        if "key" in entry and "key" not in own:
            key = self._key((*path, "key"), certificate)
        return world.Credential(ca, certificate, key, own)


def _ns(section: dict[str, Any], key: str, default: int) -> int:
    return duration(section[key]) if key in section else default


def _link(section: dict[str, Any]) -> world.LinkSettings:
    default = world.LinkSettings()
    return world.LinkSettings(
        _ns(section, "latency", default.latency),
        _ns(section, "jitter", default.jitter),
        float(section.get("loss", default.loss)),
        section.get("window", default.window),
    )


def _egress(text: str) -> world.EgressRule:
    target, _, port = text.rpartition(":")
    number = None if port == "*" else int(port)
    if _is_address(target) or _is_network(target):
        return world.EgressRule(IPv4Network(target), None, number)
    star = "*." if target.startswith("*.") else ""
    return world.EgressRule(None, f"{star}{normalise(target[len(star) :])}", number)
