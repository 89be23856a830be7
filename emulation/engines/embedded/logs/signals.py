"""Levels of lines and words of buses: the core notes them, an observer looks at them later."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable

CAPACITY = 1 << 12
"""Entries that the core notes before Python takes them."""
u16, u32, u64, pointer = ctypes.c_uint16, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_void_p
ENTRY = struct.Struct("=QIHH")
"""Time in ns, source, word sent, word received; of a line both are its level."""


class SignalEntryRecord(ctypes.Structure):
    """`struct signal_entry`."""

    _fields_ = [("time", u64), ("source", u32), ("sent", u16), ("received", u16)]


class SignalLogRecord(ctypes.Structure):
    """`struct signal_log`."""

    _fields_ = [
        ("entries", pointer),
        ("capacity", u32),
        ("count", u32),
        ("settled", u32),
        ("source", u32),
        ("configuration", u32),
        ("full", ctypes.py_object),
        ("settle", ctypes.py_object),
    ]


class SignalLog:
    """full: called when there is no room for more: it has to `take`. settle: called before words
    of a bus that may be set in another way than before.

    The core keeps its address: it has to live as long as the machine.
    """

    def __init__(self, full: Callable[[], None], settle: Callable[[], None]) -> None:
        self._entries = (SignalEntryRecord * CAPACITY)()
        self._bytes = memoryview(self._entries).cast("B")
        self._callbacks = _answering(full), _answering(settle)
        self.record = SignalLogRecord(
            ctypes.addressof(self._entries), CAPACITY, 0, 0, 0, 0, *self._callbacks
        )
        self.address = ctypes.addressof(self.record)

    def take(self) -> bytes:
        """What was not taken yet, each as `ENTRY`; the core settles before the next word."""
        record = self.record
        size = record.count * ENTRY.size
        if not size:
            return b""
        record.count = record.settled = 0
        return bytes(self._bytes[:size])


def _answering(callback: Callable[[], None]) -> Callable[[], int]:
    """The core takes an integer from what it calls."""

    def call() -> int:
        callback()
        return 0

    return call
