"""GDB's `monitor COMMAND`: the words of debug probes, and all commands of the monitor."""

from __future__ import annotations

from renode_wifi.emulation.frontends.gdb import probe_commands
from renode_wifi.emulation.frontends.gdb.session import GdbSession

HELP = """\
reset, reset halt, reset init   reset the chip; it stays halted
halt                            nothing to do: the machine is halted
time                            the virtual time
mdw, mdh, mdb ADDRESS [COUNT]   print memory
mww, mwh, mwb ADDRESS VALUE     write memory
reg [NAME [VALUE]]              print or set registers
flash banks                     where flash is; `load` programs it
arm semihosting enable          show here what the program prints by semihosting
help                            this text; `monitor help COMMAND` explains one of the monitor's
Everything else is a command of the monitor, such as `monitor sysbus WhatIsAt 0x40013800`.
Settings of debug probes (`adapter speed 4000`, `reset_config none`, …) are accepted."""


def execute(session: GdbSession, line: str) -> str:
    """What the command prints. Raises RenodeWifiError."""
    words = line.split()
    if words in ([], ["help"]):
        return HELP
    printed = probe_commands.execute(session, words)
    return session.target.execute(line) if printed is None else printed
