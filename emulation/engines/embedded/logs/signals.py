"""Levels of lines and words of buses: the core notes them, an observer looks at them later."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Sequence
from typing import Any

from renode_wifi.emulation.platform.core import Note, SignalSetting

CAPACITY = 1 << 12
"""Entries that the core notes before Python takes them."""
METH_FASTCALL = 0x80
u32, u64, pointer = ctypes.c_uint32, ctypes.c_uint64, ctypes.c_void_p
ENTRY = struct.Struct("=QIIII")
"""Time in ns, word sent, word received, source, bits; of a line both words are its level."""
UNKNOWN = (1 << 64) - 1

Places = Callable[[object], tuple[int, int]]
"""Addresses of where the core has a model's registers and how many; 0: it has none."""


class SignalEntryRecord(ctypes.Structure):
    """`struct signal_entry`."""

    _fields_ = [("time", u64), ("sent", u32), ("received", u32), ("source", u32), ("bits", u32)]


class SignalSettingRecord(ctypes.Structure):
    """`struct signal_setting`."""

    _fields_ = [
        ("values", pointer),
        ("words", pointer),
        ("word", u32),
        ("mask", u32),
        ("known", u64),
    ]


class SignalSourceRecord(ctypes.Structure):
    """`struct signal_source`."""

    _fields_ = [("settings", pointer), ("count", u32)]


class SignalLogRecord(ctypes.Structure):
    """`struct signal_log`."""

    _fields_ = [
        ("entries", pointer),
        ("capacity", u32),
        ("count", u32),
        ("sources", pointer),
        ("source_count", u32),
        ("host", pointer),
        ("full", ctypes.py_object),
        ("settle", ctypes.py_object),
    ]


RECORDS: dict[str, type[ctypes.Structure]] = {
    "signal_entry": SignalEntryRecord,
    "signal_setting": SignalSettingRecord,
    "signal_source": SignalSourceRecord,
    "signal_log": SignalLogRecord,
}
"""By the names that the core has for them."""


class MethodDefinition(ctypes.Structure):
    """PyMethodDef of Python's stable ABI."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("function", pointer),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    ]


class SignalLog:
    """See `platform.core.SignalHistory`."""

    def __init__(
        self,
        library: ctypes.PyDLL,
        core: int | None,
        places: Places,
        full: Callable[[], None],
        settle: Callable[[int], None],
    ) -> None:
        self._entries = (SignalEntryRecord * CAPACITY)()
        self._bytes = memoryview(self._entries).cast("B")
        self._sources: list[Any] = []
        self._callbacks = _answering(full), _answering(settle)
        self.record = SignalLogRecord(
            ctypes.addressof(self._entries), CAPACITY, 0, None, 0, None, *self._callbacks
        )
        self.address = ctypes.addressof(self.record)
        self._places = places
        library.core_log_signals(core, self.address)
        self._definition = MethodDefinition(
            b"note", ctypes.cast(library.signal_log_call, pointer).value, METH_FASTCALL, None
        )
        api = ctypes.pythonapi
        make_capsule, make_function = api.PyCapsule_New, api.PyCFunction_NewEx
        make_capsule.restype = make_function.restype = ctypes.py_object
        make_capsule.argtypes = [pointer, pointer, pointer]
        make_function.argtypes = [pointer, ctypes.py_object, ctypes.py_object]
        capsule = make_capsule(self.address, None, None)
        # The function keeps the log.
        self.note: Note = make_function(ctypes.addressof(self._definition), capsule, self)

    def follow(self, source: int, settings: Sequence[SignalSetting]) -> None:
        records = (SignalSettingRecord * len(settings))()
        for record, setting in zip(records, settings, strict=True):
            values, words = self._places(setting.model)
            record.values, record.words = values or None, words or None
            record.word, record.mask, record.known = setting.word, setting.mask, UNKNOWN
        while len(self._sources) <= source:
            self._sources.append(())
        self._sources[source] = records
        self._table = (SignalSourceRecord * len(self._sources))()
        for place, known in zip(self._table, self._sources, strict=True):
            place.settings, place.count = ctypes.addressof(known) if known else None, len(known)
        self.record.sources = ctypes.addressof(self._table)
        self.record.source_count = len(self._sources)

    def take(self) -> bytes:
        record = self.record
        size = record.count * ENTRY.size
        if not size:
            return b""
        record.count = 0
        return bytes(self._bytes[:size])


def _answering(callback: Callable[..., None]) -> Callable[..., int]:
    """The core takes an integer from what it calls."""

    def call(*arguments: int) -> int:
        callback(*arguments)
        return 0

    return call
