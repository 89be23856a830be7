"""Framing of GDB's remote serial protocol: bytes to packets and back.

Source: the GDB manual, appendix E "GDB Remote Serial Protocol", sections Overview and Packet
Acknowledgment.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

MAX_PACKET = 0x4000
"""Bytes between `$` and `#` that a client may send, as `qSupported` says."""

INTERRUPT = 0x03
ESCAPE = 0x7D
ESCAPED = frozenset(b"#$}*")


class Signal(Enum):
    """What comes between packets."""

    ACK = "+"
    NACK = "-"
    INTERRUPT = "Ctrl-C"
    DAMAGED = "a packet with a wrong checksum, or too long"


@dataclass(frozen=True)
class Packet:
    """data: between `$` and `#`, unescaped."""

    data: bytes


def checksum(body: bytes) -> int:
    return sum(body) & 0xFF


def escape(data: bytes) -> bytes:
    """Binary data as it may stand in a packet."""
    if not ESCAPED.intersection(data):
        return data
    return b"".join(
        bytes((ESCAPE, byte ^ 0x20)) if byte in ESCAPED else bytes((byte,)) for byte in data
    )


def unescape(body: bytes) -> bytes:
    """Undo `escape`; an escape at the end stands for nothing."""
    first, *rest = body.split(bytes((ESCAPE,)))
    parts = [first]
    pending = False
    for part in rest:
        # Two escapes in a row: the second is the escaped byte, which split off an empty part.
        if pending:
            parts.append(bytes((ESCAPE ^ 0x20,)) + part)
            pending = False
        elif part:
            parts.append(bytes((part[0] ^ 0x20,)) + part[1:])
        else:
            pending = True
    return b"".join(parts)


def encode(data: bytes) -> bytes:
    """A packet with this data."""
    body = escape(data)
    return b"$%s#%02x" % (body, checksum(body))


class PacketDecoder:
    """Cuts a byte stream into packets and signals, however it arrives."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._tail = bytearray()
        self._in_packet = False
        self._in_checksum = False
        self._too_long = False

    def feed(self, data: bytes) -> list[Packet | Signal]:
        """What these bytes complete."""
        found: list[Packet | Signal] = []
        for byte in data:
            if self._in_checksum:
                self._tail.append(byte)
                if len(self._tail) == 2:
                    found.append(self._end())
            elif byte == ord("$"):
                # Also within a packet: its end was lost.
                self._body.clear()
                self._in_packet, self._too_long = True, False
            elif self._in_packet:
                if byte == ord("#"):
                    self._in_packet, self._in_checksum = False, True
                elif len(self._body) < MAX_PACKET:
                    self._body.append(byte)
                else:
                    self._too_long = True
            elif byte == INTERRUPT:
                found.append(Signal.INTERRUPT)
            elif byte == ord("+"):
                found.append(Signal.ACK)
            elif byte == ord("-"):
                found.append(Signal.NACK)
        return found

    def _end(self) -> Packet | Signal:
        body, tail = bytes(self._body), bytes(self._tail)
        self._body.clear()
        self._tail.clear()
        self._in_checksum = False
        try:
            expected = int(tail, 16)
        except ValueError:
            return Signal.DAMAGED
        if self._too_long or not tail.isalnum() or expected != checksum(body):
            return Signal.DAMAGED
        return Packet(unescape(body))
