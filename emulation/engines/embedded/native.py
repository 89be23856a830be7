"""Finding, building and loading the native core.

A wheel brings the core compiled; a checkout compiles it at first use with the system's C compiler
into the user's cache. Either is used only if it was built from the sources beside this file: their
hash is part of its name.
"""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from pathlib import Path

from renode_wifi.emulation.engines.embedded import build_core
from renode_wifi.emulation.engines.embedded.logs.calls import RECORDS as CALL_RECORDS
from renode_wifi.emulation.engines.embedded.logs.exceptions import (
    ExceptionEntryRecord,
    ExceptionLogRecord,
)
from renode_wifi.emulation.engines.embedded.logs.signals import RECORDS as SIGNAL_RECORDS
from renode_wifi.emulation.engines.embedded.model_records import (
    CalendarRecord,
    CopierRecord,
    CounterRecord,
    CrcUnitRecord,
    EdgeOutputRecord,
    EdgesRecord,
    MaskedDataRecord,
    PinRecord,
    PinsRecord,
    PortRecord,
    QueueRecord,
    ReplyRecord,
    ServedRecord,
    TickerRecord,
    WordPortRecord,
)
from renode_wifi.peripherals.base.errors import RenodeWifiError

SOURCES = Path(__file__).resolve().parent / "core"

u8, u32, u64, pointer = ctypes.c_uint8, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_void_p

UNICORN_FUNCTIONS = (
    "uc_emu_start",
    "uc_emu_stop",
    "uc_reg_read",
    "uc_reg_write",
    "uc_reg_read_batch",
    "uc_reg_write_batch",
    "uc_hook_add",
    "uc_hook_del",
    "uc_ctl",
    "uc_mmio_map",
)
PYTHON_FUNCTIONS = (
    "PyObject_Vectorcall",
    "PyLong_FromUnsignedLong",
    "PyLong_AsUnsignedLongMask",
    "Py_DecRef",
    "PyErr_Occurred",
    "PyObject_SetAttr",
    "PyCapsule_GetPointer",
)

REGISTERS = (
    *(f"R{i}" for i in range(13)),
    *("SP", "LR", "PC", "XPSR", "MSP", "PSP", "CONTROL", "PRIMASK", "BASEPRI", "FAULTMASK"),
    *("XPSR_NZCVQG", "APSR_NZCV", "EPSR", "FPSCR"),
    *(f"D{i}" for i in range(16)),
)
"""Unicorn's names of the registers in `enum reg`."""

CORE_REGISTERS = 17

SERVICE_PHYSICAL = 0x2_0000_0000
"""Where Unicorn has `SERVICE_CODE`, which the core executes and the guest doesn't see."""
SERVICE_CODE = bytes.fromhex("bff32f8f30bf")
"""CLREX; WFI."""


class FaultRecord(ctypes.Structure):
    """`struct fault`."""

    _fields_ = [
        ("raised", u32),
        ("taken", u32),
        ("cfsr", u32),
        ("hfsr", u32),
        ("address", u32),
        ("access", u32),
        ("frame", u32),
        ("during", u32),
        ("registers", u32 * CORE_REGISTERS),
    ]


class Shared(ctypes.Structure):
    """`struct shared`, at the beginning of a core."""

    _fields_ = [
        ("cycles", u64),
        ("deadline", u64),
        ("pause", u64),
        ("limit", u64),
        ("stop", u32),
        ("unicorn_error", u32),
        ("reset_requested", u32),
        ("fault_ready", u32),
        ("fault", FaultRecord),
        ("stop_address", u32),
        ("debugger", u32),
        ("watched_address", u32),
        ("watched_access", u32),
        ("watched_value", u32),
        ("watched_width", u32),
        ("time", u64),
        ("time_cycles", u64),
        ("time_hertz", u64),
        ("exceptions_taken", u64),
        ("runs", u64),
        ("iterations_skipped", u64),
        ("interpreted", u64),
    ]


class Configuration(ctypes.Structure):
    """`struct configuration`."""

    _fields_ = [
        ("uc", pointer),
        ("unicorn", pointer * len(UNICORN_FUNCTIONS)),
        ("python", pointer * len(PYTHON_FUNCTIONS)),
        ("level_name", ctypes.py_object),
        ("state_name", ctypes.py_object),
        ("is_true", ctypes.py_object),
        ("is_false", ctypes.py_object),
        ("ids", ctypes.c_int32 * len(REGISTERS)),
        ("irq_count", u32),
        ("priority_bits", u32),
        ("systick_divider", u32),
        ("systick_calibration", u32),
    ]


class MemoryRecord(ctypes.Structure):
    """`struct memory`."""

    _fields_ = [
        ("bytes", pointer),
        ("size", u32),
        ("physical", u32),
        ("writable", ctypes.c_bool),
        ("pages", pointer),
        ("shadow", pointer),
        ("fresh", pointer),
        ("next", pointer),
    ]


class ModelRecord(ctypes.Structure):
    """`struct model`."""

    _fields_ = [
        ("read", ctypes.py_object),
        ("write", ctypes.py_object),
        ("values", pointer),
        ("words", u32),
        ("plain", pointer),
        ("storage", pointer),
        ("writable", pointer),
        ("port", pointer),
        ("pins", pointer),
        ("edges", pointer),
        ("crc_unit", pointer),
        ("counters", pointer),
        ("counter_count", u32),
        ("calendar", pointer),
        ("ticker", pointer),
        ("copier", pointer),
        ("reply", pointer),
        ("queue", pointer),
        ("word_port", pointer),
        ("native_accesses", u64),
        ("python_accesses", u64),
    ]


class WindowRecord(ctypes.Structure):
    """`struct window`."""

    _fields_ = [
        ("base", u32),
        ("size", u32),
        ("offset", u32),
        ("model", pointer),
        ("next_in_page", pointer),
    ]


class WatchpointRecord(ctypes.Structure):
    """`struct watchpoint`."""

    _fields_ = [("start", u32), ("size", u32), ("accesses", u32)]


SEGMENTS = 3


class FirewallState(ctypes.Structure):
    """`struct firewall_state`."""

    _fields_ = [
        ("segments", u32 * 2 * SEGMENTS),
        ("enabled", u32),
        ("open", u32),
        ("prearmed", u32),
        ("shared", u32),
        ("executable", u32),
    ]


WATCH_READ = 1
WATCH_WRITE = 2

PAGE_EXECUTED = 1
PAGE_HANDLED = 2
PAGE_FRESH = 32
"""`enum page_flags`."""

MIRRORED: dict[str, type[ctypes.Structure]] = {
    "configuration": Configuration,
    "fault": FaultRecord,
    "shared": Shared,
    "memory": MemoryRecord,
    "window": WindowRecord,
    "firewall_state": FirewallState,
    "watchpoint": WatchpointRecord,
    "model": ModelRecord,
    "port": PortRecord,
    **CALL_RECORDS,
    "exception_entry": ExceptionEntryRecord,
    "exception_log": ExceptionLogRecord,
    **SIGNAL_RECORDS,
    "edge_output": EdgeOutputRecord,
    "edges": EdgesRecord,
    "pin": PinRecord,
    "counter": CounterRecord,
    "calendar": CalendarRecord,
    "ticker": TickerRecord,
    "copier": CopierRecord,
    "reply": ReplyRecord,
    "served": ServedRecord,
    "queue": QueueRecord,
    "word_port": WordPortRecord,
    "crc_unit": CrcUnitRecord,
    "masked_data": MaskedDataRecord,
    "pins": PinsRecord,
}
"""The structures of the core that are declared here once more, by their names there."""


class Layout(ctypes.Structure):
    """`struct layout`: where a field of a structure is; without a field: the structure's size."""

    _fields_ = [
        ("structure", ctypes.c_char_p),
        ("field", ctypes.c_char_p),
        ("offset", u32),
        ("size", u32),
    ]


# name: (result, arguments) of the core's functions.
FUNCTIONS: dict[str, tuple[object, tuple[object, ...]]] = {
    "core_layout": (ctypes.POINTER(Layout), ()),
    "core_create": (pointer, (ctypes.POINTER(Configuration),)),
    "core_destroy": (None, (pointer,)),
    "core_reset": (ctypes.c_bool, (pointer, u32)),
    "core_run": (ctypes.c_int, (pointer, u64, u64)),
    "core_watch": (None, (pointer, u32)),
    "core_serve": (None, (pointer, ctypes.POINTER(ServedRecord))),
    "core_set_bounds": (None, (pointer, u64, u64)),
    "core_set_line": (None, (pointer, u32, u32)),
    "core_pend": (None, (pointer, u32)),
    "core_drive_pin": (ctypes.c_bool, (pointer, pointer, u32, u32)),
    "core_set_priority_mask": (None, (pointer, u32)),
    "core_map_memory": (ctypes.c_bool, (pointer, ctypes.POINTER(MemoryRecord), u32, u32, u32)),
    "core_map_window": (ctypes.c_bool, (pointer, ctypes.POINTER(WindowRecord))),
    "core_set_model": (ctypes.c_bool, (pointer, u32, pointer)),
    "core_handle_writes": (ctypes.c_bool, (pointer, u32, u32, ctypes.py_object)),
    "core_reserved_policy": (None, (pointer, u32, ctypes.py_object)),
    "core_on_deep_sleep": (None, (pointer, ctypes.py_object)),
    "core_on_sleep": (None, (pointer, ctypes.py_object)),
    "core_follow_sleep": (None, (pointer, u32)),
    "core_power_down": (None, (pointer,)),
    "core_halt": (None, (pointer, u32)),
    "core_is_halted": (u32, (pointer,)),
    "core_bus_read": (ctypes.c_bool, (pointer, u32, u32, ctypes.POINTER(u32))),
    "core_bus_write": (ctypes.c_bool, (pointer, u32, u32, u32)),
    "core_code_changed": (None, (pointer, u32, u32)),
    "core_hook_code": (None, (pointer, ctypes.POINTER(u32), u32, ctypes.py_object)),
    "core_log_calls": (None, (pointer, pointer)),
    "core_call_context": (u32, (pointer,)),
    "core_set_breakpoints": (None, (pointer, ctypes.POINTER(u32), u32)),
    "core_add_breakpoint": (ctypes.c_size_t, (pointer, u32)),
    "core_remove_breakpoint": (None, (pointer, ctypes.c_size_t)),
    "core_begin_step": (ctypes.c_size_t, (pointer,)),
    "core_end_step": (None, (pointer, ctypes.c_size_t)),
    "core_set_watchpoints": (None, (pointer, ctypes.POINTER(WatchpointRecord), u32)),
    "core_report_unaligned": (None, (pointer, u32, ctypes.py_object)),
    "core_report_fresh": (None, (pointer, u32, ctypes.py_object)),
    "core_set_firewall": (None, (pointer, ctypes.POINTER(FirewallState), ctypes.py_object)),
    "core_skip_idle_loops": (None, (pointer, u32)),
    "core_interpret": (None, (pointer, u32)),
    "core_set_fpu": (None, (pointer, u32)),
    "core_set_mpu": (None, (pointer, u32)),
    "core_on_trace": (None, (pointer, ctypes.py_object)),
    "core_log_exceptions": (None, (pointer, pointer)),
    "core_log_signals": (None, (pointer, pointer)),
    "core_on_semihosting": (None, (pointer, ctypes.py_object)),
    "core_state_size": (u32, ()),
    "core_save": (None, (pointer, ctypes.c_char_p)),
    "core_monitor_is_open": (ctypes.c_bool, (pointer,)),
    "core_close_monitor": (None, (pointer,)),
    "core_accepts": (ctypes.c_bool, (pointer, ctypes.c_char_p)),
    "core_restore": (None, (pointer, ctypes.c_char_p)),
    "core_register": (u64, (pointer, u32)),
    "core_set_register": (None, (pointer, u32, u64)),
}


def cache_folder() -> Path:
    """Where libraries built at run time are kept."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "renode-wifi"


def library_path() -> Path:
    """The core built from the sources at hand; it is built if it doesn't exist yet."""
    name = build_core.library_name(build_core.source_hash(SOURCES))
    installed, cached = SOURCES / name, cache_folder() / name
    if installed.is_file():
        return installed
    if not cached.is_file():
        try:
            build_core.build(cached, SOURCES)
        except build_core.BuildError as error:
            raise RenodeWifiError(error.message, cure=error.cure) from None
    for place in (cached.parent, cached):
        if not build_core.is_ours(place):
            raise RenodeWifiError(
                "other users may have put the emulation core there, or change it",
                where=str(place),
                cure="remove it, or let XDG_CACHE_HOME name a folder that only you can write",
            )
    return cached


@cache
def load() -> ctypes.PyDLL:
    """The core with its functions declared. They run with the interpreter's lock held, so that
    calls from the core into models cost no more than calls from Python."""
    library = ctypes.PyDLL(str(library_path()))
    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    _check_layout(library)
    return library


def _check_layout(library: ctypes.PyDLL) -> None:
    """Compare every field of every mirrored structure with the core's own."""
    places: dict[tuple[str, str], tuple[int, int]] = {}
    for entry in library.core_layout():
        if entry.structure is None:
            break
        places[entry.structure.decode(), (entry.field or b"").decode()] = entry.offset, entry.size
    mirrors: dict[tuple[str, str], tuple[int, int]] = {}
    for name, structure in MIRRORED.items():
        mirrors[name, ""] = 0, ctypes.sizeof(structure)
        for field, *_ in structure._fields_:
            place = getattr(structure, field)
            mirrors[name, field] = place.offset, place.size
    for name, field in sorted(places.keys() | mirrors.keys()):
        if places.get((name, field)) != mirrors.get((name, field)):
            raise RenodeWifiError(
                f"{library._name}: {field or 'the size'} of struct {name} isn't as declared",
                cure="make native.py and core/run/layout.c agree with the structure",
            )
