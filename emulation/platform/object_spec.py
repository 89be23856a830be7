"""What descriptions say of one object, merged from all the entries that are about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from renode_wifi.emulation.platform.syntax import (
    Assignment,
    Description,
    DescriptionError,
    Position,
    Problem,
    Registration,
)


@dataclass(frozen=True)
class Wire:
    """One output to one input. source None: the only output of the object."""

    source: int | str | None
    receiver: str
    local: int | None
    end: int
    position: Position


@dataclass
class ObjectSpec:
    """Everything said of one object. type None: it exists already (sysbus, machine, …)."""

    name: str
    type: str | None = None
    registrations: list[Registration] | None = None
    alias: str | None = None
    assignments: dict[str, Assignment] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)
    scripts: dict[str, list[str]] = field(default_factory=dict)
    position: Position = field(default_factory=lambda: Position("", 1, 1))
    type_position: Position = field(default_factory=lambda: Position("", 1, 1))

    @property
    def constructor(self) -> list[Assignment]:
        return [item for item in self.assignments.values() if not item.is_property]

    @property
    def properties(self) -> list[Assignment]:
        return [item for item in self.assignments.values() if item.is_property]


@dataclass
class Resolved:
    """specs: in the order in which they can be created. sources: for the excerpts of errors."""

    specs: list[ObjectSpec]
    sources: dict[str, Description]

    def error(
        self, problem: Problem, message: str, position: Position, cure: str | None = None
    ) -> DescriptionError:
        description = self.sources.get(position.file)
        if description is None:
            return DescriptionError(problem, message, position, cure=cure)
        return description.error(problem, message, position, cure)
