"""The monitor: Renode's command language with its commands and devices."""

from __future__ import annotations

from renode_wifi.emulation.script import wifi
from renode_wifi.emulation.script.commands import (
    connecting,
    logs,
    looking,
    machines,
    python,
    scripts,
    utilities,
)
from renode_wifi.emulation.script.devices import Devices
from renode_wifi.emulation.script.interpreter import Interpreter, MachineFactory, MonitorCommand

COMMANDS: dict[str, MonitorCommand] = {
    **machines.COMMANDS,
    **scripts.COMMANDS,
    **looking.COMMANDS,
    **logs.COMMANDS,
    **python.COMMANDS,
    **connecting.COMMANDS,
    **utilities.COMMANDS,
}


def new_monitor(create_machine: MachineFactory) -> Interpreter:
    """An interpreter that knows all of it. create_machine: makes the machines of its scripts."""
    logs.follow()
    return Interpreter(create_machine, COMMANDS, wifi.COMMANDS, Devices)
