"""The faults of a world file: what goes wrong, and when."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from renode_wifi.peripherals.network.worldfile import models as world
from renode_wifi.peripherals.network.worldfile.tree import KeyPath, Tree
from renode_wifi.peripherals.network.worldfile.units import duration, duration_of


def read_faults(
    tree: Tree,
    access_points: Iterable[world.AccessPointSettings],
    servers: Iterable[world.ServerSettings],
) -> tuple[world.FaultSettings, ...]:
    """From a tree that the schema allows. Raises RenodeWifiError."""
    ssids = [access_point.ssid.decode() for access_point in access_points]
    names = [server.name for server in servers if server.type not in world.UDP_SERVERS]
    faults = []
    for index, entry in enumerate(tree.data.get("faults", ())):
        path: KeyPath = ("faults", index)
        if ("at" in entry) == ("after" in entry):
            raise tree.error(path, "wants either `at` or `after`", "at: 30 s, or after: connected")
        if "at" in entry and ("count" in entry or "delay" in entry):
            raise tree.error(path, "count and delay belong to `after`", "drop them")
        arguments: dict[str, Any] = {}
        if entry["do"].startswith("server-"):
            arguments["server"] = _reference(tree, path, entry, "server", names)
        elif entry["do"] in ("ap-vanishes", "put-out"):
            arguments["access_point"] = _reference(tree, path, entry, "access_point", ssids)
        elif entry["do"] == "link":
            for key in ("latency", "jitter"):
                if key in entry:
                    arguments[key] = duration(entry[key])
            if "loss" in entry:
                arguments["loss"] = entry["loss"]
            if not arguments:
                raise tree.error(path, "changes nothing", "add latency, jitter or loss")
        faults.append(
            world.FaultSettings(
                entry["do"],
                None if "at" not in entry else duration(entry["at"]),
                entry.get("after"),
                entry.get("count", 1),
                duration_of(entry, "delay", 0),
                None if "for" not in entry else duration(entry["for"]),
                arguments,
                str(tree.mark(path)),
            )
        )
    return tuple(faults)


def _reference(tree: Tree, path: KeyPath, entry: dict[str, Any], key: str, known: list[str]) -> str:
    """The name below `key`; the only one known where it is left out."""
    name = entry.get(key, known[0] if len(known) == 1 else None)
    if name in known:
        return str(name)
    choices = ", ".join(known) or "none"
    if name is None:
        raise tree.error(path, f"lacks the key `{key}`", f"add it; there are: {choices}")
    near = difflib.get_close_matches(str(name), known, n=1)
    raise tree.error(
        (*path, key),
        f"there is no such {key.replace('_', ' ')}: {name}",
        f"did you mean `{near[0]}`?" if near else f"there are: {choices}",
    )
