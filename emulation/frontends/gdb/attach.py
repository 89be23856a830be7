"""Puts GDB servers between an engine and whoever lets time pass on it."""

from __future__ import annotations

from renode_wifi.emulation.engines.embedded.engine import EmbeddedEngine
from renode_wifi.emulation.engines.engine import Engine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.gdb import data_commands, query_commands, run_commands
from renode_wifi.emulation.frontends.gdb.control import IDLE_WAIT, DebugControl, Debugged
from renode_wifi.emulation.frontends.gdb.server import LOCALHOST, GdbServer, wait_for
from renode_wifi.emulation.frontends.gdb.target import DebugTarget
from renode_wifi.emulation.platform.core import OnFault
from renode_wifi.emulation.platform.machine import Machine

COMMANDS = (*run_commands.COMMANDS, *data_commands.COMMANDS, *query_commands.COMMANDS)


def serve(engine: Engine, port: int, host: str, wait: bool) -> GdbServer:
    """See `frontends.gdb.serve`."""
    embedded = _embedded(engine)
    return _add(embedded, embedded.machine, port, host, wait).server


def wait_for_debugger(engine: Engine, machine: str, port: int, accept_connected: bool) -> None:
    """See `frontends.gdb.wait_for_debugger`."""
    control = _embedded(engine).control
    servers = control.machines if isinstance(control, DebugControl) else []
    for each in servers:
        if each.server.port == port and each.server.target.machine.name == machine:
            before = None if accept_connected else each.session
            while each.session is None or each.session is before:
                wait_for([each.server], IDLE_WAIT)
                each.poll()
            return
    raise RenodeWifiError(
        f"No GDB server running on port {port}. Cannot await GDB connection",
        cure=f"start one: machine StartGdbServer {port}",
    )


def _embedded(engine: Engine) -> EmbeddedEngine:
    if isinstance(engine, EmbeddedEngine):
        return engine
    raise RenodeWifiError(
        f"the GDB server of this package is the embedded engine's, not {engine.name}'s",
        cure="take --engine embedded, or Renode's own: machine StartGdbServer",
    )


def start(engine: EmbeddedEngine, machine: Machine, port: int, autostart: bool) -> str:
    """`machine StartGdbServer`: the machine runs until a debugger comes."""
    added = _add(engine, machine, port, LOCALHOST, wait=False, autostart=autostart)
    return f"GDB server on {added.server.host}:{added.server.port}"


def stop(engine: EmbeddedEngine, machine: Machine, port: int | None) -> None:
    """`machine StopGdbServer`."""
    control = engine.control
    if isinstance(control, DebugControl):
        for each in list(control.machines):
            if each.server.target.machine is machine and port in (None, each.server.port):
                control.remove(each)
        if not control.machines:
            engine.control = None


def _add(
    engine: EmbeddedEngine,
    machine: Machine,
    port: int,
    host: str,
    wait: bool,
    autostart: bool = False,
) -> Debugged:
    control = engine.control
    if not isinstance(control, DebugControl):
        control = DebugControl(engine.run_freely, lambda: engine.now)
    debug = machine.core.debug
    server = GdbServer(DebugTarget(machine, debug, engine.execute), COMMANDS, port, host)
    added = Debugged(server, debug, wait)
    policy = engine.on_fault

    def on_connection(connected: bool) -> None:
        # The debugger sees every fault; without, the policy says which end the run.
        engine.on_fault = OnFault.STOP if connected else policy
        if connected and autostart:
            engine.script.requests.start()

    added.on_connection = on_connection
    control.machines.append(added)
    engine.control = control
    return added
