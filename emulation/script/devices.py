"""Devices in the monitor: `sysbus.usart1 WriteChar 65`, `cpu PC 0x8000000`, `emulation RunFor "1"`.

Members have the names of Renode's C# classes; in a Python model `WriteDoubleWord` is
`write_double_word`. Everything public of a model can be used: methods are called, attributes read
and written.
"""

from __future__ import annotations

import difflib
import inspect
from textwrap import indent
from typing import Any, Protocol, runtime_checkable

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.create import python_name
from renode_wifi.emulation.platform.machine import SYSBUS, Machine
from renode_wifi.emulation.platform.stock.cortex_m import CortexM
from renode_wifi.emulation.script import absent
from renode_wifi.emulation.script.builtin_devices import Emulation, MachineDevice, SystemBus
from renode_wifi.emulation.script.hooks import BusHooks, CpuHooks, MachineHooks
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.tokens import Token, TokenKind
from renode_wifi.emulation.script.uart_files import UartFiles
from renode_wifi.peripherals.base.register_file import RegisterFile
from renode_wifi.peripherals.base.uart import Uart

PLAIN_TYPES = {"int": int, "str": str, "bool": bool}
"""Annotations of parameters that are checked before a call."""


class Devices:
    """Names that the monitor knows beside its commands, and what they stand for."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self._emulation = Emulation(interpreter)
        self._machine = MachineDevice(interpreter)
        self._sysbus = SystemBus(interpreter)
        self._hooks: dict[Machine, MachineHooks] = {}

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
                    parameters = ", ".join(inspect.signature(value).parameters)
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
            hooks = self._hooks.setdefault(machine, MachineHooks(machine))
            kind = CpuHooks if isinstance(device, CortexM) else BusHooks
            found.append(kind(hooks, self.interpreter))
        if machine is not None and isinstance(device, Uart):
            found.append(UartFiles(self.interpreter, machine, device))
        return found

    def member(self, name: str, device: object, member: str) -> object:
        """The value of a device's member, or its method."""
        owner, attribute = self._member(device, member, name)
        return getattr(owner, attribute)

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
        value = getattr(owner, attribute)
        arguments = self._arguments(tokens[1:])
        if callable(value):
            return self._call(name, member, value, arguments)
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
        near = difflib.get_close_matches(member, known, n=1)
        raise self.interpreter.error(
            f"{name} does not provide a field, method or property {member}.",
            f"not here: {absent.MEMBERS[member]}"
            if member in absent.MEMBERS
            else f"did you mean {near[0]}?"
            if near
            else f"`{name}` lists what it provides",
        )

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

    def _call(self, name: str, member: str, method: Any, arguments: list[Any]) -> Any:
        signature = inspect.signature(method)
        try:
            bound = signature.bind(*arguments).arguments
            for key, value in bound.items():
                wanted = PLAIN_TYPES.get(str(signature.parameters[key].annotation))
                if wanted is not None and type(value) is not wanted:
                    raise TypeError(key)
        except TypeError:
            raise self.interpreter.error(
                f"{name} {member}: the parameters do not fit",
                f"usage: {name} {member} {_parameters(signature)}".rstrip(),
            ) from None
        try:
            return method(*arguments)
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
    return " ".join(
        f"[{p.name}]" if p.default is not p.empty else p.name for p in signature.parameters.values()
    )


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
    """`write_double_word` is `WriteDoubleWord`."""
    return "".join(part.capitalize() for part in name.split("_"))


def public(device: object) -> list[str]:
    return [
        name
        for name in dir(device)
        if not name.startswith("_") and not name.isupper() and name != "machine"
    ]


def extras(device: object) -> list[object]:
    """What Renode's extension methods add to a kind of device."""
    found: list[object] = []
    registers = getattr(device, "registers", None)
    if isinstance(registers, RegisterFile):
        found.append(RegisterAccess(registers))
    if isinstance(device, Accessible):
        found.append(BusAccess(device))
    if isinstance(device, Uart):
        found.append(Typing(device))
    return found


@runtime_checkable
class Accessible(Protocol):
    """Registers, or the bytes of a memory."""

    def read(self, offset: int, width: int) -> int: ...

    def write(self, offset: int, value: int, width: int) -> None: ...


class RegisterAccess:
    """Registers of a model by name: their values by field, without the effects of a read."""

    _registers: RegisterFile
    _names: dict[str, str]

    def __init__(self, registers: RegisterFile) -> None:
        self.__dict__["_registers"] = registers
        self.__dict__["_names"] = {python_name(name): name for name in registers.names()}

    def __dir__(self) -> list[str]:
        """Nothing: `describe` lists the registers by the names of the manual."""
        return []

    def names(self) -> list[str]:
        return list(self._names.values())

    def __getattr__(self, attribute: str) -> str:
        if attribute.startswith("_") or attribute not in self._names:
            raise AttributeError(attribute)
        return self._registers.describe(self._names[attribute])

    def __setattr__(self, attribute: str, value: object) -> None:
        """A store of the CPU."""
        if not isinstance(value, int):
            raise TypeError(f"{value!r} is not a number")
        registers = self._registers
        offset = registers.offset_of(self._names[attribute])
        registers.owner.write(offset, value & 0xFFFFFFFF, 4)


class BusAccess:
    """Registers of a peripheral, or bytes of a memory, by offset."""

    def __init__(self, device: Accessible) -> None:
        self._device = device

    def read_byte(self, offset: int) -> int:
        return int(self._device.read(offset, 1))

    def read_word(self, offset: int) -> int:
        return int(self._device.read(offset, 2))

    def read_double_word(self, offset: int) -> int:
        return int(self._device.read(offset, 4))

    def write_byte(self, offset: int, value: int) -> None:
        self._device.write(offset, value & 0xFF, 1)

    def write_word(self, offset: int, value: int) -> None:
        self._device.write(offset, value & 0xFFFF, 2)

    def write_double_word(self, offset: int, value: int) -> None:
        self._device.write(offset, value & 0xFFFFFFFF, 4)


class Typing:
    """Characters for the RX pin of a serial port."""

    def __init__(self, device: Uart) -> None:
        self._device = device

    def write_char(self, value: int | str) -> None:
        self._device.receive((ord(value) if isinstance(value, str) else value) & 0xFF)

    def write_line(self, text: str = "") -> None:
        for byte in f"{text}\r".encode():
            self._device.receive(byte)
