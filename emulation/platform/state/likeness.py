"""Whether a state fits the machine that is to take it: what an engine relies on keeps its shape.

The embedded engine works on arrays of the models in place. An array of another size, where it has
taken an address, would be memory that isn't there.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping

from renode_wifi.peripherals.base.clock import Event

BASE = "renode_wifi.peripherals.base."
SHAPED = (array, dict, list, bytearray)
"""Of what the contracts of peripherals/base consist; a model's own attributes may change kind."""
MAX_DEPTH = 8
ENTRY = (int, int, Event)
"""Of a clock's heap: time, sequence number, event."""


class Unlike(ValueError):
    """A state that isn't of this machine."""


def check(name: str, present: Mapping[str, object], new: object) -> None:
    """Compare the attributes of a model with those that are to replace them. Raises Unlike."""
    if not isinstance(new, dict) or new.keys() != present.keys():
        raise Unlike(f"{name} has other attributes")
    for attribute, value in present.items():
        if isinstance(value, SHAPED) and attribute != "lines":
            continue
        _compare(f"{name}.{attribute}", value, new[attribute], 0)


def check_clock(present: Mapping[str, object], new: object) -> None:
    """The same for the clock: its events are what is called next. Raises Unlike."""
    check("the clock", present, new)
    assert isinstance(new, dict)
    heap = new["_heap"]
    if not isinstance(heap, list) or not all(map(_is_entry, heap)):
        raise Unlike("the clock has other events")


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, tuple) or len(entry) != len(ENTRY):
        return False
    return all(type(item) is kind for item, kind in zip(entry, ENTRY, strict=True))


def _compare(place: str, present: object, new: object, depth: int) -> None:
    kind = type(present)
    if kind.__module__.startswith(BASE) and hasattr(present, "__dict__"):
        _same_class(place, present, new)
        if depth < MAX_DEPTH and present is not new:
            attributes = vars(new)
            if attributes.keys() != vars(present).keys():
                raise Unlike(f"{place} has other attributes")
            for name, value in vars(present).items():
                _compare(f"{place}.{name}", value, attributes[name], depth + 1)
    elif isinstance(present, SHAPED):
        if new is None:
            raise Unlike(f"{place} is missing")
        _same_class(place, present, new)
        if isinstance(present, array) and isinstance(new, array) and _shape(present) != _shape(new):
            raise Unlike(f"{place} has another size")


def _shape(values: array[int]) -> tuple[str, int]:
    return values.typecode, len(values)


def _same_class(place: str, present: object, new: object) -> None:
    if new is not None and type(new) is not type(present):
        raise Unlike(f"{place} is of another kind")
