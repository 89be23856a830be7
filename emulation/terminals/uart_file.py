"""What a serial port sends, in a file. As by CreateFileBackend of Renode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.peripherals.base.atomic_file import open_new


class UartFile:
    """Nobody types here.

    flush: after each byte. keep: an older file is kept as `FILE.1`, `FILE.2` and so on. Raises
    RenodeWifiError when the file cannot be written.
    """

    is_live = False

    def __init__(self, path: Path, flush: bool = False, keep: bool = True) -> None:
        self._flush = flush
        self.path = path
        try:
            if keep and path.is_file():
                path.rename(vacant(path))
            self._file = open_new(path)
        except OSError as error:
            raise RenodeWifiError(
                f"cannot write {path}: {error.strerror}", cure="name a file in a folder you own"
            ) from error

    def write(self, byte: int) -> None:
        with self._writing():
            self._file.write(bytes((byte,)))
            if self._flush:
                self._file.flush()

    def poll(self) -> bytes:
        with self._writing():
            self._file.flush()
        return b""

    def close(self) -> None:
        with self._writing():
            self._file.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RenodeWifiError(
                f"cannot write {self.path}: {error.strerror}", cure="make room, or name another"
            ) from error


def vacant(path: Path) -> Path:
    """The first of `PATH.1`, `PATH.2`, … that isn't there."""
    number = 1
    while (candidate := path.with_name(f"{path.name}.{number}")).exists():
        number += 1
    return candidate
