"""Names: the world's table, and what counts as a name at all."""

from __future__ import annotations

from ipaddress import IPv4Address

from renode_wifi.peripherals.network.worldfile.models import DnsSettings

LONGEST_NAME = 253
LONGEST_LABEL = 63
"""RFC 1035 section 2.3.4."""


def normalise(name: str) -> str | None:
    """A host name in the form of the table, or None when it is no name."""
    name = name.rstrip("\0").strip().lower()
    if name.endswith("."):
        name = name[:-1]
    if not name or len(name) > LONGEST_NAME or not name.isascii():
        return None
    for label in name.split("."):
        if not label or len(label) > LONGEST_LABEL:
            return None
        if label[0] == "-" or label[-1] == "-":
            return None
        if not all(character.isalnum() or character in "-_" for character in label):
            return None
    return name


def dotted(name: str) -> IPv4Address | None:
    """The address, where the name is one written with dots."""
    try:
        return IPv4Address(name.rstrip("\0").strip())
    except ValueError:
        return None


class Names:
    """The table. Fault injection edits it while the world runs."""

    def __init__(self, settings: DnsSettings) -> None:
        self.settings = settings
        self.table = dict(settings.names)
        self.answering = True

    def find(self, name: str) -> tuple[IPv4Address, ...]:
        """Addresses of a name; empty where there is none. An exact entry goes before `*.`."""
        normal = normalise(name)
        if normal is None:
            return ()
        found = self.table.get(normal)
        while found is None and "." in normal:
            normal = normal.partition(".")[2]
            found = self.table.get("*." + normal)
        return found or ()

    def of(self, address: IPv4Address) -> list[str]:
        """The names of an address, without wildcards."""
        return [
            name
            for name, addresses in self.table.items()
            if address in addresses and not name.startswith("*.")
        ]
