"""Files in a folder of the host computer, from one run to the next."""

from __future__ import annotations

from pathlib import Path

from renode_wifi.peripherals.base.atomic_file import is_draft, replace_file
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.simplelink.files.store import FileTable, StoredFile
from renode_wifi.peripherals.simplelink.profile import NwpProfile

ESCAPE = "%"
CONTINUED = "+"
MAX_PART = 200
"""Characters of one part of a path; file systems take 255 bytes."""


class FolderStore:
    """Files in a folder of the host; what they were created with lasts as long as the emulation."""

    def __init__(self, profile: NwpProfile) -> None:
        # Not the folder's name, which no snapshot may bring.
        self._profile = profile
        self.files = FileTable()
        folder = self.folder
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
            paths = sorted(path for path in Path(folder).rglob("*") if path.is_file())
            for path in paths:
                if path.is_symlink() or is_draft(path.name):
                    continue  # It leads elsewhere, or a kill left it.
                relative = path.relative_to(folder).as_posix()
                name = _name_of(relative)
                if name in self.files and relative != _path_of(name):
                    continue  # A kill came between the firmware's file and the user's.
                content = path.read_bytes()
                self.files[name] = StoredFile(content, len(content))
        except OSError as error:
            raise self._trouble(error) from None

    @property
    def folder(self) -> str:
        return self._profile.file_folder

    def changed(self, name: str) -> None:
        path = Path(self.folder, _path_of(name))
        file = self.files.get(name)
        try:
            if file is None or file.content is None:
                path.unlink(missing_ok=True)
            else:
                for parent in reversed(path.parents):
                    if parent.is_relative_to(self.folder) and parent != Path(self.folder):
                        _make_folder(parent)
                replace_file(path, file.content, streams=False)
            for own in self._of_the_user(name, path):
                own.unlink()
        except OSError as error:
            raise self._trouble(error) from None

    def _of_the_user(self, name: str, path: Path) -> list[Path]:
        """The same file, where the user has put it: by its name as it is, maybe in folders.

        It would come back in the next run, though the firmware deleted it.
        """
        parts = name.split("/")
        own = Path(self.folder, *parts)
        if own == path or not all(parts) or {".", ".."} & set(parts) or "\0" in name:
            return []
        ways = (Path(self.folder, *parts[:count]) for count in range(1, len(parts) + 1))
        try:
            found = own.is_file() and not any(map(Path.is_symlink, ways))
        except OSError:  # too long for the host
            return []
        return [own] if found else []

    @staticmethod
    def _trouble(error: OSError) -> RenodeWifiError:
        return RenodeWifiError(
            f"the folder for the board's files: {error}",
            cure="name a folder that can be read and written in fileFolder",
        )


def _make_folder(path: Path) -> None:
    """A folder of ours, and no link to another."""
    if path.is_symlink():
        path.unlink()
    path.mkdir(exist_ok=True)


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
    parts = [path[start : start + MAX_PART] for start in range(0, len(path), MAX_PART)]
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
