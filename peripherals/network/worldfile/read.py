"""World files: YAML, checked against `world.schema.json`, into `WorldSettings`.

Every mistake ends in one error that names file, line, column, the key, and what would be right.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.network.contract.station import Security
from renode_wifi.peripherals.network.stack.dns import normalise
from renode_wifi.peripherals.network.tls.settings import ClientCertificate
from renode_wifi.peripherals.network.worldfile import models as world
from renode_wifi.peripherals.network.worldfile import schema_check as world_schema
from renode_wifi.peripherals.network.worldfile.bridge import read_bridge
from renode_wifi.peripherals.network.worldfile.faults import read_faults
from renode_wifi.peripherals.network.worldfile.files import NamedFiles
from renode_wifi.peripherals.network.worldfile.tree import KeyPath, Tree, load
from renode_wifi.peripherals.network.worldfile.units import duration_of

SHIPPED = Path(__file__).resolve().parents[3] / "platforms" / "worlds"
WORLD = "world"
WORLD_FILES = {"world-ca": "ca", "world-certificate": "certificate", "world-key": "key"}


def read_world_file(
    path: Path | str, variables: Mapping[str, str] | None = None
) -> world.WorldSettings:
    """Read and check a world file. Raises RenodeWifiError."""
    tree = load(Path(path), variables or {}, SHIPPED)
    world_schema.check(tree)
    return _Reader(tree).read()


class _Reader:
    """Fills in defaults, reads the files that are named, and checks what a schema cannot."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.data = tree.data
        self.bridged = tree.data.get("mode") == "bridged"
        self.files = NamedFiles(tree)

    def read(self) -> world.WorldSettings:
        data = self.data
        access_points = tuple(
            self._access_point(index, entry) for index, entry in enumerate(data["access_points"])
        )
        self._refuse_collisions(access_points)
        bridge = read_bridge(self.tree)
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
                association=duration_of(air, "association", world.AirSettings.association),
                search=duration_of(air, "search", world.AirSettings.search),
            ),
            link=_link(data.get("link", {})),
            dns=self._dns(),
            servers=servers,
            bridge=bridge,
            faults=read_faults(self.tree, access_points, servers),
            radio=self._radio(),
            when=None
            if when is None
            else int(datetime.strptime(when, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()),
        )

    # Air

    def _access_point(self, index: int, entry: dict[str, Any]) -> world.AccessPointSettings:
        path: KeyPath = ("access_points", index)
        passphrase = entry.get("passphrase", "").encode()
        security = Security(entry.get("security", "wpa2" if passphrase else "open"))
        if security is Security.OPEN and passphrase:
            raise self.tree.error(
                (*path, "passphrase"), "an open access point has none", "drop it, or set security"
            )
        if security is Security.WEP and len(passphrase) not in (5, 13):
            raise self.tree.error(
                path, "a WEP key has 5 or 13 characters", "write such a passphrase"
            )
        if security not in (Security.OPEN, Security.WEP) and not 8 <= len(passphrase) <= 63:
            raise self.tree.error(
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
                    raise self.tree.error(
                        (*path, "bssid"),
                        f"{point.bssid.hex(':').upper()} is that of access point {name}",
                        "give each its own, or none",
                    )
                subnet, theirs = point.network.subnet, other.network.subnet
                if subnet != theirs and subnet.overlaps(theirs):
                    raise self.tree.error(
                        (*path, "network", "subnet"),
                        f"{subnet} overlaps {theirs} of access point {name}",
                        "write the same subnet, or one apart from it",
                    )

    def _network(self, path: KeyPath, entry: dict[str, Any]) -> world.NetworkSettings:
        subnet = IPv4Network(entry.get("subnet", "10.10.0.0/24"))
        if subnet.num_addresses < 8:
            raise self.tree.error((*path, "subnet"), "the subnet is too small", "use /29 or larger")
        gateway = IPv4Address(entry.get("gateway", subnet[1]))
        if gateway not in subnet:
            raise self.tree.error(
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
                raise self.tree.error(
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
                duration_of(pool, "lease", world.DhcpSettings.lease * SECOND) // SECOND,
                duration_of(pool, "latency", world.DhcpSettings.latency),
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
            duration_of(section, "latency", world.DnsSettings.latency),
            section.get("pass_through", False),
        )

    # Servers

    def _servers(self, gateway: IPv4Address) -> tuple[world.ServerSettings, ...]:
        servers: list[world.ServerSettings] = []
        taken: dict[tuple[IPv4Address, int, bool], str] = {}
        for name, entry in self.data.get("servers", {}).items():
            path: KeyPath = ("servers", name)
            address = IPv4Address(entry.get("address", gateway))
            udp = entry["type"] in world.UDP_SERVERS
            place = (address, entry["port"], udp)
            if place in taken:
                raise self.tree.error(
                    (*path, "port"),
                    f"{address}:{entry['port']} is taken by server `{taken[place]}`",
                    "choose another port or address",
                )
            taken[place] = name
            tls = entry.get("tls", False)
            if udp and tls:
                raise self.tree.error((*path, "tls"), "TLS needs a TCP server", "drop it")
            options = {key: entry[key] for key in ("pages", "users", "retained") if key in entry}
            owner = {"pages": "http", "users": "mqtt", "retained": "mqtt"}
            for key in options:
                if entry["type"] != owner[key]:
                    raise self.tree.error(
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
                body = self.files.content((*path, name, "file"))
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
            raise self.tree.error(
                (*path, have), f"there is a {have} and no {lack}", f"add `{lack}:` beside it"
            )
        certificate = key = None
        if "certificate" in entry:
            certificate = self.files.certificates((*path, "certificate"))
            key = self.files.key((*path, "key"), certificate)
        minimum, maximum = entry.get("minimum", "TLSv1.2"), entry.get("maximum", "TLSv1.3")
        if minimum > maximum:
            raise self.tree.error(
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
            raise self.tree.error(
                path,
                f"of no use with client_certificate: {demand.value}",
                "set client_certificate to optional or required, or drop it",
            )
        if isinstance(entry["client_ca"], str):
            return self.files.certificates(path)
        return b"".join(
            self.files.certificates((*path, index)) for index in range(len(entry["client_ca"]))
        )

    def _check_ciphers(self, path: KeyPath, ciphers: str) -> None:
        import ssl

        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).set_ciphers(ciphers)
        except ssl.SSLError:
            raise self.tree.error(
                path,
                f"OpenSSL knows no cipher in {ciphers!r}",
                "write an OpenSSL cipher list such as ECDHE+AESGCM or AES128-GCM-SHA256",
            ) from None

    # Radio

    def _radio(self) -> world.RadioSettings:
        radio = self.data.get("radio", {})
        credentials: dict[int, world.Credential] = {}
        for index, entry in enumerate(radio.get("credentials", ())):
            path: KeyPath = ("radio", "credentials", index)
            if entry["slot"] in credentials:
                raise self.tree.error((*path, "slot"), "this slot is filled twice", "keep one")
            credentials[entry["slot"]] = self._credential(path, entry)
        files: dict[str, bytes] = {}
        world_files: dict[str, str] = {}
        for name, value in radio.get("files", {}).items():
            if value in WORLD_FILES:
                world_files[name] = WORLD_FILES[value]
            else:
                files[name] = self.files.content(("radio", "files", name), pki=True)
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
            raise self.tree.error(
                path, "certificate and key must both be `world`", "write `world` for both"
            )
        ca = certificate = key = None
        if "ca" in entry and "ca" not in own:
            ca = self.files.certificates((*path, "ca"))
        if "certificate" in entry and "certificate" not in own:
            certificate = self.files.certificates((*path, "certificate"))
        if "key" in entry and "key" not in own:
            key = self.files.key((*path, "key"), certificate)
        return world.Credential(ca, certificate, key, own)


def _link(section: dict[str, Any]) -> world.LinkSettings:
    default = world.LinkSettings()
    return world.LinkSettings(
        duration_of(section, "latency", default.latency),
        duration_of(section, "jitter", default.jitter),
        float(section.get("loss", default.loss)),
        section.get("window", default.window),
    )
