"""The files of the network processor, and where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from enum import Enum
from string import ascii_lowercase, ascii_uppercase
from typing import Protocol

BLOCK = 4096
"""Bytes that the serial flash erases at once."""
MAX_NAME = 180
SECURE = 0x02
"""Of a file's flags: to be opened with a token only."""


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


_LOWER_CASE = str.maketrans(ascii_uppercase, ascii_lowercase)


class FileTable(MutableMapping[str, StoredFile]):
    """Files by name, in the order of their creation. Names differ by more than case.

    SWRU455A, "Create a File": the file name is not case-sensitive. A file keeps the name that it
    was created with.
    """

    def __init__(self) -> None:
        self._files: dict[str, tuple[str, StoredFile]] = {}
        # What makes those that nobody has looked at.
        self._late: dict[str, Callable[[], StoredFile]] = {}

    def __getitem__(self, name: str) -> StoredFile:
        own_name, file = self._files[folded(name)]
        make = self._late.pop(folded(name), None)
        if make is not None:
            file = self[own_name] = make()
        return file

    def __setitem__(self, name: str, file: StoredFile) -> None:
        self._files[folded(name)] = (self.own_name(name), file)
        self._late.pop(folded(name), None)

    def __delitem__(self, name: str) -> None:
        del self._files[folded(name)]
        self._late.pop(folded(name), None)

    def set_late(self, name: str, make: Callable[[], StoredFile]) -> None:
        """A file that is made when somebody looks at it: certificates of the world take long."""
        self[name] = StoredFile(b"", 0)
        self._late[folded(name)] = make

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._files.values())

    def __len__(self) -> int:
        return len(self._files)

    def own_name(self, name: str) -> str:
        """The name that the file was created with; `name` where there is no such file."""
        found = self._files.get(folded(name))
        return name if found is None else found[0]


def folded(name: str) -> str:
    """What names have in common that are those of one file."""
    return name.translate(_LOWER_CASE)


class Store(Protocol):
    """Keeps files."""

    @property
    def files(self) -> FileTable: ...

    def changed(self, name: str) -> None:
        """`files[name]` has a new content, or is gone."""


class MemoryStore:
    """Files that last as long as the emulation."""

    def __init__(self) -> None:
        self.files = FileTable()

    def changed(self, name: str) -> None:
        pass
