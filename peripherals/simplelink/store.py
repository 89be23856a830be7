"""Where the files of the network processor are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from renode_wifi.peripherals.base.errors import RenodeWifiError

ESCAPE = "%"


@dataclass
class StoredFile:
    """One file. content None: no valid image. pending: closed and not yet committed."""

    content: bytes | None = None
    capacity: int = 0
    """Bytes reserved for one image."""
    flags: int = 0
    """Of its creation, as on the wire."""
    tokens: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Master, write and read, write only, read only."""
    write_counter: int = 0
    previous: bytes | None = None
    """The image before a write that must be committed."""
    pending: bool = False
    bundle: bool = False
    boots: int = field(default=0)
    """Power cycles since it became pending."""


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
            paths = sorted(path for path in Path(folder).iterdir() if path.is_file())
            for path in paths:
                content = path.read_bytes()
                self.files[_name_of(path.name)] = StoredFile(content, len(content))
        except OSError as error:
            raise RenodeWifiError(
                f"the folder for the board's files: {error}",
                cure="name a folder that can be read and written in fileFolder",
            ) from None

    def changed(self, name: str) -> None:
        path = Path(self.folder, _path_of(name))
        file = self.files.get(name)
        if file is None or file.content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(file.content)


def _path_of(name: str) -> str:
    """One flat file name for a name with slashes; nothing in it leads out of the folder."""
    return "".join(
        letter
        if letter.isascii() and (letter.isalnum() or letter in "-_.") and not name.startswith(".")
        else f"{ESCAPE}{ord(letter):02X}"
        for letter in name
    )


def _name_of(path: str) -> str:
    parts = path.split(ESCAPE)
    name = parts[0]
    for part in parts[1:]:
        try:
            name += chr(int(part[:2], 16)) + part[2:]
        except ValueError:
            return path
    return name
