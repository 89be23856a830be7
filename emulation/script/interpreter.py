"""Reads monitor lines and scripts: variables, macros, aliases, `using`, commands and devices.

A line is, in this order: an assignment to a `$variable`, a command, the name of a device and what
to do with it, or an alias. As in Renode, variables and macros made while a machine is selected
belong to it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform import lockstep
from renode_wifi.emulation.platform.boards import PLATFORMS
from renode_wifi.emulation.platform.compose import Composer
from renode_wifi.emulation.platform.machine import SYSBUS, Machine
from renode_wifi.emulation.platform.syntax import Position
from renode_wifi.emulation.platform.using import current_folder, find_using
from renode_wifi.emulation.script import absent
from renode_wifi.emulation.script.device_table import DeviceTable
from renode_wifi.emulation.script.requests import Origin, Requests
from renode_wifi.emulation.script.tokens import (
    Token,
    TokenError,
    TokenKind,
    TokenValue,
    join_lines,
    path_token,
    tokenize,
    value_token,
)
from renode_wifi.emulation.script.values import printed
from renode_wifi.emulation.script.worlds import ScriptWorlds
from renode_wifi.emulation.terminals.attached import Terminals
from renode_wifi.peripherals.base.errors import close_matches

GLOBAL = "global"
ORIGIN = "ORIGIN"
MAX_NESTING = 40
"""Scripts, macros and aliases within each other."""

MachineFactory = Callable[[str], Machine]
"""Makes a machine without models, of that name."""

Value = TypeVar("Value")
_NUMBER = re.compile(r"0x[0-9A-Fa-f]+|-?(0|[1-9]\d*)")


class ScriptError(RenodeWifiError):
    """A command that cannot be carried out."""


@dataclass(frozen=True)
class MonitorCommand:
    """usage: arguments as shown by `help`."""

    name: str
    usage: str
    summary: str
    run: Callable[[Interpreter, list[Token]], None]
    alternatives: tuple[str, ...] = ()


class Interpreter:
    """One session: its machines, variables and macros, and what it has printed.

    commands: by name and alternative name. models_commands: those that including
    `renode_models.py` opens.
    """

    def __init__(
        self,
        create_machine: MachineFactory,
        commands: Mapping[str, MonitorCommand],
        models_commands: Mapping[str, MonitorCommand],
        devices: Callable[[Interpreter], DeviceTable],
    ) -> None:
        self.machines: dict[str, Machine] = {}
        self.machine: Machine | None = None
        self.origins: dict[str, Origin] = {}
        self.commands = dict(commands)
        self.variables: dict[str, Token] = {}
        self.macros: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.usings: list[str] = [f"{SYSBUS}."]
        self.default_path = [current_folder(), PLATFORMS.parent]
        self.path: list[Path] = list(self.default_path)
        self.requests = Requests()
        self.worlds = ScriptWorlds()
        self.terminals = Terminals()
        self.save_machines, self.restore_machines = lockstep.save, lockstep.restore
        self.quantum = lockstep.QUANTUM
        self.number_format = "Hexadecimal"
        self.seed: int | None = None
        """Of machines to come; None: their own."""
        self.python_globals: dict[str, object] = {}
        self.started_at = time.monotonic()
        self.run_all: Callable[[int], None] = self._run_machines
        """Lets that much virtual time (ns) pass on all machines, if not the engine does."""
        self.devices = devices(self)
        self._create_machine = create_machine
        self._models_commands = models_commands
        self._output: list[str] = []
        self._where: list[str] = []
        self._machine_count = 0

    def execute(self, text: str) -> str:
        """Run one line, or several; returns what they print."""
        outer, self._output = self._output, []
        try:
            for _, line in join_lines(text):
                self.run_line(line)
            return "\n".join(self._output)
        finally:
            self._output = outer

    def execute_script(self, path: Path | str) -> str:
        """Run a `.resc` file; returns what it prints."""
        outer, self._output = self._output, []
        try:
            self.run_script(Path(path))
            return "\n".join(self._output)
        finally:
            self._output = outer

    def write(self, text: str) -> None:
        """Print, for whoever called `execute`."""
        self._output.append(text)

    def open_models_commands(self) -> None:
        """Know the commands that `renode_models.py` brings."""
        self.commands.update(self._models_commands)

    # -- scripts ------------------------------------------------------------------------------

    def run_script(self, path: Path) -> None:
        found = self.find_file(str(path))
        if found is None or found.is_dir():
            raise self.error(
                f"Could not find file '{path}'",
                "give a path from here, or relative to a script as $ORIGIN/name",
            )
        try:
            text = found.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise self.error(f"cannot read {found}: {error}", "give a text file") from error
        name = f"{GLOBAL}.{ORIGIN}"
        before, machines = self.variables.get(name), set(self.machines)
        self.variables[name] = path_token(found.parent)
        try:
            for number, line in join_lines(text):
                with self.at(f"{found}:{number}"):
                    self.run_line(line)
                if self.requests.quit:
                    break
        finally:
            if before is not None:
                self.variables[name] = before
        if found.parent == PLATFORMS:
            origin = Origin.of(found, self._scoped(self.variables, "world"))
            self.origins |= dict.fromkeys(self.machines.keys() - machines, origin)

    def run_macro(self, name: str, text: str) -> None:
        for number, line in join_lines(text):
            with self.at(f"macro {name}, line {number}"):
                self.run_line(line)

    @contextmanager
    def at(self, where: str) -> Iterator[None]:
        """What fails within is reported with its place."""
        if len(self._where) >= MAX_NESTING:
            raise self.error(
                "scripts, macros or aliases call each other without end", "break the circle"
            )
        self._where.append(where)
        try:
            yield
        except RenodeWifiError as error:
            if error.where is None:
                error.where = where
            raise
        finally:
            self._where.pop()

    @property
    def where(self) -> str:
        return self._where[-1] if self._where else "monitor"

    def error(self, message: str, cure: str | None = None) -> ScriptError:
        return ScriptError(message, cure=cure)

    # -- lines --------------------------------------------------------------------------------

    def run_line(self, line: str) -> None:
        if not line.strip():
            return
        command: list[Token] = []
        for token in [*self._tokens(line), None]:
            if token is None or token.kind is TokenKind.SPLIT:
                if command:
                    self.run_tokens(command)
                command = []
            elif token.kind is not TokenKind.COMMENT:
                command.append(token)

    def _tokens(self, line: str) -> list[Token]:
        """Tokens of a line. `$ORIGIN/name` is a path, which shows only when a token fails."""
        try:
            return tokenize(line)
        except TokenError as error:
            last = error.tokens[-1] if error.tokens else None
            if last is None or last.kind is not TokenKind.VARIABLE:
                raise
            before = " ".join(token.text for token in error.tokens[:-1])
            return self._tokens(f"{before} {self.expand(last).text}{error.rest}".lstrip())

    def run_tokens(self, tokens: list[Token]) -> None:
        resolved = [self._resolve(token) for token in tokens]
        if any(token.kind is TokenKind.EXECUTION for token in tokens):
            self.run_line(" ".join(token.text for token in resolved))
            return
        first = resolved[0]
        if first.kind is TokenKind.VARIABLE and len(resolved) == 3:
            if resolved[1].kind is TokenKind.ASSIGN_IF_UNSET and self.variable(first) is not None:
                return
            if resolved[1].kind in (TokenKind.ASSIGN, TokenKind.ASSIGN_IF_UNSET):
                self.set_variable(str(first.value), self.expand(resolved[2]))
                return
        if first.kind is not TokenKind.LITERAL:
            raise self.error(
                f"No such command or device: {first.text}", "`help` lists the commands"
            )
        self._run_command(str(first.value), resolved[1:])

    def _run_command(self, name: str, arguments: list[Token]) -> None:
        command = self.commands.get(name)
        if command is not None:
            command.run(self, arguments)
        elif self.devices.has(name):
            result = self.devices.act(name, [self.expand(token) for token in arguments])
            if result is not None:
                self.write(self.format(result))
        elif (alias := self._scoped(self.aliases, name)) is not None:
            with self.at(f"alias {name}"):
                self.run_line(" ".join([alias, *(token.text for token in arguments)]))
        else:
            raise self.error(f"No such command or device: {name}", self._suggestion(name))

    def _suggestion(self, name: str) -> str:
        if name in absent.COMMANDS:
            return f"not here: {absent.COMMANDS[name]}"
        if name in self._models_commands:
            return "include platforms/renode_models.py first"
        if self.machine is None and name in (SYSBUS, "machine", "cpu"):
            return "create a machine first: mach create"
        if self.machine is not None and name in self.machine.full_names:
            full = self.machine.full_names[name]
            return f"write {full}, or `using {SYSBUS}` before"
        known = [*self.commands, *self.devices.names(), *self.aliases]
        near = close_matches(name, known, 2)
        return f"did you mean {' or '.join(near)}?" if near else "`help` lists the commands"

    def _resolve(self, token: Token) -> Token:
        if token.kind is TokenKind.EXECUTION:
            text = self.execute(str(token.value))
            if _NUMBER.fullmatch(text):
                return Token(TokenKind.NUMBER, text, int(text, 0))
            return Token(TokenKind.STRING, '"' + text.replace('"', '\\"') + '"', text)
        if token.kind is TokenKind.PATH:
            found = self.find_file(str(token.value))
            return token if found is None else path_token(found)
        return token

    def find_file(self, name: str) -> Path | None:
        try:
            path = Path(name).expanduser()
            for folder in (Path(), *self.path):
                if (folder / path).exists():
                    return (folder / path).absolute()
        except (OSError, RuntimeError):
            # A name too long for the file system, or the home of nobody.
            return None
        return None

    # -- variables ----------------------------------------------------------------------------

    @property
    def scope(self) -> str:
        return GLOBAL if self.machine is None else self.machine.name.replace("-", "_")

    def _scoped(self, table: dict[str, Value], name: str) -> Value | None:
        for key in (name, f"{self.scope}.{name}", f"{GLOBAL}.{name}"):
            if key in table:
                return table[key]
        return None

    def qualified(self, name: str) -> str:
        """The name under which a variable is kept."""
        scopes = {GLOBAL, *(machine.replace("-", "_") for machine in self.machines)}
        return name if name.split(".")[0] in scopes and "." in name else f"{self.scope}.{name}"

    def variable(self, token: Token) -> Token | None:
        return self._scoped(self.variables, str(token.value))

    def set_variable(self, name: str, value: Token | TokenValue | Path) -> None:
        if isinstance(value, Path):
            value = path_token(value)
        elif not isinstance(value, Token):
            value = value_token(value)
        self.variables[self.qualified(name)] = value

    def expand(self, token: Token) -> Token:
        if token.kind is not TokenKind.VARIABLE:
            return token
        found = self.variable(token)
        if found is None:
            names = {name.split(".", 1)[1] for name in self.variables}
            near = close_matches(str(token.value), names)
            raise self.error(
                f"No such variable: ${token.value}",
                f"did you mean ${near[0]}?" if near else f"set it first: ${token.value}=…",
            )
        return found

    # -- machines -----------------------------------------------------------------------------

    def create_machine(self, name: str | None = None) -> Machine:
        name = name or f"machine-{self._machine_count}"
        if name in self.machines:
            taken = f"Given machine is already added or name is already taken. ({name})"
            raise self.error(taken, f'mach set "{name}"')
        self._machine_count += 1
        machine = self._create_machine(name)
        machine.search_path = self.path
        if self.seed is not None:
            machine.seed = self.seed
        machine.prefix = f"{name}/" if self.machines else ""
        machine.epoch = max((other.emulation_time for other in self.machines.values()), default=0)
        machine.reset_listeners.append(self._on_machine_reset)
        self.machines[name] = machine
        self.machine = machine
        return machine

    def remove_machine(self, name: str) -> None:
        """The machine and, if it was the last one in it, its world end."""
        removed = self.machines.pop(name)
        self.origins.pop(name, None)
        removed.close()
        if self.machine is removed:
            self.machine = None

    def clear(self) -> None:
        """As when the session began, but for what was printed."""
        self.requests.started = False
        for name in list(self.machines):
            self.remove_machine(name)
        kept = self.variables.get(f"{GLOBAL}.{ORIGIN}")
        self.variables = {} if kept is None else {f"{GLOBAL}.{ORIGIN}": kept}
        self.macros.clear()
        self.aliases.clear()
        self._machine_count = 0

    def _on_machine_reset(self) -> None:
        if self.machine is None:
            return
        for name, lines in self.machine.reset_scripts.items():
            self.run_macro(f"{name}.reset", "\n".join(lines))

    @property
    def current(self) -> Machine:
        if self.machine is None:
            raise self.error("No machine selected.", "create one: mach create")
        return self.machine

    def _run_machines(self, duration: int) -> None:
        machine = self.machine or next(iter(self.machines.values()), None) or self.current
        machines = list(self.machines.values())
        lockstep.run(machines, machine, machine.now + duration, quantum=self.quantum)

    def composer(self) -> Composer:
        def run(line: str, position: Position) -> None:
            with self.at(str(position)):
                self.run_line(line)

        def find(path: str, including: Path | None) -> Path | None:
            return find_using(path, including, self.path)

        return Composer(self.current, run, find)

    # -- output -------------------------------------------------------------------------------

    def format(self, value: object) -> str:
        """A value as the monitor prints it."""
        return printed(value, self.number_format)
