"""A folder as the serial flash of the CC3220SF: what Uniflash's Image Creator would program.

Paths below the folder are the names of the files, but that system files begin with a slash on the
board: `sys/mcuflashimg.bin` is `/sys/mcuflashimg.bin`, the program. `%2F` in a file's name stands
for a slash, so that `%2Fcerts%2Froot.crt` is `/certs/root.crt`. A project of Image Creator is taken
as what it is: its files come from its database.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from renode_wifi.emulation.image.content import Content, Damaged
from renode_wifi.emulation.image.formats import mcu_image

KIND = "folder of the serial flash"
SYSTEM = "sys/"
PROGRAM = "/sys/mcuflashimg.bin"
MAX_FILES = 240
"""What the file system of the network processor takes."""


def read(folder: Path) -> Content:
    """Raises Damaged, and OSError for a file that cannot be read."""
    # Imported late: SQLite is slow to import, and most images are no folders.
    from renode_wifi.emulation.image.formats import image_creator

    database = image_creator.database_of(folder)
    if database is not None:
        return _content(image_creator.KIND, dict(image_creator.read(database)))
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    _count(len(paths))
    names = {_name_of(path.relative_to(folder).as_posix()): path for path in paths}
    return _content(KIND, {name: path.read_bytes() for name, path in names.items()})


def _count(files: int) -> None:
    if files > MAX_FILES:
        raise Damaged(
            f"the folder has {files} files, the serial flash holds {MAX_FILES}",
            cure="give the folder with the board's files only",
        )


def _content(kind: str, files: dict[str, bytes]) -> Content:
    _count(len(files))
    program = files.pop(PROGRAM, b"")
    if program and not mcu_image.is_one(program):
        raise Damaged(
            f"{PROGRAM} of the folder does not begin with the SHA-1 digest of what follows",
            cure="take the file that Image Creator makes, or give the program as an image of its"
            " own: --image FOLDER --image FILE",
        )
    segments = mcu_image.read(program).segments if program else []
    return Content(kind, segments, files=files)


def _name_of(path: str) -> str:
    name = unquote(path, errors="replace")
    return f"/{name}" if name.startswith(SYSTEM) else name
