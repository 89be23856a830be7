"""What a world file may say: checked against `world.schema.json`, with the place and the cure."""

from __future__ import annotations

import difflib
import json
from datetime import datetime
from functools import cache, partial
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.stack.dns import normalise
from renode_wifi.peripherals.network.worldfile.schema import Schema, Violation
from renode_wifi.peripherals.network.worldfile.tree import READ_HERE, KeyPath, Tree, dotted_path

DOCUMENT = Path(__file__).with_name("world.schema.json")

TEXT_KEYS = {"ssid", "passphrase", "access_point"}
"""Values that are text even when they look like numbers."""


def check(tree: Tree) -> None:
    """Raise RenodeWifiError for the first mistake in the file."""
    _keep_text(tree.data)
    violations = list(_schema().violations(tree.data))
    if violations:
        # The first in the file is the one to mend first, before what it leads to.
        raise _explain(tree, min(violations, key=partial(_place, tree)))


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


# The schema


def is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def is_network(text: str) -> bool:
    try:
        IPv4Network(text)
    except ValueError:
        return False
    return "/" in text


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 65_536


def _is_endpoint(text: str) -> bool:
    address, colon, port = text.rpartition(":")
    return bool(colon) and is_address(address) and _is_port(port)


def _is_host_endpoint(text: str) -> bool:
    host, colon, port = text.rpartition(":")
    return bool(colon) and normalise(host) is not None and _is_port(port)


def _is_host_name(text: str) -> bool:
    name = text
    return normalise(name[2:] if name.startswith("*.") else name) is not None


def _is_egress(text: str) -> bool:
    target, colon, port = text.rpartition(":")
    if not colon or not (port == "*" or _is_port(port)):
        return False
    return is_address(target) or is_network(target) or _is_host_name(target)


def _is_ssid(text: str) -> bool:
    return 1 <= len(text.encode()) <= 32


def _is_date(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        return False
    return True


FORMATS = {
    "ipv4": is_address,
    "ipv4-network": is_network,
    "ipv4-port": _is_endpoint,
    "host-port": _is_host_endpoint,
    "host-name": _is_host_name,
    "egress": _is_egress,
    "ssid": _is_ssid,
    "date": _is_date,
}


@cache
def _schema() -> Schema:
    return Schema(json.loads(DOCUMENT.read_text(encoding="utf-8")), FORMATS)


# What to tell


def _place(tree: Tree, violation: Violation) -> tuple[str, int, int, bool]:
    mark = tree.mark(violation.path)
    # A key that is missed is often one that was mistyped, which tells more.
    return str(mark.file), mark.line, mark.column, violation.keyword == "required"


def _explain(tree: Tree, violation: Violation) -> RenodeWifiError:
    path, instance, schema = violation.path, violation.instance, violation.schema
    setting = schema[violation.keyword]
    if violation.keyword == "additionalProperties":
        known = sorted(schema["properties"])
        unknown = next(key for key in instance if key not in known)
        if not path:
            known = sorted((*known, *READ_HERE))
        return _unknown_key(tree, (*path, unknown), known)
    if violation.keyword == "required":
        missing = next(key for key in setting if key not in instance)
        description = _schema().resolved(schema["properties"][missing])["description"]
        return RenodeWifiError(
            f"{dotted_path(path)} lacks the key `{missing}`",
            where=str(tree.mark(path)),
            cure=f"add `{missing}:` with {description}",
        )
    if violation.key_at_fault:
        path = (*path, str(instance))
    value = f"`{instance}`"
    if instance is None:
        value = "an empty value"
    elif isinstance(instance, dict | list):
        value = ("a mapping" if isinstance(instance, dict) else "a list") + " of this kind"
    elif isinstance(instance, str) and violation.keyword == "type":
        value = f"the text `{instance}`"
    near: list[str] = []
    if violation.keyword == "enum" and isinstance(instance, str):
        near = difflib.get_close_matches(instance, setting, n=1)
    return RenodeWifiError(
        f"{dotted_path(path)}: {value} is not right",
        where=str(tree.mark(path, key=violation.key_at_fault)),
        cure=f"write {schema['description']}" + (f"; did you mean `{near[0]}`?" if near else ""),
    )


def _unknown_key(tree: Tree, path: KeyPath, known: list[str]) -> RenodeWifiError:
    near = difflib.get_close_matches(str(path[-1]), known, n=1)
    cure = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
    return RenodeWifiError(
        f"unknown key `{path[-1]}`" + (f" in {dotted_path(path[:-1])}" if path[:-1] else ""),
        where=str(tree.mark(path, key=True)),
        cure=cure,
    )
