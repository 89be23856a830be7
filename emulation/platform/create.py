"""Models from object specs: constructor arguments, and properties set afterwards."""

from __future__ import annotations

import re
from typing import Protocol

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform import constructors
from renode_wifi.emulation.platform.constructors import Constructor
from renode_wifi.emulation.platform.object_spec import ObjectSpec, Resolved
from renode_wifi.emulation.platform.syntax import (
    Assignment,
    EnumName,
    NewObject,
    Position,
    Problem,
    Reference,
    Special,
    Value,
)
from renode_wifi.peripherals.base.errors import close_matches
from renode_wifi.peripherals.base.machine import Machine

EXAMPLES: dict[type, str] = {
    int: "a number",
    float: "a number",
    bool: "true or false",
    str: 'a text in "quotes"',
}
COUNTS = re.compile("size$|numberOf")
MAX_SIZE = 1 << 32
MAX_COUNT = 4096


class ModelTable(Machine, Protocol):
    """A machine to which models are added."""

    def add(self, name: str, model: object) -> None: ...


class Creator:
    """Makes the models of a description that was resolved, on `machine`."""

    def __init__(self, machine: ModelTable, resolved: Resolved) -> None:
        self.machine = machine
        self.resolved = resolved

    def constructor(self, spec: ObjectSpec) -> Constructor:
        assert spec.type is not None
        return self._find_type(spec.type, spec.type_position)

    def _find_type(self, name: str, position: Position) -> Constructor:
        found = constructors.find(name)
        if found is not None:
            return found
        near = constructors.nearest(name)
        raise self.resolved.error(
            Problem.UNKNOWN_TYPE,
            f"Could not resolve type: '{name}'.",
            position,
            f"did you mean {' or '.join(near)}?"
            if near
            else "the embedded engine has no such model; `--engine renode` may",
        )

    def create(self, spec: ObjectSpec, model: Constructor) -> None:
        attributes: dict[str, object] = {}
        for assignment in spec.constructor:
            if assignment.value is Special.NONE:
                continue
            self._check_attribute(assignment, model)
            value = self._value(assignment.value, assignment.value_position)
            kind = model.kinds.get(assignment.name)
            if kind is not None and not constructors.fits(value, kind):
                raise self.resolved.error(
                    Problem.TYPE_MISMATCH,
                    f"Type mismatch. Expected {kind.__name__}.",
                    assignment.value_position,
                    f"{assignment.name} of {model.name} takes {EXAMPLES[kind]}",
                )
            limit = MAX_SIZE if assignment.name == "size" else MAX_COUNT
            if COUNTS.match(assignment.name) and isinstance(value, int) and value > limit:
                raise self.resolved.error(
                    Problem.CONSTRUCTION_FAILED,
                    f"{assignment.name} of {value} is more than anything on this bus can have.",
                    assignment.value_position,
                    f"write at most 0x{limit:X}",
                )
            attributes[assignment.name] = value
        accepted = model.accepted or {}
        missing = [name for name, needed in accepted.items() if needed and name not in attributes]
        if missing:
            raise self.resolved.error(
                Problem.NO_CONSTRUCTOR,
                f"Could not find suitable constructor for type '{model.name}':"
                f" {', '.join(missing)} missing.",
                spec.type_position,
                f"add `{missing[0]}: …` below, indented by four spaces",
            )
        self.machine.add(spec.name, self._made(model, spec.name, attributes, spec.type_position))

    def _made(
        self, model: Constructor, name: str, attributes: dict[str, object], position: Position
    ) -> object:
        try:
            return model.create(self.machine, name, attributes)
        except RenodeWifiError as error:
            message, cure = error.message, error.cure
        except Exception as error:
            # A model fails in its own way on an attribute that it cannot use: the description's
            # author gets the place, the model's author the chained exception.
            message, cure = f"{type(error).__name__}: {error}", "check the attributes' values"
        raise self.resolved.error(
            Problem.CONSTRUCTION_FAILED,
            f"Exception was thrown during construction of '{name}': {message}",
            position,
            cure,
        )

    def _check_attribute(self, assignment: Assignment, model: Constructor) -> None:
        accepted = model.accepted
        if accepted is None or assignment.name in accepted:
            return
        near = close_matches(assignment.name, accepted)
        known = ", ".join(accepted) or "none"
        raise self.resolved.error(
            Problem.NO_CONSTRUCTOR,
            f"Could not find suitable constructor for type '{model.name}': it has no parameter"
            f" '{assignment.name}'.",
            assignment.position,
            f"did you mean {near[0]}?" if near else f"parameters are: {known}",
        )

    def _value(self, value: Value, position: Position) -> object:
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

    def set_properties(self, spec: ObjectSpec) -> None:
        model = self.machine.peripheral(spec.name)
        for assignment in spec.properties:
            if assignment.value is Special.NONE:
                continue
            name = python_name(assignment.name)
            before = getattr(model, name, None)
            if before is None or callable(before):
                raise self.resolved.error(
                    Problem.NO_SUCH_PROPERTY,
                    f"Property '{assignment.name}' does not exist in type"
                    f" '{spec.type or type(model).__name__}'.",
                    assignment.position,
                    "constructor parameters start with a small letter",
                )
            value = self._value(assignment.value, assignment.value_position)
            kind = type(before)
            if kind in EXAMPLES and not constructors.fits(value, kind):
                raise self.resolved.error(
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
                raise self.resolved.error(
                    Problem.PROPERTY_NOT_WRITABLE,
                    f"Property {assignment.name} does not have a public setter.",
                    assignment.position,
                    "it can only be read",
                ) from error


def python_name(name: str) -> str:
    """`PerformanceInMips` is `performance_in_mips` in a Python model, `PC` is `pc`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
