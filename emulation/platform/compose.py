"""From a description to a machine: models, properties, wires, registrations, init sections."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform import constructors
from renode_wifi.emulation.platform.constructors import Constructor
from renode_wifi.emulation.platform.parser import parse_attributes, parse_registration
from renode_wifi.emulation.platform.resolve import (
    FindUsing,
    Part,
    Resolved,
    Wire,
    resolve,
)
from renode_wifi.emulation.platform.syntax import (
    Assignment,
    DescriptionError,
    EnumName,
    NewObject,
    Position,
    Problem,
    Range,
    Reference,
    Registration,
    Special,
    Value,
)
from renode_wifi.peripherals.base.line import Line, Receiver
from renode_wifi.peripherals.base.machine import Machine

RunCommand = Callable[[str, Position], None]
"""Run one monitor command of a section, which stands at a position."""

EXAMPLES: dict[type, str] = {
    int: "a number",
    float: "a number",
    bool: "true or false",
    str: 'a text in "quotes"',
}
COUNTS = re.compile("size$|numberOf")
LARGEST_SIZE = 1 << 32
LARGEST_COUNT = 4096
BUS_REGISTRATIONS = ("Bus.BusPointRegistration", "Bus.BusRangeRegistration")


class Composable(Machine, Protocol):
    """What a description needs of a machine beyond the contract with models."""

    def names(self) -> list[str]: ...

    def add(self, name: str, model: object) -> None: ...

    def full_name(self, name: str) -> str: ...

    def register(
        self, name: str, register: str, place: int | Range | None, alias: str | None = None
    ) -> None: ...

    def connect(self, line: Line, receiver: Receiver, end: tuple[str, int | None, int]) -> None: ...

    def on_reset(self, name: str, commands: list[str]) -> None: ...


class Composer:
    """Builds on `machine` what descriptions say. run: executes commands of init sections."""

    def __init__(self, machine: Composable, run: RunCommand, find_using: FindUsing) -> None:
        self.machine = machine
        self.run = run
        self.find_using = find_using
        self.resolved = Resolved([], {})

    def load_file(self, path: Path) -> None:
        try:
            source = path.read_text(encoding="utf-8-sig", errors="replace")
        except OSError as error:
            raise RenodeWifiError(
                f"Could not find file '{path}'.",
                cure="give the path of a .repl file; $ORIGIN is the folder of the script",
            ) from error
        self.load(source, str(path))

    def load(self, source: str, file: str = "") -> None:
        self.resolved = resolve(source, file, self.machine.names(), self.find_using)
        self._build(self.resolved.parts)

    def create(
        self, name: str, type_name: str, point: str, attributes: str, position: Position
    ) -> None:
        """One object, told in pieces: what `wifi_model` does."""
        self.resolved = Resolved([], {})
        if name in self.machine.names():
            raise self._error(
                Problem.ALREADY_DECLARED,
                f"Variable '{name}' was already declared as an already registered peripheral or"
                " builtin.",
                position,
                "take another name",
            )
        part = Part(name, type_name, position=position, type_position=position)
        try:
            part.registrations = [parse_registration(point)]
            found = parse_attributes(attributes)
        except DescriptionError as error:
            raise RenodeWifiError(error.message, where=str(position), cure=error.cure) from error
        for item in found:
            if not isinstance(item, Assignment):
                raise self._error(
                    Problem.SYNTAX,
                    "Syntax error, only `name: value` attributes are possible here",
                    position,
                    "wire it in a .repl file, by its name",
                )
            part.assignments[item.name] = Assignment(item.name, item.value, position, position)
        part.registrations = [
            Registration(item.register, item.point, position) for item in part.registrations
        ]
        self._build([part])

    # -- steps --------------------------------------------------------------------------------

    def _build(self, parts: list[Part]) -> None:
        for part in parts:
            for line in part.scripts.get("preinit", []):
                self.run(line, part.position)
        types = {part.name: self._type(part) for part in parts if part.type is not None}
        for part in parts:
            if part.name in types:
                self._create(part, types[part.name])
        for part in parts:
            self._set_properties(part)
        for part in parts:
            for wire in part.wires:
                self._connect(part, wire)
        self._register(parts)
        for part in parts:
            for line in part.scripts.get("init", []):
                self.run(f"{self.machine.full_name(part.name)} {line}", part.position)
            if "reset" in part.scripts:
                name = self.machine.full_name(part.name)
                self.machine.on_reset(
                    part.name, [f"{name} {line}" for line in part.scripts["reset"]]
                )

    def _type(self, part: Part) -> Constructor:
        assert part.type is not None
        return self._find_type(part.type, part.type_position)

    def _find_type(self, name: str, position: Position) -> Constructor:
        found = constructors.find(name)
        if found is not None:
            return found
        near = constructors.nearest(name)
        raise self._error(
            Problem.UNKNOWN_TYPE,
            f"Could not resolve type: '{name}'.",
            position,
            f"did you mean {' or '.join(near)}?"
            if near
            else "the embedded engine has no such model; `--engine renode` may",
        )

    def _create(self, part: Part, model: Constructor) -> None:
        attributes: dict[str, Any] = {}
        for assignment in part.constructor:
            if assignment.value is Special.NONE:
                continue
            self._check_attribute(assignment, model)
            value = self._value(assignment.value, assignment.value_position)
            kind = model.kinds.get(assignment.name)
            if kind is not None and not constructors.fits(value, kind):
                raise self._error(
                    Problem.TYPE_MISMATCH,
                    f"Type mismatch. Expected {kind.__name__}.",
                    assignment.value_position,
                    f"{assignment.name} of {model.name} takes {EXAMPLES[kind]}",
                )
            limit = LARGEST_SIZE if assignment.name == "size" else LARGEST_COUNT
            if COUNTS.match(assignment.name) and isinstance(value, int) and value > limit:
                raise self._error(
                    Problem.CONSTRUCTION_FAILED,
                    f"{assignment.name} of {value} is more than anything on this bus can have.",
                    assignment.value_position,
                    f"write at most 0x{limit:X}",
                )
            attributes[assignment.name] = value
        accepted = model.accepted or {}
        missing = [name for name, needed in accepted.items() if needed and name not in attributes]
        if missing:
            raise self._error(
                Problem.NO_CONSTRUCTOR,
                f"Could not find suitable constructor for type '{model.name}':"
                f" {', '.join(missing)} missing.",
                part.type_position,
                f"add `{missing[0]}: …` below, indented by four spaces",
            )
        self.machine.add(part.name, self._made(model, part.name, attributes, part.type_position))

    def _made(
        self, model: Constructor, name: str, attributes: dict[str, Any], position: Position
    ) -> Any:
        try:
            return model.create(self.machine, name, attributes)
        except RenodeWifiError as error:
            message, cure = error.message, error.cure
        except Exception as error:
            # A model fails in its own way on an attribute that it cannot use: the description's
            # author gets the place, the model's author the chained exception.
            message, cure = f"{type(error).__name__}: {error}", "check the attributes' values"
        raise self._error(
            Problem.CONSTRUCTION_FAILED,
            f"Exception was thrown during construction of '{name}': {message}",
            position,
            cure,
        )

    def _check_attribute(self, assignment: Assignment, model: Constructor) -> None:
        accepted = model.accepted
        if accepted is None or assignment.name in accepted:
            return
        near = difflib.get_close_matches(assignment.name, accepted, n=1)
        known = ", ".join(accepted) or "none"
        raise self._error(
            Problem.NO_CONSTRUCTOR,
            f"Could not find suitable constructor for type '{model.name}': it has no parameter"
            f" '{assignment.name}'.",
            assignment.position,
            f"did you mean {near[0]}?" if near else f"parameters are: {known}",
        )

    def _value(self, value: Value, position: Position) -> Any:
        """What the constructor or property gets."""
        if isinstance(value, Reference):
            return self.machine.peripheral(value.name)
        if isinstance(value, EnumName):
            return value.name
        if isinstance(value, list):
            return [self._value(item, position) for item in value]
        if isinstance(value, dict):
            return {
                self._value(key, position): self._value(item, position)
                for key, item in value.items()
            }
        if isinstance(value, NewObject):
            attributes = {
                item.name: self._value(item.value, item.value_position)
                for item in value.attributes
                if isinstance(item, Assignment)
            }
            model = self._find_type(value.type, value.position)
            return self._made(model, value.type, attributes, value.position)
        return None if isinstance(value, Special) else value

    def _set_properties(self, part: Part) -> None:
        model = self.machine.peripheral(part.name)
        for assignment in part.properties:
            if assignment.value is Special.NONE:
                continue
            name = python_name(assignment.name)
            before = getattr(model, name, None)
            if before is None or callable(before):
                raise self._error(
                    Problem.NO_SUCH_PROPERTY,
                    f"Property '{assignment.name}' does not exist in type"
                    f" '{part.type or type(model).__name__}'.",
                    assignment.position,
                    "constructor parameters start with a small letter",
                )
            value = self._value(assignment.value, assignment.value_position)
            kind = type(before)
            if kind in EXAMPLES and not constructors.fits(value, kind):
                raise self._error(
                    Problem.TYPE_MISMATCH,
                    f"Type mismatch. Expected {kind.__name__}.",
                    assignment.value_position,
                    f"{assignment.name} takes {EXAMPLES[kind]}",
                )
            try:
                if kind not in EXAMPLES:
                    raise AttributeError
                setattr(model, name, value)
            except AttributeError as error:
                raise self._error(
                    Problem.PROPERTY_NOT_WRITABLE,
                    f"Property {assignment.name} does not have a public setter.",
                    assignment.position,
                    "it can only be read",
                ) from error

    # -- wires --------------------------------------------------------------------------------

    def _connect(self, part: Part, wire: Wire) -> None:
        line = self._output(part, wire)
        receiver = self.machine.peripheral(wire.receiver)
        if wire.local is not None:
            if not hasattr(receiver, "receiver"):
                raise self._error(
                    Problem.NOT_A_LOCAL_RECEIVER,
                    f"Used local irq destination, while '{wire.receiver}' has none.",
                    wire.position,
                    f"write {wire.receiver}@{wire.end}",
                )
            try:
                receiver = receiver.receiver(wire.local)
            except (IndexError, KeyError, ValueError):
                raise self._error(
                    Problem.NO_SUCH_DESTINATION,
                    f"'{wire.receiver}' has no local input {wire.local}.",
                    wire.position,
                ) from None
        if not hasattr(receiver, "on_gpio"):
            raise self._error(
                Problem.DESTINATION_TAKES_NO_SIGNALS,
                f"'{wire.receiver}' cannot be a destination of interrupts.",
                wire.position,
                "name an interrupt controller, a port or another block with inputs",
            )
        try:
            self.machine.connect(line, receiver, (wire.receiver, wire.local, wire.end))
        except (IndexError, KeyError, ValueError) as error:
            raise self._error(
                Problem.NO_SUCH_DESTINATION,
                f"'{wire.receiver}' has no input {wire.end}.",
                wire.position,
            ) from error

    def _output(self, part: Part, wire: Wire) -> Line:
        """Outputs go by name or number. Numbers count named outputs where there are no others."""
        model = self.machine.peripheral(part.name)
        lines: dict[int | str, Line] = getattr(model, "lines", {})
        kind = part.type or type(model).__name__
        if wire.source is None:
            if len(lines) == 1:
                return next(iter(lines.values()))
            if "IRQ" in lines:
                return lines["IRQ"]
            raise self._error(
                Problem.AMBIGUOUS_SOURCE if lines else Problem.NO_SUCH_SOURCE,
                "Ambiguous choice of default interrupt."
                if lines
                else f"Type '{kind}' does not contain any property of type GPIO.",
                wire.position,
                f"name one of {_listing(lines)} in front of the arrow" if lines else None,
            )
        if wire.source in lines:
            return lines[wire.source]
        named = list(getattr(model, "OUTPUTS", lines))
        numbered = any(isinstance(key, int) for key in lines)
        if isinstance(wire.source, int) and not numbered and wire.source < len(named):
            return lines[named[wire.source]]
        raise self._error(
            Problem.NO_SUCH_PIN if isinstance(wire.source, int) else Problem.NO_SUCH_SOURCE,
            f"'{part.name}' of type '{kind}' doesn't have IRQ {wire.source}.",
            wire.position,
            f"it has {_listing(lines)}" if lines else "it has no outputs",
        )

    # -- registration -------------------------------------------------------------------------

    def _register(self, parts: list[Part]) -> None:
        """Parents first; what waits for a parent that never comes is at fault."""
        waiting = [part for part in parts if part.registrations is not None]
        registered = set(self.machine.names()) - {
            part.name for part in parts if part.type is not None
        }
        while waiting:
            later: list[Part] = []
            for part in waiting:
                assert part.registrations is not None
                parents = [item.register.name for item in part.registrations if item.register]
                if all(parent in registered for parent in parents):
                    for item in part.registrations:
                        self._register_at(part, item)
                    registered.add(part.name)
                else:
                    later.append(part)
            if len(later) == len(waiting):
                raise self._error(
                    Problem.REGISTRATION_FAILED,
                    f"Unable to finish the registration of '{later[0].name}'. Are all parents"
                    " registered?",
                    later[0].position,
                    "a parent needs a registration of its own",
                )
            waiting = later

    def _register_at(self, part: Part, item: Registration) -> None:
        if item.register is None:
            return
        place = self._place(item)
        try:
            self.machine.register(part.name, item.register.name, place, part.alias)
        except RenodeWifiError as error:
            raise self._error(
                Problem.REGISTRATION_FAILED,
                f"Exception was thrown during registration of '{part.name}' in"
                f" '{item.register.name}': {error.message}",
                item.position,
                error.cure,
            ) from error

    def _place(self, item: Registration) -> int | Range | None:
        point = item.point
        if point is None or (isinstance(point, int) and not isinstance(point, bool)):
            return point
        if isinstance(point, Range):
            return point
        if isinstance(point, NewObject) and point.type in BUS_REGISTRATIONS:
            values = {a.name: a.value for a in point.attributes if isinstance(a, Assignment)}
            address, size = values.get("address"), values.get("size")
            if isinstance(address, int) and isinstance(size, int):
                return Range(address, address + size)
            if isinstance(address, int):
                return address
        raise self._error(
            Problem.BAD_REGISTRATION_POINT,
            "Could not find any suitable constructor for this registration point.",
            item.position,
            "write an address or <address, +size>",
        )

    def _error(
        self, problem: Problem, message: str, position: Position, cure: str | None = None
    ) -> DescriptionError:
        return self.resolved.error(problem, message, position, cure)


def python_name(name: str) -> str:
    """`PerformanceInMips` is `performance_in_mips` in a Python model, `PC` is `pc`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _listing(lines: dict[int | str, Line]) -> str:
    names = [str(name) for name in lines]
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
