"""What counts as a host name, and its normal form."""

from __future__ import annotations

from ipaddress import IPv4Address

MAX_NAME = 253
MAX_LABEL = 63
"""RFC 1035 section 2.3.4."""


def normalise(name: str) -> str | None:
    """A host name in the form of the table, or None when it is no name."""
    name = name.rstrip("\0").strip().lower()
    if name.endswith("."):
        name = name[:-1]
    if not name or len(name) > MAX_NAME or not name.isascii():
        return None
    for label in name.split("."):
        if not label or len(label) > MAX_LABEL:
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
