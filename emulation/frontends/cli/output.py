"""Files that a run writes as it goes on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError


class OutputFile(io.TextIOWrapper):
    """A text file whose troubles name it. Raises RenodeWifiError when it cannot be written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._reported("name a file in a folder you own"):
            super().__init__(path.open("wb"), encoding="utf-8", newline="\n")

    def write(self, text: str, /) -> int:
        with self._reported():
            return super().write(text)

    def flush(self) -> None:
        with self._reported():
            super().flush()

    def close(self) -> None:
        with self._reported():
            super().close()

    @contextmanager
    def _reported(self, cure: str = "make room there, or name another file") -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RenodeWifiError(
                f"cannot write: {error.strerror}", where=str(self.path), cure=cure
            ) from error
