"""`connector`: puts terminals at serial ports."""

from __future__ import annotations

from renode_wifi.emulation.script.commands.register import Commands, misused, text_of
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.tokens import Token
from renode_wifi.peripherals.base.uart import PluggedUart, Uart

COMMANDS = Commands()


@COMMANDS.add(
    "connector",
    "Connect|Disconnect peripheral [terminal]",
    "connects a serial port with a terminal",
    "con",
)
def connector(interpreter: Interpreter, arguments: list[Token]) -> None:
    words = [text_of(interpreter, token) for token in arguments]
    if len(words) not in (2, 3) or words[0] not in ("Connect", "Disconnect"):
        raise misused(interpreter, "connector")
    if words[0] == "Connect" and len(words) == 2:
        raise misused(interpreter, "connector")
    name = words[1]
    port = interpreter.devices.find(name)
    if port is None:
        raise interpreter.error(f"Peripheral not found: {name}", "`peripherals` lists them")
    if not isinstance(port, Uart):
        raise interpreter.error(
            f"{name} cannot be connected to a terminal",
            "name a serial port; boards of one emulation meet in the world file",
        )
    terminals = interpreter.terminals
    terminal = terminals.by_name.get(words[2]) if len(words) == 3 else None
    if len(words) == 3 and terminal is None:
        raise interpreter.error(
            f"there is no terminal {words[2]}",
            'make one: emulation CreateServerSocketTerminal 3456 "term"',
        )
    source = interpreter.current.prefix + port.name
    if words[0] == "Disconnect":
        terminals.disconnect(source, terminal)
    elif terminal is not None:
        terminals.connect(source, terminal)
        if isinstance(port, PluggedUart):
            port.plug()
