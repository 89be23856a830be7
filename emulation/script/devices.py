"""Devices in the monitor: `sysbus.usart1 WriteChar 65`, `cpu PC 0x8000000`, `emulation RunFor "1"`.

Members have the names of Renode's C# classes; in a Python model `WriteDoubleWord` is
`write_double_word`. Everything public of a model can be used: methods are called, attributes read
and written.
"""

from __future__ import annotations

import inspect
from textwrap import indent
from typing import Any

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.create import python_name
from renode_wifi.emulation.platform.machine import SYSBUS, Machine
from renode_wifi.emulation.platform.stock.cortex_m import CortexM
from renode_wifi.emulation.platform.stock.memory import Memory
from renode_wifi.emulation.script import absent
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.members.bus import SystemBus
from renode_wifi.emulation.script.members.cpu import CpuRegisters
from renode_wifi.emulation.script.members.emulation import Emulation, MachineDevice
from renode_wifi.emulation.script.members.extras import RegisterAccess, extras
from renode_wifi.emulation.script.members.hooks import BusHooks, CpuHooks, MachineHooks, UartHooks
from renode_wifi.emulation.script.members.uart_files import UartFiles
from renode_wifi.emulation.script.tokens import Token, TokenKind
from renode_wifi.emulation.script.values import Sized, Unpadded
from renode_wifi.peripherals.base.errors import close_matches
from renode_wifi.peripherals.base.uart import Uart

ACRONYMS = frozenset(("ascii", "elf", "gpio", "hex", "lr", "pc", "sp", "svd"))
"""What Renode writes in capitals in names of members."""
MISMATCH = "Parameters did not match the signature"
CPU_REGISTERS = ("pc", "sp", "lr")
PLAIN_TYPES = {"int": int, "str": str, "bool": bool, "None": type(None)}
"""Annotations of parameters that are checked before a call, alone or joined by `|`."""


class Devices:
    """Names that the monitor knows beside its commands, and what they stand for."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self._emulation = Emulation(interpreter)
        self._machine = MachineDevice(interpreter)
        self._hooks: dict[Machine, MachineHooks] = {}
        self._sysbus = SystemBus(interpreter, self._hooks_of)

    def names(self) -> list[str]:
        names = ["emulation", *self.interpreter.terminals.by_name]
        machine = self.interpreter.machine
        if machine is not None:
            names += ["machine", SYSBUS]
            full = [machine.full_name(name) for name in machine.peripherals]
            names += full
            for prefix in self.interpreter.usings:
                names += [name.removeprefix(prefix) for name in full if name.startswith(prefix)]
        return names

    def has(self, name: str) -> bool:
        return name in self.names()

    def find(self, name: str) -> object:
        """The object of that name; None where there is none."""
        machine = self.interpreter.machine
        if name == "emulation":
            return self._emulation
        terminal = self.interpreter.terminals.by_name.get(name)
        if terminal is not None:
            return terminal
        if machine is None or name not in self.names():
            return None
        if name == "machine":
            return self._machine
        if name == SYSBUS:
            return self._sysbus
        for candidate in (name, *(prefix + name for prefix in self.interpreter.usings)):
            for local, full in machine.full_names.items():
                if full == candidate and local in machine.peripherals:
                    return machine.peripherals[local]
        return machine.peripherals.get(name)

    def members(self, name: str) -> list[tuple[str, str]]:
        """Names that may follow a device's, each with what it is."""
        device = self.find(name)
        found = []
        for owner in self._owners(device):
            for name in public(owner):
                text = inspect.getdoc(getattr(type(owner), name, None)) or ""
                found.append((renode_name(name), text.partition("\n")[0].removesuffix(".")))
            if isinstance(owner, RegisterAccess):
                found += [(name, "register") for name in owner.names()]
        return found

    def describe(self, device: object) -> list[str]:
        lines = ["The following methods and properties are available:"]
        for owner in self._owners(device):
            for name in public(owner):
                value = getattr(owner, name)
                if callable(value):
                    parameters = ", ".join(map(parameter_name, inspect.signature(value).parameters))
                    lines.append(f" - {renode_name(name)} ({parameters})")
                else:
                    lines.append(f" - {renode_name(name)}")
            if isinstance(owner, RegisterAccess):
                lines.append(f" - registers: {' '.join(owner.names())}")
        return lines

    def _owners(self, device: object) -> list[object]:
        """The device, and what adds members to it."""
        found = [device, *extras(device)]
        machine = self.interpreter.machine
        if machine is not None and isinstance(device, (CortexM, SystemBus)):
            hooks = self._hooks_of(machine)
            if isinstance(device, CortexM):
                found += [CpuHooks(hooks, self.interpreter), CpuRegisters(machine)]
            else:
                found.append(BusHooks(hooks, self.interpreter))
        if machine is not None and isinstance(device, Uart):
            found += [
                UartFiles(self.interpreter, machine, device),
                UartHooks(machine, device, self.interpreter),
            ]
        return found

    def _hooks_of(self, machine: Machine) -> MachineHooks:
        return self._hooks.setdefault(machine, MachineHooks(machine))

    def member(self, name: str, device: object, member: str) -> object:
        """The value of a device's member, or its method."""
        owner, attribute = self._member(device, member, name)
        return _value_of(owner, attribute)

    def set_member(self, name: str, device: object, member: str, value: object) -> None:
        owner, attribute = self._member(device, member, name)
        setattr(owner, attribute, value)

    def explain(self, name: str, member: str | None) -> str:
        """What a device is, or one of its members."""
        device = self.find(name)
        if member is None:
            about = inspect.getdoc(device) or type(device).__name__
            return "\n".join([f"{name}: {about}", *self.describe(device)])
        owner, attribute = self._member(device, member, name)
        if isinstance(owner, RegisterAccess):
            return f"{name} {getattr(owner, attribute)}"
        # The class's: a property of the instance would be a value.
        definition = getattr(type(owner), attribute, None)
        usage = f"{name} {member}"
        if callable(definition):
            usage = f"{usage} {_parameters(inspect.signature(getattr(owner, attribute)))}".rstrip()
        about = (inspect.getdoc(definition) or "") if definition is not None else ""
        return f"{usage}\n{indent(about, '  ')}".rstrip()

    def act(self, name: str, tokens: list[Token]) -> object:
        """Do what `tokens` ask of the device; returns what is to be printed, None for nothing."""
        return self._act(name, self.find(name), tokens)

    def _act(self, name: str, device: Any, tokens: list[Token]) -> Any:
        if not tokens:
            return "\n".join(self.describe(device))
        if tokens[0].kind is not TokenKind.LITERAL:
            raise self.interpreter.error(
                f"{name} does not provide a default-named indexer.", f"`{name}` lists its members"
            )
        member = str(tokens[0].value)
        owner, attribute = self._member(device, member, name)
        value = _value_of(owner, attribute)
        if callable(value):
            return self._call(name, member, value, *self._split(tokens[1:]))
        arguments = self._arguments(tokens[1:])
        if not arguments:
            return value
        if len(tokens) > 1 and tokens[1].kind is TokenKind.LITERAL and hasattr(value, "__dict__"):
            return self._act(f"{name} {member}", value, tokens[1:])
        if len(arguments) > 1:
            raise self.interpreter.error(
                f"{name} {member}: one value is enough", f"write {name} {member} {tokens[1]}"
            )
        try:
            setattr(owner, attribute, convert(arguments[0], value))
        except (AttributeError, TypeError, ValueError) as error:
            raise self.interpreter.error(
                f"Could not execute this action on property {member}: {error}",
                "some properties can be read only",
            ) from error
        return None

    def _member(self, device: Any, member: str, name: str) -> tuple[Any, str]:
        attribute = python_name(member)
        for owner in self._owners(device):
            if not attribute.startswith("_") and hasattr(owner, attribute):
                return owner, attribute
        known = [renode_name(known) for owner in self._owners(device) for known in public(owner)]
        for owner in extras(device):
            if isinstance(owner, RegisterAccess):
                known += owner.names()
        near = close_matches(member, known)
        raise self.interpreter.error(
            f"{name} does not provide a field, method or property {member}.",
            f"not here: {absent.MEMBERS[member]}"
            if member in absent.MEMBERS
            else f"did you mean {near[0]}?"
            if near
            else f"`{name}` lists what it provides",
        )

    def _split(self, tokens: list[Token]) -> tuple[list[Any], dict[str, Any]]:
        """Values by position, and those given as `name=value`."""
        positional: list[Token] = []
        named: dict[str, Any] = {}
        index = 0
        while index < len(tokens):
            kinds = [token.kind for token in tokens[index : index + 3]]
            if kinds[:2] == [TokenKind.LITERAL, TokenKind.ASSIGN] and len(kinds) == 3:
                end = index + 3
                if kinds[2] is TokenKind.LEFT_BRACKET:
                    while end < len(tokens) and tokens[end - 1].kind != TokenKind.RIGHT_BRACKET:
                        end += 1
                named[python_name(tokens[index].text)] = self._arguments(tokens[index + 2 : end])[0]
                index = end
            else:
                positional.append(tokens[index])
                index += 1
        return self._arguments(positional), named

    def _arguments(self, tokens: list[Token]) -> list[Any]:
        """Values; `[1, 2]` is a list, the name of a device that device."""
        values: list[Any] = []
        items: list[Any] | None = None
        for token in tokens:
            if token.kind is TokenKind.LEFT_BRACKET:
                items = []
            elif token.kind is TokenKind.RIGHT_BRACKET and items is not None:
                values.append(items)
                items = None
            elif token.kind is not TokenKind.COMMA:
                (values if items is None else items).append(self._value(token))
        return values

    def _value(self, token: Token) -> Any:
        if token.kind is TokenKind.LITERAL:
            device = self.find(str(token.value))
            return token.value if device is None else device
        return token.value

    def _call(
        self, name: str, member: str, method: Any, arguments: list[Any], named: dict[str, Any]
    ) -> Any:
        signature = inspect.signature(method)
        try:
            bound = signature.bind(*arguments, **named).arguments
            for key, value in bound.items():
                if not fits(value, str(signature.parameters[key].annotation)):
                    raise TypeError(key)
        except TypeError:
            raise self.interpreter.error(
                f"{name} {member}: {MISMATCH}",
                f"usage: {name} {member} {_parameters(signature)}".rstrip(),
            ) from None
        try:
            return method(*arguments, **named)
        except RenodeWifiError:
            raise
        except (
            TypeError,
            ValueError,
            KeyError,
            IndexError,
            AttributeError,
            OverflowError,
        ) as error:
            raise self.interpreter.error(
                f"There was an error executing command '{name} {member}': {error}",
                "check the values",
            ) from error


def _parameters(signature: inspect.Signature) -> str:
    names = [(parameter_name(p.name), p.default) for p in signature.parameters.values()]
    return " ".join(
        name if default is inspect.Parameter.empty else f"[{name}]" for name, default in names
    )


def fits(value: object, annotation: str) -> bool:
    """Whether a parameter takes the value; those of other types decide themselves."""
    wanted = [PLAIN_TYPES.get(name.strip()) for name in annotation.split("|")]
    return None in wanted or type(value) in wanted


def _value_of(owner: object, attribute: str) -> Any:
    """The value of a member, or its method."""
    value = getattr(owner, attribute)
    if isinstance(owner, CortexM) and attribute in CPU_REGISTERS:
        return Unpadded(value)
    # Renode's is of 64 bits.
    return Sized(value, 8) if isinstance(owner, Memory) and attribute == "size" else value


def convert(value: object, old: object) -> object:
    """A value of the kind that the attribute has."""
    if isinstance(old, bool):
        if isinstance(value, bool):
            return value
        raise ValueError(f"{value!r} is neither true nor false")
    if isinstance(old, (int, float)) and not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is not a number")
    return value


def renode_name(name: str) -> str:
    """`write_double_word` is `WriteDoubleWord`, `load_elf` is `LoadELF`."""
    parts = (part.upper() if part in ACRONYMS else part.capitalize() for part in name.split("_"))
    return "".join(parts)


def parameter_name(name: str) -> str:
    """`default_value` is `defaultValue`."""
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def public(device: object) -> list[str]:
    return [
        name
        for name in dir(device)
        if not name.startswith("_") and not name.isupper() and name != "machine"
    ]
