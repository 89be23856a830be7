"""From a description to a machine: models, properties, wires, registrations, init sections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.create import Creator, ModelTable
from renode_wifi.emulation.platform.object_spec import ObjectSpec, Resolved, Wire
from renode_wifi.emulation.platform.parser import parse_attributes, parse_registration
from renode_wifi.emulation.platform.resolve import resolve
from renode_wifi.emulation.platform.syntax import (
    Assignment,
    DescriptionError,
    NewObject,
    Position,
    Problem,
    Range,
    Registration,
    Value,
)
from renode_wifi.emulation.platform.using import FindUsing
from renode_wifi.peripherals.base.line import Line, Receiver

RunCommand = Callable[[str, Position], None]
"""Run one monitor command of a section, which stands at a position."""

BUS_REGISTRATIONS = (
    "Bus.BusPointRegistration",
    "Bus.BusRangeRegistration",
    "Bus.BusMultiRegistration",
)


class Composable(ModelTable, Protocol):
    """What a description needs of a machine beyond the contract with models."""

    def names(self) -> list[str]: ...

    def full_name(self, name: str) -> str: ...

    def register(
        self,
        name: str,
        register: str,
        place: int | Range | None,
        alias: str | None = None,
        region: str | None = None,
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
        self._build(self.resolved.specs)

    def create(
        self, name: str, type_name: str, point: str, attributes: str, position: Position
    ) -> None:
        """One object, given in pieces: what `wifi_model` does."""
        self.resolved = Resolved([], {})
        if name in self.machine.names():
            raise self._error(
                Problem.ALREADY_DECLARED,
                f"Variable '{name}' was already declared as an already registered peripheral or"
                " builtin.",
                position,
                "take another name",
            )
        spec = ObjectSpec(name, type_name, position=position, type_position=position)
        try:
            spec.registrations = [parse_registration(point)]
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
            spec.assignments[item.name] = Assignment(item.name, item.value, position, position)
        spec.registrations = [
            Registration(item.register, item.point, position) for item in spec.registrations
        ]
        self._build([spec])

    # -- steps --------------------------------------------------------------------------------

    def _build(self, specs: list[ObjectSpec]) -> None:
        creator = Creator(self.machine, self.resolved)
        for spec in specs:
            for line in spec.scripts.get("preinit", []):
                self.run(line, spec.position)
        types = {spec.name: creator.constructor(spec) for spec in specs if spec.type is not None}
        for spec in specs:
            if spec.name in types:
                creator.create(spec, types[spec.name])
        for spec in specs:
            creator.set_properties(spec)
        for spec in specs:
            for wire in spec.wires:
                self._connect(spec, wire)
        self._register(specs)
        for spec in specs:
            for line in spec.scripts.get("init", []):
                self.run(f"{self.machine.full_name(spec.name)} {line}", spec.position)
            if "reset" in spec.scripts:
                name = self.machine.full_name(spec.name)
                self.machine.on_reset(
                    spec.name, [f"{name} {line}" for line in spec.scripts["reset"]]
                )

    # -- wires --------------------------------------------------------------------------------

    def _connect(self, spec: ObjectSpec, wire: Wire) -> None:
        line = self._output(spec, wire)
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
            end = wire.receiver, wire.local, wire.end
            self.machine.connect(line, cast(Receiver, receiver), end)
        except (IndexError, KeyError, ValueError) as error:
            raise self._error(
                Problem.NO_SUCH_DESTINATION,
                f"'{wire.receiver}' has no input {wire.end}.",
                wire.position,
            ) from error

    def _output(self, spec: ObjectSpec, wire: Wire) -> Line:
        """Outputs go by name or number. Numbers count named outputs where there are no others."""
        model = self.machine.peripheral(spec.name)
        lines: dict[int | str, Line] = getattr(model, "lines", {})
        kind = spec.type or type(model).__name__
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
            f"'{spec.name}' of type '{kind}' doesn't have IRQ {wire.source}.",
            wire.position,
            f"it has {_listing(lines)}" if lines else "it has no outputs",
        )

    # -- registration -------------------------------------------------------------------------

    def _register(self, specs: list[ObjectSpec]) -> None:
        """Parents first; what waits for a parent that never comes is at fault."""
        waiting = [spec for spec in specs if spec.registrations is not None]
        registered = set(self.machine.names()) - {
            spec.name for spec in specs if spec.type is not None
        }
        while waiting:
            later: list[ObjectSpec] = []
            for spec in waiting:
                assert spec.registrations is not None
                parents = [item.register.name for item in spec.registrations if item.register]
                if all(parent in registered for parent in parents):
                    for item in spec.registrations:
                        self._register_at(spec, item)
                    registered.add(spec.name)
                else:
                    later.append(spec)
            if len(later) == len(waiting):
                raise self._error(
                    Problem.REGISTRATION_FAILED,
                    f"Unable to finish the registration of '{later[0].name}'. Are all parents"
                    " registered?",
                    later[0].position,
                    "a parent needs a registration of its own",
                )
            waiting = later

    def _register_at(self, spec: ObjectSpec, item: Registration) -> None:
        if item.register is None:
            return
        place = self._place(item)
        region = _values(item).get("region")
        try:
            self.machine.register(
                spec.name,
                item.register.name,
                place,
                spec.alias,
                region if isinstance(region, str) else None,
            )
        except RenodeWifiError as error:
            raise self._error(
                Problem.REGISTRATION_FAILED,
                f"Exception was thrown during registration of '{spec.name}' in"
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
            values = _values(item)
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


def _values(item: Registration) -> dict[str, Value]:
    """Attributes of a registration point that is an inline object."""
    if not isinstance(item.point, NewObject):
        return {}
    return {a.name: a.value for a in item.point.attributes if isinstance(a, Assignment)}


def _listing(lines: dict[int | str, Line]) -> str:
    names = [str(name) for name in lines]
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
