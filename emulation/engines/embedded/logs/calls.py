"""Calls of chosen functions: the native core notes them, observers look at them later."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Collection, Iterator, Sequence

from renode_wifi.emulation.platform.core import CallRecord, LoggedFunction

NAME, WORDS, SAVED, CAPTURES, OPEN_CALLS = 16, 12, 8, 8, 64
"""As in state/call_log.h."""
CAPACITY = 1 << 20
"""Bytes of records that the core notes before Python takes them."""
RETURNS = 1 << 14
RETURN = 0xFFFF_FFFF
OPEN_CALL = 8 + 4 * (4 + WORDS)
u32, u64, pointer = ctypes.c_uint32, ctypes.c_uint64, ctypes.c_void_p
HEAD = struct.Struct(f"=Q6I{WORDS}I{SAVED}III{NAME}s")
AREA = struct.Struct("=II")


class CallCaptureRecord(ctypes.Structure):
    """`struct call_capture`."""

    _fields_ = [("argument", u32), ("size", u32), ("indirect", u32), ("output", u32)]


class CallFunctionRecord(ctypes.Structure):
    """`struct call_function`."""

    _fields_ = [
        ("address", u32),
        ("returns", u32),
        ("stack_size", u32),
        ("capture_count", u32),
        ("captures", CallCaptureRecord * CAPTURES),
    ]


class CallRecordRecord(ctypes.Structure):
    """`struct call_record`."""

    _fields_ = [
        ("time", u64),
        ("size", u32),
        ("function", u32),
        ("pc", u32),
        ("lr", u32),
        ("sp", u32),
        ("context", u32),
        ("words", u32 * WORDS),
        ("saved", u32 * SAVED),
        ("areas", u32),
        ("reserved", u32),
        ("name", ctypes.c_char * NAME),
    ]


class CallLogRecord(ctypes.Structure):
    """`struct call_log`."""

    _fields_ = [
        ("functions", pointer),
        ("function_count", u32),
        ("returns", pointer),
        ("return_capacity", u32),
        ("return_count", u32),
        ("bytes", pointer),
        ("capacity", u32),
        ("size", u32),
        ("task", u32),
        ("name", u32),
        ("live", u32),
        ("full", ctypes.py_object),
        ("open", pointer),
        ("open_count", u32),
    ]


RECORDS: dict[str, type[ctypes.Structure]] = {
    "call_capture": CallCaptureRecord,
    "call_function": CallFunctionRecord,
    "call_record": CallRecordRecord,
    "call_log": CallLogRecord,
}
"""By the names that the core has for them."""


class CallLog:
    """See `platform.core.CallHistory`."""

    def __init__(
        self,
        functions: Sequence[LoggedFunction],
        task: int,
        name: int,
        context: Callable[[], int],
    ) -> None:
        self.on_full: Callable[[], None] = lambda: None
        self._context = context
        order = sorted(range(len(functions)), key=lambda number: functions[number].address)
        self._numbers = order
        self._functions = (CallFunctionRecord * len(functions))()
        for record, number in zip(self._functions, order, strict=True):
            function = functions[number]
            record.address, record.returns = function.address, function.returns
            captures = function.captures[:CAPTURES]
            record.capture_count = len(captures)
            for place, capture in zip(record.captures, captures, strict=False):
                place.argument, place.size = capture.argument, capture.size
                place.indirect, place.output = capture.indirect, capture.output
        self._returns = (u32 * RETURNS)()
        self._open = ctypes.create_string_buffer(OPEN_CALLS * OPEN_CALL)
        self._bytes = ctypes.create_string_buffer(CAPACITY)
        self._view = memoryview(self._bytes)
        self._full = self._when_full
        self.record = CallLogRecord(
            ctypes.addressof(self._functions),
            len(functions),
            ctypes.addressof(self._returns),
            RETURNS,
            0,
            ctypes.addressof(self._bytes),
            CAPACITY,
            0,
            task,
            name,
            0,
            self._full,
            ctypes.addressof(self._open),
            0,
        )

    @property
    def live(self) -> bool:
        return bool(self.record.live)

    @live.setter
    def live(self, live: bool) -> None:
        self.record.live = live

    def keep_stacks(self, size: int, functions: Collection[int]) -> None:
        for record, number in zip(self._functions, self._numbers, strict=True):
            if number in functions:
                record.stack_size = max(record.stack_size, size)

    def context(self) -> int:
        return signed(self._context())

    def take(self) -> bytes:
        size = self.record.size
        if not size:
            return b""
        self.record.size = 0
        return bytes(self._view[:size])

    def parse(self, taken: bytes) -> Iterator[CallRecord]:
        start = 0
        while start < len(taken):
            time, size, number, pc, lr, sp, context, *words, areas, _, name = HEAD.unpack_from(
                taken, start
            )
            words, saved = words[:WORDS], words[WORDS:]
            place = start + HEAD.size
            pieces = []
            for _ in range(areas):
                address, length = AREA.unpack_from(taken, place)
                place += AREA.size
                pieces.append((address, taken[place : place + length]))
                place += (length + 3) & ~3
            start += size
            function = None if number == RETURN else self._numbers[number]
            yield CallRecord(
                time, function, pc, lr, sp, signed(context), name, words, pieces, saved
            )

    def _when_full(self) -> int:
        self.on_full()
        self.record.size = 0
        return 0


def signed(word: int) -> int:
    """A context: negative for an exception's number, none of which is above 511."""
    return word - (1 << 32) if word >= (1 << 32) - 512 else word
