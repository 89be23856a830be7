"""From files to objects: follows `using`, merges what several entries say of one object.

Later entries override earlier ones attribute by attribute, output by output; `none` takes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from renode_wifi.emulation.platform.object_spec import ObjectSpec, Resolved, Wire
from renode_wifi.emulation.platform.parser import parse
from renode_wifi.emulation.platform.syntax import (
    Assignment,
    Description,
    DescriptionError,
    Entry,
    NewObject,
    Position,
    Problem,
    Reference,
    Registration,
    Script,
    Value,
    Wiring,
    references,
)
from renode_wifi.emulation.platform.using import FindUsing, is_file
from renode_wifi.peripherals.base.errors import close_matches

SECTIONS = {
    "preinit": Problem.TWO_PREINITS,
    "init": Problem.TWO_INITS,
    "reset": Problem.TWO_RESETS,
}

DECLARE_IT = "declare it in this file, or name the file that does with `using`"


def resolve(source: str, file: str, existing: Iterable[str], find_using: FindUsing) -> Resolved:
    """Read a description with all it uses. existing: names that the machine has already."""
    return _Resolver(set(existing), find_using).run(source, file)


@dataclass
class _File:
    description: Description
    prefix: str


class _Resolver:
    def __init__(self, existing: set[str], find_using: FindUsing) -> None:
        self.existing = existing
        self.find_using = find_using
        self.files: list[_File] = []
        self.resolved = Resolved([], {})
        self.specs: dict[tuple[str | None, str], ObjectSpec] = {}
        self.declared_at: dict[tuple[str | None, str], Position] = {}

    def run(self, source: str, file: str) -> Resolved:
        self._read(source, file, "", [])
        for unit in self.files:
            for entry in unit.description.entries:
                self._declare(entry, unit)
        for unit in self.files:
            for entry in unit.description.entries:
                self._merge(entry, unit)
        self._check_references()
        self.resolved.specs = self._in_order()
        return self.resolved

    def error(
        self, problem: Problem, message: str, position: Position, cure: str | None = None
    ) -> DescriptionError:
        return self.resolved.error(problem, message, position, cure)

    # -- files --------------------------------------------------------------------------------

    def _read(self, source: str, file: str, prefix: str, stack: list[str]) -> None:
        """Used files come first, each once per prefix."""
        description = parse(source, file)
        self.resolved.sources[file] = description
        seen: set[str] = set()
        for using in description.usings:
            if using.prefix + using.path in seen:
                raise self.error(
                    Problem.DUPLICATE_USING,
                    "Duplicate using entry.",
                    using.position,
                    "remove one of the two",
                )
            seen.add(using.prefix + using.path)
            path = self.find_using(using.path, Path(file) if file else None)
            if path is None or not is_file(path):
                raise self.error(
                    Problem.USING_NOT_FOUND,
                    f"Using '{using.path}' does not exist.",
                    using.position,
                    "write ./ in front of a path relative to this file",
                )
            path = path.resolve()
            if str(path) in stack or (file and path == Path(file).resolve()):
                raise self.error(
                    Problem.USING_CYCLE,
                    "There is a cycle in using file dependency.",
                    using.position,
                    "a file cannot use itself, not even through others",
                )
            inner = prefix + using.prefix
            if any(
                unit.description.file == str(path) and unit.prefix == inner for unit in self.files
            ):
                continue
            text = path.read_text(encoding="utf-8-sig", errors="replace")
            self._read(text, str(path), inner, [*stack, str(path)])
        self.files.append(_File(description, prefix))

    # -- entries ------------------------------------------------------------------------------

    def _key(self, name: str, unit: _File, local: bool = False) -> tuple[str | None, str]:
        """Scope and name: global names win, as in Renode."""
        for candidate in (unit.prefix + name, name):
            if (None, candidate) in self.specs or candidate in self.existing:
                return None, candidate
        scope = unit.description.file
        if local or (scope, unit.prefix + name) in self.specs:
            return scope, unit.prefix + name
        return None, unit.prefix + name

    def _declare(self, entry: Entry, unit: _File) -> None:
        if entry.type is None:
            return
        scope = unit.description.file if entry.local else None
        key = (scope, unit.prefix + entry.name)
        if key in self.declared_at:
            raise self.error(
                Problem.ALREADY_DECLARED,
                f"Variable '{entry.name}' was already declared, previous declaration was at"
                f" {self.declared_at[key]}.",
                entry.position,
                "leave the type out to update the first one, or take another name",
            )
        if key[1] in self.existing:
            raise self.error(
                Problem.ALREADY_DECLARED,
                f"Variable '{entry.name}' was already declared as an already registered peripheral"
                " or builtin.",
                entry.position,
                "leave the type out to update it, or take another name",
            )
        self.declared_at[key] = entry.position
        # Local names of two files can be the same; on the machine they need one each.
        taken = {spec.name for spec in self.specs.values()}
        name = key[1] if key[1] not in taken else f"{Path(scope or '').stem}_{key[1]}"
        self.specs[key] = ObjectSpec(name)

    def _merge(self, entry: Entry, unit: _File) -> None:
        key = self._key(entry.name, unit, entry.local)
        if not entry.attributes and entry.registrations is None and entry.type is None:
            raise self.error(
                Problem.EMPTY_ENTRY,
                "Entry cannot be empty.",
                entry.position,
                "give it a type, a registration or attributes",
            )
        spec = self.specs.get(key)
        if spec is None:
            if key[1] not in self.existing:
                raise self.error(
                    Problem.NEVER_DECLARED,
                    f"Variable '{entry.name}' is never declared - type is unknown.",
                    entry.position,
                    self._nearest(entry.name, "give its type: name: Type @ register point"),
                )
            spec = self.specs[key] = ObjectSpec(key[1])
            spec.position = spec.type_position = entry.position
        self._check(entry)
        if entry.type is not None:
            spec.type = entry.type
            spec.position = entry.position
            spec.type_position = entry.type_position
        if entry.registrations is not None:
            spec.registrations = [
                Registration(
                    self._scoped(item.register, unit) if item.register else None,
                    item.point,
                    item.position,
                )
                for item in entry.registrations
            ]
            spec.alias = entry.alias
        for assignment in entry.assignments:
            spec.assignments[assignment.name] = self._renamed(assignment, unit)
        self._merge_wires(spec, entry, unit)
        for script in (item for item in entry.attributes if isinstance(item, Script)):
            before = spec.scripts.get(script.kind, []) if script.add else []
            spec.scripts[script.kind] = before + script.lines

    def _check(self, entry: Entry) -> None:
        if entry.alias is not None:
            if entry.registrations is None:
                raise self.error(
                    Problem.ALIAS_WITHOUT_REGISTRATION,
                    f"Entry '{entry.name}' has an alias '{entry.alias}', while not having a"
                    " registration info.",
                    entry.position,
                    "repeat the registration: @ register point",
                )
            if entry.registrations[0].register is None:
                raise self.error(
                    Problem.ALIAS_WITH_NONE,
                    f"Entry '{entry.name}' has an alias '{entry.alias}', while having a none"
                    " registration info.",
                    entry.position,
                    "what is not registered has no name in the monitor",
                )
        names: set[str] = set()
        for item in entry.assignments:
            if item.name in names:
                kind = "Property" if item.is_property else "Constructor argument"
                raise self.error(
                    Problem.NAME_USED_TWICE,
                    f"{kind} '{item.name}' is used more than once.",
                    item.position,
                    "keep one of the two",
                )
            names.add(item.name)
        for kind, problem in SECTIONS.items():
            sections = entry.scripts(kind)
            if len(sections) > 1:
                raise self.error(
                    problem,
                    f"Entry can contain only one {kind} attribute.",
                    sections[1].position,
                    "join the two sections",
                )

    def _merge_wires(self, spec: ObjectSpec, entry: Entry, unit: _File) -> None:
        used: set[int | str | None] = set()
        for wiring in entry.wirings:
            sources: list[int | str | None] = list(wiring.sources) if wiring.sources else [None]
            for source in sources:
                if source in used:
                    raise self.error(
                        Problem.SOURCE_USED_TWICE,
                        f"Interrupt '{'' if source is None else source}' has already been used as"
                        " a source in this entry.",
                        wiring.position,
                        "join the destinations with |",
                    )
                used.add(source)
        spec.wires = [wire for wire in spec.wires if wire.source not in used]
        for wiring in entry.wirings:
            spec.wires += self._wires(wiring, unit)

    def _wires(self, wiring: Wiring, unit: _File) -> list[Wire]:
        sources: list[int | str | None] = list(wiring.sources) if wiring.sources else [None]
        wires = []
        for destination in wiring.destinations:
            if len(sources) != len(destination.ends):
                raise self.error(
                    Problem.WRONG_ARITY,
                    f"Irq arity does not match. It is {len(sources)} on the left side and"
                    f" {len(destination.ends)} on the right side.",
                    wiring.position,
                    "name as many inputs as outputs",
                )
            name = self._key(destination.receiver.name, unit)
            if name not in self.specs and name[1] not in self.existing:
                raise self.error(
                    Problem.NO_SUCH_DESTINATION,
                    f"Irq destination '{destination.receiver.name}' does not exist.",
                    destination.receiver.position,
                    self._nearest(destination.receiver.name),
                )
            for source, end in zip(sources, destination.ends, strict=True):
                receiver = self._name(name)
                wires.append(Wire(source, receiver, destination.local, end, wiring.position))
        return wires

    # -- references ---------------------------------------------------------------------------

    def _name(self, key: tuple[str | None, str]) -> str:
        """Name on the machine."""
        spec = self.specs.get(key)
        return key[1] if spec is None else spec.name

    def _scoped(self, reference: Reference, unit: _File) -> Reference:
        return Reference(self._name(self._key(reference.name, unit)), reference.position)

    def _renamed(self, assignment: Assignment, unit: _File) -> Assignment:
        """References by their names on the machine."""
        return Assignment(
            assignment.name,
            self._renamed_value(assignment.value, unit),
            assignment.position,
            assignment.value_position,
        )

    def _renamed_value(self, value: Value, unit: _File) -> Value:
        if isinstance(value, Reference):
            self._check_exists(value, unit)
            return self._scoped(value, unit)
        if isinstance(value, list):
            return [self._renamed_value(item, unit) for item in value]
        if isinstance(value, dict):
            return {
                self._renamed_value(key, unit): self._renamed_value(item, unit)
                for key, item in value.items()
            }
        if isinstance(value, NewObject):
            attributes = [
                self._renamed(item, unit) if isinstance(item, Assignment) else item
                for item in value.attributes
            ]
            return NewObject(value.type, attributes, value.position)
        return value

    def _check_exists(self, reference: Reference, unit: _File) -> None:
        key = self._key(reference.name, unit)
        if key not in self.specs and key[1] not in self.existing:
            raise self.error(
                Problem.MISSING_REFERENCE,
                f"Undefined reference '{reference.name}'.",
                reference.position,
                self._nearest(reference.name),
            )

    def _check_references(self) -> None:
        names = {spec.name for spec in self.specs.values()} | self.existing
        for spec in self.specs.values():
            for item in spec.registrations or []:
                if item.register is not None and item.register.name not in names:
                    raise self.error(
                        Problem.MISSING_REFERENCE,
                        f"Undefined register '{item.register.name}'.",
                        item.register.position,
                        self._nearest(item.register.name),
                    )
            if spec.type is None and spec.constructor:
                raise self.error(
                    Problem.CONSTRUCTOR_ATTRIBUTE_IN_UPDATE,
                    "Constructor attribute within entry for variable that is not created.",
                    spec.constructor[0].position,
                    "write it where the object is created; properties start with a capital",
                )

    def _nearest(self, name: str, otherwise: str = DECLARE_IT) -> str:
        names = sorted({name for _, name in self.specs} | self.existing)
        near = close_matches(name, names, 3)
        if near:
            return f"did you mean {' or '.join(near)}?"
        return otherwise

    def _in_order(self) -> list[ObjectSpec]:
        """Objects that others refer to in their constructor come before them."""
        by_name = {spec.name: spec for spec in self.specs.values()}
        ordered: list[ObjectSpec] = []
        done: set[str] = set()

        def visit(spec: ObjectSpec, path: list[str]) -> None:
            if spec.name in done:
                return
            if spec.name in path:
                cycle = " -> ".join([*path[path.index(spec.name) :], spec.name])
                raise self.error(
                    Problem.CREATION_CYCLE,
                    f"Dependency cycle has been found. The path is as follows: {cycle}.",
                    spec.position,
                    "connect one of them through a property, set after creation",
                )
            for assignment in spec.constructor:
                for reference in references(assignment.value):
                    if reference.name in by_name:
                        visit(by_name[reference.name], [*path, spec.name])
            done.add(spec.name)
            ordered.append(spec)

        for spec in self.specs.values():
            visit(spec, [])
        return ordered
