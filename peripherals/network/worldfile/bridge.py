"""The sections of a world file that lead out of the world: forwards, expose, egress."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from renode_wifi.peripherals.network.stack.dns import normalise
from renode_wifi.peripherals.network.worldfile import models as world
from renode_wifi.peripherals.network.worldfile.schema_check import is_address, is_network
from renode_wifi.peripherals.network.worldfile.tree import KeyPath, Tree
from renode_wifi.peripherals.network.worldfile.units import duration_of


def read_bridge(tree: Tree) -> world.BridgeSettings:
    """From a tree that the schema allows. Raises RenodeWifiError."""
    data = tree.data
    if data.get("mode") != "bridged":
        _refuse(tree)
    forwards = []
    taken: set[tuple[str, bool]] = set()
    for index, entry in enumerate(data.get("forwards", ())):
        path: KeyPath = ("forwards", index)
        udp = entry.get("udp", False)
        if (entry["from"], udp) in taken:
            raise tree.error((*path, "from"), "forwarded twice", "keep one of them")
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
                str(tree.mark(path)),
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
                str(tree.mark(("expose", index, "listen"))),
            )
        )
    return world.BridgeSettings(
        tuple(forwards),
        tuple(expose),
        tuple(_egress(text) for text in data.get("egress", ())),
        duration_of(data.get("bridge", {}), "grace", world.BridgeSettings.grace),
    )


def _refuse(tree: Tree) -> None:
    """A hermetic world has none of these sections."""
    for key in ("forwards", "expose", "egress", "bridge"):
        if tree.data.get(key):
            raise tree.error(
                (key,), "a hermetic world has no way to the host", "add `mode: bridged`"
            )
    if tree.data.get("dns", {}).get("pass_through"):
        raise tree.error(
            ("dns", "pass_through"),
            "a hermetic world cannot ask the host's resolver",
            "add `mode: bridged`, or put the names into `names:`",
        )


def _egress(text: str) -> world.EgressRule:
    target, _, port = text.rpartition(":")
    number = None if port == "*" else int(port)
    if is_address(target) or is_network(target):
        return world.EgressRule(IPv4Network(target), None, number)
    star = "*." if target.startswith("*.") else ""
    return world.EgressRule(None, f"{star}{normalise(target[len(star) :])}", number)
