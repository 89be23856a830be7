"""Where the files of the network processor are kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from renode_wifi.peripherals.base.errors import RenodeWifiError

BLOCK = 4096
"""Bytes that the serial flash erases at once."""
LONGEST_NAME = 180
SECURE = 0x02
"""Of a file's flags: to be opened with a token only."""

ESCAPE = "%"
CONTINUED = "+"
LONGEST_PART = 200
"""Characters of one part of a path; file systems take 255 bytes."""


class FileState(Enum):
    """How far the update of a file is (SWRU455, Bundle File States and File Commit)."""

    NORMAL = "normal"
    COMMIT_FILE = "open with SL_FS_WRITE_MUST_COMMIT"
    PENDING_COMMIT = "closed after that"
    BUNDLE_FILE = "open with SL_FS_WRITE_BUNDLE_FILE"
    PENDING_BUNDLE_COMMIT = "closed after that, as a member of the bundle"


PENDING = (FileState.PENDING_COMMIT, FileState.PENDING_BUNDLE_COMMIT)
UPDATED = {
    FileState.COMMIT_FILE: FileState.PENDING_COMMIT,
    FileState.BUNDLE_FILE: FileState.PENDING_BUNDLE_COMMIT,
}
"""What closing makes of a file that was open for an update."""

Tokens = tuple[int, int, int, int]


@dataclass
class StoredFile:
    """One file with its two copies. content: the active one, None where it isn't valid."""

    content: bytes | None = None
    capacity: int = 0
    """Bytes reserved for one copy."""
    flags: int = 0
    """Of its creation, as on the wire."""
    tokens: Tokens = (0, 0, 0, 0)
    """Master, write and read, write only, read only."""
    write_counter: int = 0
    state: FileState = FileState.NORMAL
    other: bytes | None = None
    """The copy that isn't active while a commit is due: the old one if `tried`, else the new."""
    tried: bool = False
    old_tokens: Tokens = (0, 0, 0, 0)
    """Before it was last opened for writing."""

    @property
    def pending(self) -> bool:
        """Whether it waits for a commit and can't be written."""
        return self.state in PENDING

    def written(self, image: bytes) -> None:
        """It was closed with a new content, which an update shows at once, a bundle later."""
        self.write_counter += 1
        self.state = UPDATED.get(self.state, FileState.NORMAL)
        if self.state is FileState.PENDING_BUNDLE_COMMIT:
            self.other = image
        else:
            self.content, self.other = image, self.content if self.pending else None
            self.tried = self.pending

    def aborted(self) -> None:
        """It was not closed, or by an abort: the copy that was active stays so."""
        self.state = FileState.NORMAL

    def activated(self) -> None:
        """The host is to try the new copy."""
        self.content, self.other, self.tried = self.other, self.content, True

    def committed(self) -> None:
        self.state, self.other, self.tried = FileState.NORMAL, None, False

    def rolled_back(self) -> None:
        """The old copy is the active one again, with its tokens."""
        if self.tried:
            self.content = self.other
        if self.pending:
            self.tokens = self.old_tokens
        self.committed()


class Store(Protocol):
    """Keeps files by name, in the order of their making."""

    files: dict[str, StoredFile]

    def changed(self, name: str) -> None:
        """`files[name]` has a new content, or is gone."""


class MemoryStore:
    """Files that last as long as the emulation."""

    def __init__(self) -> None:
        self.files: dict[str, StoredFile] = {}

    def changed(self, name: str) -> None:
        pass


class FolderStore:
    """Files in a folder of the host; what they were created with lasts as long as the emulation."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.files: dict[str, StoredFile] = {}
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
            paths = sorted(path for path in Path(folder).rglob("*") if path.is_file())
            for path in paths:
                content = path.read_bytes()
                name = _name_of(path.relative_to(folder).as_posix())
                self.files[name] = StoredFile(content, len(content))
        except OSError as error:
            raise self._trouble(error) from None

    def changed(self, name: str) -> None:
        path = Path(self.folder, _path_of(name))
        file = self.files.get(name)
        try:
            if file is None or file.content is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.content)
        except OSError as error:
            raise self._trouble(error) from None

    @staticmethod
    def _trouble(error: OSError) -> RenodeWifiError:
        return RenodeWifiError(
            f"the folder for the board's files: {error}",
            cure="name a folder that can be read and written in fileFolder",
        )


def _path_of(name: str) -> str:
    """A path for a name with slashes and anything else; nothing in it leads out of the folder.

    A name too long for one part goes on below a folder that ends in `CONTINUED`.
    """
    path = "".join(
        letter
        if letter.isascii() and (letter.isalnum() or letter in "-_.") and not name.startswith(".")
        else f"{ESCAPE}{ord(letter):02X}"
        for letter in name
    )
    parts = [path[start : start + LONGEST_PART] for start in range(0, len(path), LONGEST_PART)]
    return f"{CONTINUED}/".join(parts)


def _name_of(path: str) -> str:
    """The name that a path stands for."""
    parts = path.replace(f"{CONTINUED}/", "").split(ESCAPE)
    name = parts[0]
    for part in parts[1:]:
        try:
            name += chr(int(part[:2], 16)) + part[2:]
        except ValueError:
            return path
    return name
