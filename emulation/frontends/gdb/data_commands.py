"""Packets for registers, memory, breakpoints and flash.

Source: the GDB manual, appendix E "GDB Remote Serial Protocol", sections Packets and vFlash.
"""

from __future__ import annotations

from renode_wifi.emulation.frontends.gdb.session import (
    Command,
    CommandError,
    Session,
    hexadecimal,
    place,
)
from renode_wifi.emulation.platform.core import Watchpoint

MAX_READ = 0x1F00
"""Bytes of memory in one answer."""


def read_registers(session: Session, rest: bytes) -> str:
    thread = session.thread
    count = len(session.target.registers.all)
    return "".join(session.register(number, thread) for number in range(count))


def write_registers(session: Session, rest: bytes) -> str:
    if not session.thread.is_current:
        raise CommandError("the registers of a task that waits are on its stack")
    data = bytes.fromhex(rest.decode("ascii"))
    registers = session.target.registers.all
    if len(data) != sum(register.size for register in registers):
        raise CommandError(rest)
    for register in registers:
        session.target.write_register(register, int.from_bytes(data[: register.size], "little"))
        data = data[register.size :]
    return "OK"


def read_register(session: Session, rest: bytes) -> str:
    return session.register(hexadecimal(rest), session.thread)


def write_register(session: Session, rest: bytes) -> str:
    number, _, text = rest.partition(b"=")
    register = session.target.registers.all[hexadecimal(number)]
    value = bytes.fromhex(text.decode("ascii"))
    if len(value) != register.size or not session.thread.is_current:
        raise CommandError(rest)
    session.target.write_register(register, int.from_bytes(value, "little"))
    return "OK"


def read_memory(session: Session, rest: bytes) -> str:
    address, length = place(rest)
    return session.target.read_memory(address, min(length, MAX_READ)).hex()


def write_memory(session: Session, rest: bytes) -> str:
    where, _, text = rest.partition(b":")
    return _write(session, where, bytes.fromhex(text.decode("ascii")))


def write_memory_binary(session: Session, rest: bytes) -> str:
    where, _, data = rest.partition(b":")
    return _write(session, where, data)


def _write(session: Session, where: bytes, data: bytes) -> str:
    address, length = place(where)
    if len(data) != length:
        raise CommandError(where)
    if data:
        session.target.write_memory(address, data)
    return "OK"


WATCHED = {b"2": (False, True), b"3": (True, False), b"4": (True, True)}
"""By the packet's type: are loads watched, and stores."""


def set_stop(session: Session, rest: bytes) -> str:
    return _stop(session, rest, True)


def remove_stop(session: Session, rest: bytes) -> str:
    return _stop(session, rest, False)


def _stop(session: Session, rest: bytes, is_set: bool) -> str:
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


def erase_flash(session: Session, rest: bytes) -> str:
    session.target.erase(*place(rest))
    return "OK"


def write_flash(session: Session, rest: bytes) -> str:
    address, _, data = rest.partition(b":")
    session.flash_parts[hexadecimal(address)] = data
    return "OK"


def end_flash(session: Session, rest: bytes) -> str:
    session.target.program(session.flash_parts)
    session.flash_parts = {}
    return "OK"


COMMANDS = (
    Command("g", read_registers),
    Command("G", write_registers),
    Command("p", read_register),
    Command("P", write_register),
    Command("m", read_memory),
    Command("M", write_memory),
    Command("X", write_memory_binary),
    Command("Z", set_stop),
    Command("z", remove_stop),
    Command("vFlashErase:", erase_flash),
    Command("vFlashWrite:", write_flash),
    Command("vFlashDone", end_flash),
)
