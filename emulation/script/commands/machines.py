"""Commands for machines, and for how time passes on them."""

from __future__ import annotations

import time
from pathlib import Path

from renode_wifi.emulation.script.commands.register import Commands, misused, text_of
from renode_wifi.emulation.script.commands.scripts import include
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.members.emulation import time_text
from renode_wifi.emulation.script.tokens import Token, TokenKind
from renode_wifi.peripherals.base.atomic_file import replace_file
from renode_wifi.peripherals.base.errors import close_matches

COMMANDS = Commands()


@COMMANDS.add("mach", '[create|add|set|rem|clear] ["name"|number]', "lists and selects machines")
def mach(interpreter: Interpreter, arguments: list[Token]) -> None:
    if not arguments:
        current = (
            "No machine selected." if interpreter.machine is None else interpreter.machine.name
        )
        interpreter.write(f"Current machine: {current}")
        for number, known in enumerate(interpreter.machines):
            interpreter.write(f"  {number}: {known}")
        return
    action = arguments[0].text
    name = text_of(interpreter, arguments[1]) if len(arguments) > 1 else None
    if action == "create" and len(arguments) <= 2:
        interpreter.create_machine(name)
    elif action == "clear" and name is None:
        interpreter.machine = None
        interpreter.write("No machine selected.")
    elif action == "add" and name is not None:
        before = interpreter.machine
        interpreter.create_machine(name)
        interpreter.machine = before or interpreter.machine
    elif action in ("set", "rem") and name is not None:
        if arguments[1].kind is TokenKind.NUMBER and name.isdigit():
            names = list(interpreter.machines)
            name = names[int(name)] if int(name) < len(names) else name
        if name not in interpreter.machines:
            near = close_matches(name, interpreter.machines)
            machines = ", ".join(interpreter.machines) or "none"
            raise interpreter.error(
                f"Machine {name} not found.",
                f"did you mean {near[0]}?" if near else f"machines are: {machines}",
            )
        if action == "set":
            interpreter.machine = interpreter.machines[name]
            return
        interpreter.remove_machine(name)
    else:
        raise misused(interpreter, "mach")


@COMMANDS.add("Clear", "", "removes all machines, and forgets variables, macros and aliases")
def clear(interpreter: Interpreter, arguments: list[Token]) -> None:
    if arguments:
        raise misused(interpreter, "Clear")
    interpreter.clear()


@COMMANDS.add("start", "[@script]", "starts the emulation, after running a script if given", "s")
def start(interpreter: Interpreter, arguments: list[Token]) -> None:
    if arguments:
        include(interpreter, arguments)
    interpreter.requests.started = True


@COMMANDS.add("pause", "", "pauses the emulation", "p")
def pause(interpreter: Interpreter, arguments: list[Token]) -> None:
    interpreter.requests.started = False
    for machine in interpreter.machines.values():
        # A stop asked for between runs would end the next one.
        if machine.core.is_running:
            machine.request_stop()
        machine.log.info("%s: Machine paused.", machine.name)


@COMMANDS.add("quit", "", "ends the session", "q")
def quit_session(interpreter: Interpreter, arguments: list[Token]) -> None:
    interpreter.requests.started = False
    for machine in interpreter.machines.values():
        machine.request_stop()
    interpreter.requests.quit = True


@COMMANDS.add("currentTime", "", "prints virtual and real time")
def current_time(interpreter: Interpreter, arguments: list[Token]) -> None:
    now = max((machine.emulation_time for machine in interpreter.machines.values()), default=0)
    real = time.monotonic() - interpreter.started_at
    interpreter.write(f"Current virtual time: {time_text(now)}")
    interpreter.write(f"Current real time: {time_text(int(real * 1e9))}")


def _file(interpreter: Interpreter, command: str, arguments: list[Token]) -> Path:
    """The file that was given, as a path or a text: Renode takes no bare word for one."""
    if len(arguments) != 1:
        raise misused(interpreter, command)
    token = interpreter.expand(arguments[0])
    if token.kind not in (TokenKind.PATH, TokenKind.STRING):
        raise interpreter.error(
            f"There was an error executing command '{command} {token.text}':"
            " Parameters did not match the signature",
            f"write {command} @{token.text}",
        )
    return Path(str(token.value))


@COMMANDS.add("Save", "@file", "saves the whole emulation")
def save(interpreter: Interpreter, arguments: list[Token]) -> None:
    from renode_wifi.emulation.script.saving import save_session

    path = _file(interpreter, "Save", arguments)
    try:
        replace_file(path, save_session(interpreter))
    except OSError as error:
        raise interpreter.error(
            f"cannot write {path}: {error.strerror}", "give a path that can be written"
        ) from error


@COMMANDS.add("Load", "@file", "goes on from what Save wrote")
def load(interpreter: Interpreter, arguments: list[Token]) -> None:
    from renode_wifi.emulation.script.saving import load_session

    path = _file(interpreter, "Load", arguments)
    try:
        state = path.read_bytes()
    except OSError as error:
        raise interpreter.error(
            f"Could not find file '{path}'", "give a file that Save wrote"
        ) from error
    load_session(interpreter, state)
