"""Packets that ask: what the server can do, descriptions, threads, symbols, monitor commands.

Source: the GDB manual, appendix E "GDB Remote Serial Protocol", sections Packets and General Query
Packets.
"""

from __future__ import annotations

from collections.abc import Callable

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb.memory_map import memory_map
from renode_wifi.emulation.frontends.gdb.monitor_commands import execute
from renode_wifi.emulation.frontends.gdb.packets import MAX_PACKET
from renode_wifi.emulation.frontends.gdb.run_commands import thread_id
from renode_wifi.emulation.frontends.gdb.session import (
    GdbSession,
    PacketCommand,
    PacketError,
    hexadecimal,
)
from renode_wifi.emulation.frontends.gdb.threads import thread_list

FEATURES = (
    f"PacketSize={MAX_PACKET:x}",
    "QStartNoAckMode+",
    "qXfer:features:read+",
    "qXfer:memory-map:read+",
    "qXfer:threads:read+",
    "vContSupported+",
    "swbreak+",
    "hwbreak+",
)


def supported(session: GdbSession, rest: bytes) -> str:
    return ";".join(FEATURES)


def start_no_ack(session: GdbSession, rest: bytes) -> str:
    session.acknowledges = False
    return "OK"


DOCUMENTS: dict[bytes, Callable[[GdbSession], str]] = {
    b"features:read:target.xml": lambda session: session.target.registers.description(),
    b"memory-map:read:": lambda session: memory_map(session.target.flash()),
    b"threads:read:": lambda session: thread_list(session.threads),
}


def transfer(session: GdbSession, rest: bytes) -> str | bytes:
    name, _, where = rest.rpartition(b":")
    write = DOCUMENTS.get(name)
    if write is None:
        return "E00" if name.startswith(b"features:") else ""
    offset, _, length = where.partition(b",")
    start, size = hexadecimal(offset), hexadecimal(length)
    text = write(session).encode()
    part = text[start : start + size]
    return (b"m" if start + size < len(text) else b"l") + part


def select_thread(session: GdbSession, rest: bytes) -> str:
    """Hg: whose registers are meant. Hc: which is to run; there is only one processor."""
    if rest[:1] == b"g":
        number = thread_id(rest[1:])
        session.selected = number if number > 0 else None
    return "OK"


def current_thread(session: GdbSession, rest: bytes) -> str:
    return f"QC{session.target.current_thread().id:x}"


def is_alive(session: GdbSession, rest: bytes) -> str:
    number = thread_id(rest)
    return "OK" if any(thread.id == number for thread in session.target.threads()) else "E03"


def thread_ids(session: GdbSession, rest: bytes) -> str:
    numbers = ",".join(f"{thread.id:x}" for thread in session.threads)
    return f"m{numbers}" if numbers else "l"


def thread_info(session: GdbSession, rest: bytes) -> str:
    number = thread_id(rest[1:])
    for thread in session.target.threads():
        if thread.id == number:
            return ": ".join(filter(None, (thread.name, thread.state))).encode().hex()
    raise PacketError(rest)


def symbols(session: GdbSession, rest: bytes) -> str:
    """The debugger offers its symbols (`::`), or answers for one (`:VALUE:NAME`)."""
    value, _, name = rest.removeprefix(b":").partition(b":")
    if not name:
        session.target.debugger_symbols.clear()
        session.pending_symbols = [
            name for kernel in session.target.kernels for name in kernel.symbols
        ]
    elif value:
        known = bytes.fromhex(name.decode("ascii")).decode("utf-8", "replace")
        session.target.debugger_symbols[known] = hexadecimal(value)
    if not session.pending_symbols:
        return "OK"
    return "qSymbol:" + session.pending_symbols.pop(0).encode().hex()


def monitor(session: GdbSession, rest: bytes) -> str:
    """`monitor COMMAND`: what it prints goes to the debugger's console."""
    line = bytes.fromhex(rest.removeprefix(b",").decode("ascii")).decode("utf-8", "replace")
    try:
        printed = execute(session, line)
    except RenodeWifiError as error:
        printed = str(error)
    return (printed + "\n").encode().hex() if printed else "OK"


def checksum(session: GdbSession, rest: bytes) -> str:
    """CRC-32 of memory, for `compare-sections`: polynomial 0x04C11DB7, not reflected."""
    address, _, length = rest.partition(b",")
    data = session.target.read_memory(hexadecimal(address), hexadecimal(length))
    return f"C{crc32(data):x}"


def crc32(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc


COMMANDS = (
    PacketCommand("qSupported", supported, b":"),
    PacketCommand("QStartNoAckMode", start_no_ack),
    PacketCommand("qXfer:", transfer),
    PacketCommand("H", select_thread),
    PacketCommand("T", is_alive),
    PacketCommand("qC", current_thread, is_exact=True),
    PacketCommand("qfThreadInfo", thread_ids),
    PacketCommand("qsThreadInfo", lambda session, rest: "l"),
    PacketCommand("qThreadExtraInfo", thread_info, b","),
    PacketCommand("qAttached", lambda session, rest: "1", b":"),
    PacketCommand("qSymbol", symbols, b":"),
    PacketCommand("qRcmd", monitor, b","),
    PacketCommand("qCRC:", checksum),
)
