"""Bytes at addresses, as a flash programmer writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ERASED = 0xFF
"""What a byte of flash reads that nothing was programmed into."""


@dataclass(frozen=True)
class Segment:
    """Bytes to be written at a physical address."""

    address: int
    data: bytes

    @property
    def end(self) -> int:
        return self.address + len(self.data)


class Overlap(ValueError):
    """Two different bytes for one address, which it names."""

    def __init__(self, address: int) -> None:
        super().__init__(f"two different bytes for 0x{address:08X}")
        self.address = address


class Collector:
    """Gathers the bytes of records, most of which follow one another."""

    def __init__(self) -> None:
        self._runs: list[tuple[int, bytearray]] = []

    def add(self, address: int, data: bytes) -> None:
        if self._runs:
            start, run = self._runs[-1]
            if address == start + len(run):
                run += data
                return
        self._runs.append((address, bytearray(data)))

    def segments(self) -> list[Segment]:
        """Raises Overlap as `merged` does."""
        return merged(Segment(start, bytes(run)) for start, run in self._runs)


def merged(segments: Iterable[Segment]) -> list[Segment]:
    """The same bytes in order of address, neighbours joined.

    Bytes for one address may come several times as long as they agree, and filling (0xFF) gives
    way to any other. Raises Overlap where they don't.
    """
    joined: list[tuple[int, bytearray]] = []
    for segment in sorted(segments, key=lambda segment: segment.address):
        if not segment.data:
            continue
        if not joined or segment.address > joined[-1][0] + len(joined[-1][1]):
            joined.append((segment.address, bytearray(segment.data)))
            continue
        start, data = joined[-1]
        offset = segment.address - start
        shared = min(len(data) - offset, len(segment.data))
        old, new = data[offset : offset + shared], segment.data[:shared]
        if old != new:
            data[offset : offset + shared] = _agreed(segment.address, old, new)
        data += segment.data[shared:]
    return [Segment(start, bytes(data)) for start, data in joined]


def _agreed(address: int, first: bytes | bytearray, second: bytes) -> bytes:
    both = bytearray()
    for offset, (one, other) in enumerate(zip(first, second, strict=True)):
        if one not in (other, ERASED) and other != ERASED:
            raise Overlap(address + offset)
        both.append(other if one == ERASED else one)
    return bytes(both)
