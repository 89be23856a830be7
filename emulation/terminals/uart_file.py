"""What a serial port sends, in a file. As by CreateFileBackend of Renode."""

from __future__ import annotations

from pathlib import Path

from renode_wifi.emulation.errors import RenodeWifiError


class UartFile:
    """Nobody types here.

    flush: after each byte. keep: an older file is kept as `FILE.1`, `FILE.2` and so on. Raises
    RenodeWifiError when the file cannot be written.
    """

    is_live = False

    def __init__(self, path: Path, flush: bool = False, keep: bool = True) -> None:
        self._flush = flush
        try:
            if keep and path.is_file():
                path.rename(_vacant(path))
            self._file = path.open("wb")
        except OSError as error:
            raise RenodeWifiError(
                f"cannot write {path}: {error.strerror}", cure="name a file in a folder you own"
            ) from error
        self.path = path

    def write(self, byte: int) -> None:
        self._file.write(bytes((byte,)))
        if self._flush:
            self._file.flush()

    def poll(self) -> bytes:
        self._file.flush()
        return b""

    def close(self) -> None:
        self._file.close()


def _vacant(path: Path) -> Path:
    number = 1
    while (candidate := path.with_name(f"{path.name}.{number}")).exists():
        number += 1
    return candidate
