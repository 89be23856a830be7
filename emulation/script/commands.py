"""The monitor's own commands, with the names, arguments and answers of Renode's."""

from __future__ import annotations

import difflib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from renode_wifi import __version__
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.script.tokens import Kind, Token
from renode_wifi.peripherals.base.uart import Uart

if TYPE_CHECKING:
    from renode_wifi.emulation.script.interpreter import Monitor

Run = Callable[["Monitor", list[Token]], None]

LOG_LEVELS = {
    "Noisy": 1,
    "Debug": logging.DEBUG,
    "Info": logging.INFO,
    "Warning": logging.WARNING,
    "Error": logging.ERROR,
}
"""By Renode's names; by its numbers they start at -1."""
MODELS_SCRIPT = "renode_models.py"
"""In Renode this file brings our models and commands; the embedded engine has them built in."""


@dataclass(frozen=True)
class Command:
    """usage: arguments as shown by `help`."""

    name: str
    usage: str
    summary: str
    run: Run
    alternatives: tuple[str, ...] = ()


COMMANDS: dict[str, Command] = {}
"""By name and by alternative name."""


def command(name: str, usage: str, summary: str, *alternatives: str) -> Callable[[Run], Run]:
    def register(run: Run) -> Run:
        entry = Command(name, usage, summary, run, alternatives)
        for key in (name, *alternatives):
            COMMANDS[key] = entry
        return run

    return register


def misused(monitor: Monitor, name: str) -> RenodeWifiError:
    entry = COMMANDS.get(name) or monitor.extensions[name]
    return monitor.error(
        f"Bad parameters for command {name}", f"usage: {entry.name} {entry.usage}".rstrip()
    )


def text_of(monitor: Monitor, token: Token) -> str:
    return str(monitor.expand(token).value)


# -- machines and running -------------------------------------------------------------------------


@command("mach", '[create|add|set|rem|clear] ["name"|number]', "lists and selects machines")
def mach(monitor: Monitor, arguments: list[Token]) -> None:
    if not arguments:
        current = "No machine selected." if monitor.machine is None else monitor.machine.name
        monitor.write(f"Current machine: {current}")
        for number, known in enumerate(monitor.machines):
            monitor.write(f"  {number}: {known}")
        return
    action = arguments[0].text
    name = text_of(monitor, arguments[1]) if len(arguments) > 1 else None
    if action == "create" and len(arguments) <= 2:
        monitor.create_machine(name)
    elif action == "clear" and name is None:
        monitor.machine = None
    elif action == "add" and name is not None:
        before = monitor.machine
        monitor.create_machine(name)
        monitor.machine = before or monitor.machine
    elif action in ("set", "rem") and name is not None:
        if arguments[1].kind is Kind.NUMBER and name.isdigit():
            names = list(monitor.machines)
            name = names[int(name)] if int(name) < len(names) else name
        if name not in monitor.machines:
            near = difflib.get_close_matches(name, monitor.machines, n=1)
            machines = ", ".join(monitor.machines) or "none"
            raise monitor.error(
                f"Machine {name} not found.",
                f"did you mean {near[0]}?" if near else f"machines are: {machines}",
            )
        if action == "set":
            monitor.machine = monitor.machines[name]
            return
        removed = monitor.machines.pop(name)
        removed.close()
        if monitor.machine is removed:
            monitor.machine = None
    else:
        raise misused(monitor, "mach")


@command("start", "[@script]", "starts the emulation, after running a script if given", "s")
def start(monitor: Monitor, arguments: list[Token]) -> None:
    if arguments:
        include(monitor, arguments)
    monitor.started = True


@command("pause", "", "pauses the emulation", "p")
def pause(monitor: Monitor, arguments: list[Token]) -> None:
    monitor.started = False
    for machine in monitor.machines.values():
        machine.request_stop()


@command("quit", "", "ends the session", "q")
def quit_session(monitor: Monitor, arguments: list[Token]) -> None:
    pause(monitor, [])
    monitor.quitting = True


@command("currentTime", "", "prints virtual and real time")
def current_time(monitor: Monitor, arguments: list[Token]) -> None:
    now = max((machine.now for machine in monitor.machines.values()), default=0)
    real = time.monotonic() - monitor.started_at
    monitor.write(f"Current virtual time: {time_text(now)}")
    monitor.write(f"Current real time: {time_text(int(real * 1e9))}")


def time_text(time: int) -> str:
    """ns as Renode's hh:mm:ss.ffffff."""
    seconds, rest = divmod(time, 1_000_000_000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest // 1000:06d}"


@command("Save", "@file", "saves the whole emulation")
def save(monitor: Monitor, arguments: list[Token]) -> None:
    if len(arguments) != 1:
        raise misused(monitor, "Save")
    path = Path(text_of(monitor, arguments[0]))
    try:
        path.write_bytes(monitor.current.save())
    except OSError as error:
        raise monitor.error(
            f"cannot write {path}: {error.strerror}", "give a path that can be written"
        ) from error


@command("Load", "@file", "restores what Save wrote")
def load(monitor: Monitor, arguments: list[Token]) -> None:
    if len(arguments) != 1:
        raise misused(monitor, "Load")
    path = Path(text_of(monitor, arguments[0]))
    try:
        state = path.read_bytes()
    except OSError as error:
        raise monitor.error(
            f"Could not find file '{path}'", "give a file that Save wrote"
        ) from error
    monitor.current.restore(state)


# -- scripts, variables, macros -------------------------------------------------------------------


@command("include", "@path", "runs a script or loads a platform description", "i")
def include(monitor: Monitor, arguments: list[Token]) -> None:
    if len(arguments) != 1:
        raise misused(monitor, "include")
    path = Path(text_of(monitor, arguments[0]))
    if path.suffix == ".py":
        include_models(monitor, path)
    elif path.suffix == ".cs":
        raise monitor.error(
            f"{path.name} is C#, which the embedded engine does not compile",
            "run the board in Renode: --engine renode",
        )
    elif path.suffix == ".repl":
        if monitor.machine is None:
            monitor.create_machine()
        monitor.composer().load_file(path)
    else:
        monitor.run_script(path)


def include_models(monitor: Monitor, path: Path) -> None:
    from renode_wifi.emulation.script import wifi

    if path.name != MODELS_SCRIPT:
        raise monitor.error(
            f"{path.name} is a Python script for Renode's own interpreter",
            "run the board in Renode: --engine renode; models go into the package itself",
        )
    monitor.extensions.update(wifi.COMMANDS)


@command("using", "prefix|-", "lets names be written without a prefix such as sysbus")
def using(monitor: Monitor, arguments: list[Token]) -> None:
    if not arguments:
        for prefix in monitor.usings:
            monitor.write(prefix.rstrip("."))
    elif len(arguments) == 1 and arguments[0].text == "-":
        monitor.usings.clear()
    elif len(arguments) == 1 and arguments[0].kind is Kind.LITERAL:
        prefix = arguments[0].text.rstrip(".") + "."
        if prefix not in monitor.usings:
            monitor.usings.append(prefix)
    else:
        raise misused(monitor, "using")


def _name_and_text(monitor: Monitor, arguments: list[Token], what: str) -> tuple[str, Token]:
    if len(arguments) != 2 or arguments[0].kind not in (Kind.LITERAL, Kind.VARIABLE):
        raise misused(monitor, what)
    return str(arguments[0].value), monitor.expand(arguments[1])


@command("set", 'name "value"', "sets a variable")
def set_variable(monitor: Monitor, arguments: list[Token]) -> None:
    name, value = _name_and_text(monitor, arguments, "set")
    monitor.set_variable(name, value)


@command("macro", 'name """commands"""', "keeps commands under a name, for runMacro")
def macro(monitor: Monitor, arguments: list[Token]) -> None:
    name, value = _name_and_text(monitor, arguments, "macro")
    monitor.macros[monitor.qualified(name)] = str(value.value)


@command("alias", 'name "command"', "gives a command another name")
def alias(monitor: Monitor, arguments: list[Token]) -> None:
    name, value = _name_and_text(monitor, arguments, "alias")
    monitor.aliases[monitor.qualified(name)] = str(value.value)


@command("runMacro", "$name", "runs the commands of a macro")
def run_macro(monitor: Monitor, arguments: list[Token]) -> None:
    if len(arguments) != 1 or arguments[0].kind is not Kind.VARIABLE:
        raise misused(monitor, "runMacro")
    name = str(arguments[0].value)
    for key in (name, f"{monitor.scope}.{name}", f"global.{name}"):
        if key in monitor.macros:
            monitor.run_macro(name, monitor.macros[key])
            return
    known = ", ".join(f"${key.split('.', 1)[1]}" for key in monitor.macros) or "none"
    raise monitor.error(f"No such variable: ${name}", f"macros are: {known}")


@command("execute", "command|$variable", "runs a command, or the text of a variable")
def execute(monitor: Monitor, arguments: list[Token]) -> None:
    if len(arguments) == 1 and arguments[0].kind is Kind.VARIABLE:
        monitor.run_macro(arguments[0].text, text_of(monitor, arguments[0]))
    elif arguments:
        monitor.run_tokens(arguments)
    else:
        raise misused(monitor, "execute")


@command("require", "$name", "fails unless a variable is set")
def require(monitor: Monitor, arguments: list[Token]) -> None:
    if len(arguments) != 1 or arguments[0].kind is not Kind.VARIABLE:
        raise misused(monitor, "require")
    monitor.expand(arguments[0])


@command("path", "[set|add|reset] [@folder]", "where files are looked for")
def path(monitor: Monitor, arguments: list[Token]) -> None:
    action = arguments[0].text if arguments else ""
    if action in ("set", "add") and len(arguments) == 2:
        folder = Path(text_of(monitor, arguments[1]))
        if not folder.is_dir():
            raise monitor.error(
                f"Entry {folder} does not exist or is not a directory.", "give a folder"
            )
        monitor.path[:] = [folder] if action == "set" else [folder, *monitor.path]
    elif action == "reset" and len(arguments) == 1:
        monitor.path[:] = monitor.default_path
    elif arguments:
        raise misused(monitor, "path")
    monitor.write("Current 'PATH' value is: " + ";".join(str(folder) for folder in monitor.path))


@command("if", 'condition "commands"', "runs commands when a value is true")
def run_if(monitor: Monitor, arguments: list[Token]) -> None:
    if len(arguments) != 2:
        raise misused(monitor, "if")
    condition = monitor.expand(arguments[0]).value
    if condition and str(condition).strip().lower() not in ("false", "0"):
        monitor.run_macro("if", text_of(monitor, arguments[1]))


# -- looking ----------------------------------------------------------------------------------


@command("peripherals", "", "lists what is on the current machine", "peri")
def peripherals(monitor: Monitor, arguments: list[Token]) -> None:
    machine = monitor.current
    monitor.write("Available peripherals:")
    for name, model in machine.peripherals.items():
        full = machine.full_name(name)
        depth = full.count(".")
        places = ", ".join(str(place) for place in machine.places.get(name, []))
        label = full.rsplit(".", 1)[-1]
        monitor.write(f"  {'  ' * depth}{label} ({type(model).__name__}) {places}".rstrip())


@command("showAnalyzer", '["name"] peripheral', "shows what a UART sends", "sa")
def show_analyzer(monitor: Monitor, arguments: list[Token]) -> None:
    names = [token for token in arguments if token.kind is Kind.LITERAL]
    if not names:
        raise misused(monitor, "showAnalyzer")
    name = names[0].text
    model = monitor.devices.find(name)
    if model is None:
        raise monitor.error(f"Peripheral not found: {name}", "`peripherals` lists them")
    if not isinstance(model, Uart):
        raise monitor.error(
            f"No suitable analyzer found for {name}", "name a serial port, such as sysbus.usart1"
        )
    if model.name not in monitor.analyzers:
        monitor.analyzers.append(model.name)


@command("watch", '"command" period-in-ms', "repeats a command while the terminal is idle")
def watch(monitor: Monitor, arguments: list[Token]) -> None:
    if len(arguments) != 2 or arguments[1].kind is not Kind.NUMBER:
        raise misused(monitor, "watch")
    line = text_of(monitor, arguments[0])
    period = monitor.expand(arguments[1]).value
    assert isinstance(period, (int, float))
    monitor.watches.append((line, max(1, int(period))))
    monitor.run_line(line)


@command("logLevel", "[level [peripheral]]", "how much is logged: -1 to 3 or Noisy to Error")
def log_level(monitor: Monitor, arguments: list[Token]) -> None:
    if not arguments:
        level = monitor.current.log.getEffectiveLevel()
        names = [name for name, value in LOG_LEVELS.items() if value >= level]
        monitor.write(f"Currently set levels: {names[0] if names else 'Error'}")
        return
    token = monitor.expand(arguments[0])
    names = list(LOG_LEVELS)
    if isinstance(token.value, int) and -1 <= token.value < len(names) - 1:
        level = LOG_LEVELS[names[token.value + 1]]
    elif str(token.value).capitalize() in LOG_LEVELS:
        level = LOG_LEVELS[str(token.value).capitalize()]
    else:
        raise monitor.error(
            f"{token.text} is not a log level", f"levels: {', '.join(names)}, or -1 to 3"
        )
    if len(arguments) == 1:
        monitor.current.log.setLevel(level)
        return
    for item in arguments[1:]:
        model = monitor.devices.find(item.text)
        if model is None:
            raise monitor.error(
                f"Could not find emulation element or backend named: {item.text}",
                "`peripherals` lists them",
            )
        monitor.current.set_log_level(getattr(model, "name", item.text), level)


@command("logFile", "@file [true]", "writes the log to a file as well")
def log_file(monitor: Monitor, arguments: list[Token]) -> None:
    if not 1 <= len(arguments) <= 2:
        raise misused(monitor, "logFile")
    target = text_of(monitor, arguments[0])
    try:
        handler = logging.FileHandler(target, mode="w", encoding="utf-8")
    except OSError as error:
        raise monitor.error(
            f"cannot write {target}: {error.strerror}", "give a path that can be written"
        ) from error
    handler.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
    log = monitor.current.log
    for old in [item for item in log.handlers if isinstance(item, logging.FileHandler)]:
        log.removeHandler(old)
        old.close()
    log.addHandler(handler)


@command("log", '"message" [level]', "writes a line into the log")
def log_message(monitor: Monitor, arguments: list[Token]) -> None:
    if not 1 <= len(arguments) <= 2:
        raise misused(monitor, "log")
    level = logging.INFO
    if len(arguments) == 2:
        names = list(LOG_LEVELS)
        value = monitor.expand(arguments[1]).value
        if isinstance(value, int) and -1 <= value < len(names) - 1:
            level = LOG_LEVELS[names[value + 1]]
        else:
            level = LOG_LEVELS.get(str(value).capitalize(), logging.INFO)
    monitor.current.log.log(level, "Script: %s", text_of(monitor, arguments[0]))


@command("numbersMode", "[Hexadecimal|Decimal|Both]", "how numbers are printed")
def numbers_mode(monitor: Monitor, arguments: list[Token]) -> None:
    modes = ("Hexadecimal", "Decimal", "Both")
    if not arguments:
        monitor.write(f"Current number format: {monitor.number_format}")
    elif len(arguments) == 1 and arguments[0].text in modes:
        monitor.number_format = arguments[0].text
    else:
        raise misused(monitor, "numbersMode")


@command("echo", '[-n] ["text"]', "prints a text")
def echo(monitor: Monitor, arguments: list[Token]) -> None:
    texts = [text_of(monitor, token) for token in arguments if token.text != "-n"]
    monitor.write(" ".join(texts))


@command("version", "", "prints the version of this package")
def version(monitor: Monitor, arguments: list[Token]) -> None:
    monitor.write(f"renode-wifi {__version__}, embedded engine")


@command("help", "[command]", "lists the commands, or explains one", "?", "h")
def show_help(monitor: Monitor, arguments: list[Token]) -> None:
    known = {**COMMANDS, **monitor.extensions}
    if arguments:
        entry = known.get(arguments[0].text)
        if entry is None:
            near = difflib.get_close_matches(arguments[0].text, known, n=1)
            raise monitor.error(
                f"No such command: {arguments[0].text}",
                f"did you mean {near[0]}?" if near else "`help` lists the commands",
            )
        monitor.write(f"{entry.name} {entry.usage}".rstrip())
        monitor.write(f"  {entry.summary}")
        if entry.alternatives:
            monitor.write(f"  also: {', '.join(entry.alternatives)}")
        return
    monitor.write("Available commands:")
    for name, entry in sorted(known.items(), key=lambda item: item[0].lower()):
        if name == entry.name:
            monitor.write(f"  {name:14s} {entry.summary}")
    monitor.write("A device's name, such as sysbus.usart1, lists what it can do.")
