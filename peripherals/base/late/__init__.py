"""Dataclasses whose methods are made when they are first needed.

Python compiles five or more methods for each dataclass while it imports the module. A message or a
section of a world file is one of hundreds, of which a run meets a few: all of them together took a
third of a board's start.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from threading import RLock
from typing import Any, TypeVar, dataclass_transform

FIELDS = "__dataclass_fields__"
MadeT = TypeVar("MadeT")
_making = RLock()


@dataclass_transform(field_specifiers=(dataclasses.field,))
def late_dataclass(*, frozen: bool = False) -> Callable[[type[MadeT]], type[MadeT]]:
    """As `dataclasses.dataclass`, at the class's first instance or a look at its fields.

    A class that derives from such a class is made at once.
    """

    def decorate(cls: type[MadeT]) -> type[MadeT]:
        if issubclass(cls, _Late):
            # Its base's methods, once they are made, would be taken for its own.
            return dataclasses.dataclass(frozen=frozen)(cls)
        body = {
            name: value
            for name, value in vars(cls).items()
            if name not in ("__dict__", "__weakref__")
        }
        bases = *(base for base in cls.__bases__ if base is not object), _Late
        metaclass: Any = type(cls)
        made: type[MadeT] = metaclass(cls.__name__, bases, {**body, FIELDS: _Fields(frozen)})
        return made

    return decorate


class _Fields:
    """Stands where `dataclass` puts the fields, until then."""

    def __init__(self, frozen: bool) -> None:
        self.frozen = frozen

    def __get__(self, instance: object, owner: type) -> object:
        make(owner)
        return getattr(owner, FIELDS)


def make(cls: type) -> None:
    """Make what is late of a class and of its bases. Other threads wait for it."""
    with _making:
        for part in reversed(cls.__mro__):
            late = vars(part).get(FIELDS)
            if isinstance(late, _Fields):
                dataclasses.dataclass(frozen=late.frozen)(part)


class _Late:
    """What is called first. The methods of `dataclass` are nearer, once they are there."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        make(type(self))
        type(self).__init__(self, *arguments, **named)

    def __setstate__(self, state: dict[str, object]) -> None:
        make(type(self))
        self.__dict__.update(state)

    def __eq__(self, other: object) -> bool:
        make(type(self))
        return type(self).__eq__(self, other)

    def __hash__(self) -> int:
        make(type(self))
        return type(self).__hash__(self)
