"""What the core serves of a model by itself, as its structures have it (core/models)."""

from __future__ import annotations

import ctypes

from renode_wifi.peripherals.base.pins import PINS

u32, pointer = ctypes.c_uint32, ctypes.c_void_p


class EdgeOutputRecord(ctypes.Structure):
    """`struct edge_output`."""

    _fields_ = [("line", ctypes.py_object), ("exception", u32)]


class EdgesRecord(ctypes.Structure):
    """`struct edges`."""

    _fields_ = [
        ("values", pointer),
        ("levels", pointer),
        ("mask", u32),
        ("rising", u32),
        ("falling", u32),
        ("trigger", u32),
        ("pending", u32),
        ("detected", u32),
        ("served", u32),
        ("outputs", EdgeOutputRecord * PINS),
    ]


class PinRecord(ctypes.Structure):
    """`struct pin`."""

    _fields_ = [
        ("line", ctypes.py_object),
        ("edges", pointer),
        ("level", pointer),
        ("selected", pointer),
        ("output", ctypes.py_object),
        ("choice", u32),
        ("listener_input", u32),
        ("listener", ctypes.py_object),
        ("follower", ctypes.py_object),
        ("inverted", u32),
        ("source", u32),
        ("log", pointer),
    ]


COUNTER_REGISTERS = 2


class CounterRecord(ctypes.Structure):
    """`struct counter`."""

    _fields_ = [("state", pointer), ("words", u32 * COUNTER_REGISTERS)]


class CalendarRecord(ctypes.Structure):
    """`struct calendar`."""

    _fields_ = [("state", pointer), ("fraction", u32), ("time", u32), ("date", u32)]


class TickerRecord(ctypes.Structure):
    """`struct ticker`."""

    _fields_ = [
        ("timing", pointer),
        ("state", pointer),
        ("values", pointer),
        ("status", u32),
        ("flag", u32),
        ("clears", u32),
        ("enables", u32),
        ("interrupts", u32),
        ("exception", u32),
        ("line", ctypes.py_object),
        ("driver", ctypes.py_object),
        ("levels", pointer),
        ("level_count", u32),
        ("level", u32),
        ("take_over", ctypes.py_object),
    ]


COPIER_CHANNELS = 8


class CopierRecord(ctypes.Structure):
    """`struct copier`."""

    _fields_ = [
        ("timing", pointer),
        ("values", pointer),
        ("state", pointer),
        ("hertz", pointer),
        ("reload", pointer),
        ("peripheral", pointer),
        ("memory", pointer),
        ("channels", u32),
        ("status", u32),
        ("clear", u32),
        ("first", u32),
        ("stride", u32),
        ("writable", u32),
        ("batch", u32),
        ("cycles", u32),
        ("exceptions", u32 * COPIER_CHANNELS),
        ("lines", ctypes.py_object * COPIER_CHANNELS),
        ("take_over", ctypes.py_object),
    ]


class ReplyRecord(ctypes.Structure):
    """`struct reply`."""

    _fields_ = [
        ("timing", pointer),
        ("values", pointer),
        ("state", pointer),
        ("command", u32),
        ("length", u32),
        ("data", u32),
        ("status", u32),
        ("clear", u32),
        ("busy", u32),
        ("complete", u32),
        ("ready", u32),
        ("level", u32),
        ("kept", u32),
        ("take_over", ctypes.py_object),
    ]


class ServedRecord(ctypes.Structure):
    """`struct served`."""

    _fields_ = [
        ("tickers", ctypes.POINTER(TickerRecord)),
        ("copiers", ctypes.POINTER(CopierRecord)),
        ("replies", ctypes.POINTER(ReplyRecord)),
        ("ticker_count", u32),
        ("copier_count", u32),
        ("reply_count", u32),
        ("sequence", pointer),
    ]


class QueueRecord(ctypes.Structure):
    """`struct queue`."""

    _fields_ = [
        ("state", pointer),
        ("words", pointer),
        ("values", pointer),
        ("data", u32),
        ("status", u32),
        ("ready", u32),
    ]


class WordPortRecord(ctypes.Structure):
    """`struct word_port`."""

    _fields_ = [
        ("state", pointer),
        ("values", pointer),
        ("send", u32),
        ("receive", u32),
        ("status", u32),
    ]


class CrcUnitRecord(ctypes.Structure):
    """`struct crc_unit`."""

    _fields_ = [
        ("state", pointer),
        ("data", u32),
        ("polynomial", u32),
        ("table_of", u32),
        ("table", u32 * 256),
    ]


class MaskedDataRecord(ctypes.Structure):
    """`struct masked_data`."""

    _fields_ = [
        ("words", u32),
        ("by_level", u32),
        ("both", u32),
        ("high", u32),
        ("enabled", u32),
        ("raw", u32),
        ("masked", u32),
    ]


class PinsRecord(ctypes.Structure):
    """`struct pins`."""

    _fields_ = [
        ("values", pointer),
        ("state", pointer),
        ("levels", u32),
        ("data", u32),
        ("set_reset", u32),
        ("reset", u32),
        ("has_modes", u32),
        ("mode", u32),
        ("pull", u32),
        ("open_drain", u32),
        ("masked", MaskedDataRecord),
        ("served", u32),
        ("stale", u32),
        ("next_stale", pointer),
        ("pin", PinRecord * PINS),
    ]


PORT_CAUSES = 4


class PortRecord(ctypes.Structure):
    """`struct port`."""

    _fields_ = [
        ("state", pointer),
        ("stream", pointer),
        ("sent", pointer),
        ("received", pointer),
        ("data", u32),
        ("status", u32),
        ("control", u32),
        ("causes", u32 * 2 * PORT_CAUSES),
        ("overrun", u32),
        ("exception", u32),
        ("line", ctypes.py_object),
        ("ended", ctypes.py_object),
        ("log", pointer),
        ("source", u32),
    ]
