"""What a world file says in one place that doesn't go with what it says in another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from renode_wifi.peripherals.base.inputs.quantities import QUANTITIES, VECTORS
from renode_wifi.peripherals.base.inputs.waveforms import Constant
from renode_wifi.peripherals.network.worldfile.bridge import ForwardSettings
from renode_wifi.peripherals.network.worldfile.network import AccessPointSettings
from renode_wifi.peripherals.network.worldfile.rules import Mistake, plain
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings
from renode_wifi.peripherals.network.worldfile.tree import KeyPath

At = tuple[KeyPath, Mistake]


def access_points(points: Mapping[KeyPath, AccessPointSettings]) -> Iterator[At]:
    """Two access points may share a subnet; but not halves of it, nor their BSSID."""
    for index, (path, point) in enumerate(points.items()):
        for other in list(points.values())[:index]:
            name = other.ssid.decode()
            if point.bssid == other.bssid:
                yield (
                    (*path, "bssid"),
                    Mistake(
                        f"{point.bssid.hex(':').upper()} is that of access point {name}",
                        "give each its own, or none",
                    ),
                )
            subnet, theirs = point.network.subnet, other.network.subnet
            if subnet != theirs and subnet.overlaps(theirs):
                yield (
                    (*path, "network", "subnet"),
                    Mistake(
                        f"{subnet} overlaps {theirs} of access point {name}",
                        "write the same subnet, or one apart from it",
                    ),
                )


def servers(settings: Mapping[KeyPath, ServerSettings]) -> Iterator[At]:
    """Two servers cannot have one port."""
    taken: dict[object, str] = {}
    for path, server in settings.items():
        place = (server.address, server.port, server.udp)
        if place in taken:
            yield (
                (*path, "port"),
                Mistake(
                    f"{server.address}:{server.port} is taken by server `{taken[place]}`",
                    "choose another port or address",
                ),
            )
        taken.setdefault(place, server.name)


def forwards(settings: Mapping[KeyPath, ForwardSettings]) -> Iterator[At]:
    """An address leads to one place."""
    taken: set[object] = set()
    for path, forward in settings.items():
        place = (forward.source, forward.udp)
        if place in taken:
            yield (*path, "from"), Mistake("forwarded twice", "keep one of them")
        taken.add(place)


def hermetic(data: Mapping[str, object]) -> Iterator[At]:
    """A hermetic world has no way out."""
    for key in ("forwards", "expose", "egress", "bridge"):
        if data.get(key):
            yield (
                (key,),
                Mistake("a hermetic world has no way to the host", "add `mode: bridged`"),
            )
    dns = data.get("dns")
    if isinstance(dns, dict) and plain(dns.get("pass_through")) is True:
        yield (
            ("dns", "pass_through"),
            Mistake(
                "a hermetic world cannot ask the host's resolver",
                "add `mode: bridged`, or put the names into `names:`",
            ),
        )


def sensors(parts: Mapping[str, Mapping[str, object]]) -> Iterator[At]:
    """Constants that make no sense; what changes is limited by what the part measures."""
    for part, quantities in parts.items():
        for quantity, waveform in quantities.items():
            several = waveform if isinstance(waveform, tuple) else (waveform,)
            is_vector = quantity in VECTORS
            if is_vector != isinstance(waveform, tuple):
                what = "three values: x, y, z" if is_vector else "one value"
                yield ("sensors", part, quantity), Mistake("this is not right", f"write {what}")
                continue
            limits = QUANTITIES[f"{quantity}_x" if is_vector else quantity]
            for each in several:
                if isinstance(each, Constant) and not (
                    limits.minimum <= each.value <= limits.maximum
                ):
                    yield (
                        ("sensors", part, quantity),
                        Mistake(
                            f"{each.value:g} {limits.unit} is not right",
                            f"write {limits.minimum:g} to {limits.maximum:g} {limits.unit}",
                        ),
                    )
