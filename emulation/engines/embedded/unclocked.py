"""What answers in the place of a model whose clock is off: reads give 0, stores do nothing."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from renode_wifi.emulation.engines.embedded import native


class Unclocked:
    """A record of the core for a block of `size` bytes.

    on_access() is called at the first access; the core serves all later ones by itself.
    """

    def __init__(self, size: int, on_access: Callable[[], None]) -> None:
        self._size = size
        self._on_access = on_access
        record = self.record = native.ModelRecord()
        # The record holds bare pointers: these references keep what they point to.
        self._methods = record.read, record.write = self._read, self._write
        self._arrays: tuple[array[int], array[int]] | None = None

    def _read(self, offset: int, width: int) -> int:
        self._access()
        return 0

    def _write(self, offset: int, value: int, width: int) -> None:
        self._access()

    def _access(self) -> None:
        if self._arrays is None:
            # Not before, since most blocks are never accessed so, and some are of megabytes.
            words = self._size // 4
            zeros, ones = self._arrays = array("I", bytes(4 * words)), array("B", b"\1" * words)
            record = self.record
            record.values = record.writable = zeros.buffer_info()[0]
            record.plain = record.storage = ones.buffer_info()[0]
            record.words = words
        self._on_access()
