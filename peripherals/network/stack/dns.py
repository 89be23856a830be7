"""Names: the world's table."""

from __future__ import annotations

from ipaddress import IPv4Address

from renode_wifi.peripherals.network.contract.names import normalise
from renode_wifi.peripherals.network.worldfile.network import DnsSettings


class Names:
    """The table. Fault injection edits it while the world runs."""

    def __init__(self, settings: DnsSettings) -> None:
        self.settings = settings
        self.table = dict(settings.names)
        self.answering = True
        self.delay = 0
        """ns by which answers come later."""
        self.forgetting = False
        """It answers that there is no such name."""
        self.lie: IPv4Address | None = None
        """What it answers for every name."""

    def find(self, name: str) -> tuple[IPv4Address, ...]:
        """Addresses of a name; empty where there is none. An exact entry goes before `*.`."""
        normal = normalise(name)
        if normal is None or self.forgetting:
            return ()
        if self.lie is not None:
            return (self.lie,)
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
