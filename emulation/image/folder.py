"""A folder as the serial flash of the CC3220SF: what Uniflash's Image Creator would program.

Paths below the folder are the names of the files, but that system files begin with a slash on the
board: `sys/mcuflashimg.bin` is `/sys/mcuflashimg.bin`, the program. `%2F` in a file's name stands
for a slash, so that `%2Fcerts%2Froot.crt` is `/certs/root.crt`.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from renode_wifi.emulation.image import mcu_image
from renode_wifi.emulation.image.content import Content, Damaged

KIND = "folder of the serial flash"
SYSTEM = "sys/"
PROGRAM = "/sys/mcuflashimg.bin"
MAX_FILES = 240
"""What the file system of the network processor takes."""


def read(folder: Path) -> Content:
    """Raises Damaged, and OSError for a file that cannot be read."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if len(paths) > MAX_FILES:
        raise Damaged(
            f"the folder has {len(paths)} files, the serial flash holds {MAX_FILES}",
            cure="give the folder with the board's files only",
        )
    files = {_name_of(path.relative_to(folder).as_posix()): path.read_bytes() for path in paths}
    program = files.pop(PROGRAM, b"")
    if program and not mcu_image.is_one(program):
        raise Damaged(
            f"{PROGRAM} of the folder does not begin with the SHA-1 digest of what follows",
            cure="take the file that Image Creator makes, or give the program as an image of its"
            " own: --image FOLDER --image FILE",
        )
    segments = mcu_image.read(program).segments if program else []
    return Content(KIND, segments, files=files)


def _name_of(path: str) -> str:
    name = unquote(path, errors="replace")
    return f"/{name}" if name.startswith(SYSTEM) else name
