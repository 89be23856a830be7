"""The local monitor of LDREX and STREX (ARM DDI 0403E, A3.4), for snapshots.

Unicorn keeps the address and the value that LDREX loaded, and shows them in a copy of its CPU only.
Where in the copy they are is found out with a CPU that has executed one LDREX.
"""

from __future__ import annotations

import ctypes
import struct
from functools import cache
from typing import Any, NamedTuple

import unicorn
from unicorn.arm_const import UC_ARM_REG_R0, UC_CPU_ARM_CORTEX_M4

LDREX = bytes.fromhex("50e8001f")
"""LDREX R1, [R0]"""
CODE, DATA, VALUE = 0x10000, 0x2000_0A50, 0x5EC0_DE11
CLOSED = (1 << 64) - 1


class Exclusive(NamedTuple):
    """address: loaded from, by LDREX. value: what was there."""

    address: int
    value: int


_PAIR = struct.Struct("<QQ")


def _copy(uc: unicorn.Uc) -> tuple[Any, ctypes.Array[ctypes.c_char]]:
    """A copy of the CPU, and its bytes as long as it lives."""
    context = uc.context_save()
    address = ctypes.cast(context.context, ctypes.c_void_p).value or 0
    content: ctypes.Array[ctypes.c_char] = (ctypes.c_char * context.size).from_address(address)
    return context, content


@cache
def _offset() -> int | None:
    """Of the pair in a copy; None: it isn't found in this Unicorn."""
    uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB)
    uc.ctl_set_cpu_model(UC_CPU_ARM_CORTEX_M4)
    for address, content in ((CODE, LDREX), (DATA, VALUE.to_bytes(4, "little"))):
        uc.mem_map(address & ~0xFFF, 0x1000)
        uc.mem_write(address, content)
    uc.reg_write(UC_ARM_REG_R0, DATA)
    uc.emu_start(CODE | 1, CODE + len(LDREX))
    _context, copy = _copy(uc)
    pair = _PAIR.pack(DATA, VALUE)
    return copy.raw.index(pair) if copy.raw.count(pair) == 1 else None


def read(uc: unicorn.Uc) -> Exclusive | None:
    """What the monitor holds; None: it is closed."""
    offset = _offset()
    if offset is None:
        return None
    _context, copy = _copy(uc)
    address, value = _PAIR.unpack_from(copy, offset)
    return None if address == CLOSED else Exclusive(address, value)


def write(uc: unicorn.Uc, exclusive: Exclusive) -> None:
    """Open the monitor."""
    offset = _offset()
    if offset is None:
        return
    context, copy = _copy(uc)
    _PAIR.pack_into(copy, offset, *exclusive)
    uc.context_restore(context)


def is_saved(found: object) -> bool:
    """Whether a snapshot may have it: the pair of an open monitor, or () of a closed one."""
    if not isinstance(found, tuple) or len(found) not in (0, len(Exclusive._fields)):
        return False
    return all(type(number) is int and 0 <= number < 1 << 32 for number in found)
