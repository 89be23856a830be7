"""What a platform description says: the syntax tree of one `.repl` file.

The language is that of Renode ("Platform description format" in its documentation); every
construct of Renode's own boards has its class here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.peripherals.base.late import late_dataclass


class Problem(Enum):
    """Renode's numbers for what can be wrong with a description, so that its answers apply here."""

    SYNTAX = 0
    NEVER_DECLARED = 1
    ALREADY_DECLARED = 2
    EMPTY_ENTRY = 3
    UNKNOWN_TYPE = 4
    NO_REGISTER_INTERFACE = 5
    TYPE_MISMATCH = 6
    PROPERTY_NOT_WRITABLE = 7
    WRONG_ARITY = 8
    NAME_USED_TWICE = 9
    NO_SUCH_PROPERTY = 10
    NO_SUCH_DESTINATION = 11
    DESTINATION_TAKES_NO_SIGNALS = 12
    NO_SUCH_SOURCE = 13
    AMBIGUOUS_SOURCE = 15
    SOURCE_USED_TWICE = 16
    DUPLICATE_USING = 17
    NOT_A_LOCAL_RECEIVER = 18
    TWO_INITS = 19
    MISSING_REFERENCE = 20
    BAD_REGISTRATION_POINT = 21
    CREATION_CYCLE = 24
    NO_CONSTRUCTOR = 25
    INIT_NOT_POSSIBLE = 29
    USING_CYCLE = 30
    WRONG_INDENT = 32
    ALIAS_WITHOUT_REGISTRATION = 33
    ALIAS_WITH_NONE = 34
    CONSTRUCTOR_ATTRIBUTE_IN_UPDATE = 35
    USING_NOT_FOUND = 36
    CONSTRUCTION_FAILED = 38
    REGISTRATION_FAILED = 39
    PROPERTY_FAILED = 40
    NO_SUCH_PIN = 43
    TWO_RESETS = 48
    TWO_PREINITS = 49


@dataclass(frozen=True)
class Position:
    """Where something stands. line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file or '<string>'}:{self.line}:{self.column}"


class DescriptionError(RenodeWifiError):
    """What is wrong with a description. excerpt: the source line, shown with a mark under it."""

    def __init__(
        self,
        problem: Problem,
        message: str,
        position: Position,
        *,
        cure: str | None = None,
        excerpt: str | None = None,
    ) -> None:
        super().__init__(f"Error E{problem.value:02d}: {message}", where=str(position), cure=cure)
        self.problem = problem
        self.position = position
        self.line = position.line
        self.column = position.column
        self.excerpt = excerpt

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}"
        if self.excerpt is not None:
            text += f"\n  | {self.excerpt}\n  | {' ' * (self.column - 1)}^"
        return text if self.cure is None else f"{text}\n  {self.cure}"


@dataclass(frozen=True)
class Range:
    """`<start, end>` or `<start, +size>`; end is exclusive."""

    start: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.start

    def __str__(self) -> str:
        return f"<0x{self.start:X}, +0x{self.size:X}>"


@late_dataclass(frozen=True)
class EnumName:
    """`Type.Value`, `Namespace.Type.Value` or the short form `.Value`."""

    path: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.path[-1]

    def __str__(self) -> str:
        return ".".join(self.path) if len(self.path) > 1 else f".{self.name}"


@dataclass(frozen=True)
class Reference:
    """Another entry's name."""

    name: str
    position: Position = field(compare=False)

    def __str__(self) -> str:
        return self.name


@late_dataclass()
class NewObject:
    """`new Type { attributes }`"""

    type: str
    attributes: list[Attribute]
    position: Position


class Special(Enum):
    """Values that stand for the lack of one."""

    NONE = "none"
    """Take back what was said before; the default applies again."""
    EMPTY = "empty"
    """The type's zero value."""


Value: TypeAlias = (
    "int | float | bool | str | Range | EnumName | Reference | NewObject | Special"
    " | list[Value] | dict[Value, Value]"
)


@dataclass
class Assignment:
    """`name: value`; names with a capital are properties, the others constructor arguments."""

    name: str
    value: Value
    position: Position
    value_position: Position

    @property
    def is_property(self) -> bool:
        return self.name[0].isupper()


@dataclass
class Destination:
    """`receiver@ends` or `receiver#local@ends`"""

    receiver: Reference
    local: int | None
    ends: list[int]


@dataclass
class Wiring:
    """`sources -> destinations`. sources None: the only output. No destinations: `-> none`."""

    sources: list[int | str] | None
    destinations: list[Destination]
    position: Position


@late_dataclass()
class Script:
    """A section of monitor commands: `preinit:`, `init:` or `reset:`, with `add` or without."""

    kind: str
    add: bool
    lines: list[str]
    position: Position


Attribute: TypeAlias = Assignment | Wiring | Script


@dataclass
class Registration:
    """`@ register point`; register None: `@ none`."""

    register: Reference | None
    point: Value | None
    position: Position


@dataclass
class Entry:
    """One paragraph: creates an object when it has a type, else updates what is said of one."""

    name: str
    type: str | None
    registrations: list[Registration] | None
    alias: str | None
    attributes: list[Attribute]
    local: bool
    position: Position
    type_position: Position

    @property
    def assignments(self) -> list[Assignment]:
        return [item for item in self.attributes if isinstance(item, Assignment)]

    @property
    def wirings(self) -> list[Wiring]:
        return [item for item in self.attributes if isinstance(item, Wiring)]

    def scripts(self, kind: str) -> list[Script]:
        return [item for item in self.attributes if isinstance(item, Script) and item.kind == kind]


@late_dataclass()
class Using:
    """`using "file"`, in Renode up to 1.16 also with `prefixed "prefix"`."""

    path: str
    prefix: str
    position: Position


@dataclass
class Description:
    """One file."""

    usings: list[Using]
    entries: list[Entry]
    file: str
    source: str

    def error(
        self, problem: Problem, message: str, position: Position, cure: str | None = None
    ) -> DescriptionError:
        """An error that shows the line it is about."""
        lines = self.source.split("\n")
        excerpt = lines[position.line - 1] if 0 < position.line <= len(lines) else None
        return DescriptionError(problem, message, position, cure=cure, excerpt=excerpt)


def references(value: Value | None) -> Iterator[Reference]:
    """Every reference within a value, inline objects included."""
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from references(key)
            yield from references(item)
    elif isinstance(value, NewObject):
        for attribute in value.attributes:
            if isinstance(attribute, Assignment):
                yield from references(attribute.value)
