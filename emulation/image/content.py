"""What a reader of a file format finds in a file, and how it says that it can't."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from renode_wifi.emulation.image.segments import Segment
from renode_wifi.emulation.image.symbols import Symbol


class Damaged(ValueError):
    """The file isn't what its format says. line: of a text file, from 1 on."""

    def __init__(self, what: str, cure: str = "copy or build it again", line: int = 0) -> None:
        super().__init__(what)
        self.cure = cure
        self.line = line


@dataclass(frozen=True)
class Content:
    """kind: the format, in words. entry: where the file says that execution starts.

    files: for the file system of the board's radio, by their names there.
    """

    kind: str
    segments: list[Segment]
    symbols: Iterable[Symbol] = ()
    entry: int | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
