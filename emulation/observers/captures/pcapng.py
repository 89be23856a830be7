"""Writes pcapng: packets of one Ethernet interface, and the secrets that decrypt them.

Source: draft-ietf-opsawg-pcapng (section header, interface description, enhanced packet and
decryption secrets blocks).
"""

from __future__ import annotations

import struct
from typing import Protocol

SECTION_HEADER, INTERFACE, PACKET, SECRETS = 0x0A0D0D0A, 1, 6, 10
BYTE_ORDER = 0x1A2B3C4D
ETHERNET = 1
"""LINKTYPE_ETHERNET."""
TLS_KEY_LOG = 0x544C534B
OPTION_END, OPTION_NAME, OPTION_RESOLUTION = 0, 2, 9
NANOSECONDS = 9
"""if_tsresol: powers of ten."""


class Writable(Protocol):
    """A binary file, as far as one is needed to write it."""

    def write(self, data: bytes, /) -> object: ...


def header(interface: str) -> bytes:
    """The beginning of a file. interface: its name."""
    section = struct.pack("<IHHq", BYTE_ORDER, 1, 0, -1)
    options = _option(OPTION_NAME, interface.encode()) + _option(
        OPTION_RESOLUTION, bytes((NANOSECONDS,))
    )
    description = struct.pack("<HHI", ETHERNET, 0, 0) + options + _option(OPTION_END, b"")
    return _block(SECTION_HEADER, section) + _block(INTERFACE, description)


def secrets(lines: str) -> bytes:
    """Lines of an NSS key log; they have to come before the packets that they decrypt."""
    data = lines.encode("ascii")
    return _block(SECRETS, struct.pack("<II", TLS_KEY_LOG, len(data)) + _padded(data))


def packet(time: int, frame: bytes) -> bytes:
    """A frame at `time` ns."""
    size = len(frame)
    head = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFF_FFFF, size, size)
    return _block(PACKET, head + _padded(frame))


def _block(kind: int, body: bytes) -> bytes:
    size = len(body) + 12
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
