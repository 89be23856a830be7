"""Commands that show something: devices, UARTs, help."""

from __future__ import annotations

from renode_wifi import __version__
from renode_wifi.emulation.platform.machine import SYSBUS, Machine
from renode_wifi.emulation.script.commands.register import Commands, misused, text_of
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.tokens import Token, TokenKind
from renode_wifi.emulation.script.type_names import type_name
from renode_wifi.peripherals.base.atomic_file import replace_file
from renode_wifi.peripherals.base.errors import close_matches
from renode_wifi.peripherals.base.uart import Uart

COMMANDS = Commands()


@COMMANDS.add(
    "peripherals", "[export @file]", "lists what is on the current machine; export: as JSON", "peri"
)
def peripherals(interpreter: Interpreter, arguments: list[Token]) -> None:
    machine = interpreter.current
    if arguments:
        kinds = [token.kind for token in arguments]
        if kinds != [TokenKind.LITERAL, TokenKind.PATH] or arguments[0].text != "export":
            raise misused(interpreter, "peripherals")
        try:
            import json

            exported = json.dumps(peripheral_map(machine), indent=4)
            replace_file(str(arguments[1].value), exported.encode())
        except OSError as error:
            raise interpreter.error(f"cannot write: {error}", "give a file here") from error
        return
    interpreter.write("Available peripherals:")
    interpreter.write(f"  {SYSBUS} (SystemBus)")
    registered = {machine.full_name(name): name for name in machine.peripherals}
    for full in sorted(registered, key=tree_order):
        name = registered[full]
        areas = machine.places.get(name, [])
        places = ", ".join(f"<0x{area.start:08X}, 0x{area.end - 1:08X}>" for area in areas)
        kind = type_name(machine.peripherals[name])
        *parents, label = full.split(".")
        interpreter.write(f"  {'  ' * len(parents)}{label} ({kind}) {places}".rstrip())


def tree_order(full: str) -> tuple[bool, list[str]]:
    """What is on the bus comes first, below its parent."""
    return not full.startswith(f"{SYSBUS}."), full.lower().split(".")


def peripheral_map(machine: Machine) -> dict[str, object]:
    """What Renode's `peripherals export` writes: types, names, addresses, children."""
    children: dict[str, list[object]] = {SYSBUS: []}
    root = {"Name": "SystemBus", "Alias": SYSBUS, "Bindings": [], "Children": children[SYSBUS]}
    registered = {machine.full_name(name): name for name in machine.peripherals}
    for full, name in sorted(registered.items(), key=lambda item: item[0].count(".")):
        parent, _, alias = full.rpartition(".")
        places = [{"Type": "Bus", "Value": area.start} for area in machine.places.get(name, [])]
        children[full] = []
        if parent in children:
            children[parent].append(
                {
                    "Name": type_name(machine.peripherals[name]),
                    "Alias": alias,
                    "Bindings": places or [{"Type": "Null"}],
                    "Children": children[full],
                }
            )
    return {"Header": "Peripheral Map 1.0", "Root": root}


@COMMANDS.add("showAnalyzer", '["name"] peripheral', "shows what a UART sends", "sa")
def show_analyzer(interpreter: Interpreter, arguments: list[Token]) -> None:
    names = [token for token in arguments if token.kind is TokenKind.LITERAL]
    if not names:
        raise misused(interpreter, "showAnalyzer")
    name = names[0].text
    model = interpreter.devices.find(name)
    if model is None:
        raise interpreter.error(f"Peripheral not found: {name}", "`peripherals` lists them")
    if not isinstance(model, Uart):
        raise interpreter.error(
            f"No suitable analyzer found for {name}", "name a serial port, such as sysbus.usart1"
        )
    if model.name not in interpreter.requests.analyzers:
        interpreter.requests.analyzers.append(model.name)


@COMMANDS.add(
    "watch", '"command" period-in-ms', "repeats a command while the terminal is idle", "w"
)
def watch(interpreter: Interpreter, arguments: list[Token]) -> None:
    if len(arguments) != 2 or arguments[1].kind is not TokenKind.NUMBER:
        raise misused(interpreter, "watch")
    line = text_of(interpreter, arguments[0])
    period = interpreter.expand(arguments[1]).value
    assert isinstance(period, (int, float))
    interpreter.requests.watches.append((line, max(1, int(period))))
    interpreter.run_line(line)


@COMMANDS.add("numbersMode", "[Hexadecimal|Decimal|Both]", "how numbers are printed")
def numbers_mode(interpreter: Interpreter, arguments: list[Token]) -> None:
    modes = ("Hexadecimal", "Decimal", "Both")
    if not arguments:
        interpreter.write(f"Current number format: {interpreter.number_format}")
    elif len(arguments) == 1 and arguments[0].text in modes:
        interpreter.number_format = arguments[0].text
    else:
        raise misused(interpreter, "numbersMode")


@COMMANDS.add("echo", '[-n] ["text"]', "prints a text")
def echo(interpreter: Interpreter, arguments: list[Token]) -> None:
    texts = [text_of(interpreter, token) for token in arguments if token.text != "-n"]
    interpreter.write(" ".join(texts))


@COMMANDS.add("version", "", "prints the version of this package")
def version(interpreter: Interpreter, arguments: list[Token]) -> None:
    interpreter.write(f"renode-wifi {__version__}, embedded engine")


@COMMANDS.add(
    "help",
    "[command|device [member]]",
    "lists the commands, or explains one, or a device",
    "?",
    "h",
)
def show_help(interpreter: Interpreter, arguments: list[Token]) -> None:
    known = interpreter.commands
    if arguments:
        name = arguments[0].text
        entry = known.get(name)
        if entry is None:
            if interpreter.devices.has(name):
                member = arguments[1].text if len(arguments) > 1 else None
                interpreter.write(interpreter.devices.explain(name, member))
                return
            near = close_matches(name, [*known, *interpreter.devices.names()])
            raise interpreter.error(
                f"No such command or device: {name}",
                f"did you mean {near[0]}?" if near else "`help` lists the commands",
            )
        interpreter.write(f"{entry.name} {entry.usage}".rstrip())
        interpreter.write(f"  {entry.summary}")
        if entry.alternatives:
            interpreter.write(f"  also: {', '.join(entry.alternatives)}")
        return
    interpreter.write("Available commands:")
    for name, entry in sorted(known.items(), key=lambda item: item[0].lower()):
        if name == entry.name:
            interpreter.write(f"  {name:14s} {entry.summary}")
    interpreter.write("A device's name, such as sysbus.usart1, lists what it can do;")
    interpreter.write("`help sysbus.usart1 WriteChar` explains one thing of it.")
