"""The structures of advertising data (Core Specification Supplement, Part A)."""

from __future__ import annotations

from collections.abc import Iterable

from renode_wifi.peripherals.network.contract.bluetooth import LONG, SHORT

FLAGS, SHORT_UUIDS, LONG_UUIDS, SHORT_NAME, COMPLETE_NAME = 0x01, 0x03, 0x07, 0x08, 0x09
TX_POWER = 0x0A
LIMITED_DISCOVERABLE, GENERAL_DISCOVERABLE, NO_BR_EDR = 0x01, 0x02, 0x04
MAX_DATA = 31


def structure(kind: int, value: bytes) -> bytes:
    return bytes([len(value) + 1, kind]) + value


def structures(data: bytes) -> dict[int, bytes]:
    """By their kinds; what is cut off counts as far as it goes."""
    found: dict[int, bytes] = {}
    while data and data[0]:
        length = data[0]
        if len(data) > 1:
            found[data[1]] = data[2 : 1 + length]
        data = data[1 + length :]
    return found


def local_name(data: bytes) -> str:
    """ "" where there is none."""
    found = structures(data)
    return found.get(COMPLETE_NAME, found.get(SHORT_NAME, b"")).decode("utf-8", "replace")


def discoverable(name: bytes) -> bytes:
    """Flags, and as much of a name as fits."""
    flags = structure(FLAGS, bytes([GENERAL_DISCOVERABLE | NO_BR_EDR]))
    room = MAX_DATA - len(flags) - 2
    kind = COMPLETE_NAME if len(name) <= room else SHORT_NAME
    return flags + structure(kind, name[:room])


def services(uuids: Iterable[bytes]) -> bytes:
    """Complete lists of services, those with 16 bits first, as far as they fit into one packet."""
    found = b""
    listed = list(uuids)
    for kind, length in ((SHORT_UUIDS, SHORT), (LONG_UUIDS, LONG)):
        joined = b"".join(uuid for uuid in listed if len(uuid) == length)
        if joined and len(found) + len(joined) + 2 <= MAX_DATA:
            found += structure(kind, joined)
    return found
