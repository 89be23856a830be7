"""Rules, and what is found by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Level(StrEnum):
    """As in SARIF 2.1.0, section 3.27.10."""

    ERROR = "error"
    """The port refuses it, or it fails sooner or later."""
    WARNING = "warning"
    """It works by luck, or on other ports only."""
    NOTE = "note"
    """Document and code of the port differ; nothing fails today."""


@dataclass(frozen=True)
class Basis:
    """sentence: what is documented, in short. source: where."""

    sentence: str
    source: str


@dataclass(frozen=True)
class Rule:
    """id: by which it is silenced. basis: by port; a port that is not there lacks the rule.
    is_costly: it slows the run, and is looked at only where it is asked for."""

    id: str
    title: str
    level: Level
    basis: Mapping[str, Basis]
    is_costly: bool = False


@dataclass
class Finding:
    """time: ns, of the first of `count`. call: as the trace shows it. locate: finds `places`.
    silenced: the reason."""

    rule: Rule
    basis: Basis
    time: int
    task: str
    call: str
    message: str
    locate: Callable[[], list[str]]
    count: int = 1
    silenced: str | None = None

    @cached_property
    def places(self) -> list[str]:
        """The call's site and those of its callers, innermost first, with function and source
        line. Looked up when asked for: the first one takes an image's line information apart."""
        return self.locate()

    @property
    def failing(self) -> bool:
        return self.silenced is None and self.rule.level is not Level.NOTE
