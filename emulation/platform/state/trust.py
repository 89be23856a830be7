"""Which classes a snapshot may have objects of, and which methods it may refer to.

A snapshot names classes of this package's models; they are made without a call of their
constructors and filled with attributes. What reaches the host is never among them: such classes
say `NOT_SAVED = True`. World files' settings, radios' profiles and the models themselves are those
of the board that restores.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import FunctionType

PACKAGE = "renode_wifi.peripherals."
PLATFORM = "renode_wifi.emulation.platform."
METHODS = {
    PLATFORM + "machine:Machine": ("trace", "is_observed", "random"),
    PLATFORM + "faults.board:BoardFaults": ("_set", "_scale"),
    PLATFORM + "faults.board:FlashFaults": (),
    PLATFORM + "faults.board:FlashFault": (),
    PLATFORM + "faults.board:FlashKind": (),
    PLATFORM + "shared_world:SharedClock": ("_on_wake",),
    PLATFORM + "shared_world:WorldMachine": ("trace", "is_observed", "random"),
    PLATFORM + "wires:Junction": ("on_gpio",),
}
"""Methods, of what isn't a model, that models keep."""
OTHERS = METHODS.keys() - {PLATFORM + "machine:Machine"}
"""Classes outside of the package of models."""
NAME = re.compile(r"[a-z_][\w.]*:[A-Za-z_][\w.]*", re.ASCII)
IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class Untrusted(ValueError):
    """What no snapshot of this package holds."""


def name_of(cls: type) -> str:
    return f"{cls.__module__}:{cls.__qualname__}"


def is_allowed(name: str) -> bool:
    return (name.startswith(PACKAGE) or name in OTHERS) and NAME.fullmatch(name) is not None


@dataclass(frozen=True)
class Known:
    """What the board brings that saves or restores.

    fixed: objects that are referred to by name instead of being encoded. make: what boards of the
    same make have in common. own: classes of the user's own servers, which the world file names.
    """

    fixed: Mapping[str, object] = field(default_factory=dict)
    make: Sequence[str] = ()
    own: Mapping[str, type] = field(default_factory=dict)

    def find_class(self, name: str) -> type:
        """The class of that name. Raises Untrusted."""
        own = self.own.get(name)
        return _find_class(name) if own is None else own

    def is_saved(self, cls: type) -> bool:
        name = name_of(cls)
        return name in self.own or is_allowed(name)

    def find_method(self, cls: type, name: str) -> FunctionType:
        """A method that a snapshot may bind to an object of `cls`. Raises Untrusted."""
        known = _methods.get((cls, name))
        if known is not None:
            return known
        owner = name_of(cls)
        found = getattr(cls, name, None)
        allowed = owner.startswith(PACKAGE) or owner in self.own or name in METHODS.get(owner, ())
        if not allowed or name.startswith("__") or not isinstance(found, FunctionType):
            raise Untrusted(f"no model keeps the method {name!r} of {owner}")
        _methods[cls, name] = found
        return found


_methods: dict[tuple[type, str], FunctionType] = {}


@cache
def _find_class(name: str) -> type:
    if not is_allowed(name):
        raise Untrusted(f"no model is of class {name!r}")
    module, _, path = name.partition(":")
    try:
        found: object = import_module(module)
        for step in path.split("."):
            found = vars(found)[step]
    except (ImportError, KeyError, TypeError):
        found = None
    if not isinstance(found, type) or name_of(found) != name or is_forbidden(found):
        raise Untrusted(f"no model is of class {name!r}")
    return found


def is_forbidden(cls: type) -> bool:
    return bool(getattr(cls, "NOT_SAVED", False))
