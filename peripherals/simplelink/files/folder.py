"""Files in a folder of the host computer, from one run to the next."""

from __future__ import annotations

import re
from pathlib import Path

from renode_wifi.peripherals.base.atomic_file import is_draft, replace_file
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.simplelink.files.store import FileTable, StoredFile, folded
from renode_wifi.peripherals.simplelink.profile import NwpProfile

ESCAPE = "%"
CONTINUED = "+"
PLAIN = re.compile(r"[A-Za-z0-9_.-]")
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""Names that Windows does not take for a file's; it drops a final dot, too."""
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
            for path in self._paths():
                relative = path.relative_to(folder).as_posix()
                name = _name_of(relative)
                if name in self.files and (
                    relative != _path_of(name) or self.files.own_name(name) != name
                ):
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
            for other in self._others_of(name, path):
                other.unlink()
        except OSError as error:
            raise self._trouble(error) from None

    def _others_of(self, name: str, path: Path) -> list[Path]:
        """The same file under other paths: where the user has put it, by its name as it is, maybe
        in folders, and in another case.

        It would come back in the next run, though the firmware deleted it.
        """
        return [
            other
            for other in self._paths()
            if folded(_name_of(other.relative_to(self.folder).as_posix())) == folded(name)
            and not (path.exists() and other.samefile(path))
        ]

    def _paths(self) -> list[Path]:
        """Files in the folder; none leads elsewhere, and none is what a kill left."""
        return sorted(
            path
            for path in Path(self.folder).rglob("*")
            if path.is_file() and not path.is_symlink() and not is_draft(path.name)
        )

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
    hidden, device = name.startswith("."), DEVICE.match(name)
    path = "".join(
        f"{ESCAPE}{ord(letter):02X}"
        if hidden or not PLAIN.match(letter) or (device and not at) or name[at:] == "."
        else letter
        for at, letter in enumerate(name)
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
