"""What is to be explored: a setup, the points of its golden run, and a cell per point and fault."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from renode_wifi.peripherals.base.clock import SECOND

JsonObject: TypeAlias = dict[str, Any]
"""An object of JSON, or an entry of a world file."""

ASSERTION = r"(?i)\bassert|stack overflow|malloc failed|out of memory"
"""Console lines with which firmware says that it gives up."""


@dataclass(frozen=True)
class Setup:
    """One firmware in one world, and what shows that it does its work.

    image: as the command line takes it. recover: a regular expression; a console line that matches
    it shows that the firmware works. length: seconds of the golden run that have points. timeout:
    virtual seconds that the firmware has to recover after a fault is over. every: seconds from one
    point in time to the next.
    """

    board: str
    image: tuple[str, ...]
    world: str | None
    recover: str
    seed: int | None = None
    engine: str = "embedded"
    fail_on: str | None = None
    assertion: str = ASSERTION
    length: float = 20.0
    timeout: float = 60.0
    every: float = 1.0

    def as_json(self) -> JsonObject:
        return {**asdict(self), "image": list(self.image)}

    @classmethod
    def from_json(cls, values: JsonObject) -> Setup:
        return cls(**{**values, "image": tuple(values["image"])})


@dataclass(frozen=True)
class Point:
    """A moment of the golden run, in ns of virtual time, and what happens then.

    family: radio, network, flash or time. command: of the radio or of the flash. server: at which
    the event is, by its name in the world file; secure: that server has TLS.
    """

    number: int
    time: int
    family: str
    name: str
    command: str | None = None
    server: str | None = None
    secure: bool = False

    @property
    def label(self) -> str:
        return f"{self.time / SECOND:.6f} s {self.name}"


@dataclass(frozen=True)
class Cell:
    """A fault at a point. arguments: as a world file writes them."""

    point: Point
    do: str
    arguments: JsonObject = field(default_factory=dict)
    variant: str = ""

    @property
    def fault(self) -> str:
        """The fault with what distinguishes it from others of its kind."""
        return f"{self.do}.{self.variant}" if self.variant else self.do

    @property
    def name(self) -> str:
        """Names the cell in results and on the command line."""
        return f"{self.point.number}:{self.fault}"

    @property
    def entry(self) -> JsonObject:
        """The fault as an entry of a world file."""
        return {"at": f"{max(0, self.point.time)} ns", "do": self.do, **self.arguments}


def thinned(cells: list[Cell], limit: int | None) -> list[Cell]:
    """At most `limit` of them, evenly chosen."""
    if limit is None or len(cells) <= limit:
        return cells
    return [cells[index * len(cells) // limit] for index in range(limit)]


def batches(cells: Iterable[Cell], size: int) -> list[tuple[Cell, ...]]:
    """Neighbours together, which replay the same part of the run."""
    ordered = list(cells)
    return [tuple(ordered[start : start + size]) for start in range(0, len(ordered), size)]
