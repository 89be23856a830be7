"""What a failed test leaves in a folder: console, trace, and where the firmware was."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.frontends.recording import FILES, record
from renode_wifi.emulation.observers.tracefile import TraceFile
from renode_wifi.peripherals.base.atomic_file import replace_file

MAX_NAME = 150


class Artifacts:
    """Of one test, whose folder is gone again if it passes. Raises RenodeWifiError.

    kinds: of `recording`, what is written about the run as well.
    """

    def __init__(self, root: Path, test: str, board: Board, kinds: Sequence[str] = ()) -> None:
        self.folder = root / re.sub(r"[^A-Za-z0-9._\[\]-]+", "-", test)[-MAX_NAME:].strip("-")
        self._board = board
        try:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self._trace = (self.folder / "trace.jsonl").open("w", encoding="utf-8")
        except OSError as error:
            raise RenodeWifiError(
                f"cannot write: {error.strerror}",
                where=str(self.folder),
                cure="give --artifacts a folder that you own",
            ) from error
        TraceFile(board, self._trace)
        for kind in kinds:
            record(board, kind, self.folder / FILES.get(kind, kind))

    def keep(self, failure: str) -> None:
        """The test failed: write down what can be known."""
        for console in self._board.consoles.values():
            lines = [str(line) for line in console.lines] + [console.pending] * bool(
                console.pending
            )
            path = self.folder / f"{console.name.replace('/', '-')}.log"
            replace_file(path, ("\n".join(lines) + "\n").encode())
        report = [failure, self._board.crash_report(), self._board.whereabouts()]
        text = "\n\n".join(filter(None, report)) + "\n"
        replace_file(self.folder / "report.txt", text.encode())

    def close(self, failed: bool) -> None:
        self._trace.close()
        if not failed:
            shutil.rmtree(self.folder, ignore_errors=True)
