"""What a serial port is connected to. Nothing here waits but `wait`."""

from __future__ import annotations

from typing import Protocol

MAX_PENDING = 1 << 20
"""Bytes that are kept for a reader that is slow, or not there yet; the oldest are dropped first."""


class Terminal(Protocol):
    """The far end of a serial port."""

    @property
    def is_live(self) -> bool:
        """Somebody may be at it, who expects time to pass."""

    def write(self, byte: int) -> None:
        """The port has sent a byte. It may stay in a buffer until `poll`."""

    def poll(self) -> bytes:
        """Pass on what was written, and return what has been typed since."""

    def close(self) -> None: ...


class Pending:
    """Bytes on their way to a reader."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self.dropped = 0
        """Bytes that nobody has read in time."""

    def __len__(self) -> int:
        return len(self._bytes)

    def append(self, byte: int) -> None:
        self._bytes.append(byte)
        if len(self._bytes) > MAX_PENDING:
            half = MAX_PENDING // 2
            del self._bytes[:half]
            self.dropped += half

    @property
    def data(self) -> bytes:
        return bytes(self._bytes)

    def sent(self, count: int) -> None:
        del self._bytes[:count]

    def clear(self) -> None:
        self._bytes.clear()
