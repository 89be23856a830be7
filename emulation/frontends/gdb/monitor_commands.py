"""GDB's `monitor COMMAND`: the words of OpenOCD and pyOCD, and all commands of the monitor."""

from __future__ import annotations

from renode_wifi.emulation.frontends.gdb.session import GdbSession
from renode_wifi.emulation.script.members.emulation import time_text

HELP = """\
reset, reset halt, reset init   reset the chip; it stays halted
halt                            nothing to do: the machine is halted
time                            the virtual time
help                            this text; `monitor help COMMAND` explains one of the monitor's
Everything else is a command of the monitor, such as `monitor sysbus WhatIsAt 0x40013800`."""

IGNORED = frozenset(
    (
        "halt",
        "arm semihosting enable",
        "arm semihosting disable",
        "reset_config none",
        "gdb_sync",
    )
)
"""Commands of debug probes' servers that ask for what is so, or for what an emulation lacks."""
RESETS = frozenset(("reset", "reset halt", "reset init", "reset run"))


def execute(session: GdbSession, line: str) -> str:
    """What the command prints. Raises RenodeWifiError."""
    words = " ".join(line.split())
    if words in RESETS:
        session.target.reset()
        return ""
    if words in IGNORED:
        return ""
    if words == "time":
        return time_text(session.target.machine.now)
    if words in ("", "help"):
        return HELP
    return session.target.execute(line)
