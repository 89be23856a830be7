"""Ethernet frames for what the world's network carries, which knows streams and datagrams only.

Sequence numbers begin at 0; what a stream sent so far counts as acknowledged. Lengths and checksums
are right. Sources: RFC 791 (3.1), RFC 9293 (3.1), RFC 768.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from ipaddress import IPv4Address

IPV4 = 0x0800
TCP, UDP = 6, 17
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
WINDOW = 65535
MAX_SEGMENT = 1460
MAX_DATAGRAM = 65_507
TTL = 64


class Addresses:
    """MAC addresses: those of stations are the world's, others are made from the IPv4 address."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def learn(self, address: str, mac: str) -> None:
        self._known[address] = bytes.fromhex(mac.replace(":", ""))

    def of(self, address: str) -> bytes:
        # 02: locally administered.
        return self._known.get(address) or b"\x02\x00" + IPv4Address(address).packed


class Flow:
    """One TCP connection. origin, destination: `address:port` of who connects and of whom to."""

    def __init__(self, addresses: Addresses, origin: str, destination: str) -> None:
        self._addresses = addresses
        self._origin = origin
        self._ends = {origin: destination, destination: origin}
        self._next = dict.fromkeys(self._ends, 0)

    def connect(self) -> Iterator[bytes]:
        yield self._segment(self._origin, SYN, count=1)

    def connected(self) -> Iterator[bytes]:
        yield self._segment(self._ends[self._origin], SYN | ACK, count=1)
        yield self._segment(self._origin, ACK)

    def refused(self) -> Iterator[bytes]:
        yield self._segment(self._ends[self._origin], RST | ACK)

    def data(self, sender: str, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), MAX_SEGMENT):
            piece = data[start : start + MAX_SEGMENT]
            yield self._segment(sender, PSH | ACK, piece, len(piece))

    def fin(self, sender: str) -> Iterator[bytes]:
        yield self._segment(sender, FIN | ACK, count=1)

    def reset(self, sender: str) -> Iterator[bytes]:
        yield self._segment(sender, RST | ACK)

    def _segment(self, sender: str, flags: int, data: bytes = b"", count: int = 0) -> bytes:
        if sender not in self._ends:  # An address that was translated on the way.
            sender = self._ends[self._origin]
        receiver = self._ends[sender]
        source, destination = _end(sender), _end(receiver)
        sequence = self._next[sender]
        acknowledged = self._next[receiver] if flags & ACK else 0
        self._next[sender] = (sequence + count) & 0xFFFF_FFFF
        head = struct.pack(
            ">HHIIBBHHH",
            source[1],
            destination[1],
            sequence,
            acknowledged,
            5 << 4,
            flags,
            WINDOW,
            0,
            0,
        )
        return _frame(self._addresses, source[0], destination[0], TCP, head + data, 16)


def datagram(addresses: Addresses, origin: str, destination: str, data: bytes) -> bytes:
    """A UDP datagram as one frame."""
    source, target = _end(origin), _end(destination)
    data = data[:MAX_DATAGRAM]
    head = struct.pack(">HHHH", source[1], target[1], 8 + len(data), 0)
    return _frame(addresses, source[0], target[0], UDP, head + data, 6)


def _end(text: str) -> tuple[str, int]:
    address, _, port = text.rpartition(":")
    return address, int(port)


def _frame(
    addresses: Addresses,
    source: str,
    destination: str,
    protocol: int,
    payload: bytes,
    checksum_at: int,
) -> bytes:
    ends = IPv4Address(source).packed + IPv4Address(destination).packed
    pseudo = ends + struct.pack(">BBH", 0, protocol, len(payload))
    total = _checksum(pseudo + payload)
    payload = payload[:checksum_at] + struct.pack(">H", total) + payload[checksum_at + 2 :]
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, TTL, protocol, 0) + ends
    head = head[:10] + struct.pack(">H", _checksum(head)) + head[12:]
    ethernet = addresses.of(destination) + addresses.of(source) + struct.pack(">H", IPV4)
    return ethernet + head + payload


def _checksum(data: bytes) -> int:
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
