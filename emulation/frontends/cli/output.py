"""Files that a run writes: logs as it goes on, reports and traces as a whole."""

from __future__ import annotations

import argparse
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.platform.using import current_folder
from renode_wifi.peripherals.base.atomic_file import Draft, is_stream, open_new, replace_file

OTHER_FILE = "name a file in a folder you own"
OTHER_FOLDER = "name a folder in one you own"
OTHER_NAME = "give each option a file of its own"
OTHER_PLACE = "make room there, or name another file"


READ = ("image", "world", "board", "script", "symbols", "expected")
WRITTEN = (
    *("uart_log", "json", "junit", "trace", "trace_file", "pcap", "vcd", "perfetto", "report"),
    "contract_report",
)
"""Destinations of the options that name files."""


def check_files(options: argparse.Namespace) -> None:
    """Raises RenodeWifiError where an option would write over what another one reads or writes."""
    current_folder()  # Without one no path can be compared.
    taken = {
        os.path.realpath(name.partition("@0x")[0]): _option(destination)
        for destination in READ
        for name in _names(options, destination)
    }
    for destination in WRITTEN:
        for name in _names(options, destination):
            place, option = os.path.realpath(name), _option(destination)
            if is_stream(Path(name)):
                continue
            if place in taken:
                raise RenodeWifiError(
                    f"{name}: {option} would write over the file of {taken[place]}", cure=OTHER_NAME
                )
            taken[place] = option


def _names(options: argparse.Namespace, destination: str) -> list[str]:
    named = getattr(options, destination, None)
    given = named if isinstance(named, list) else [named]
    return [os.fspath(name) for name in given if name not in (None, "sockets")]


def _option(destination: str) -> str:
    return f"--{destination.replace('_', '-')}"


class OutputFile(io.TextIOWrapper):
    """A text file whose troubles name it. Raises RenodeWifiError when it cannot be written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with reported(path, OTHER_FILE):
            super().__init__(self._opened(), encoding="utf-8", newline="\n")

    def _opened(self) -> io.BufferedWriter:
        return open_new(self.path)

    def write(self, text: str, /) -> int:
        with reported(self.path):
            return super().write(text)

    def flush(self) -> None:
        with reported(self.path):
            super().flush()

    def close(self) -> None:
        with reported(self.path):
            super().close()


class DraftFile(OutputFile):
    """A text file that takes the place of an older one when it is closed, and not before.

    When writing failed the older one stays. A kill leaves the older one too, and what there was of
    this one as `.name.….part` beside it.
    """

    def _opened(self) -> io.BufferedWriter:
        self._failed = False
        self._draft = None if is_stream(self.path) else Draft(self.path)
        if self._draft is None:
            return super()._opened()
        assert self._draft.file is not None
        return os.fdopen(self._draft.file, "wb", closefd=False)

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except RenodeWifiError:
            self._failed = True
            raise

    def write_bytes(self, data: bytes) -> None:
        """As `write`, of a file that gets no text."""
        try:
            with reported(self.path):
                self.buffer.write(data)
        except RenodeWifiError:
            self._failed = True
            raise

    def drop(self) -> None:
        """Close it, and leave the older one where it is."""
        self._failed = True
        self.close()

    def close(self) -> None:
        if self.closed:
            return
        draft = self._draft
        try:
            super().close()
            if draft is not None and not self._failed:
                with reported(self.path):
                    draft.publish()
        finally:
            if draft is not None:
                draft.discard()


class DraftBytes:
    """What writes bytes to a draft file."""

    def __init__(self, file: DraftFile) -> None:
        self.write = file.write_bytes


class ReportFile:
    """A report that is there from the beginning: until `write` it says that the run is unfinished.

    So a run that is killed leaves no older report that could be taken for its own.
    """

    def __init__(self, path: Path, unfinished: str) -> None:
        self.path = path
        if not is_stream(path):
            self.write(unfinished, OTHER_FILE)

    def write(self, text: str, cure: str = OTHER_PLACE) -> None:
        with reported(self.path, cure):
            replace_file(self.path, text.encode("utf-8", "backslashreplace"))

    def __enter__(self) -> ReportFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


@contextmanager
def reported(path: Path, cure: str = OTHER_PLACE) -> Iterator[None]:
    """Errors of the operating system as errors that name the file."""
    try:
        yield
    except OSError as error:
        raise RenodeWifiError(
            f"cannot write: {error.strerror}", where=str(path), cure=cure
        ) from error
