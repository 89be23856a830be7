"""What the core executes from when on: the native core notes it, observers look at it later."""

from __future__ import annotations

import ctypes
import struct

from renode_wifi.emulation.platform.core import ExceptionListener

CAPACITY = 1 << 15
"""Entries that the core notes before Python takes them."""
MAX_KEPT = 1 << 21
"""Entries that wait for `flush`, 64 MB: when there are more, it is called."""
u16, u32, u64, pointer = ctypes.c_uint16, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_void_p


class ExceptionEntryRecord(ctypes.Structure):
    """`struct exception_entry`."""

    _fields_ = [
        ("time", u64),
        ("place", u32),
        ("current", u16),
        ("returned", u16),
        ("name", ctypes.c_char * 16),
    ]


class ExceptionLogRecord(ctypes.Structure):
    """`struct exception_log`."""

    _fields_ = [
        ("entries", pointer),
        ("capacity", u32),
        ("count", u32),
        ("ignored", u32),
        ("task", u32),
        ("name", u32),
        ("last", u32),
        ("full", ctypes.py_object),
    ]


ENTRY = struct.Struct("=QIHH16s")


class ExceptionLog:
    """See `platform.core.ExceptionHistory`."""

    def __init__(self, ignored: int, task: int, name: int) -> None:
        self.listeners: list[ExceptionListener] = []
        self._entries = (ExceptionEntryRecord * CAPACITY)()
        self._full = self._take
        self.record = ExceptionLogRecord(
            ctypes.addressof(self._entries), CAPACITY, 0, ignored, task, name, 0, self._full
        )
        self._kept: list[bytes] = []

    def flush(self) -> None:
        """Pass on what was noted since the last time."""
        self._keep()
        kept, self._kept = self._kept, []
        for piece in kept:
            for listener in self.listeners:
                listener(ENTRY.iter_unpack(piece))

    def _take(self) -> int:
        self._keep()
        if len(self._kept) * CAPACITY >= MAX_KEPT:
            self.flush()
        return 0

    def _keep(self) -> None:
        size = self.record.count * ENTRY.size
        if size:
            self._kept.append(bytes(memoryview(self._entries).cast("B")[:size]))
            self.record.count = 0
