"""Packets for registers, memory, breakpoints and flash.

Source: the GDB manual, appendix E "GDB Remote Serial Protocol", sections Packets and vFlash.
"""

from __future__ import annotations

from renode_wifi.emulation.frontends.gdb.session import (
    GdbSession,
    PacketCommand,
    PacketError,
    hexadecimal,
    place,
)
from renode_wifi.emulation.platform.core import Watchpoint

MAX_READ = 0x1F00
"""Bytes of memory in one answer."""


def read_registers(session: GdbSession, rest: bytes) -> str:
    thread = session.thread
    count = len(session.target.registers.all)
    return "".join(session.register(number, thread) for number in range(count))


def write_registers(session: GdbSession, rest: bytes) -> str:
    if not session.thread.is_current:
        raise PacketError("the registers of a task that waits are on its stack")
    data = bytes.fromhex(rest.decode("ascii"))
    registers = session.target.registers.all
    if len(data) != sum(register.size for register in registers):
        raise PacketError(rest)
    for register in registers:
        session.target.write_register(register, int.from_bytes(data[: register.size], "little"))
        data = data[register.size :]
    return "OK"


def read_register(session: GdbSession, rest: bytes) -> str:
    return session.register(hexadecimal(rest), session.thread)


def write_register(session: GdbSession, rest: bytes) -> str:
    number, _, text = rest.partition(b"=")
    register = session.target.registers.all[hexadecimal(number)]
    value = bytes.fromhex(text.decode("ascii"))
    if len(value) != register.size or not session.thread.is_current:
        raise PacketError(rest)
    session.target.write_register(register, int.from_bytes(value, "little"))
    return "OK"


def read_memory(session: GdbSession, rest: bytes) -> str:
    address, length = place(rest)
    return session.target.read_memory(address, min(length, MAX_READ)).hex()


def write_memory(session: GdbSession, rest: bytes) -> str:
    where, _, text = rest.partition(b":")
    return _write(session, where, bytes.fromhex(text.decode("ascii")))


def write_memory_binary(session: GdbSession, rest: bytes) -> str:
    where, _, data = rest.partition(b":")
    return _write(session, where, data)


def _write(session: GdbSession, where: bytes, data: bytes) -> str:
    address, length = place(where)
    if len(data) != length:
        raise PacketError(where)
    if data:
        session.target.write_memory(address, data)
    return "OK"


WATCHED = {b"2": (False, True), b"3": (True, False), b"4": (True, True)}
"""By the packet's type: are loads watched, and stores."""


def set_stop(session: GdbSession, rest: bytes) -> str:
    return _stop(session, rest, True)


def remove_stop(session: GdbSession, rest: bytes) -> str:
    return _stop(session, rest, False)


def _stop(session: GdbSession, rest: bytes, is_set: bool) -> str:
    kind, _, where = rest.partition(b",")
    address, size = place(where.partition(b";")[0])
    target = session.target
    if kind in (b"0", b"1"):
        (target.add_breakpoint if is_set else target.remove_breakpoint)(address)
    elif kind in WATCHED and size:
        watchpoint = Watchpoint(address, size, *WATCHED[kind])
        (target.add_watchpoint if is_set else target.remove_watchpoint)(watchpoint)
    else:
        return ""
    return "OK"


def erase_flash(session: GdbSession, rest: bytes) -> str:
    session.target.erase(*place(rest))
    return "OK"


def write_flash(session: GdbSession, rest: bytes) -> str:
    address, _, data = rest.partition(b":")
    session.flash_parts[hexadecimal(address)] = data
    return "OK"


def end_flash(session: GdbSession, rest: bytes) -> str:
    session.target.program(session.flash_parts)
    session.flash_parts = {}
    return "OK"


COMMANDS = (
    PacketCommand("g", read_registers),
    PacketCommand("G", write_registers),
    PacketCommand("p", read_register),
    PacketCommand("P", write_register),
    PacketCommand("m", read_memory),
    PacketCommand("M", write_memory),
    PacketCommand("X", write_memory_binary),
    PacketCommand("Z", set_stop),
    PacketCommand("z", remove_stop),
    PacketCommand("vFlashErase:", erase_flash),
    PacketCommand("vFlashWrite:", write_flash),
    PacketCommand("vFlashDone", end_flash),
)
