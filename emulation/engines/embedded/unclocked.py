"""What answers in the place of a model whose clock is off: reads give 0, stores do nothing."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable

from renode_wifi.emulation.engines.embedded import native


class Unclocked:
    """A record of the core for a block of `size` bytes.

    on_access() is called at the first access; the core serves all later ones by itself.
    """

    def __init__(self, size: int, on_access: Callable[[], None]) -> None:
        words = self._words = size // 4
        self._on_access = on_access
        self._zeros = array("I", bytes(4 * words))
        self._ones = (ctypes.c_uint8 * words).from_buffer(bytearray(b"\1" * words))
        record = self.record = native.ModelRecord()
        # The record holds bare pointers: these references keep what they point to.
        self._methods = record.read, record.write = self._read, self._write
        record.values = record.writable = self._zeros.buffer_info()[0]
        record.plain = record.storage = ctypes.addressof(self._ones)

    def _read(self, offset: int, width: int) -> int:
        self._access()
        return 0

    def _write(self, offset: int, value: int, width: int) -> None:
        self._access()

    def _access(self) -> None:
        self.record.words = self._words
        self._on_access()
