"""A GDB server for machines of the embedded engine.

`offer` lets scripts start one (`machine StartGdbServer 3333`), `serve` starts one at once. Nothing
else is loaded, or costs anything, before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from renode_wifi.emulation.engines.engine import Engine
from renode_wifi.emulation.frontends.gdb.killed import Killed

if TYPE_CHECKING:
    from renode_wifi.emulation.frontends.gdb.server import GdbServer
    from renode_wifi.emulation.platform.machine import Machine

__all__ = ["LOCALHOST", "Killed", "offer", "serve", "wait_for_debugger"]

LOCALHOST = "127.0.0.1"


def offer(engine: Engine) -> None:
    """Let monitor commands start and stop servers. On other engines than the embedded one they are
    the engine's own."""
    from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine

    if not isinstance(engine, EmbeddedEngine):
        return
    embedded = engine

    def start(machine: Machine, port: int, autostart: bool) -> str:
        from renode_wifi.emulation.frontends.gdb import attach

        return attach.start(embedded, machine, port, autostart)

    def stop(machine: Machine, port: int | None) -> None:
        from renode_wifi.emulation.frontends.gdb import attach

        attach.stop(embedded, machine, port)

    embedded.script.requests.start_gdb_server = start
    embedded.script.requests.stop_gdb_server = stop


def serve(engine: Engine, port: int, host: str = LOCALHOST, wait: bool = True) -> GdbServer:
    """Let a debugger control the current machine. wait: hold the machine until one has come.

    Raises RenodeWifiError for a port that is taken, and on other engines than the embedded one.
    """
    from renode_wifi.emulation.frontends.gdb import attach

    return attach.serve(engine, port, host, wait)


def wait_for_debugger(
    engine: Engine, machine: str, port: int, accept_connected: bool = True
) -> None:
    """Wait until a debugger has come to the server of that machine and port, however long.

    accept_connected: one that is there already is enough. Raises RenodeWifiError where there is no
    such server, and on other engines than the embedded one.
    """
    from renode_wifi.emulation.frontends.gdb import attach

    attach.wait_for_debugger(engine, machine, port, accept_connected)
