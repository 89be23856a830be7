"""Lanes, and what takes the slices and events on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

Details = Mapping[str, object]


class Lane(NamedTuple):
    """group: lanes of a kind stand together. On a lane slices are nested, or follow each other."""

    group: str
    name: str


class Sink(Protocol):
    """Takes what happens, in any order of time but for the beginnings and ends on one lane.

    Times are ns of virtual time.
    """

    def begin(self, lane: Lane, time: int, name: str, details: Details) -> None: ...

    def end(self, lane: Lane, time: int, details: Details) -> None:
        """End the slice of the lane that began last."""

    def instant(self, lane: Lane, time: int, name: str, details: Details) -> None: ...


class Pool:
    """Lanes `NAME`, `NAME 2`, … for slices of a kind that may overlap: each has a lane of its own
    until it ends."""

    def __init__(self, group: str, name: str) -> None:
        self._group = group
        self._name = name
        self._taken: dict[object, int] = {}

    def take(self, key: object) -> Lane:
        number = next(n for n in range(len(self._taken) + 1) if n not in self._taken.values())
        self._taken[key] = number
        return self._lane(number)

    def give_back(self, key: object) -> Lane | None:
        """The lane on which `key` is; None where it isn't on any."""
        number = self._taken.pop(key, None)
        return None if number is None else self._lane(number)

    def lanes(self) -> list[Lane]:
        """Those on which a slice has not ended."""
        return [self._lane(number) for number in self._taken.values()]

    def _lane(self, number: int) -> Lane:
        return Lane(self._group, f"{self._name} {number + 1}" if number else self._name)
