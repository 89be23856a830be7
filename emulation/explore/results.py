"""Results as they come: JSON lines that a run which was broken off goes on with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.explore.outcome import CellOutcome
from renode_wifi.emulation.explore.plan import JsonObject
from renode_wifi.peripherals.base.atomic_file import replace_file

FORMAT = 1


class Results:
    """A file with one line for what is explored, and one for each outcome.

    head: what the results are of; a file with another head isn't gone on with. Raises
    RenodeWifiError.
    """

    def __init__(self, path: Path, head: JsonObject) -> None:
        self.path = path
        self.head = {"renode-wifi-results": FORMAT, **head}
        self.done: dict[str, JsonObject] = {}
        """By the name of what was done."""
        self._read()
        text = self._text(self.done.values())
        replace_file(path, text.encode())
        self._file = path.open("a", encoding="utf-8")

    def _read(self) -> None:
        if not self.path.exists():
            return
        lines = self.path.read_text(encoding="utf-8").split("\n")
        # A line without its end was not written as a whole.
        for number, line in enumerate(lines[:-1]):
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if number == 0 and entry != json.loads(json.dumps(self.head)):
                raise RenodeWifiError(
                    "the results there are of something else",
                    where=str(self.path),
                    cure="name another --out, or remove the file",
                )
            if number:
                self.done[entry["cell"]] = entry

    def _text(self, entries: Iterable[JsonObject]) -> str:
        return "".join(json.dumps(entry) + "\n" for entry in (self.head, *entries))

    def add(self, entry: JsonObject) -> None:
        self.done[entry["cell"]] = entry
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()

    def finish(self, order: list[str]) -> None:
        """Write the entries in this order, which is then the same however they came."""
        self._file.close()
        known = [self.done[name] for name in order if name in self.done]
        replace_file(self.path, self._text(known).encode())

    def outcomes(self, order: list[str]) -> list[CellOutcome]:
        return [CellOutcome.from_json(self.done[name]) for name in order if name in self.done]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()
